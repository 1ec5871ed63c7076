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
import { type CohortId, type CoverId, coverIdOf, type WorkerId } from '../../../shared/domain/ids.ts';
import { PUBLISHED_TARIFF } from '../../../shared/domain/tariff.ts';
import { newWorker, type Person, type WorkerRow } from '../../../shared/domain/worker.ts';
import { Duplicate, Transient } from '../../../shared/errors.ts';
import { SILENT_LOG } from '../../../shared/logger.ts';
import type { NudgeMessage } from '../../../shared/messages.ts';
import type { Messaging } from '../../../shared/ports/messaging.ts';
import { holdNudgePage } from '../../../shared/store/nudge-pages.ts';
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
