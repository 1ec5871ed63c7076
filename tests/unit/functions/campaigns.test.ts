/** The API of campaigns and the end of a campaign, on tables in memory. */
import type { Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { closeCampaign } from '../../../functions/run-campaign/close-campaign.ts';
import { runCampaign } from '../../../functions/run-campaign/run-campaign.ts';
import { type SendNudgesDependencies, sendNudges } from '../../../functions/send-nudges/send-nudges.ts';
import { launchCampaign } from '../../../functions/serve-campaigns/launch-campaign.ts';
import { type CampaignsDependencies, campaignsApp } from '../../../functions/serve-campaigns/serve-campaigns.ts';
import type { OperatorsEnvironment } from '../../../functions/serve-operators/operators-only.ts';
import type { Campaign } from '../../../shared/domain/campaign.ts';
import type { Contact } from '../../../shared/domain/campaign-audience.ts';
import type { OperatorId } from '../../../shared/domain/cash-receipt.ts';
import { type CivilDate, type Instant, instantOfDate } from '../../../shared/domain/dates.ts';
import type { CampaignId, CohortId, WorkerId } from '../../../shared/domain/ids.ts';
import { cohortKeyOf } from '../../../shared/domain/lifecycle.ts';
import { PUBLISHED_TARIFF } from '../../../shared/domain/tariff.ts';
import { newWorker, type WorkerProfile } from '../../../shared/domain/worker.ts';
import { Duplicate } from '../../../shared/errors.ts';
import { SILENT_LOG } from '../../../shared/logger.ts';
import type { NudgeMessage } from '../../../shared/messages.ts';
import type { OutgoingMessage } from '../../../shared/ports/messaging.ts';
import { problemOf } from '../../../shared/problem.ts';
import {
  createCampaign,
  launchedCampaigns,
  listCampaigns,
  markRanThrough,
  markRun,
  markRunAccounted,
  moveCampaign,
  readCampaign,
  rememberedCampaigns,
  replaceDraft,
  runsOf,
  withDonations,
} from '../../../shared/store/campaigns.ts';
import { joinCohort, listCohorts } from '../../../shared/store/cohorts.ts';
import { coverRow, coversOfShard, coversOfWorker } from '../../../shared/store/covers.ts';
import { putNudgePages } from '../../../shared/store/nudge-pages.ts';
import { transact } from '../../../shared/store/table.ts';
import { newWorkerPut, readWorker, readWorkers } from '../../../shared/store/workers.ts';
import { campaignWith } from '../../support/campaigns.ts';
import { coverFrom } from '../../support/lives.ts';
import { PROFILE, workerIdOf } from '../../support/people-and-gifts.ts';
import { TestSystem } from '../../support/test-system.ts';

const END = '2027-03-01' as CivilDate;
const LONG_AGO = '2026-10-01T00:00:00.000Z' as Instant;
const PLAN = { name: 'Satu', audience: { everyone: true }, metric: 'self_paid_renewal', sendHour: 10 };

let system: TestSystem;
let app: Hono<OperatorsEnvironment>;
let schedules: Set<string>;
let sent: OutgoingMessage[];
let contacts: Map<WorkerId, Contact>;
let recipients: readonly { name: string; channel: 'whatsapp'; to: string }[];

beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

const REACHABLE: Contact = { hasPhone: true, suppressed: new Set() };

function dependencies(): CampaignsDependencies {
  return {
    now: () => system.now(),
    operators: async () => ({ tokens: [], people: [{ name: 'Sari', token: 'a-token-of-sari-0000' }] }),
    listCampaigns,
    createCampaign,
    replaceDraft,
    readCampaign,
    moveCampaign,
    createSchedule: async ({ campaignId }) => {
      schedules.add(campaignId);
    },
    deleteSchedule: async (campaignId) => {
      schedules.delete(campaignId);
    },
    listCohorts,
    coversOfShard,
    coversOfWorker,
    readWorker,
    readWorkers: (ids) => readWorkers(ids),
    launchedCampaigns,
    withDonations,
    contactsOf: async () => async (workerId) => contacts.get(workerId) ?? REACHABLE,
    payLinkOf: async (coverId, origin) => `${origin}/pay/${coverId}`,
    tariff: () => PUBLISHED_TARIFF,
    messaging: {
      find: async () => null,
      send: async (message) => {
        sent.push(message);
        return { outcome: 'sent', providerReference: 'one' };
      },
    },
    testRecipients: () => recipients,
    delivery: () => ({ channels: ['whatsapp', 'sms', 'email'], templates: null }),
  };
}

beforeEach(() => {
  system.newWorld({ startsAt: instantOfDate('2027-01-10' as CivilDate, 8) });
  [schedules, sent, contacts] = [new Set(), [], new Map()];
  recipients = [{ name: 'sari', channel: 'whatsapp', to: '+628110000001' }];
  app = campaignsApp(dependencies());
  app.onError((error) => {
    const problem = problemOf(error);
    return Response.json(problem, { status: problem.status });
  });
});

interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: JSON that each test looks into
  readonly body: any;
}

