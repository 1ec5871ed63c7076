import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CivilMonth, monthOf } from '../../shared/domain/dates.ts';
import { chargeableFee } from '../../shared/domain/fees.ts';
import { coverIdOf } from '../../shared/domain/ids.ts';
import { shardOfCover } from '../../shared/domain/lifecycle.ts';
import { type Rupiah, rupiah } from '../../shared/domain/money.ts';
import { BUILT_IN_POLICY, isContinuityTurn } from '../../shared/domain/policy.ts';
import { priceTerm, type Sector, totalOf } from '../../shared/domain/tariff.ts';
import { balancesOf, coveredWorkers } from '../support/books.ts';
import { addWorkers, give, type Notice, pledge, workerIdOf } from '../support/people-and-gifts.ts';
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

const SHARDS = 2;
const NEAR = '31.71';
const endings = fc.record({
  /** Covered in August or September for three months: on 5 December in grace, or in their last days. */
  ending: fc.array(
    fc.record({
      sector: fc.constantFrom<Sector>('transport', 'non_transport'),
      endsOn: fc.constantFrom('2026-11-25' as const, '2026-12-20' as const),
      region: fc.constantFrom('33.72', NEAR),
    }),
    { maxLength: 12 },
  ),
  waiting: fc.array(
    fc.record({
      sector: fc.constantFrom<Sector>('transport', 'non_transport'),
      region: fc.constantFrom('33.72', NEAR),
    }),
    { maxLength: 20 },
  ),
  amounts: fc.array(fc.oneof(fc.integer({ min: 1, max: 200_000 }), fc.constantFrom(25_200, 42_000, 600_000)), {
    minLength: 1,
    maxLength: 15,
  }),
  /** The gifts are for the near region first, and then for anybody. */
  isSoft: fc.boolean(),
  seed: fc.nat(),
});
type Ending = typeof endings extends fc.Arbitrary<infer Value> ? Value : never;

interface Turn {
  readonly number: number;
  readonly region: string;
  readonly priceRupiah: number;
}

/** Who is next, by the sequence of the policy: the earliest end first on one side, the longest wait on the other. */
function turnsOf({ ending, waiting, isSoft }: Ending): Turn[] {
  const place = (number: number, endsOn: string) => {
    const coverId = coverIdOf(workerIdOf(number), 1);
    return `${endsOn}#${shardOfCover(coverId, SHARDS)}#${coverId}`;
  };
  const continuing = ending
    .map((worker, number) => ({ ...worker, number, place: place(number, worker.endsOn) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ sector, endsOn, ...turn }) => ({ ...turn, priceRupiah: termPrice(sector, monthOf(endsOn as never)) }));
  const starting = waiting.map(({ sector, region }, index) => ({
    number: ending.length + index,
    region,
    priceRupiah: termPrice(sector, MONTH),
  }));
  const merge = (isIn: (turn: Turn) => boolean, before: number): Turn[] => {
    const [first, second] = [continuing.filter(isIn), starting.filter(isIn)];
    return Array.from({ length: first.length + second.length }, (_, index) => {
      const isTurn = isContinuityTurn(BUILT_IN_POLICY, before + index);
      return (isTurn ? (first.shift() ?? second.shift()) : (second.shift() ?? first.shift())) as Turn;
    });
  };
  if (!isSoft) return merge(() => true, ending.length);
  const near = merge(({ region }) => region === NEAR, 0);
  return [...near, ...merge(({ region }) => region !== NEAR, near.length)];
}

function termPrice(sector: Sector, first: CivilMonth): number {
  return totalOf(priceTerm('JKK_JKM', sector, first, 3));
}

/** Covers who is to end, lets the others wait, and gives in some order. @returns whom the gifts bought for */
async function renew({ ending, waiting, amounts, isSoft }: Ending, seed: number): Promise<string[]> {
  const chance = chanceOf(seed);
  system.newWorld({ startsAt: '2026-08-25T03:00:00.000Z' });
  for (const endsOn of ['2026-11-25', '2026-12-20'] as const) {
    if (endsOn === '2026-12-20') system.setClock(Date.parse('2026-09-20T03:00:00.000Z'));
    for (const [number, worker] of ending.entries()) {
      if (worker.endsOn !== endsOn) continue;
      const { sector, region } = worker;
      await addWorkers(system, [{ sector, region }], number);
      await give(system, {
        paymentId: `of-${number}`,
        amount: termPrice(sector, endsOn === '2026-11-25' ? ('2026-08' as CivilMonth) : ('2026-09' as CivilMonth)),
      });
    }
    await system.drain();
  }
  const before = system.rows('cover').length;
  expect(before).toBe(ending.length);
  system.setClock(Date.parse('2026-12-05T03:00:00.000Z'));
  await addWorkers(system, waiting, ending.length);
  await pledge(system, 'soft', { fundClass: 'general', earmark: { region: '31', mode: 'soft' } });
  const notices = amounts.map((amount, index) => ({
    paymentId: `p${index}`,
    amount,
    ...(isSoft ? { orderReference: 'soft' } : {}),
  }));
  await give(system, ...chance.shuffled([...notices, ...notices.filter(() => chance.happens(0.2))]));
  await system.drain({ pick: chance.below, again: () => chance.happens(0.1), atOnce: chance.happens(0.5) });
  return system
    .rows('cover')
    .filter(({ reservedAt }) => (reservedAt as string) >= '2026-12-05')
    .map(({ workerId }) => workerId as string)
    .sort();
}

describe('I5: whom gifts renew and whom they cover for the first time', () => {
  it('is the beginning of one sequence that the policy fixes, whatever the order of the gifts', async () => {
    await fc.assert(
      fc.asyncProperty(endings, async (world) => {
        let left = world.amounts.reduce((sum, amount) => sum + amount, 0);
        const reached = turnsOf(world).filter(({ priceRupiah }) => {
          // A head that is not reached keeps everybody behind it waiting.
          left = left >= priceRupiah ? left - priceRupiah : -1;
          return left >= 0;
        });
        const expected = reached.map(({ number }) => workerIdOf(number)).sort();
        for (const run of [0, 1, 2]) expect(await renew(world, world.seed + run)).toEqual(expected);
        expect(await system.prove()).toMatchObject({ holds: true });
      }),
      { numRuns: 25 },
    );
  });
});
