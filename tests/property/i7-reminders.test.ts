import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SendNudgesDependencies, sendNudges } from '../../functions/send-nudges/send-nudges.ts';
import type { Cover, StoredCoverState } from '../../shared/domain/cover.ts';
import { addDays, type CivilDate, type CivilMonth, type Instant, instantOfDate } from '../../shared/domain/dates.ts';
import { type CohortId, type CoverId, coverIdOf, type WorkerId } from '../../shared/domain/ids.ts';
import { NUDGE_STEPS, nudgeRefusal, stepDate } from '../../shared/domain/nudge.ts';
import { newWorker, type Person, type WorkerRow } from '../../shared/domain/worker.ts';
import { SILENT_LOG } from '../../shared/logger.ts';
import { holdNudgePage } from '../../shared/store/nudge-pages.ts';
import { claimNudge, finishNudgeBatch, listNudges, readNudgeBatch } from '../../shared/store/nudges.ts';
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
const STATES: readonly StoredCoverState[] = ['active', 'active', 'active', 'deceased', 'withdrawn', 'cancelled'];

const people = fc.record({
  state: fc.constantFrom(...STATES),
  endDate: fc.constantFrom(END, END, END, '2027-06-01' as CivilDate),
  consentMessaging: fc.constantFrom(true, true, false),
  hasPhone: fc.constantFrom(true, true, false),
});

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
  readonly covers: Map<CoverId, Cover>;
  readonly workers: Map<WorkerId, WorkerRow>;
  readonly phones: Map<WorkerId, string>;
  /** How often the provider was sent a message, by its key. */
  readonly sent: Map<string, number>;
}

function worldOf(all: readonly (typeof people extends fc.Arbitrary<infer One> ? One : never)[]): World {
  const world: World = { covers: new Map(), workers: new Map(), phones: new Map(), sent: new Map() };
  for (const [index, { state, endDate, consentMessaging, hasPhone }] of all.entries()) {
    const workerId = workerIdOf(index);
    const coverId = coverIdOf(workerId, 1);
    const facts = { package: 'JKK_JKM', sector: 'non_transport', startDate: '2026-12-01' };
    world.covers.set(coverId, { coverId, workerId, state, endDate, ...facts } as unknown as Cover);
    const profile = { ...PROFILE, consentMessaging, registrableUntilMonth: '2056-08' as CivilMonth };
    world.workers.set(workerId, newWorker(profile, workerId, '2026-10-01T00:00:00.000Z' as Instant));
    if (hasPhone) world.phones.set(workerId, `+6281200${String(index).padStart(6, '0')}`);
  }
  return world;
}

/** The real sender of a page on the real claims. */
function senderOf(world: World, now: Instant): SendNudgesDependencies {
  return {
    now: () => now,
    readCovers: async (ids) => ids.flatMap((id) => world.covers.get(id) ?? []),
    readWorkers: async () => world.workers,
    readPeople: async () => async (workerId) => ({ phone: world.phones.get(workerId) ?? null }) as Person,
    holdNudgePage,
    claimNudge,
    readNudgeBatch,
    finishNudgeBatch,
    messaging: {
      find: async (key) => (world.sent.has(key) ? { outcome: 'sent', providerReference: key } : null),
      send: async ({ key }) => {
        world.sent.set(key, (world.sent.get(key) ?? 0) + 1);
        return { outcome: 'sent', providerReference: key };
      },
    },
    log: SILENT_LOG,
  };
}

/** Pages of a step as a lifecycle and a sweeper cut them: overlapping, repeated, at once, and dying on the way. */
async function remind(world: World, step: string, now: Instant, chance: Chance): Promise<void> {
  const coverIds = [...world.covers.keys()];
  const pages = [...Array(3)].map(() => chance.shuffled(coverIds).slice(0, 1 + chance.below(coverIds.length)));
  const deliver = (page: readonly CoverId[], receiveCount = 1) => {
    const cohortId = '2026-12-01-g00' as CohortId;
    return sendNudges(
      { contractVersion: 1, cohortId, step, endDate: END, coverIds: [...page] },
      { messageId: page.join(), receiveCount },
      senderOf(world, now),
    ).catch(() => undefined);
  };
  const crash = crashAt(chance.below(20));
  const turns = interleaved(chance.below);
  system.faults = {
    before: async (call) => {
      await turns.before?.(call);
      await crash.before?.(call);
    },
    after: async (call) => crash.after?.(call),
  };
  await Promise.all([...pages, ...pages].map((page) => deliver(page)));
  system.faults = {};
  for (const page of [...pages, coverIds]) await deliver(page, 2);
}

describe('I7: reminders', () => {
  it('go out at most once each, and all that were due were sent or have their reason', async () => {
    const worlds = fc.record({ all: fc.array(people, { minLength: 1, maxLength: 12 }), seed: fc.nat() });
    await fc.assert(
      fc.asyncProperty(worlds, async ({ all, seed }) => {
        const chance = chanceOf(seed);
        system.newWorld();
        const world = worldOf(all);
        const allowed = new Set<string>();
        for (const step of NUDGE_STEPS) {
          const daysLate = chance.happens(0.2) ? 40 : 0;
          const today = addDays(stepDate(END, step), daysLate);
          for (const [coverId, cover] of world.covers) {
            const worker = world.workers.get(cover.workerId) as WorkerRow;
            if (!nudgeRefusal(cover, END, step.name, worker, today) && world.phones.has(cover.workerId))
              allowed.add(`${coverId} ${step.name}`);
          }
          await remind(world, step.name, instantOfDate(today, 9), chance);
        }
        expect(world.sent.size).toBe(allowed.size);
        expect([...world.sent.values()].every((times) => times === 1)).toBe(true);
        for (const coverId of world.covers.keys()) {
          const nudges = await listNudges(coverId);
          expect(nudges.map(({ step }) => step).sort()).toEqual(NUDGE_STEPS.map(({ name }) => name).sort());
          for (const { step, state, reason, nudgeId } of nudges) {
            expect([state, world.sent.has(nudgeId)]).toEqual(
              allowed.has(`${coverId} ${step}`) ? ['sent', true] : ['skipped', false],
            );
            expect(reason === null).toBe(state === 'sent');
          }
        }
      }),
      { numRuns: 40, interruptAfterTimeLimit: 10_000 },
    );
  });
});
