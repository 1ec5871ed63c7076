import { describe, expect, it } from 'vitest';
import {
  fundMonths,
  type Lot,
  MAXIMUM_COVERS_PER_ALLOCATION,
  MAXIMUM_DONORS_PER_ALLOCATION,
  MAXIMUM_DONORS_PER_COVER,
  planAllocation,
  planOwnTerms,
} from '../../../shared/domain/allocation.ts';
import type { CivilMonth } from '../../../shared/domain/dates.ts';
import type { DonationId, WorkerId } from '../../../shared/domain/ids.ts';
import { type Rupiah, rupiah } from '../../../shared/domain/money.ts';
import type { PricedMonth } from '../../../shared/domain/tariff.ts';
import { InvariantBroken } from '../../../shared/errors.ts';

const lot = (donationId: string, amount: number): Lot => ({
  donationId: donationId as DonationId,
  remainingRupiah: rupiah(amount),
});
const lots = (...amounts: number[]) => amounts.map((amount, index) => lot(`d${index + 1}`, amount));
const candidates = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ workerId: `w${index + 1}` as WorkerId }));
const months = (...prices: number[]): PricedMonth[] =>
  prices.map((price, index) => ({ month: `2027-0${index + 1}` as CivilMonth, priceRupiah: rupiah(price) }));
const full = () => months(16_800, 16_800, 16_800);

describe('three donors of 20,000 and one term of 50,400 (domain 5.2)', () => {
  const plan = planAllocation(lots(20_000, 20_000, 20_000), candidates(2), full);

  it('share it first in, first out', () => {
    expect([...plan.used]).toEqual([
      ['d1', 20_000],
      ['d2', 20_000],
      ['d3', 10_400],
    ]);
    expect(plan.purchases).toHaveLength(1);
    expect(plan.stopped).toBe('below_price');
  });

  it('pay its months in turn, each to the rupiah (I6)', () => {
    expect(plan.purchases[0]!.months.map(({ shares }) => shares)).toEqual([
      [{ donationId: 'd1', amountRupiah: 16_800 }],
      [
        { donationId: 'd1', amountRupiah: 3_200 },
        { donationId: 'd2', amountRupiah: 13_600 },
      ],
      [
        { donationId: 'd2', amountRupiah: 6_400 },
        { donationId: 'd3', amountRupiah: 10_400 },
      ],
    ]);
  });
});

describe('a fund', () => {
  it('buys one term with 100,000 and keeps 49,600', () => {
    const { purchases, used, stopped } = planAllocation(lots(100_000), candidates(3), full);
    expect(purchases.map(({ candidate }) => candidate.workerId)).toEqual(['w1']);
    expect(100_000 - (used.get('d1' as DonationId) as Rupiah)).toBe(49_600);
    expect(stopped).toBe('below_price');
  });

  it('buys with the last rupiah, and one rupiah less buys nothing', () => {
    expect(planAllocation(lots(50_400), candidates(1), full)).toMatchObject({ stopped: 'no_candidate' });
    expect(planAllocation(lots(50_399), candidates(1), full).purchases).toEqual([]);
  });

  it('never passes over the head of its queue for somebody cheaper', () => {
    const price = ({ workerId }: { workerId: WorkerId }) => (workerId === 'w1' ? full() : months(8_400));
    expect(planAllocation(lots(30_000), candidates(2), price)).toMatchObject({ purchases: [], stopped: 'below_price' });
  });

  it('stops where the queue ends, and passes over spent lots', () => {
    const { purchases, used, stopped } = planAllocation(lots(0, 200_000), candidates(2), full);
    expect([purchases.length, stopped]).toEqual([2, 'no_candidate']);
    expect([...used]).toEqual([['d2', 100_800]]);
  });
});

describe('one transaction', () => {
  const one = () => months(1_000);

  it('holds 30 covers', () => {
    const queue = candidates(MAXIMUM_COVERS_PER_ALLOCATION + 1);
    const plan = planAllocation(lots(1_000_000), queue, one);
    expect([plan.purchases.length, plan.stopped]).toEqual([MAXIMUM_COVERS_PER_ALLOCATION, 'full']);
  });

  it('names so many donors, unless one cover alone needs more', () => {
    const small = lots(...Array.from({ length: 40 }, () => 100));
    const plan = planAllocation(small, candidates(4), one);
    expect([plan.purchases.length, plan.used.size, plan.stopped]).toEqual([1, 10, 'full']);
    expect(MAXIMUM_DONORS_PER_ALLOCATION).toBeLessThan(20);
    const many = planAllocation(lots(...Array.from({ length: 40 }, () => 25)), candidates(1), one);
    expect([many.purchases.length, many.used.size]).toEqual([1, 40]);
  });

  it('names nineteen donors of several covers, and not one more', () => {
    const gifts = [...Array.from({ length: 18 }, () => 100), 200, 1_000];
    const plan = planAllocation(lots(...gifts), candidates(3), one);
    expect([plan.purchases.length, plan.used.size, plan.stopped]).toEqual([2, 19, 'full']);
    expect(planAllocation(lots(...gifts), candidates(2), one).stopped).toBe('no_candidate');
  });

  it('counts only donors it draws on: neither spent gifts nor those that come later', () => {
    const spent = Array.from({ length: 20 }, () => 0);
    const later = Array.from({ length: 20 }, () => 1_000);
    for (const gifts of [lots(...spent, 2_000), lots(2_000, ...later)])
      expect(planAllocation(gifts, candidates(2), one)).toMatchObject({
        purchases: { length: 2 },
        used: { size: 1 },
        stopped: 'no_candidate',
      });
  });

  it('prefers the largest gifts where the oldest are too many and too small', () => {
    const tiny = Array.from({ length: MAXIMUM_DONORS_PER_COVER }, () => 1);
    const { purchases, used } = planAllocation(lots(...tiny, 600, 500), candidates(1), one);
    expect(purchases).toHaveLength(1);
    expect([...used.keys()]).toEqual([`d${tiny.length + 1}`, `d${tiny.length + 2}`]);
    expect(planAllocation(lots(...tiny, 600, 300), candidates(1), one)).toMatchObject({ stopped: 'below_price' });
  });
});

