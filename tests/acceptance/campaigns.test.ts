/** A campaign's whole way: written down, counted, launched, run day by day, and made good after days on which it was not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newPayment, notify } from './support/midtrans.ts';
import { importRoster, person, roster } from './support/roster.ts';
import { describeEmbedded, type System, startSystem } from './support/system.ts';
import { at } from './support/wib.ts';

const STAFF = { name: 'sari', channel: 'whatsapp', to: '+628110000001' };
const OWN_WORDS = 'Bapak/Ibu pedagang, perlindungan dari para donatur berlaku sampai dengan {lastDay}.';

/** The covers begin on 1 December and end on 1 March; the campaign begins with T-14. */
const DRAFT = {
  name: 'Pedagang Maret',
  audience: { occupations: ['pedagang'] },
  steps: [-14, -7, -1, 0, 7],
  arms: [{ name: 'ours', weight: 1, texts: { id: { 'T-14': OWN_WORDS } } }],
  holdOutPercent: 0,
  metric: 'self_paid_renewal',
  sendHour: 10,
};

interface Campaign {
  readonly campaignId: string;
  readonly state: string;
  readonly firstDay: string | null;
  readonly ranThrough: string | null;
}
interface Counts {
  readonly matched: number;
  readonly [line: string]: number;
}

