import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type NudgePolicy,
  type SendNudgesDependencies,
  sendNudges as send,
} from '../../../functions/send-nudges/send-nudges.ts';
import { outboxMessenger } from '../../../shared/adapters/outbox-messenger.ts';
import type { RunningCampaign } from '../../../shared/domain/campaign.ts';
import type { Channel } from '../../../shared/domain/channels.ts';
import type { Cover } from '../../../shared/domain/cover.ts';
import type { CivilDate, CivilMonth, Instant } from '../../../shared/domain/dates.ts';
import { type CampaignId, type CohortId, type CoverId, coverIdOf, type WorkerId } from '../../../shared/domain/ids.ts';
import { stepNamed } from '../../../shared/domain/nudge.ts';
import { PUBLISHED_TARIFF } from '../../../shared/domain/tariff.ts';
import { newWorker, type Person, type WorkerRow } from '../../../shared/domain/worker.ts';
import { Duplicate, Transient } from '../../../shared/errors.ts';
import { SILENT_LOG } from '../../../shared/logger.ts';
import type { NudgeMessage } from '../../../shared/messages.ts';
import type { Messaging } from '../../../shared/ports/messaging.ts';
import { batchIdOf, holdNudgePage } from '../../../shared/store/nudge-pages.ts';
import {
  claimNudge,
  claimsOf,
  finishNudgeBatch,
  keepUnfinishedBatch,
  listNudges,
  readNudgeBatch,
} from '../../../shared/store/nudges.ts';
import { queryAll, vaultTableName } from '../../../shared/store/table.ts';
import { startTestTables } from '../store/engine.ts';

let stop: () => Promise<void>;
beforeAll(async () => {
  stop = await startTestTables();
});
afterAll(() => stop());

const END = '2027-03-01' as CivilDate;
const covers = new Map<CoverId, Cover>();
const workers = new Map<WorkerId, WorkerRow>();
const people = new Map<WorkerId, Person>();
let now = '2027-02-15T02:00:00.000Z' as Instant;
beforeEach(() => {
  now = '2027-02-15T02:00:00.000Z' as Instant;
  campaigns = [];
  suppressedPhones = new Map();
  later = [];
  counted = [];
});

const outbox = outboxMessenger(() => now);
const POLICY: NudgePolicy = {
  hours: { fromHour: 8, untilHour: 20 },
  dailyCap: 1,
  channels: ['whatsapp', 'sms'],
  tariff: PUBLISHED_TARIFF,
};
let campaigns: RunningCampaign[] = [];
let suppressedPhones = new Map<string, ReadonlySet<Channel>>();
let later: { readonly message: NudgeMessage; readonly delaySeconds: number }[] = [];
let counted: [string, number][] = [];
const dependencies: SendNudgesDependencies = {
  now: () => now,
  readCovers: async (ids) => ids.flatMap((id) => covers.get(id) ?? []),
  readWorkers: async () => workers,
  readPeople: async () => async (workerId) => people.get(workerId) ?? null,
  holdNudgePage,
  claimNudge,
  claimsOf,
  readNudgeBatch,
  finishNudgeBatch,
  keepUnfinishedBatch,
  policy: () => POLICY,
  campaigns: async () => campaigns,
  suppressedOn: async () => suppressedPhones,
  sendLater: async (message, delaySeconds) => {
    later.push({ message, delaySeconds });
  },
  payLinkOf: async (coverId) => `https://lingkaran.example/pay/${coverId}`,
  messaging: outbox,
  log: SILENT_LOG,
  meter: { count: (name, _dimensions, amount = 1) => counted.push([name, amount]) },
};

let serial = 0;
function covered(
  cover: Partial<Cover> = {},
  worker: Partial<WorkerRow> = {},
  person: Partial<Person> | null = {},
): CoverId {
  serial += 1;
  const workerId = `wrk_${String(serial).padStart(20, '0')}` as WorkerId;
  const coverId = coverIdOf(workerId, 1);
  const profile = {
    region: '33.72',
    occupation: 'buruh',
    sector: 'non_transport' as const,
    disability: false,
    mustahik: false,
    registrableUntilMonth: '2056-08' as CivilMonth,
    consentMessaging: true,
    language: 'id' as const,
    source: 'dinsos',
    needsReview: false,
  };
  workers.set(workerId, { ...newWorker(profile, workerId, now), state: 'covered', ...worker });
  if (person) people.set(workerId, { phone: `+62812${String(serial).padStart(8, '0')}`, ...person } as Person);
  covers.set(coverId, {
    coverId,
    workerId,
    package: 'JKK_JKM',
    sector: 'non_transport',
    state: 'active',
    startDate: '2026-12-01',
    endDate: END,
    ...cover,
  } as Cover);
  return coverId;
}

