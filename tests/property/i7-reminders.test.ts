import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SendNudgesDependencies, sendNudges } from '../../functions/send-nudges/send-nudges.ts';
import type { Channel, WorkerChannel } from '../../shared/domain/channels.ts';
import type { Cover, StoredCoverState } from '../../shared/domain/cover.ts';
import {
  addDays,
  addSeconds,
  type CivilDate,
  type CivilMonth,
  type Instant,
  instantOfDate,
} from '../../shared/domain/dates.ts';
import { type CohortId, type CoverId, coverIdOf, type WorkerId } from '../../shared/domain/ids.ts';
import { NUDGE_STEPS, nudgeRefusal, stepDate } from '../../shared/domain/nudge.ts';
import { PUBLISHED_TARIFF } from '../../shared/domain/tariff.ts';
import { newWorker, type Person, type WorkerRow } from '../../shared/domain/worker.ts';
import { dayIn, heldUntil, hourIn, zoneOf } from '../../shared/domain/zones.ts';
import { SILENT_LOG, SILENT_METER } from '../../shared/logger.ts';
import type { NudgeMessage } from '../../shared/messages.ts';
import { holdNudgePage } from '../../shared/store/nudge-pages.ts';
import {
  claimNudge,
  claimsOf,
  finishNudgeBatch,
  keepUnfinishedBatch,
  listNudges,
  readNudgeBatch,
} from '../../shared/store/nudges.ts';
import { crashAt, interleaved } from '../support/faults.ts';
import { PROFILE, workerIdOf } from '../support/people-and-gifts.ts';
import { type Chance, chanceOf } from '../support/random.ts';
import { TestSystem } from '../support/test-system.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

const END = '2027-03-01' as CivilDate;
const HOURS = { fromHour: 8, untilHour: 20 };
const STATES: readonly StoredCoverState[] = ['active', 'active', 'active', 'deceased', 'withdrawn', 'cancelled'];

const people = fc.record({
  state: fc.constantFrom(...STATES),
  endDate: fc.constantFrom(END, END, END, '2027-06-01' as CivilDate),
  consentMessaging: fc.constantFrom(true, true, false),
  hasPhone: fc.constantFrom(true, true, false),
  /** Surakarta, Makassar, Jayapura. */
  region: fc.constantFrom('33.72', '73.71', '91.71'),
  channels: fc.constantFrom<WorkerChannel[] | undefined>(undefined, ['sms', 'whatsapp'], ['sms'], ['whatsapp']),
  suppressed: fc.constantFrom<Channel[]>([], [], [], ['whatsapp'], ['whatsapp', 'sms', 'email']),
  unreachableOn: fc.constantFrom<Channel[]>([], [], ['whatsapp'], ['whatsapp', 'sms']),
});
type Somebody = typeof people extends fc.Arbitrary<infer One> ? One : never;

describe('I7: whether a reminder may go out', () => {
  it('is decided by the cover, its end, the day and the consent, and on no day by two steps', () => {
    fc.assert(
      fc.property(people, fc.integer({ min: -40, max: 80 }), ({ state, endDate, consentMessaging }, offset) => {
        const today = addDays(END, offset);
        const cover = { state, endDate } as Cover;
        const dueSteps = NUDGE_STEPS.filter((step) => stepDate(END, step) <= today);
        const allowed = dueSteps.filter(({ name }) => !nudgeRefusal(cover, END, name, { consentMessaging }, today));
        const mayGo = state === 'active' && endDate === END && consentMessaging;
        expect(allowed).toEqual(mayGo ? dueSteps.slice(-1) : []);
      }),
    );
  });
});

interface World {
  now: Instant;
  readonly covers: Map<CoverId, Cover>;
  readonly workers: Map<WorkerId, WorkerRow>;
  readonly people: Map<WorkerId, Somebody & { readonly phone: string }>;
  /** Everything the provider took, with whom it is for and when it came. */
  readonly sent: { readonly key: string; readonly phone: string; readonly channel: Channel; readonly at: Instant }[];
  /** Pages that wait for a morning. */
  waiting: NudgeMessage[];
}