async function ask(method: string, path: string, body?: unknown): Promise<Answered> {
  const answer = await app.request(`/api/campaigns${path}`, {
    method,
    headers: { authorization: 'Bearer a-token-of-sari-0000', host: 'gift.example' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

async function addCover(index: number, profile: Partial<WorkerProfile> = {}): Promise<WorkerId> {
  const workerId = workerIdOf(index);
  const cohortId = '2026-12-01-g00' as CohortId;
  const startDate = '2026-12-01' as CivilDate;
  const cover = { ...coverFrom({ from: startDate, workerId }), cohortId };
  await joinCohort({ cohortId, startDate, termMonths: 3, group: 0, shards: 2 }, END, LONG_AGO);
  await transact([
    newWorkerPut(newWorker({ ...PROFILE, ...profile }, workerId, LONG_AGO)),
    { Put: { Item: { ...coverRow(cover), cohortKey: cohortKeyOf(cohortId, index % 2), cohortSort: cover.coverId } } },
  ]);
  return workerId;
}

async function made(changes: object = {}): Promise<string> {
  const { status, body } = await ask('POST', '', { ...PLAN, ...changes });
  expect(status).toBe(201);
  return `/${body.campaignId}`;
}

const reasonsOf = ({ body }: Answered) =>
  body.errors.map(({ field, reason }: { field: string; reason: string }) => [field, reason]);

describe('the API of campaigns', () => {
  it('knows nobody without a token', async () => {
    expect((await app.request('/api/campaigns')).status).toBe(401);
  });

  it('keeps who made a campaign, through every change of the draft', async () => {
    const path = await made();
    const { body } = await ask('PUT', path, { ...PLAN, priority: 4 });
    expect(body).toMatchObject({ state: 'draft', priority: 4, madeBy: expect.stringMatching(/^opr_/) });
    expect((await ask('GET', path)).body).toEqual(body);
    expect((await ask('GET', '')).body.items).toHaveLength(1);
    expect((await ask('PUT', path, { ...PLAN, name: 'Dua' })).body).toMatchObject({ reason: 'field_invalid' });
    expect((await ask('GET', '/cmp_nothing')).status).toBe(404);
  });

  it.each([
    ['metric', { metric: 'opens' }],
    ['steps.0', { steps: [-91] }],
    ['steps', { steps: [7, 7] }],
    ['audience.regions.0', { audience: { regions: ['Solo'] } }],
    ['arms', { arms: [{ name: 'a' }, { name: 'a' }] }],
    ['holdOutPercent', { holdOutPercent: 95 }],
    ['window.fromHour', { window: { fromHour: 5, untilHour: 20 } }],
  ])('refuses a plan with a wrong %s', async (field, changes) => {
    const { status, body } = await ask('POST', '', { ...PLAN, ...changes });
    expect([status, body.errors[0].field]).toEqual([400, field]);
  });

  it('says everything that speaks against a launch at once, and then launches nothing', async () => {
    recipients = [];
    const path = await made({ sendHour: 3, endsOn: '2027-01-10' });
    const refused = await ask('POST', `${path}/launch`);
    expect(refused.status).toBe(422);
    expect(reasonsOf(refused)).toEqual([
      ['sendHour', 'quiet_hours_impossible'],
      ['endsOn', 'campaign_over'],
      ['settings.campaigns.testRecipients', 'test_recipients_none'],
      ['audience', 'audience_empty'],
    ]);
    expect((await ask('GET', `${path}/readiness`)).body.faults).toHaveLength(4);
    expect((await ask('GET', path)).body.state).toBe('draft');
    expect(schedules.size).toBe(0);
  });

  it('counts each cover in one line', async () => {
    await addCover(0);
    await addCover(1, { consentMessaging: false });
    contacts.set(await addCover(2), { hasPhone: false, suppressed: new Set() });
    contacts.set(await addCover(3), { hasPhone: true, suppressed: new Set(['whatsapp', 'sms']) });
    await addCover(4, { region: '91.71' });
    await addCover(5, { needsReview: true });
    const { donationIds: _none, ...papua } = campaignWith({ campaignId: 'cmp_papua' as CampaignId, priority: 9 });
    await createCampaign({ ...papua, audience: { regions: ['91'] } });
    const { body } = await ask('GET', `${await made()}/audience`);
    expect(body.next).toBeNull();
    expect(body.counts).toEqual({
      matched: 5,
      noConsent: 1,
      suppressed: 1,
      noContact: 1,
      heldOut: 0,
      claimOpen: 0,
      otherCampaign: 1,
      willSend: 1,
    });
  });

  it('shows a text as a worker would read it, and says who is held out', async () => {
    const workerId = await addCover(0, { language: 'en' });
    const path = await made({ arms: [{ name: 'own', texts: { en: { 'T-7': 'Dear friend, until {lastDay}.' } } }] });
    const { body } = await ask('GET', `${path}/preview?step=T-7&worker=${workerId}`);
    expect(body).toMatchObject({ language: 'en', arm: 'own', heldOut: false, endDate: END });
    expect(body.text).toMatch(/^GN Lingkaran\. Dear friend, until 28 February 2027\.\n/);
    expect(body.text).toContain(`https://gift.example/pay/`);
    expect(body.text).toContain('Reply BERHENTI');
    expect(body.template).toMatchObject({
      language: 'en',
      name: expect.stringMatching(/^lingkaran_cmp_\w+_own_t_minus_7$/),
    });
    expect(body.template.body).toContain('Dear friend, until {{1}}.');
    expect((await ask('GET', `${path}/preview?step=T-8`)).body.reason).toBe('field_invalid');
    expect((await ask('GET', `${path}/preview?worker=wrk_nobody`)).status).toBe(404);
    const held = await made({ name: 'Banyak', holdOutPercent: 90 });
    const seen = await Promise.all(
      [...Array(8).keys()].map(async (index) => {
        const id = index === 0 ? workerId : await addCover(index);
        return (await ask('GET', `${held}/preview?worker=${id}`)).body;
      }),
    );
    for (const { heldOut, text } of seen) expect(text === null).toBe(heldOut);
    expect(seen.some(({ heldOut }) => heldOut)).toBe(true);
  });

  it('sends a text, marked, to the staff of the settings and to nobody else', async () => {
    const path = await made();
    expect((await ask('POST', `${path}/test-send`, { recipient: 'budi' })).status).toBe(403);
    expect(sent).toEqual([]);
    expect((await ask('POST', `${path}/test-send`, { recipient: 'sari', step: 'T-7' })).status).toBe(200);
    const [message] = sent;
    expect(message).toMatchObject({ key: expect.stringMatching(/^tst_/), to: '+628110000001', channel: 'whatsapp' });
    expect(message?.text).toMatch(/^\[TEST\] /);
    expect(message?.template?.parameters[0]).toMatch(/^\[TEST\] /);
    expect([...system.reminders.after()]).toEqual([]);
  });

  it('launches once, pauses and goes on, and stops for good with its schedule', async () => {
    await addCover(0);
    const path = await made();
    const state = async (command: string) => (await ask('POST', `${path}/${command}`)).body.state;
    expect(await state('launch')).toBe('launched');
    expect(schedules.size).toBe(1);
    expect((await ask('POST', `${path}/launch`)).status).toBe(409);
    expect((await ask('PUT', path, PLAN)).body.reason).toBe('campaign_locked');
    expect([await state('pause'), await state('pause'), await state('resume')]).toEqual([
      'paused',
      'paused',
      'launched',
    ]);
    expect(await state('stop')).toBe('stopped');
    expect(schedules.size).toBe(0);
    expect((await ask('POST', `${path}/resume`)).status).toBe(409);
  });

  it('launches no plan that nobody looked at', async () => {
    await addCover(0);
    const path = await made();
    const changing = {
      ...dependencies(),
      createSchedule: async () => {
        system.pass(1);
        await ask('PUT', path, { ...PLAN, audience: { regions: ['91'] } });
      },
    };
    const hasty = launchCampaign(path.slice(1) as CampaignId, 'opr_a' as OperatorId, changing);
    await expect(hasty).rejects.toThrow('the plan changed while it was looked at');
    expect((await ask('GET', path)).body).toMatchObject({ state: 'draft', audience: { regions: ['91'] } });
  });

  it('of a draft that is stopped touches no schedule', async () => {
    const path = await made();
    expect((await ask('POST', `${path}/stop`)).body.state).toBe('stopped');
  });
});

describe('a count that is too large for one request', () => {
  it('comes in parts that add up', async () => {
    const COVERS = 4500;
    const covers = Array.from({ length: COVERS }, (_, index) =>
      coverFrom({ from: '2026-12-01', workerId: workerIdOf(index) }),
    );
    const workers = new Map(covers.map(({ workerId }) => [workerId, newWorker(PROFILE, workerId, LONG_AGO)] as const));
    covers.sort((a, b) => (a.coverId < b.coverId ? -1 : 1));
    const cohort = {
      cohortId: '2026-12-01-g00' as CohortId,
      startDate: '2026-12-01' as CivilDate,
      termMonths: 3,
      group: 0,
      shards: 2,
      endDate: END,
      lastJoinedAt: LONG_AGO,
    };
    app = campaignsApp({
      ...dependencies(),
      listCohorts: async () => [cohort],
      readWorkers: async () => workers,
      async *coversOfShard(_, shard, pageSize, after) {
        const ours = covers.filter(
          (cover, index) => index % 2 === shard && (after === undefined || cover.coverId > after),
        );
        for (let first = 0; first < ours.length; first += pageSize) yield ours.slice(first, first + pageSize);
      },
    });
    const path = await made();
    const parts: number[] = [];
    let cursor = '';
    for (let next: string | null = ''; next !== null; cursor = `?cursor=${encodeURIComponent(next ?? '')}`) {
      const { body } = await ask('GET', `${path}/audience${cursor}`);
      parts.push(body.counts.willSend);
      next = body.next;
    }
    expect(parts.length).toBe(3);
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(COVERS);
  });

  it('refuses a cursor that is none', async () => {
    app.onError((error) => Response.json(problemOf(error), { status: 400 }));
    expect((await ask('GET', `${await made()}/audience?cursor=x`)).body.reason).toBe('field_invalid');
  });
});

describe('a run', () => {
  const asked: NudgeMessage[] = [];
  const launch = async (changes: Partial<Campaign> = {}) => {
    const { donationIds: _none, ...campaign } = campaignWith({ firstDay: '2027-02-01' as CivilDate, ...changes });
    await createCampaign(campaign);
    return campaign.campaignId;
  };
  const running = (extra: object = {}) => ({
    now: () => system.now(),
    readCampaign,
    launchedCampaigns,
    listCohorts,
    coversOfShard,
    readWorkers: (ids: readonly WorkerId[]) => readWorkers(ids),
    runsOf,
    markRun,
    putNudgePages,
    sendNudges: async (messages: readonly NudgeMessage[]) => void asked.push(...messages),
    markRanThrough,
    log: SILENT_LOG,
    ...extra,
  });
  beforeEach(async () => {
    asked.length = 0;
    await addCover(0);
    await addCover(1);
    // T-14 is due, and T-30 was overtaken by it.
    system.setClock(Date.parse(instantOfDate('2027-02-15' as CivilDate, 10)));
  });

  it('asks for the step of the day and records how many the passed ones were for', async () => {
    const campaignId = await launch({ firstDay: '2027-01-30' as CivilDate });
    expect(await runCampaign(campaignId, running())).toMatchObject({ covers: 2, stale: 2, complete: true });
    expect(new Set(asked.map(({ step, campaignId: of }) => `${step} ${of}`))).toEqual(new Set([`T-14 ${campaignId}`]));
    const passed = (await runsOf(campaignId)).filter(({ reason }) => reason === 'step_stale');
    expect(passed.map(({ step, covers }) => [step, covers])).toEqual([
      ['T-30', 1],
      ['T-30', 1],
    ]);
  });

  it('done again asks for nothing more, but for a cover that joined since', async () => {
    const campaignId = await launch();
    await runCampaign(campaignId, running());
    const first = asked.length;
    expect(await runCampaign(campaignId, running())).toMatchObject({ runs: 0, covers: 0 });
    await addCover(2);
    system.pass(60);
    const cohort = {
      cohortId: '2026-12-01-g00' as CohortId,
      startDate: '2026-12-01' as CivilDate,
      termMonths: 3,
      group: 0,
    };
    await joinCohort({ ...cohort, shards: 2 }, END, system.now());
    system.setClock(Date.parse(instantOfDate('2027-02-16' as CivilDate, 10)));
    await runCampaign(campaignId, running());
    expect(asked.slice(first).flatMap(({ coverIds }) => coverIds)).toHaveLength(3);
  });

  it('of a campaign that is paused meanwhile goes no further, and is not taken for done', async () => {
    const campaignId = await launch();
    const pausing = async (messages: readonly NudgeMessage[]) => {
      asked.push(...messages);
      await moveCampaign(campaignId, 'pause');
    };
    expect(await runCampaign(campaignId, running({ sendNudges: pausing }))).toMatchObject({ runs: 1, complete: false });
    expect((await readCampaign(campaignId)).ranThrough).toBeNull();
    expect(await runCampaign(campaignId, running())).toMatchObject({ runs: 0 });
  });

  it('leaves the covers of a higher campaign alone', async () => {
    const campaignId = await launch();
    await launch({ campaignId: 'cmp_high' as CampaignId, priority: 3 });
    expect(await runCampaign(campaignId, running())).toMatchObject({ covers: 0 });
    expect(await runCampaign('cmp_high' as CampaignId, running())).toMatchObject({ covers: 2 });
  });

  it('past its end is finished once every page is accounted for, and its schedule goes', async () => {
    const campaignId = await launch({ endsOn: '2027-02-16' as CivilDate });
    schedules.add(campaignId);
    const closing = {
      now: () => system.now(),
      readCampaign,
      runsOf,
      moveCampaign,
      deleteSchedule: dependencies().deleteSchedule,
    };
    await runCampaign(campaignId, running());
    expect(await closeCampaign(campaignId, closing)).toBe(false);
    system.setClock(Date.parse(instantOfDate('2027-02-16' as CivilDate, 10)));
    expect(await closeCampaign(campaignId, closing)).toBe(false);
    for (const run of await runsOf(campaignId)) await markRunAccounted(run, system.now());
    expect(await closeCampaign(campaignId, closing)).toBe(true);
    expect([(await readCampaign(campaignId)).state, schedules.size]).toEqual(['finished', 0]);
  });
});

describe('a page of a campaign that is paused', () => {
  it('is left as it is: nothing is held, claimed or accounted for', async () => {
    const message: NudgeMessage = {
      contractVersion: 1,
      cohortId: '2026-12-01-g00' as CohortId,
      campaignId: 'cmp_one' as CampaignId,
      step: 'T-14',
      endDate: END,
      coverIds: [coverFrom({ from: '2026-12-01' }).coverId],
    };
    const sending = (state: 'paused' | 'launched') =>
      sendNudges(message, { messageId: 'one', receiveCount: 1 }, {
        now: () => system.now(),
        campaigns: async () => [campaignWith({ state })],
        holdNudgePage: async () => {
          throw new Error('taken in hand');
        },
      } as unknown as SendNudgesDependencies);
    await expect(sending('paused')).rejects.toThrow(new Duplicate('campaign cmp_one is paused'));
    await expect(sending('launched')).rejects.toThrow('taken in hand');
  });
});

describe('campaigns as those who send remember them', () => {
  it('are asked for again after five seconds of either clock, or at once where one is missing', async () => {
    let [real, reads] = [0, 0];
    const read = async () => {
      reads += 1;
      return [];
    };
    const campaigns = rememberedCampaigns(
      () => system.now(),
      read,
      () => real,
    );
    await campaigns();
    await campaigns();
    expect(reads).toBe(1);
    await campaigns({ fresh: true });
    expect(reads).toBe(2);
    real += 5000;
    await campaigns();
    expect(reads).toBe(3);
    system.pass(5);
    await campaigns();
    expect(reads).toBe(4);
  });
});