let receiveCount = 0;
/** The queue gives its message, for the first time or again. */
const sendNudges = (message: NudgeMessage, given = dependencies) =>
  send(message, { messageId: 'message', receiveCount: ++receiveCount }, given);
const page = (coverIds: CoverId[], step = 'T-14'): NudgeMessage => ({
  contractVersion: 1,
  cohortId: '2026-12-01-g00' as CohortId,
  step,
  endDate: END,
  coverIds,
});
const sentTo = async () =>
  queryAll({
    TableName: vaultTableName(),
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': 'OUTBOX' },
  });
const sentFor = async (coverId: CoverId) => (await sentTo()).filter((row) => row.coverId === coverId);

describe('a reminder', () => {
  it('goes to the worker in their language, at the price of the next month', async () => {
    const coverId = covered({}, { language: 'en' });
    expect(await sendNudges(page([coverId]), dependencies)).toEqual({ sent: 1, failed: 0, settled: 0, held: 0 });
    const [message] = await sentFor(coverId);
    expect(message).toMatchObject({
      channel: 'whatsapp',
      language: 'en',
      step: 'T-14',
      to: '+6281200000001',
      sentAt: now,
    });
    expect(message!.text).toContain('Rp16.800 a month (tariff of March 2027)');
    expect(await listNudges(coverId)).toEqual([
      {
        nudgeId: message!.id,
        coverId,
        endDate: END,
        step: 'T-14',
        channel: 'whatsapp',
        state: 'sent',
        reason: null,
        at: now,
        delivery: null,
      },
    ]);
  });

  it('leaves nothing personal in the books (I9)', async () => {
    const coverId = covered();
    await sendNudges(page([coverId]), dependencies);
    const rows = await queryAll({
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': `WORKER#${covers.get(coverId)!.workerId}` },
    });
    expect(JSON.stringify(rows)).not.toMatch(/\+62|Rp/);
  });

  it.each<[string, Partial<Cover>, Partial<WorkerRow>, Partial<Person> | null]>([
    ['cover_renewed', { renewedBy: 'cov_1_2' as CoverId }, {}, {}],
    ['claim_open', { claimOpenSince: '2027-02-10' as CivilDate }, {}, {}],
    ['claim_open', {}, { claimOpenSince: '2027-02-10' as CivilDate }, {}],
    ['cover_ended_early', { state: 'cancelled' }, {}, {}],
    ['end_date_changed', { endDate: '2027-06-01' as CivilDate }, {}, {}],
    ['worker_deceased', {}, { state: 'deceased' }, {}],
    ['worker_withdrawn', {}, { state: 'withdrawn' }, {}],
    ['no_consent', {}, { consentMessaging: false }, {}],
    ['cover_renewed', {}, { currentCoverId: 'cov_1_2' as CoverId }, {}],
    ['child_data', {}, { needsReview: true }, {}],
    ['phone_invalid', {}, {}, { phone: '12345' }],
    ['no_contact', {}, {}, { phone: null }],
    ['no_contact', {}, {}, null],
  ])('%s: does not go out, and says so', async (reason, cover, worker, person) => {
    const coverId = covered(cover, worker, person);
    expect(await sendNudges(page([coverId]), dependencies)).toEqual({ sent: 0, failed: 0, settled: 1, held: 0 });
    expect(await sentFor(coverId)).toEqual([]);
    expect(await listNudges(coverId)).toMatchObject([{ state: 'skipped', reason }]);
  });

  it('is dropped when the next step is due already', async () => {
    now = '2027-02-22T02:00:00.000Z' as Instant;
    const coverId = covered();
    await sendNudges(page([coverId], 'T-14'), dependencies);
    await sendNudges(page([coverId], 'T-7'), dependencies);
    expect(await listNudges(coverId)).toMatchObject([
      { step: 'T-14', state: 'skipped', reason: 'step_stale' },
      { step: 'T-7', state: 'sent' },
    ]);
  });

  it('of a worker nobody knows is skipped', async () => {
    const coverId = covered();
    workers.delete(covers.get(coverId)!.workerId);
    await sendNudges(page([coverId]), dependencies);
    expect(await listNudges(coverId)).toMatchObject([{ state: 'skipped', reason: 'no_contact' }]);
  });

  it('that the provider refuses for good is recorded with its reason', async () => {
    const [bad, good] = [covered(), covered()];
    const messaging: Messaging = {
      ...outbox,
      send: async (message) =>
        message.about?.coverId === bad ? { outcome: 'failed', reason: 'delivery_failed' } : outbox.send(message),
    };
    expect(await sendNudges(page([bad, good]), { ...dependencies, messaging })).toMatchObject({ sent: 1, failed: 1 });
    expect(await listNudges(bad)).toMatchObject([{ state: 'failed', reason: 'delivery_failed' }]);
    expect(await listNudges(good)).toMatchObject([{ state: 'sent' }]);
  });
});

