/**
 * A hundred random moments of death in each kind of phase: a month that is paid, a step of reminders that are sent, and
 * the end. Some die again over the same work. Each must end as a run that nobody disturbed.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dependencies as nudging } from '../../functions/send-nudges/handler.ts';
import type { CohortId, WorkerId } from '../../shared/domain/ids.ts';
import { phasesOf } from '../../shared/domain/lifecycle.ts';
import type { Person } from '../../shared/domain/worker.ts';
import type { Messaging, OutgoingMessage } from '../../shared/ports/messaging.ts';
import type { StoredCohort } from '../../shared/store/cohorts.ts';
import { booksOf } from '../support/books.ts';
import { type CrashPlan, crashAt } from '../support/faults.ts';
import { addWorkers, give } from '../support/people-and-gifts.ts';
import { type Chance, chanceOf } from '../support/random.ts';
import { TestSystem } from '../support/test-system.ts';

const WORKERS = 40;
/** November and December at half price, January at the whole one: what is over would renew some of them. */
const TERM_RUPIAH = 33_600;
const SHARDS = 2;
const MOMENTS = 100;
const HOUR = 3_600;
const DAY = 24 * HOUR;
/** More often than this in one piece of work, and its message goes to the dead letters, where a person looks at it. */
const MOST_DEATHS = 3;

const ORIGINAL = { readPeople: nudging.readPeople, messaging: nudging.messaging };
let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => {
  Object.assign(nudging, ORIGINAL);
  system.stop();
});

/** A provider that sends whatever it is told to, twice where it is told twice; it answers after a crash what it did. */
class Provider implements Messaging {
  readonly sent: string[] = [];
  readonly #plan: CrashPlan;

  constructor(plan: CrashPlan) {
    this.#plan = plan;
  }

  async send({ key }: OutgoingMessage) {
    await this.#plan.before?.({ service: 'queue', name: 'Send', input: {} });
    this.sent.push(key);
    await this.#plan.after?.({ service: 'queue', name: 'Send', input: {} });
    return { outcome: 'sent', providerReference: key } as const;
  }

  async find(key: string) {
    return this.sent.includes(key) ? ({ outcome: 'sent', providerReference: key } as const) : null;
  }
}

/** The process was started again by whoever waits for it: the state machine, the schedule. */
async function again(work: () => Promise<unknown>): Promise<void> {
  for (let deaths = 0; ; deaths += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (deaths === MOST_DEATHS) throw error;
    }
  }
}

function cohort(): StoredCohort {
  return system.rows('cohort')[0] as unknown as StoredCohort;
}

async function runPhase(phase: string): Promise<void> {
  const cohortId = cohort().cohortId as CohortId;
  for (let shard = 0; shard < SHARDS; shard += 1)
    await again(() => system.runPhase({ contractVersion: 1, cohortId, phase, shard: { shard } }));
  await system.drain();
}

/** Everybody covered, each phase before the given one done but for one, and the clock where it begins. */
async function upTo(name: string, passedOver?: string): Promise<() => void> {
  await addWorkers(system, Array(WORKERS).fill({}));
  await give(system, { paymentId: 'p1', amount: WORKERS * TERM_RUPIAH });
  await system.drain();
  await again(() => system.startCohorts());
  for (const phase of phasesOf(cohort())) {
    system.setClock(Date.parse(phase.at));
    if (phase.name === name) return system.remember();
    if (phase.name !== passedOver) await runPhase(phase.name);
  }
  throw new Error(`there is no phase ${name}`);
}

/** A later delivery, and the sweeper of the next days, find what the dead left. */
async function endOf(phase: string, goBack: () => void, plan: CrashPlan) {
  goBack();
  const provider = new Provider(plan);
  Object.assign(nudging, { messaging: provider });
  system.faults = plan;
  await runPhase(phase);
  for (const seconds of [HOUR, DAY]) {
    system.pass(seconds);
    await again(() => system.sweep());
    await system.drain();
  }
  system.faults = {};
  expect(await system.prove()).toMatchObject({ holds: true });
  return {
    books: booksOf(system),
    sent: provider.sent.toSorted(),
    reminders: [...system.reminders.after()].flatMap(({ type, sk, state }) => (type === 'nudge' ? [[sk, state]] : [])),
    phases: system.rows('phase').map(({ pk, sk }) => [pk, sk]),
  };
}

/** Moments of one run: now and then it dies again soon after. */
function momentsOf(chance: Chance, points: number): number[] {
  const moments = [chance.below(points)];
  while (moments.length < MOST_DEATHS && chance.happens(0.3))
    moments.push((moments.at(-1) as number) + 1 + chance.below(12));
  return moments;
}

describe('a process that dies at a hundred random moments', () => {
  beforeEach(() => {
    system.newWorld({ settings: { lifecycle: { groups: 1, shards: SHARDS } } });
    const readPeople = async () => async (workerId: WorkerId) =>
      ({ phone: `+62812${String(Number.parseInt(workerId.slice(-6), 16)).padStart(8, '0')}` }) as unknown as Person;
    Object.assign(nudging, { ...ORIGINAL, readPeople });
  });

  it.each([
    { words: 'a month that is paid', phase: 'month-2', sent: 0, paid: 2 },
    { words: 'a step of reminders', phase: 'T-7', sent: WORKERS, paid: 3 },
    // The reminder of that day is sent by the sweeper.
    { words: 'the end after a month was passed over', phase: 'end', passedOver: 'month-3', sent: WORKERS, paid: 3 },
  ])(
    'of $words leaves what a calm run leaves: nothing done twice, nothing left out',
    async ({ phase, passedOver, sent, paid }) => {
      const goBack = await upTo(phase, passedOver);
      const calm = crashAt();
      const expected = await endOf(phase, goBack, calm);
      expect(new Set(expected.sent).size).toBe(sent);
      expect(expected.sent).toHaveLength(sent);
      expect(expected.books.dead).toEqual([]);
      expect(Object.values(expected.books.covers).map(({ monthsPaid }) => monthsPaid)).toEqual(
        Array(WORKERS).fill(paid),
      );
      const chance = chanceOf(7);
      for (let run = 0; run < MOMENTS; run += 1) {
        const moments = momentsOf(chance, calm.passed());
        expect(await endOf(phase, goBack, crashAt(...moments)), `died at ${moments}`).toEqual(expected);
      }
    },
    120_000,
  );
});