function worldOf(all: readonly Somebody[]): World {
  const world: World = {
    now: '2026-12-01T00:00:00.000Z' as Instant,
    covers: new Map(),
    workers: new Map(),
    people: new Map(),
    sent: [],
    waiting: [],
  };
  for (const [index, somebody] of all.entries()) {
    const workerId = workerIdOf(index);
    const coverId = coverIdOf(workerId, 1);
    const { state, endDate, consentMessaging, region, channels } = somebody;
    const facts = { package: 'JKK_JKM', sector: 'non_transport', startDate: '2026-12-01' };
    world.covers.set(coverId, { coverId, workerId, state, endDate, ...facts } as unknown as Cover);
    const given = { consentMessaging, region, ...(channels ? { channels } : {}) };
    const profile = { ...PROFILE, ...given, registrableUntilMonth: '2056-08' as CivilMonth };
    world.workers.set(workerId, newWorker(profile, workerId, '2026-10-01T00:00:00.000Z' as Instant));
    world.people.set(workerId, { ...somebody, phone: `+62812001${String(index).padStart(5, '0')}` });
  }
  return world;
}

/** The real sender of a page on the real claims. */
function senderOf(world: World): SendNudgesDependencies {
  const somebody = (phone: string) => [...world.people.values()].find((each) => each.phone === phone) as Somebody;
  return {
    now: () => world.now,
    policy: () => ({ hours: HOURS, dailyCap: 1, channels: ['whatsapp', 'sms'], tariff: PUBLISHED_TARIFF }),
    readCovers: async (ids) => ids.flatMap((id) => world.covers.get(id) ?? []),
    readWorkers: async () => world.workers,
    campaigns: async () => [],
    readPeople: async () => async (workerId) => {
      const { hasPhone, phone } = world.people.get(workerId) as Somebody & { phone: string };
      return { phone: hasPhone ? phone : null } as Person;
    },
    suppressedOn: async (phones) => new Map(phones.map((phone) => [phone, new Set(somebody(phone).suppressed)])),
    holdNudgePage,
    claimNudge,
    claimsOf,
    readNudgeBatch,
    finishNudgeBatch,
    keepUnfinishedBatch,
    sendLater: async (message) => {
      world.waiting.push(message);
    },
    payLinkOf: async () => null,
    messaging: {
      find: async (key) =>
        world.sent.some((sent) => sent.key === key) ? { outcome: 'sent', providerReference: key } : null,
      send: async ({ key, to, channel }) => {
        if (somebody(to).unreachableOn.includes(channel)) return { outcome: 'failed', reason: 'not_reachable' };
        world.sent.push({ key, phone: to, channel, at: world.now });
        return { outcome: 'sent', providerReference: key };
      },
    },
    log: SILENT_LOG,
    meter: SILENT_METER,
  };
}

async function deliver(world: World, message: NudgeMessage, receiveCount = 1): Promise<void> {
  // A page that waited is a message of its own.
  const messageId = `${message.coverIds.join()} ${message.notBefore ?? ''}`;
  await sendNudges(message, { messageId, receiveCount }, senderOf(world)).catch(() => undefined);
}

/** Pages of a step as a lifecycle and a sweeper cut them: overlapping, repeated, at once, and dying on the way. */
async function remind(world: World, step: string, chance: Chance): Promise<void> {
  const coverIds = [...world.covers.keys()];
  const common = { contractVersion: 1, cohortId: '2026-12-01-g00' as CohortId, step, endDate: END } as const;
  const pages = [...Array(3)].map(() => ({
    ...common,
    coverIds: chance.shuffled(coverIds).slice(0, 1 + chance.below(coverIds.length)),
  }));
  const crash = crashAt(chance.below(20));
  const turns = interleaved(chance.below);
  system.faults = {
    before: async (call) => {
      await turns.before?.(call);
      await crash.before?.(call);
    },
    after: async (call) => crash.after?.(call),
  };
  await Promise.all([...pages, ...pages].map((page) => deliver(world, page)));
  system.faults = {};
  for (const page of [...pages, { ...common, coverIds }]) await deliver(world, page, 2);
  await untilMorning(world);
}