describe('at most once (I7)', () => {
  it('a page that was finished is a duplicate', async () => {
    const message = page([covered()]);
    await sendNudges(message, dependencies);
    await expect(sendNudges(message, dependencies)).rejects.toBeInstanceOf(Duplicate);
  });

  it('a cover on two pages is reminded by one', async () => {
    const coverId = covered();
    await sendNudges(page([coverId, covered()]), dependencies);
    expect(await sendNudges(page([coverId]), dependencies)).toEqual({ sent: 0, failed: 0, settled: 1, held: 0 });
    expect(await sentFor(coverId)).toHaveLength(1);
    expect(await listNudges(coverId)).toMatchObject([{ state: 'sent' }]);
  });

  it('one that cannot go out now keeps no other back, and goes out with the next delivery', async () => {
    const [late, first] = [covered(), covered()];
    let down = true;
    const messaging: Messaging = {
      ...outbox,
      send: async (message) => {
        if (down && message.about?.coverId === late) throw new Transient('throttled');
        return outbox.send(message);
      },
    };
    const message = page([late, first]);
    await expect(sendNudges(message, { ...dependencies, messaging })).rejects.toBeInstanceOf(Transient);
    expect(await sentFor(first)).toHaveLength(1);
    expect(await listNudges(late)).toMatchObject([{ state: 'claimed' }]);
    down = false;
    expect(await sendNudges(message, { ...dependencies, messaging })).toMatchObject({ sent: 2 });
    expect(await sentFor(late)).toHaveLength(1);
    expect(await sentFor(first)).toHaveLength(1);
  });

  it('claimed before a crash and renewed since: it does not go out and the reason is kept', async () => {
    const coverId = covered();
    const messaging: Messaging = {
      ...outbox,
      send: async () => {
        throw new Error('killed');
      },
    };
    const message = page([coverId]);
    await expect(sendNudges(message, { ...dependencies, messaging })).rejects.toThrow('killed');
    covers.set(coverId, { ...covers.get(coverId)!, renewedBy: 'cov_1_2' as CoverId });
    await sendNudges(message, dependencies);
    expect(await sentFor(coverId)).toEqual([]);
    expect(await listNudges(coverId)).toMatchObject([{ state: 'failed', reason: 'cover_renewed' }]);
  });

  it('two deliveries of a page at the same moment: one sends it, the other comes again and finds it done', async () => {
    const keys: string[] = [];
    const messaging: Messaging = {
      ...outbox,
      send: (message) => {
        keys.push(message.key);
        return outbox.send(message);
      },
    };
    const message = page([covered(), covered(), covered()]);
    const deliveries = ['one', 'one', 'other'].map((messageId) => ({ messageId, receiveCount: 1 }));
    const outcomes = await Promise.allSettled(
      deliveries.map((delivery) => send(message, delivery, { ...dependencies, messaging })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(['Transient', 'Duplicate']).toContain(outcome.reason.name);
    expect(new Set(keys).size).toBe(3);
    expect(keys).toHaveLength(3);
    await expect(sendNudges(message)).rejects.toBeInstanceOf(Duplicate);
  });

  it('a page in hand is left to the message that brought it, until the hold has run out', async () => {
    const coverId = covered();
    const message = page([coverId]);
    const killed = { ...dependencies, claimNudge: () => Promise.reject(new Error('killed')) };
    await expect(send(message, { messageId: 'first', receiveCount: 1 }, killed)).rejects.toThrow('killed');
    const another = { messageId: 'from the sweeper', receiveCount: 1 };
    now = '2027-02-15T02:01:59.999Z' as Instant;
    await expect(send(message, another, dependencies)).rejects.toBeInstanceOf(Duplicate);
    expect(await sentFor(coverId)).toEqual([]);
    now = '2027-02-15T02:02:00.000Z' as Instant;
    expect(await send(message, another, dependencies)).toMatchObject({ sent: 1 });
    expect(await sentFor(coverId)).toHaveLength(1);
  });

  it('a hold passes to the same message given another time, and to no other', async () => {
    const hold = (messageId: string, receiveCount: number) => holdNudgePage('a page', { messageId, receiveCount }, now);
    expect(await hold('first', 1)).toBe('ours');
    expect(await hold('first', 1)).toBe('at once');
    expect(await hold('other', 1)).toBe('elsewhere');
    expect(await hold('first', 2)).toBe('ours');
    expect(await hold('other', 3)).toBe('elsewhere');
    // Out of the dead-letter queue its count begins anew.
    expect(await hold('first', 1)).toBe('ours');
  });

  it('killed before, during or after any call, and delivered again: every one went out exactly once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 3 }), async (kills) => {
        const coverIds = [covered(), covered(), covered()];
        const sends: string[] = [];
        const message = page(coverIds);
        for (const kill of kills) await sendNudges(message, dying(kill, sends)).catch(() => undefined);
        await sendNudges(message, dying(Number.POSITIVE_INFINITY, sends)).catch((error: unknown) => {
          expect(error).toBeInstanceOf(Duplicate);
        });
        expect(sends.toSorted()).toEqual(coverIds.toSorted());
        for (const coverId of coverIds) expect(await listNudges(coverId)).toMatchObject([{ state: 'sent' }]);
      }),
      { numRuns: 60 },
    );
  });
});

