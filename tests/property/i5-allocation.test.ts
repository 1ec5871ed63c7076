import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CivilMonth } from '../../shared/domain/dates.ts';
import { chargeableFee } from '../../shared/domain/fees.ts';
import { type Rupiah, rupiah } from '../../shared/domain/money.ts';
import { priceTerm, type Sector, totalOf } from '../../shared/domain/tariff.ts';
import { balancesOf, coveredWorkers } from '../support/books.ts';
import { addWorkers, give, type Notice, workerIdOf } from '../support/people-and-gifts.ts';
import { chanceOf } from '../support/random.ts';
import { TestSystem } from '../support/test-system.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

const MONTH = '2026-12' as CivilMonth;
const priceOf = (sector: Sector) => totalOf(priceTerm('JKK_JKM', sector, MONTH, 3));

const worlds = fc.record({
  queue: fc.array(fc.constantFrom<Sector>('transport', 'non_transport'), { minLength: 1, maxLength: 35 }),
  gifts: fc.array(
    fc.record({
      amount: fc.oneof(fc.integer({ min: 1, max: 200_000 }), fc.constantFrom(25_200, 42_000, 42_001, 600_000)),
      feePercent: fc.constantFrom(0, 0, 5, 100),
    }),
    { minLength: 1, maxLength: 30 },
  ),
  seed: fc.nat(),
});
type World = typeof worlds extends fc.Arbitrary<infer Value> ? Value : never;

function feeOf({ amount, feePercent }: World['gifts'][number]): Rupiah {
  return rupiah(Math.floor((amount * feePercent) / 100));
}

/** The longest beginning of the queue that the money reaches. */
function reached({ queue, gifts }: World): string[] {
  let left = gifts.reduce(
    (sum, gift) => sum + gift.amount - chargeableFee(feeOf(gift), rupiah(gift.amount), 'general'),
    0,
  );
  const covered: string[] = [];
  for (const [index, sector] of queue.entries()) {
    left -= priceOf(sector);
    if (left < 0) break;
    covered.push(workerIdOf(index));
  }
  return covered.sort();
}

function noticesOf({ gifts }: World): Notice[] {
  return gifts.map((gift, index) => ({ paymentId: `p${index}`, amount: gift.amount, fee: feeOf(gift) }));
}

async function run(world: World, seed: number, arrival: 'workers first' | 'gifts first'): Promise<void> {
  const chance = chanceOf(seed);
  system.newWorld({ startsAt: '2026-12-05T03:00:00.000Z' });
  const workers = () =>
    addWorkers(
      system,
      world.queue.map((sector) => ({ sector })),
    );
  if (arrival === 'workers first') await workers();
  const notices = noticesOf(world);
  const repeated = notices.filter(() => chance.happens(0.2));
  await give(system, ...chance.shuffled([...notices, ...repeated]));
  await system.drain({ pick: chance.below, again: () => chance.happens(0.1), atOnce: chance.happens(0.5) });
  if (arrival === 'gifts first') {
    await workers();
    await system.sweep();
    await system.drain();
  }
}

describe('I5: how much the gifts of a fund buy', () => {
  it('does not depend on their order, their repetition or on who came first: it is all that their sum reaches', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const expected = reached(world);
        for (const [index, arrival] of (['workers first', 'workers first', 'gifts first'] as const).entries()) {
          await run(world, world.seed + index, arrival);
          expect(coveredWorkers(system)).toEqual(expected);
          const spent = world.queue.slice(0, expected.length).reduce((sum, sector) => sum + priceOf(sector), 0);
          const { 'cover:committed': committed = 0, 'contributions:paid': paid = 0 } = balancesOf(system);
          expect(committed + paid).toBe(spent);
        }
      }),
      { numRuns: 30 },
    );
  });
});
