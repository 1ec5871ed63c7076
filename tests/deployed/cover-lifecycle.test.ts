/**
 * The life of a stage that was really deployed: gifts come in through its API, the three months and the grace pass on
 * its clock in minutes, it is updated while executions are open, and it goes without leaving anything.
 */
import { describe, expect, it } from 'vitest';
import { OUTBOX_SIGNATURE, signOutboxReply } from '../../shared/messengers/outbox.ts';
import { expectAddsUp, expectSharesSum, provenAccounts } from '../acceptance/support/books.ts';
import { newPayment, notify, postMidtrans, signed, statusOf } from '../acceptance/support/midtrans.ts';
import { give, newGift } from '../acceptance/support/partner.ts';
import { people, person } from '../acceptance/support/roster.ts';
import {
  executionsOf,
  liveVersion,
  readSecret,
  resourcesOf,
  schedulesMade,
  start,
  startAsScheduled,
} from './support/aws.ts';
import { DeployedSystem, eventually, stageOfEnvironment } from './support/deployed-system.ts';
import { deploySynthesized, destroyStage, type SynthesizedStage } from './support/stage.ts';

const stage = stageOfEnvironment();
/** The same stage with other settings, ready to be deployed. */
const UPDATE = JSON.parse(process.env.LINGKARAN_UPDATE ?? '{}') as SynthesizedStage;

/** From April 2027 on no discount applies: three months at Rp16.800. */
const TERM_RUPIAH = 50_400;
const MONTH_RUPIAH = 16_800;
const PLEDGED_WORKERS = 8;
/** Of another place and trade than the others, so that one pledge and one campaign are theirs alone. */
const RIDER = person(13, { region: '31.71', occupation: 'ojek' });
/** Those pledged for, the one of the partner's gift and the rider. */
const COVERED = PLEDGED_WORKERS + 2;
const CAMPAIGN = {
  name: 'Ojek',
  audience: { occupations: ['ojek'] },
  steps: [-7, 0, 7],
  arms: [{ name: 'ours' }],
  metric: 'self_paid_renewal',
  sendHour: 10,
};
const STEPS = ['T-30', 'T-14', 'T-7', 'T-1', 'T+0', 'T+7', 'T+30', 'T+60'];
const PHASES = ['month-2', 'month-3', 'end', 'lapse', ...STEPS];
const DAY_MILLISECONDS = 86_400_000;

const SOON_MILLISECONDS = 60_000;
/** Six months of the stage, with the slowness of a busy machine. */
const HALF_A_YEAR_MILLISECONDS = 180_000;
const TEST_MILLISECONDS = 200_000;