/** Nobody hears anything where the provider says so of a channel. */
function unreachableOn(...channels: Channel[]): Messaging {
  return {
    ...outbox,
    send: async (message) =>
      channels.includes(message.channel) ? { outcome: 'failed', reason: 'not_reachable' } : outbox.send(message),
  };
}

describe('by day only', () => {
  const night = '2027-02-15T13:00:00.000Z' as Instant;

  it('a page at night is sent again for the morning, and nothing is claimed meanwhile', async () => {
    now = night;
    const coverId = covered();
    expect(await sendNudges(page([coverId]))).toEqual({ sent: 0, failed: 0, settled: 0, held: 1 });
    expect(await listNudges(coverId)).toEqual([]);
    expect(later).toEqual([
      { message: { ...page([coverId]), notBefore: '2027-02-16T01:00:00.000Z' }, delaySeconds: 12 * 3600 },
    ]);
  });

  it('until then it is only put off, whatever else may be asked', async () => {
    now = night;
    const message = { ...page([covered()]), notBefore: '2027-02-16T01:00:00.000Z' as Instant };
    const nobody = { ...dependencies, holdNudgePage: () => Promise.reject(new Error('asked')) };
    expect(await sendNudges(message, nobody)).toMatchObject({ held: 1 });
    expect(later).toEqual([{ message, delaySeconds: 12 * 3600 }]);
    now = '2027-02-16T01:00:00.000Z' as Instant;
    expect(await sendNudges(message)).toMatchObject({ sent: 1, held: 0 });
  });

  it('those who sleep wait, those who are awake are told, and nobody is told twice', async () => {
    // Eight in the evening in Jakarta, ten in Jayapura; then six there, eight here.
    now = '2027-02-15T12:59:00.000Z' as Instant;
    const [jakarta, jayapura] = [covered({}, { region: '31.71' }), covered({}, { region: '91.71' })];
    const noConsent = covered({}, { region: '91.71', consentMessaging: false });
    expect(await sendNudges(page([jakarta, jayapura, noConsent]))).toEqual({ sent: 1, failed: 0, settled: 1, held: 1 });
    expect(await listNudges(jakarta)).toMatchObject([{ state: 'sent' }]);
    expect(await listNudges(jayapura)).toEqual([]);
    expect(await listNudges(noConsent)).toMatchObject([{ state: 'skipped', reason: 'no_consent' }]);
    const [{ message } = { message: page([]) }] = later;
    expect(message.notBefore).toBe('2027-02-15T23:00:00.000Z');
    now = message.notBefore as Instant;
    const forgetful = { ...dependencies, messaging: { ...outbox, find: async () => null } };
    expect(await sendNudges(message, forgetful)).toEqual({ sent: 2, failed: 0, settled: 1, held: 0 });
    expect(await sentFor(jakarta)).toHaveLength(1);
    expect(await sentFor(jayapura)).toHaveLength(1);
  });

  it('a page that comes just before eight in the morning waits until nobody holds it any more', async () => {
    now = '2027-02-15T00:59:30.000Z' as Instant;
    await sendNudges(page([covered()]));
    expect(later[0]?.message.notBefore).toBe('2027-02-15T01:01:30.000Z');
  });

  it('a step that was overtaken by morning is dropped with its reason', async () => {
    now = '2027-02-21T13:30:00.000Z' as Instant;
    const coverId = covered();
    await sendNudges(page([coverId], 'T-14'));
    now = '2027-02-22T01:00:00.000Z' as Instant;
    await sendNudges(later[0]!.message);
    expect(await listNudges(coverId)).toMatchObject([{ step: 'T-14', state: 'skipped', reason: 'step_stale' }]);
  });
});