it('a month that its lots do not reach is never sold (I6)', () => {
  const underpaid = () => fundMonths(months(16_800), lots(16_799), new Map());
  expect(underpaid).toThrow(InvariantBroken);
  expect(underpaid).toThrow(/^I6: the shares of a month do not reach its price$/);
});

it('a month names nobody who gave nothing to it', () => {
  const used = new Map<DonationId, Rupiah>();
  const [month] = fundMonths(months(100), lots(0, 60, 40, 30), used);
  expect(month?.shares).toEqual([
    { donationId: 'd2', amountRupiah: 60 },
    { donationId: 'd3', amountRupiah: 40 },
  ]);
  expect([...used.keys()]).toEqual(['d2', 'd3']);
});

describe('gifts that come together', () => {
  const ids = (plan: { finished: readonly DonationId[] }) => [...plan.finished];

  it('each buy whole terms by themselves, for the next in line, and are finished with what is left', () => {
    const plan = planOwnTerms(lots(110_000, 20_000, 50_400), candidates(5), full);
    expect(plan.purchases.map(({ candidate, months: bought }) => [candidate.workerId, bought[0]?.shares])).toEqual([
      ['w1', [{ donationId: 'd1', amountRupiah: 16_800 }]],
      ['w2', [{ donationId: 'd1', amountRupiah: 16_800 }]],
      ['w3', [{ donationId: 'd3', amountRupiah: 16_800 }]],
    ]);
    expect([...plan.used]).toEqual([
      ['d1', 100_800],
      ['d3', 50_400],
    ]);
    expect(ids(plan)).toEqual(['d1', 'd2', 'd3']);
  });

  it('buy with the last rupiah, and one rupiah less buys nothing', () => {
    expect(planOwnTerms(lots(50_400), candidates(1), full).purchases).toHaveLength(1);
    expect(planOwnTerms(lots(50_399), candidates(1), full)).toMatchObject({ purchases: [], finished: ['d1'] });
  });

  it('never pass over the head of the queue for somebody cheaper', () => {
    const price = ({ workerId }: { workerId: WorkerId }) => (workerId === 'w1' ? full() : months(8_400));
    expect(planOwnTerms(lots(30_000, 40_000), candidates(2), price)).toMatchObject({
      purchases: [],
      finished: ['d1', 'd2'],
    });
  });

  it('are finished where the queue ends, with all their money', () => {
    const plan = planOwnTerms(lots(200_000, 200_000), candidates(1), full);
    expect([plan.purchases.length, [...plan.used], ids(plan)]).toEqual([1, [['d1', 50_400]], ['d1', 'd2']]);
  });

  it('go on in the next transaction where this one holds 30 covers', () => {
    const count = MAXIMUM_COVERS_PER_ALLOCATION;
    const queue = candidates(count + 10);
    const great = planOwnTerms(lots(50_400 * (count + 1), 50_400), queue, full);
    expect([great.purchases.length, ids(great)]).toEqual([count, []]);
    const spent = planOwnTerms(lots(50_400 * count, 20_000, 50_400), queue, full);
    expect([spent.purchases.length, ids(spent)]).toEqual([count, ['d1', 'd2']]);
  });

  /** The cover and the worker; the donation and its place in line; what the ledger says of it. */
  const items = ({ purchases, used, finished }: ReturnType<typeof planOwnTerms>) =>
    2 + 2 * purchases.length + used.size + 2 * new Set([...used.keys(), ...finished]).size;

  it('take no more than the 100 items of a transaction, and as many as it holds', () => {
    const none = planOwnTerms(lots(...Array.from({ length: 60 }, () => 1)), candidates(3), full);
    expect([none.finished.length, items(none)]).toEqual([49, 100]);
    const each = planOwnTerms(lots(...Array.from({ length: 40 }, () => 50_400)), candidates(40), full);
    expect([each.purchases.length, each.finished.length, items(each)]).toEqual([19, 19, 97]);
    const mixed = planOwnTerms(lots(1, ...Array.from({ length: 40 }, () => 50_400)), candidates(40), full);
    expect([mixed.purchases.length, mixed.finished.length, items(mixed)]).toEqual([19, 20, 99]);
  });
});