describeEmbedded('a renewal campaign', () => {
  let system: System;
  let campaignId = '';
  const path = (rest = '') => `/api/campaigns/${campaignId}${rest}`;
  const campaign = () => system.must<Campaign>('GET', path());
  const command = (name: string) => system.must<Campaign>('POST', path(`/${name}`));

  /** Steps sent to each worker, in order, by occupation and whether the words were those of the campaign. */
  async function sent(): Promise<Record<string, string[]>> {
    const workerOf = new Map((await system.workers()).map((worker) => [worker.coverId, worker.occupation]));
    const messages = (await system.outbox()).filter(({ coverId }) => coverId !== 'TEST');
    const byOccupation = Map.groupBy(messages, ({ coverId }) => workerOf.get(coverId) ?? 'nobody');
    return Object.fromEntries([...byOccupation].map(([name, all]) => [name, all.map(({ step }) => step).sort()]));
  }

  beforeAll(async () => {
    system = await startSystem({
      now: at('2026-12-01', '08:00'),
      configuration: { campaigns: { testRecipients: [STAFF] } },
    });
    const people = [
      person(1),
      person(2, { occupation: 'ojek' }),
      person(3, { occupation: 'pedagang', consentMessaging: 'tidak' }),
    ];
    await importRoster(system, roster(people));
    // Exactly three covers: what was left over would renew one of them.
    await notify(system, newPayment(109_200, await system.nowMilliseconds()), 'settlement');
    await system.settle();
    await system.advanceBy('PT15M');
  });
  afterAll(() => system.stop());

  describe('before it is launched', () => {
    it('is nobody until it says whom it means, and cannot be launched so', async () => {
      const { audience: _whom, ...nobody } = DRAFT;
      const made = await system.must<Campaign>('POST', '/api/campaigns', { ...nobody, name: 'Kepada siapa' });
      const counted = await system.must<{ counts: Counts }>('GET', `/api/campaigns/${made.campaignId}/audience`);
      expect(counted.counts).toMatchObject({ matched: 0, willSend: 0 });
      const refused = await system.operate<{ reason: string; errors: { field: string; reason: string }[] }>(
        'POST',
        `/api/campaigns/${made.campaignId}/launch`,
      );
      expect(refused).toMatchObject({ status: 422, body: { reason: 'campaign_not_ready' } });
      expect(refused.body.errors).toEqual([expect.objectContaining({ field: 'audience', reason: 'audience_unsaid' })]);
    });

    it('is kept as a draft under its name, once', async () => {
      const made = await system.operate<Campaign>('POST', '/api/campaigns', DRAFT);
      expect(made).toMatchObject({ status: 201, body: { state: 'draft', firstDay: null } });
      campaignId = made.body.campaignId;
      expect(await system.operate('POST', '/api/campaigns', DRAFT)).toMatchObject({
        status: 409,
        body: { reason: 'campaign_name_taken' },
      });
    });

    it('names every word it would not send', async () => {
      const texts = { id: { 'T-7': 'Bayar sekarang atau denda!', 'T-1': 'Halo {nama}, sampai {lastDay}.' } };
      await system.must('PUT', path(), { ...DRAFT, arms: [{ name: 'ours', texts }] });
      const refused = await system.operate<{ errors: { field: string; reason: string }[] }>('POST', path('/launch'));
      expect(refused.body.errors.map(({ field, reason }) => [field, reason])).toEqual([
        ['arms.0.texts.id.T-7', 'text_variable_missing'],
        ['arms.0.texts.id.T-1', 'text_variable_unknown'],
      ]);
      await system.must('PUT', path(), DRAFT);
    });

    it('counts whom it reaches and why not the others, and the lines add up', async () => {
      const { counts, next } = await system.must<{ counts: Counts; next: null }>('GET', path('/audience'));
      expect(counts).toEqual({
        matched: 2,
        noConsent: 1,
        suppressed: 0,
        noContact: 0,
        heldOut: 0,
        claimOpen: 0,
        otherCampaign: 0,
        willSend: 1,
      });
      expect(next).toBeNull();
    });

    it('says who would get what on a day', async () => {
      const day = await system.must<{ sends: unknown[]; items: unknown[] }>('GET', path('/dry-run?on=2027-02-15'));
      expect(day.sends).toEqual([{ step: 'T-14', arm: 'ours', channel: 'whatsapp', covers: 1 }]);
      expect(day.items).toHaveLength(1);
      expect(await system.must('GET', path('/dry-run?on=2027-02-16'))).toMatchObject({ sends: [], items: [] });
    });

    it('is tried out on the staff of the settings and on nobody else', async () => {
      expect(await system.operate('POST', path('/test-send'), { recipient: 'budi' })).toMatchObject({
        status: 403,
        body: { reason: 'recipient_not_listed' },
      });
      expect(await system.outbox()).toEqual([]);
      const tried = await system.must<{ outcome: string }>('POST', path('/test-send'), { recipient: 'sari' });
      expect(tried.outcome).toBe('sent');
      const [message, ...others] = await system.outbox();
      expect(others).toEqual([]);
      expect(message).toMatchObject({ to: STAFF.to, text: expect.stringMatching(/^\[TEST\] GN Lingkaran\./) });
    });
  });

  describe('once it is launched', () => {
    it('cannot be changed any more', async () => {
      expect(await command('launch')).toMatchObject({ state: 'launched', firstDay: '2026-12-01' });
      expect(await system.operate('PUT', path(), DRAFT)).toMatchObject({
        status: 409,
        body: { reason: 'campaign_locked' },
      });
    });

    it('sends its own steps to its own covers, in its words, and the standing campaign the others', async () => {
      const [worker] = await system.workers({ occupation: 'pedagang' });
      const workerId = (worker as { workerId: string }).workerId;
      await system.advanceTo(at('2027-01-30', '23:00'));
      expect(await sent()).toEqual({ ojek: ['T-30'] });
      await system.advanceTo(at('2027-02-15', '09:30'));
      expect(await sent()).toEqual({ ojek: ['T-14', 'T-30'] });
      const preview = await system.must<{ text: string }>('GET', path(`/preview?step=T-14&worker=${workerId}`));
      await system.advanceTo(at('2027-02-15', '10:30'));
      expect(await sent()).toEqual({ ojek: ['T-14', 'T-30'], pedagang: ['T-14'] });
      const message = (await system.outbox()).find(({ coverId }) => coverId === worker?.coverId);
      expect(message?.text).toContain('Bapak/Ibu pedagang, perlindungan dari para donatur');
      expect(message?.text).toBe(preview.text);
      expect(await campaign()).toMatchObject({ ranThrough: '2027-02-15' });
    });

    it('sends nothing while it is paused, nor does any other, and goes on with what is not overtaken', async () => {
      expect(await command('pause')).toMatchObject({ state: 'paused' });
      await system.advanceTo(at('2027-02-28', '20:00'));
      expect((await sent()).pedagang).toEqual(['T-14']);
      expect((await sent()).ojek).toEqual(['T-1', 'T-14', 'T-30', 'T-7']);
      expect(await command('resume')).toMatchObject({ state: 'launched' });
      await system.advanceTo(at('2027-03-01', '10:30'));
      // T-7 and T-1 fell into the pause, and T+0 has overtaken both.
      expect((await sent()).pedagang).toEqual(['T+0', 'T-14']);
    });

    it('is stopped for good', async () => {
      expect(await command('stop')).toMatchObject({ state: 'stopped' });
      expect(await system.operate('POST', path('/resume'))).toMatchObject({
        status: 409,
        body: { reason: 'campaign_state' },
      });
      await system.advanceTo(at('2027-03-08', '23:00'));
      // From now on its covers are the standing campaign's.
      expect((await sent()).pedagang).toEqual(['T+0', 'T+7', 'T-14']);
      // Both traders' covers were the campaign's, and neither went on.
      const results = await system.must<{ arms: { arm: string; workers: number; succeeded: number }[] }>(
        'GET',
        path('/results'),
      );
      expect(results.arms).toEqual([expect.objectContaining({ arm: 'ours', workers: 2, succeeded: 0 })]);
    });
  });
});