describe('a day has one reminder', () => {
  function twoCovers(): [CoverId, CoverId] {
    const first = covered();
    const { workerId } = covers.get(first)!;
    const second = coverIdOf(workerId, 2);
    covers.set(second, { ...covers.get(first)!, coverId: second });
    return [first, second];
  }

  it('the next one of that day says why it stays away, and a new day is free', async () => {
    const [first, second] = twoCovers();
    await sendNudges(page([first]));
    expect(await sendNudges(page([second]))).toMatchObject({ sent: 0, failed: 1 });
    expect(await listNudges(second)).toMatchObject([{ state: 'failed', reason: 'daily_cap' }]);
    now = '2027-02-16T02:00:00.000Z' as Instant;
    const policy = () => ({ ...POLICY, dailyCap: 2 });
    expect(await sendNudges(page([second], 'T-13'))).toMatchObject({ sent: 1 });
    expect(await sendNudges(page([first], 'T-13'), { ...dependencies, policy })).toMatchObject({ sent: 1 });
  });

  it('two pages at the same moment never exceed it', async () => {
    for (let round = 0; round < 8; round += 1) {
      const [first, second] = twoCovers();
      const messages = [page([first]), page([second])];
      await Promise.all(
        messages.map((message, index) =>
          send(message, { messageId: `${round}-${index}`, receiveCount: 1 }, dependencies),
        ),
      );
      const sent = [...(await sentFor(first)), ...(await sentFor(second))];
      expect(sent.length).toBeLessThanOrEqual(1);
      for (const nudge of [...(await listNudges(first)), ...(await listNudges(second))])
        expect(nudge.state === 'sent' || nudge.reason === 'daily_cap').toBe(true);
    }
  });
});