/** Pages that wait come again a quarter of an hour at a time, as their queue can hold them. */
async function untilMorning(world: World): Promise<void> {
  for (let hops = 0; world.waiting.length > 0; hops += 1) {
    if (hops > 200) throw new Error('the morning never came');
    world.now = addSeconds(world.now, 900);
    const waiting = world.waiting;
    world.waiting = [];
    for (const message of waiting) await deliver(world, message);
  }
}

/** The channel a worker is reached on, if on any. */
function channelOf({ channels = ['whatsapp', 'sms'], suppressed, unreachableOn, hasPhone }: Somebody) {
  if (!hasPhone) return undefined;
  return channels.find((channel) => !suppressed.includes(channel) && !unreachableOn.includes(channel));
}

describe('I7: reminders', () => {
  it('go out at most once each, by day, one a day, and all that were due were sent or have their reason', async () => {
    const worlds = fc.record({ all: fc.array(people, { minLength: 1, maxLength: 12 }), seed: fc.nat() });
    await fc.assert(
      fc.asyncProperty(worlds, async ({ all, seed }) => {
        const chance = chanceOf(seed);
        system.newWorld();
        const world = worldOf(all);
        for (const step of NUDGE_STEPS) {
          const day = addDays(stepDate(END, step), chance.happens(0.2) ? 40 : 0);
          const at = addSeconds(instantOfDate(day), chance.below(24) * 3_600);
          if (at > world.now) world.now = at;
          await remind(world, step.name, chance);
        }
        checkSent(world);
        for (const [coverId, { workerId }] of world.covers)
          checkReminders(world, await listNudges(coverId), world.people.get(workerId) as Somebody);
      }),
      { numRuns: 40, interruptAfterTimeLimit: 20_000 },
    );
  });
});

function checkSent({ sent, people: known }: World): void {
  expect(new Set(sent.map(({ key }) => key)).size).toBe(sent.length);
  const perDay = new Set<string>();
  for (const { phone, channel, at } of sent) {
    const somebody = [...known.values()].find((each) => each.phone === phone) as Somebody;
    const zone = zoneOf(somebody.region);
    expect(hourIn(zone, at)).toBeGreaterThanOrEqual(8);
    expect(hourIn(zone, at)).toBeLessThan(20);
    expect(heldUntil(HOURS, zone, at)).toBeNull();
    expect(somebody.consentMessaging && somebody.state === 'active' && somebody.endDate === END).toBe(true);
    expect(channel).toBe(channelOf(somebody));
    const day = `${phone} ${dayIn(zone, at)}`;
    expect(perDay).not.toContain(day);
    perDay.add(day);
  }
}

function checkReminders(world: World, nudges: Awaited<ReturnType<typeof listNudges>>, somebody: Somebody): void {
  expect(new Set(nudges.map(({ step }) => step))).toEqual(new Set(NUDGE_STEPS.map(({ name }) => name)));
  const isSent = (nudgeId: string) => world.sent.some(({ key }) => key === nudgeId);
  for (const { nudgeId, state, reason } of nudges) {
    expect([nudgeId, state === 'sent']).toEqual([nudgeId, isSent(nudgeId)]);
    expect(state).not.toBe('claimed');
    expect(reason === null).toBe(state === 'sent');
  }
  for (const { name } of NUDGE_STEPS) {
    const ofStep = nudges.filter(({ step }) => step === name);
    expect(ofStep.filter(({ state }) => state === 'sent').length).toBeLessThanOrEqual(1);
    const unsent = ofStep.every(({ state }) => state !== 'sent');
    const reasons = ofStep.map(({ reason }) => reason);
    const mayBeReached = channelOf(somebody) !== undefined && somebody.consentMessaging;
    // Whom nothing forbids and somebody reaches was told, unless the day had its message or the step had passed.
    if (unsent && mayBeReached && somebody.state === 'active' && somebody.endDate === END)
      expect(reasons.some((reason) => reason === 'step_stale' || reason === 'daily_cap')).toBe(true);
  }
}
