import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkerProfile } from '../../shared/domain/worker.ts';
import { interleaved } from '../support/faults.ts';
import { addWorkers, give, type Notice } from '../support/people-and-gifts.ts';
import { chanceOf } from '../support/random.ts';
import { TestSystem } from '../support/test-system.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

const worlds = fc.record({
  workers: fc.array(
    fc.record({
      sector: fc.constantFrom<WorkerProfile['sector']>('transport', 'non_transport'),
      mustahik: fc.constantFrom(true, true, false),
      region: fc.constantFrom('33.72', '31.71'),
    }),
    { minLength: 3, maxLength: 25 },
  ),
  gifts: fc.array(
    fc.record({ amount: fc.integer({ min: 20_000, max: 400_000 }), partner: fc.constantFrom('kitabisa', 'baznas') }),
    { minLength: 2, maxLength: 12 },
  ),
  consumers: fc.integer({ min: 1, max: 3 }),
  indexesLag: fc.boolean(),
  seed: fc.nat(),
});

/** How many covers pay for each worker and month. */
function payers(): Map<string, number> {
  const found = new Map<string, number>();
  for (const { workerId, months, state } of system.rows('cover')) {
    if (state === 'rejected') continue;
    for (const { month } of months as { month: string }[]) {
      const key = `${workerId} ${month}`;
      found.set(key, (found.get(key) ?? 0) + 1);
    }
  }
  return found;
}

describe('I3: a worker and a month', () => {
  it('are paid by one payer at most, though funds, and writers of one fund, reach for them at once', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ workers, gifts, consumers, indexesLag, seed }) => {
        const chance = chanceOf(seed);
        system.newWorld();
        await addWorkers(system, workers);
        system.faults = interleaved(chance.below);
        await give(system, ...gifts.map((gift, index): Notice => ({ paymentId: `p${index}`, ...gift }) as Notice));
        while ((await system.deliver('payments')) > 0);
        system.table.indexesLag = indexesLag;
        while ((await system.deliver('funds', { consumers })) > 0);
        system.table.indexesLag = false;
        system.table.catchUp();
        await system.drain();
        for (const [, count] of payers()) expect(count).toBe(1);
        const counted = system
          .rows('worker')
          .flatMap(({ workerId, paidMonths }) =>
            [...((paidMonths as Set<string> | undefined) ?? [])].map((month) => `${workerId} ${month}`),
          );
        expect(counted.sort()).toEqual([...payers().keys()].sort());
        expect(await system.prove()).toMatchObject({ holds: true });
        expect(system.dead()).toEqual([]);
      }),
      { numRuns: 60, interruptAfterTimeLimit: 15_000 },
    );
  });
});