describe('on the channels a worker agreed to', () => {
  it('the first is used, the next only where the provider cannot reach them there', async () => {
    const preferred = covered({}, { channels: ['sms', 'whatsapp'] });
    await sendNudges(page([preferred]));
    expect((await sentFor(preferred)).map(({ channel }) => channel)).toEqual(['sms']);
    const elsewhere = covered();
    await sendNudges(page([elsewhere]), { ...dependencies, messaging: unreachableOn('whatsapp') });
    expect((await sentFor(elsewhere)).map(({ channel }) => channel)).toEqual(['sms']);
    expect((await listNudges(elsewhere)).map(({ channel, state, reason }) => [channel, state, reason]).sort()).toEqual([
      ['sms', 'sent', null],
      ['whatsapp', 'failed', 'not_reachable'],
    ]);
  });

  it('who is reached on none has a reason for each', async () => {
    const coverId = covered();
    await sendNudges(page([coverId]), { ...dependencies, messaging: unreachableOn('whatsapp', 'sms') });
    expect((await listNudges(coverId)).map(({ reason }) => reason)).toEqual(['not_reachable', 'not_reachable']);
  });

  it.each<[string, readonly Channel[], readonly Channel[], Partial<WorkerRow>]>([
    ['suppressed', ['whatsapp', 'sms', 'email'], ['whatsapp', 'sms'], {}],
    ['suppressed', ['whatsapp'], ['whatsapp', 'sms'], { channels: ['whatsapp'] }],
    ['channel_unavailable', [], [], {}],
    ['channel_unavailable', [], ['sms'], { channels: ['whatsapp'] }],
  ])('%s: nothing goes out', async (reason, suppressed, channels, worker) => {
    const coverId = covered({}, worker);
    suppressedPhones.set(people.get(covers.get(coverId)!.workerId)!.phone as string, new Set(suppressed));
    await sendNudges(page([coverId]), { ...dependencies, policy: () => ({ ...POLICY, channels }) });
    expect(await sentFor(coverId)).toEqual([]);
    expect(await listNudges(coverId)).toMatchObject([{ state: 'skipped', reason }]);
  });

  it('one that bounced is passed by without a word', async () => {
    const coverId = covered();
    suppressedPhones.set(people.get(covers.get(coverId)!.workerId)!.phone as string, new Set(['whatsapp']));
    await sendNudges(page([coverId]));
    expect(await listNudges(coverId)).toMatchObject([{ channel: 'sms', state: 'sent' }]);
  });

  it('told later that WhatsApp does not reach them, the reminder goes out by SMS, once', async () => {
    const coverId = covered();
    await sendNudges(page([coverId]));
    const again: NudgeMessage = { ...page([coverId]), notOn: ['whatsapp'] };
    expect(await send(again, { messageId: 'a', receiveCount: 1 }, dependencies)).toMatchObject({ sent: 1 });
    await expect(send(again, { messageId: 'b', receiveCount: 1 }, dependencies)).rejects.toBeInstanceOf(Duplicate);
    expect((await sentFor(coverId)).map(({ channel }) => channel).sort()).toEqual(['sms', 'whatsapp']);
    const onlyThere = covered({}, { channels: ['whatsapp'] });
    await sendNudges(page([onlyThere]));
    const nowhere: NudgeMessage = { ...page([onlyThere]), notOn: ['whatsapp'] };
    expect(await send(nowhere, { messageId: 'c', receiveCount: 1 }, dependencies)).toMatchObject({
      sent: 0,
      settled: 1,
    });
    expect(await listNudges(onlyThere)).toHaveLength(1);
  });

  it('a step that went out on one channel does not go out on another because the preference changed', async () => {
    const coverId = covered();
    const { workerId } = covers.get(coverId)!;
    await sendNudges(page([coverId]));
    workers.set(workerId, { ...workers.get(workerId)!, channels: ['sms'] });
    await sendNudges(page([coverId, covered()]));
    expect(await sentFor(coverId)).toHaveLength(1);
    const byChannel = Object.fromEntries((await listNudges(coverId)).map(({ channel, state }) => [channel, state]));
    expect(byChannel).toEqual({ whatsapp: 'sent', sms: 'failed' });
  });

  it('a template the provider refuses keeps its reason and wakes a person', async () => {
    const coverId = covered();
    const messaging: Messaging = { ...outbox, send: async () => ({ outcome: 'failed', reason: 'template_refused' }) };
    await sendNudges(page([coverId]), { ...dependencies, messaging });
    expect(await listNudges(coverId)).toMatchObject([
      { channel: 'whatsapp', state: 'failed', reason: 'template_refused' },
    ]);
    expect(counted).toEqual([['TemplatesRefused', 1]]);
  });
});

