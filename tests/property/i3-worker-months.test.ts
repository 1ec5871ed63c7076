import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkerProfile } from '../../shared/domain/worker.ts';
import { interleaved } from '../support/faults.ts';
import { addWorkers, give, type Notice, pledge, workerIdOf } from '../support/people-and-gifts.ts';
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

const renewals = fc.record({
  covered: fc.integer({ min: 1, max: 8 }),
  /** Seven weeks before the end, in the last days, in grace, after the lapse. */
  on: fc.constantFrom('2027-01-05', '2027-02-10', '2027-04-20', '2027-07-01'),
  gifts: fc.array(
    fc.record({
      amount: fc.integer({ min: 25_000, max: 400_000 }),
      by: fc.constantFrom(undefined, 'named', 'again', 'soft', 'self'),
    }),
    { minLength: 2, maxLength: 10 },
  ),
  consumers: fc.integer({ min: 1, max: 3 }),
  seed: fc.nat(),
});

/** A donor who names a worker, one who renews a gift, one who prefers a region, and a worker who pays alone. */
async function promiseRenewals(): Promise<void> {
  await pledge(system, 'named', { earmark: { workers: [workerIdOf(0), workerIdOf(1)] } });
  await pledge(system, 'again', { fundClass: 'csr', earmark: { renewalOf: 'first' } });
  await pledge(system, 'soft', { fundClass: 'general', earmark: { region: '31', mode: 'soft' } });
  await pledge(system, 'self', { fundClass: 'self' as never, earmark: { workers: [workerIdOf(0)] } });
}

function expectOnePayer(): void {
  for (const [, count] of payers()) expect(count).toBe(1);
  const counted = system
    .rows('worker')
    .flatMap(({ workerId, paidMonths }) =>
      [...((paidMonths as Set<string> | undefined) ?? [])].map((month) => `${workerId} ${month}`),
    );
  expect(counted.sort()).toEqual([...payers().keys()].sort());
}

/** @returns how many go on; each starts on the day the one before it ends, and no cover is renewed twice */
function expectUnbroken(): number {
  const covers = new Map(system.rows('cover').map((cover) => [cover.coverId, cover]));
  const renewed = [...covers.values()].filter(({ state, renews }) => state === 'active' && renews);
  for (const { coverId, renews, continuesFrom, startDate } of renewed) {
    const before = covers.get(renews)!;
    expect(before.renewedBy).toBe(coverId);
    if (continuesFrom) expect(startDate).toBe(before.endDate);
    else expect((startDate as string) > (before.endDate as string)).toBe(true);
  }
  expect(new Set(renewed.map(({ renews }) => renews)).size).toBe(renewed.length);
  return renewed.length;
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
        expectOnePayer();
        expect(await system.prove()).toMatchObject({ holds: true });
        expect(system.dead()).toEqual([]);
      }),
      { numRuns: 60, interruptAfterTimeLimit: 15_000 },
    );
  });

  it('are paid by one payer at most, whoever renews: the policy, a donor by name or by gift, the worker alone', async () => {
    let renewed = 0;
    await fc.assert(
      fc.asyncProperty(renewals, async ({ covered, on, gifts, consumers, seed }) => {
        const chance = chanceOf(seed);
        system.newWorld();
        await addWorkers(
          system,
          Array.from({ length: covered }, () => ({ region: '31.71' })),
        );
        await pledge(system, 'first', { fundClass: 'general' });
        await give(system, { paymentId: 'first', amount: covered * 33_600, orderReference: 'first' });
        await system.drain();
        await addWorkers(system, [{}, {}, {}], covered);
        await promiseRenewals();
        system.setClock(Date.parse(`${on}T03:00:00.000Z`));
        system.faults = interleaved(chance.below);
        const notices = gifts.map(({ amount, by }, index): Notice => {
          const orderReference = by === undefined ? {} : { orderReference: by };
          return { paymentId: `p${index}`, amount, ...orderReference };
        });
        await give(system, ...notices);
        while ((await system.deliver('payments')) > 0);
        while ((await system.deliver('funds', { consumers })) > 0);
        for (let day = 0; day < 3; day += 1) {
          await system.drain();
          system.pass(86_400);
          await system.sweep();
        }
        await system.drain();
        expectOnePayer();
        renewed += expectUnbroken();
        expect(await system.prove()).toMatchObject({ holds: true });
        expect(system.dead()).toEqual([]);
      }),
      { numRuns: 40, interruptAfterTimeLimit: 15_000 },
    );
    expect(renewed).toBeGreaterThan(20);
  });
});
