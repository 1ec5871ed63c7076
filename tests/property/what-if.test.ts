/** A what-if is history once more: under the policies that really decided it ends as history did. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whatIf } from '../../functions/serve-operators/what-if/what-if.ts';
import { addDays, type CivilDate, instantOfDate } from '../../shared/domain/dates.ts';
import { type AllocationPolicy, BUILT_IN_POLICY } from '../../shared/domain/policy.ts';
import { settings } from '../../shared/settings.ts';
import { listPolicies, publishPolicy } from '../../shared/store/policies.ts';
import { scanTypes } from '../../shared/store/table.ts';
import { tariffInForce } from '../../shared/tariff-in-force.ts';
import { addWorkers, give, pledge, workerIdOf } from '../support/people-and-gifts.ts';
import { TestSystem } from '../support/test-system.ts';

const FIRST_DAY = '2026-11-20' as CivilDate;
const DAYS = 110;

interface Life {
  readonly rejectEvery: number;
  /** How many join the queue on which day, and of which kind. */
  readonly arrivals: readonly { readonly day: number; readonly count: number; readonly disability: boolean }[];
  readonly gifts: readonly { readonly day: number; readonly amount: number; readonly pledged: boolean }[];
}

const day = fc.integer({ min: 0, max: DAYS - 20 });
const life: fc.Arbitrary<Life> = fc.record({
  rejectEvery: fc.constantFrom(0, 4),
  arrivals: fc.array(fc.record({ day, count: fc.integer({ min: 1, max: 5 }), disability: fc.boolean() }), {
    minLength: 2,
    maxLength: 5,
  }),
  gifts: fc.array(fc.record({ day, amount: fc.integer({ min: 10_000, max: 300_000 }), pledged: fc.boolean() }), {
    minLength: 3,
    maxLength: 12,
  }),
});

/** The last gift reaches one of them: whom, is the policy's to say. */
const TWO_END_AND_FIVE_WAIT: Life = {
  rejectEvery: 0,
  arrivals: [
    { day: 0, count: 2, disability: false },
    { day: 60, count: 5, disability: false },
  ],
  gifts: [
    { day: 1, amount: 70_000, pledged: false },
    { day: 85, amount: 55_000, pledged: false },
  ],
};

describe('what-if', () => {
  let system: TestSystem;
  beforeAll(() => {
    system = new TestSystem();
  });
  afterAll(() => system.stop());

  /** Lives day by day, sweeper included. */
  async function live({ rejectEvery, arrivals, gifts }: Life, policy?: AllocationPolicy): Promise<void> {
    system.newWorld({ settings: { registrar: { kind: 'simulator', rejectEvery } } });
    if (policy) await publishPolicy(policy, system.now());
    await pledge(system, 'SOLO', { earmark: { region: '33.72' } });
    let joined = 0;
    for (let number = 0; number < DAYS; number += 1) {
      const today = addDays(FIRST_DAY, number);
      system.setClock(Date.parse(instantOfDate(today, 1)));
      await system.sweep();
      await system.drain();
      system.setClock(Date.parse(instantOfDate(today, 9)));
      for (const { count, disability } of arrivals.filter((each) => each.day === number)) {
        const since = system.now();
        await addWorkers(
          system,
          Array.from({ length: count }, () => ({ disability })),
          joined,
          since,
        );
        joined += count;
      }
      await system.sweep();
      await system.drain();
      for (const [index, gift] of gifts.entries()) {
        if (gift.day !== number) continue;
        system.pass(600);
        const order = gift.pledged ? { orderReference: 'SOLO' } : {};
        await give(system, { paymentId: `gift-${index}`, amount: gift.amount, paidAt: system.now(), ...order });
        await system.drain();
      }
    }
    expect(system.dead()).toEqual([]);
    expect((await system.prove()).holds).toBe(true);
  }

  function ask(policy: AllocationPolicy) {
    const cohortSizes = () => settings().lifecycle;
    return whatIf(policy, { now: () => system.now(), scanRows: scanTypes, listPolicies, tariffInForce, cohortSizes });
  }

  /** Worker by worker, how many covers the books say were given. */
  function covers(): Map<string, number> {
    const given = new Map<string, number>();
    for (const { workerId, state } of system.rows('cover'))
      if (state !== 'rejected') given.set(workerId as string, (given.get(workerId as string) ?? 0) + 1);
    return given;
  }

  it('under the published policy covers whom the books say were covered, and no policy differs from itself', async () => {
    await fc.assert(
      fc.asyncProperty(life, async (story) => {
        await live(story);
        const result = await ask(BUILT_IN_POLICY);
        expect(result.agreeing).toBe(result.workers);
        expect(result.published).toEqual(result.other);
        expect([result.gaining, result.losing, result.differences]).toEqual([0, 0, []]);
        expect(result.actual.covers).toBe([...covers().values()].reduce((sum, each) => sum + each, 0));
      }),
      { numRuns: 4 },
    );
  });

  it('under another policy covers whom that policy covers where it is really published', async () => {
    const other: AllocationPolicy = {
      ...BUILT_IN_POLICY,
      version: 'continuity-first',
      shares: { continuity: 100, newStarts: 0 },
      priorityGroups: [],
    };
    let differing = 0;
    await fc.assert(
      fc.asyncProperty(life, async (drawn) => {
        const story = { ...drawn, rejectEvery: 0 };
        await live(story);
        const before = covers();
        const { differences } = await ask(other);
        await live(story, other);
        const after = covers();
        const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
          (workerId) => before.get(workerId) !== after.get(workerId),
        );
        differing += changed.length;
        expect(
          differences.map(({ workerId, publishedCovers, otherCovers }) => [workerId, publishedCovers, otherCovers]),
        ).toEqual(changed.sort().map((workerId) => [workerId, before.get(workerId) ?? 0, after.get(workerId) ?? 0]));
      }),
      { numRuns: 4, examples: [[TWO_END_AND_FIVE_WAIT]] },
    );
    expect(differing).toBeGreaterThan(0);
  });

  it('changes nothing in the books', async () => {
    await live({
      rejectEvery: 0,
      arrivals: [{ day: 0, count: 3, disability: false }],
      gifts: [{ day: 1, amount: 90_000, pledged: false }],
    });
    const before = JSON.stringify(system.rows());
    expect((await ask(BUILT_IN_POLICY)).workers).toBe(3);
    expect(JSON.stringify(system.rows())).toBe(before);
    expect(covers().get(workerIdOf(0))).toBe(1);
  });
});