describe.skipIf(!stage)('a deployed stage', { timeout: TEST_MILLISECONDS }, () => {
  const system = new DeployedSystem(stage ?? { name: '', url: '', operatorToken: '', clock: null });
  const { name: stageName } = system.stage;
  const now = () => system.nowMilliseconds();
  let versionAtFirst = 0;
  let openAtUpdate: string[] = [];
  let campaignId = '';
  const campaign = () =>
    system.must<{ state: string; ranThrough: string | null }>('GET', `/api/campaigns/${campaignId}`);

  async function coverOfRider() {
    const [rider] = await system.workers({ occupation: RIDER.occupation });
    return system.cover(rider?.coverId ?? '');
  }

  it('shows its public page to everybody, and the books to operators only', async () => {
    expect(await system.request('GET', '/')).toMatchObject({ status: 200, contentType: expect.stringMatching(/html/) });
    expect(await system.request('GET', '/api/stats')).toMatchObject({ status: 401 });
    expect(await provenAccounts(system)).toEqual({});
  });

  it('takes a roster and names its lines at fault', async () => {
    const roster = [...people(1, PLEDGED_WORKERS), person(9, { consentMessaging: 'tidak' }), person(1)];
    const result = await system.importPeople([...roster, person(11, { nik: '0033720101' }), RIDER]);
    expect(result).toMatchObject({ state: 'done', accepted: COVERED, duplicates: 1 });
    expect(result.rejected).toMatchObject([{ line: 12, column: 'nik', reason: 'nik_invalid' }]);
  });

  it('buys what a pledge promised when its payment is told, five times at once', async () => {
    const donor = { kind: 'corporate', name: 'PT Contoh', email: 'csr@contoh.example', language: 'id' };
    const document = { donor, workers: PLEDGED_WORKERS, earmark: { region: '33.72' } };
    const { status, body: pledge } = await system.pledge(document);
    expect({ status, ...pledge }).toMatchObject({ status: 201, amountRupiah: PLEDGED_WORKERS * TERM_RUPIAH });
    const transfer = { orderId: pledge.orderReference, paymentType: 'bank_transfer', bank: 'bca' };
    const payment = newPayment(pledge.amountRupiah, now(), transfer);
    expect((await notify(system, payment, 'pending')).status).toBe(200);
    const answers = await Promise.all(Array.from({ length: 5 }, () => notify(system, payment, 'settlement')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    await eventually(async () => {
      const donation = await system.donationOf('midtrans', payment.transactionId);
      expect(donation).toMatchObject({ state: 'allocated', receivedRupiah: pledge.amountRupiah, remainingRupiah: 0 });
      expectAddsUp(donation);
      expect(donation.timeline.filter(({ kind }) => kind === 'payment')).toHaveLength(1);
    }, SOON_MILLISECONDS);
  });

  it('buys for whom a donor means, and for nobody else', async () => {
    const earmark = { region: RIDER.region };
    const { body: pledge } = await system.pledge({ donor: { kind: 'individual' }, workers: 1, earmark });
    const payment = newPayment(pledge.amountRupiah, now(), { orderId: pledge.orderReference });
    expect((await notify(system, payment, 'settlement')).status).toBe(200);
    await eventually(async () => {
      const bought = await system.covers({
        donationId: (await system.donationOf('midtrans', payment.transactionId)).donationId,
      });
      expect(bought).toHaveLength(1);
      expect(bought[0]?.coverId).toBe((await coverOfRider()).coverId);
    }, SOON_MILLISECONDS);
  });

  it('takes a partner’s gift once however often it is told, and gives another one back', async () => {
    const gift = newGift(53_053, now(), { feeRupiah: 2_653 });
    for (let copy = 0; copy < 3; copy += 1) expect((await give(system, gift, 'paid', now())).status).toBeLessThan(300);
    const returned = newGift(20_000, now(), { refundId: 'r-1' });
    await give(system, returned, 'refunded', now());
    await give(system, returned, 'paid', now());
    await eventually(async () => {
      const kept = await system.donationOf('partner:kitabisa', gift.paymentId);
      expect(kept).toMatchObject({ state: 'allocated', feesRupiah: 2_653, allocatedRupiah: TERM_RUPIAH });
      const gone = await system.donationOf('partner:kitabisa', returned.paymentId);
      expect(gone).toMatchObject({ state: 'refunded', receivedRupiah: 20_000, refundedRupiah: 20_000 });
    }, SOON_MILLISECONDS);
  });

  it('refuses what is forged, stale or unsigned, and books none of it', async () => {
    const payment = newPayment(TERM_RUPIAH, now());
    const forged = JSON.stringify(signed(statusOf(payment, 'settlement'), 'SB-Mid-server-somebody-else'));
    expect(await postMidtrans(system, forged)).toMatchObject({ status: 401, body: { reason: 'signature_mismatch' } });
    const unsigned = JSON.stringify(statusOf(payment, 'settlement'));
    expect(await postMidtrans(system, unsigned)).toMatchObject({ status: 401, body: { reason: 'missing_signature' } });
    const gift = newGift(TERM_RUPIAH, now());
    expect(await give(system, gift, 'paid', now() - 400 * DAY_MILLISECONDS)).toMatchObject({
      status: 401,
      body: { reason: 'stale_timestamp' },
    });
    expect(await system.donations({ gateway: 'midtrans', paymentId: payment.transactionId })).toEqual([]);
    expect(await system.donations({ gateway: 'partner:kitabisa', paymentId: gift.paymentId })).toEqual([]);
  });

  it('covers every worker once the registrar has accepted them, first month paid', async () => {
    await eventually(async () => {
      const covers = await system.covers();
      expect(covers).toHaveLength(COVERED);
      for (const cover of covers) {
        expect(cover).toMatchObject({ startDate: expect.any(String), endDate: expect.any(String) });
        expect(cover.months.map(({ priceRupiah }) => priceRupiah)).toEqual([MONTH_RUPIAH, MONTH_RUPIAH, MONTH_RUPIAH]);
        expect(cover.months[0]).toMatchObject({ paid: true });
        expectSharesSum(cover);
      }
    }, SOON_MILLISECONDS);
    await provenAccounts(system);
  });

  it('launches a campaign, which is given a schedule of its own', async () => {
    const made = await system.operate<{ campaignId: string }>('POST', '/api/campaigns', CAMPAIGN);
    expect(made).toMatchObject({ status: 201, body: { state: 'draft' } });
    campaignId = made.body.campaignId;
    expect(await schedulesMade(stageName)).toEqual([]);
    const launched = await system.operate('POST', `/api/campaigns/${campaignId}/launch`);
    expect(launched).toMatchObject({ status: 200, body: { state: 'launched' } });
    expect(await schedulesMade(stageName)).toEqual([campaignId]);
  });

  it('starts one execution a cohort, and none twice', async () => {
    await eventually(async () => {
      await start(stageName, 'start-cohorts');
      for (const cohort of await system.cohorts()) expect(cohort.startedAt).not.toBeNull();
    }, SOON_MILLISECONDS);
    expect(await start(stageName, 'start-cohorts')).toEqual({ started: 0 });
    const names = (await system.cohorts()).map(({ cohortId }) => `cover-${cohortId}`);
    expect([...(await executionsOf(stageName)).keys()].sort()).toEqual(names.sort());
  });

  it('is updated while they are open', async () => {
    versionAtFirst = await liveVersion(stageName, 'run-cover-phase');
    openAtUpdate = [...(await executionsOf(stageName))].filter(([, state]) => state === 'RUNNING').map(([key]) => key);
    expect(openAtUpdate).not.toEqual([]);
    expect(await deploySynthesized(UPDATE)).toEqual(stage);
    const after = await executionsOf(stageName);
    for (const execution of openAtUpdate) expect(['RUNNING', 'SUCCEEDED']).toContain(after.get(execution));
    expect([...after.values()]).toContain('RUNNING');
    expect(await liveVersion(stageName, 'run-cover-phase')).toBe(versionAtFirst + 1);
  });

  it('works by its new settings, on the data and with the secrets it had', async () => {
    const young = await system.importPeople([person(12, { nik: '0033720101070001', birthDate: '2007-01-01' })]);
    expect(young.rejected).toMatchObject([{ column: 'birth_date', reason: 'too_young' }]);
    const payment = newPayment(30_000, now());
    expect((await notify(system, payment, 'settlement')).status).toBe(200);
    await eventually(async () => {
      const donation = await system.donationOf('midtrans', payment.transactionId);
      expect(donation).toMatchObject({ state: 'received', remainingRupiah: 30_000 });
    }, SOON_MILLISECONDS);
    await provenAccounts(system);
  });

  it('goes on to the end: every month paid, every cover lapsed, every execution done', async () => {
    await eventually(async () => {
      const states = [...(await executionsOf(stageName)).values()];
      expect(states.filter((state) => state !== 'SUCCEEDED')).toEqual([]);
    }, HALF_A_YEAR_MILLISECONDS);
    for (const cover of await system.covers()) {
      expect(cover.state).toBe('lapsed');
      expect(cover.months.map(({ paid }) => paid)).toEqual([true, true, true]);
    }
    for (const { phases, shards } of await system.cohorts()) {
      expect(phases.map(({ phase }) => phase).sort()).toEqual([...PHASES].sort());
      for (const phase of phases) expect(phase).toMatchObject({ shardsDone: shards });
    }
  });

  it('has reminded of every step once, or says why not', async () => {
    const reasons = new Map<string, number>();
    const { coverId: ofCampaign } = await coverOfRider();
    for (const { coverId } of (await system.covers()).filter((cover) => cover.coverId !== ofCampaign)) {
      await eventually(async () => {
        const nudges = await system.nudges(coverId);
        expect(nudges.map(({ step }) => step).sort()).toEqual([...STEPS].sort());
      }, SOON_MILLISECONDS);
      for (const { state, reason } of await system.nudges(coverId)) {
        const outcome = reason ? `${state}: ${reason}` : state;
        reasons.set(outcome, (reasons.get(outcome) ?? 0) + 1);
      }
    }
    // A day of this stage is half a second, so a reminder may be overtaken by the next one.
    expect(['sent', 'skipped: no_consent', 'skipped: step_stale']).toEqual(expect.arrayContaining([...reasons.keys()]));
    expect(reasons.get('sent')).toBeGreaterThan(PLEDGED_WORKERS);
  });

  it('is settled by the sweeper its schedule starts', async () => {
    await eventually(async () => {
      for (const { settledAt } of await system.cohorts()) expect(settledAt).not.toBeNull();
    }, 2 * SOON_MILLISECONDS);
  });

  it('runs the campaign whenever its schedule starts it, until it is stopped', async () => {
    await eventually(async () => {
      expect(await startAsScheduled(stageName, campaignId)).toMatchObject({ campaignId, complete: true });
      expect((await campaign()).ranThrough).not.toBeNull();
    }, SOON_MILLISECONDS);
    expect(await system.operate('POST', `/api/campaigns/${campaignId}/stop`)).toMatchObject({ status: 200 });
    expect(await schedulesMade(stageName)).toEqual([]);
    expect((await campaign()).state).toBe('stopped');
  });

  it('shows whose cover is over what going on costs, and takes an order', async () => {
    const { payPath } = (await system.must('GET', `/api/covers/${(await coverOfRider()).coverId}`)) as {
      payPath: string;
    };
    expect(await system.request('GET', payPath)).toMatchObject({
      status: 200,
      contentType: expect.stringMatching(/html/),
    });
    expect((await system.request('GET', `${payPath}0`)).status).toBe(404);
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    const ordered = await system.request('POST', payPath, { headers, body: JSON.stringify({ months: 1 }) });
    expect(ordered).toMatchObject({
      status: 201,
      body: { orderReference: expect.stringMatching(/^GNS-/), amountRupiah: MONTH_RUPIAH },
    });
  });

  it('hears who wants no more messages, from the provider alone', async () => {
    const path = '/webhooks/messaging/outbox';
    const body = JSON.stringify({ from: RIDER.phone, channel: 'whatsapp', text: 'BERHENTI' });
    const { outbox } = JSON.parse(await readSecret(stageName, 'messaging')) as { outbox: { keys: string[] } };
    const signedBy = (key: string) => ({ [OUTBOX_SIGNATURE]: signOutboxReply(key, Buffer.from(body)) });
    const suppressed = () => system.list('/api/suppressions');
    expect(await system.request('POST', path, { body, headers: signedBy('somebody-else') })).toMatchObject({
      status: 401,
    });
    expect(await suppressed()).toEqual([]);
    expect(await system.request('POST', path, { body, headers: signedBy(outbox.keys[0]!) })).toMatchObject({
      status: 200,
    });
    expect(await suppressed()).toMatchObject([{ entries: [{ scope: 'all', reason: 'stop_reply' }] }]);
  });

  it('has books that prove, to the rupiah, and no dead letter', async () => {
    expect(await provenAccounts(system)).toEqual({
      'contributions:paid': COVERED * TERM_RUPIAH,
      'fees:partner:kitabisa': 2_653,
      'fund:general': 30_000,
      'gateway:midtrans': -((PLEDGED_WORKERS + 1) * TERM_RUPIAH + 30_000),
      'gateway:partner:kitabisa': -53_053,
    });
    expect(await start(stageName, 'prove-ledger')).toMatchObject({ holds: true });
    for (const queue of await system.queues()) expect(queue).toMatchObject({ dead: 0 });
    expect(await system.quarantine()).toEqual([]);
  });

  it('is destroyed and leaves nothing', async () => {
    expect(await resourcesOf(stageName)).not.toEqual([]);
    await destroyStage(UPDATE);
    expect(await resourcesOf(stageName)).toEqual([]);
  });
});