describe('of a campaign', () => {
  const campaign = (changes: Partial<RunningCampaign> = {}) =>
    ({
      campaignId: 'cmp_1',
      name: 'Ramadan',
      state: 'launched',
      audience: { everyone: true },
      steps: [stepNamed('T-14')],
      arms: [{ name: 'ramah', weight: 1, texts: { id: { 'T-14': 'Salam, sampai {lastDay}.' } } }],
      holdOutPercent: 0,
      channels: ['sms'],
      window: { fromHour: 9, untilHour: 12 },
      dailyCap: 1,
      priority: 1,
      firstDay: '2027-01-01',
      endsOn: null,
      donationIds: new Set(),
      ...changes,
    }) as unknown as RunningCampaign;
  const own = (coverIds: CoverId[]) => ({ ...page(coverIds), campaignId: 'cmp_1' as CampaignId });

  it('says its own words, on its channels, in its hours', async () => {
    campaigns = [campaign()];
    const coverId = covered();
    now = '2027-02-15T01:30:00.000Z' as Instant;
    expect(await sendNudges(own([coverId]))).toMatchObject({ held: 1 });
    now = '2027-02-15T02:00:00.000Z' as Instant;
    expect(await send(own([coverId]), { messageId: 'morning', receiveCount: 1 }, dependencies)).toMatchObject({
      sent: 1,
    });
    const [message] = await sentFor(coverId);
    expect(message).toMatchObject({ channel: 'sms' });
    expect(message!.text).toMatch(/^GN Lingkaran\. Salam, sampai 28 Februari 2027\.\n/);
  });

  it('takes its covers from the standing campaign, whose page counts them as passed over and claims nothing', async () => {
    campaigns = [campaign()];
    const coverId = covered();
    const message = page([coverId]);
    expect(await sendNudges(message)).toEqual({ sent: 0, failed: 0, settled: 1, held: 0 });
    expect(await listNudges(coverId)).toEqual([]);
    expect(await readNudgeBatch(batchIdOf(message))).toMatchObject({ passedOver: { other_campaign: 1 } });
  });

  it('that nobody knows of is asked for again before its page is passed over', async () => {
    const coverId = covered();
    const asked: unknown[] = [];
    const read = async (options?: { readonly fresh?: boolean }) => {
      asked.push(options);
      return options?.fresh ? [campaign()] : [];
    };
    expect(await sendNudges(own([coverId]), { ...dependencies, campaigns: read })).toMatchObject({ sent: 1 });
    expect(asked.slice(0, 2)).toEqual([undefined, { fresh: true }]);
    const other = covered();
    expect(await sendNudges(own([other]))).toMatchObject({ settled: 1 });
    expect(await listNudges(other)).toEqual([]);
  });

  it('who is held out hears nothing, and the row says so', async () => {
    campaigns = [campaign({ holdOutPercent: 100 })];
    const coverId = covered();
    await sendNudges(own([coverId]));
    expect(await sentFor(coverId)).toEqual([]);
    expect(await listNudges(coverId)).toMatchObject([{ state: 'skipped', reason: 'held_out' }]);
  });

  it('none of whose channels the worker agreed to is silent', async () => {
    campaigns = [campaign({ channels: ['sms'] })];
    const coverId = covered({}, { channels: ['whatsapp'] });
    await sendNudges(own([coverId]));
    expect(await listNudges(coverId)).toMatchObject([{ state: 'skipped', reason: 'no_consent' }]);
  });
});

/** A process that dies after so many steps; half of its last call may have happened. */
function dying(stepsLeft: number, sends: string[]): SendNudgesDependencies {
  let left = stepsLeft;
  const step = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (left-- <= 0) throw new Error('killed');
    const result = await work();
    if (left-- <= 0) throw new Error('killed');
    return result;
  };
  return {
    ...dependencies,
    holdNudgePage: (...given) => step(() => holdNudgePage(...given)),
    claimNudge: (claim) => step(() => claimNudge(claim)),
    finishNudgeBatch: (...given) => step(() => finishNudgeBatch(...given)),
    messaging: {
      find: (key) => outbox.find(key),
      send: (message) =>
        step(() => {
          sends.push(message.about!.coverId);
          return outbox.send(message);
        }),
    },
  };
}
