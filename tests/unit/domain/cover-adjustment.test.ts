import { describe, expect, it } from 'vitest';
import type { Lot } from '../../../shared/domain/allocation.ts';
import { assertSharesSum, type Cover, priceOf, sharesOf } from '../../../shared/domain/cover.ts';
import { adjustMonths, differsFrom } from '../../../shared/domain/cover-adjustment.ts';
import type { CivilDate, CivilMonth } from '../../../shared/domain/dates.ts';
import type { DonationId } from '../../../shared/domain/ids.ts';
import { rupiah } from '../../../shared/domain/money.ts';
import { PUBLISHED_TARIFF, type Tariff, withAdjustments } from '../../../shared/domain/tariff.ts';

/** So many percent for non-transport from February 2027 on. */
const tariffOf = (percent: number): Tariff =>
  withAdjustments(PUBLISHED_TARIFF, [
    {
      programmes: ['JKK', 'JKM'],
      sectors: ['non_transport'],
      fromMonth: '2027-02' as CivilMonth,
      throughMonth: '2029-12' as CivilMonth,
      percent,
      publishedOn: '2027-01-10' as CivilDate,
      source: 'test',
    },
  ]);

const share = (donationId: string, amountRupiah: number) => ({ donationId, amountRupiah: rupiah(amountRupiah) });
const lot = (donationId: string, amountRupiah: number): Lot => ({
  donationId: donationId as DonationId,
  remainingRupiah: rupiah(amountRupiah),
});
/** January to March 2027 for Rp50.400 of three donors (domain 5.2), January paid. */
const cover = {
  package: 'JKK_JKM',
  sector: 'non_transport',
  termMonths: 3,
  monthsPaid: 1,
  months: [
    { month: '2027-01', priceRupiah: 16_800, shares: [share('d1', 16_800)] },
    { month: '2027-02', priceRupiah: 16_800, shares: [share('d1', 3_200), share('d2', 13_600)] },
    { month: '2027-03', priceRupiah: 16_800, shares: [share('d2', 6_400), share('d3', 10_400)] },
  ],
} as unknown as Cover;

const adjusted = (percent: number, { helpers = [] as Lot[], taken = [] as string[], of = cover } = {}) => {
  const months = adjustMonths(of, {
    tariff: tariffOf(percent),
    helpers,
    isFree: (month) => !taken.includes(month),
  });
  if (months) assertSharesSum(months);
  return months;
};
const pricesOf = (months: ReturnType<typeof adjusted>) =>
  months?.map(({ month, priceRupiah }) => `${month} ${priceRupiah}`);

describe('a tariff that is cut in mid-cover', () => {
  it('extends it by whole months; the rest goes back to the donors, and what was paid stays as it was', () => {
    // 33.600 are open. At 40 percent a month costs 6.720: five of them are 33.600.
    expect(pricesOf(adjusted(40))).toEqual([
      '2027-01 16800',
      ...['02', '03', '04', '05', '06'].map((month) => `2027-${month} 6720`),
    ]);
    // At 50 percent 8.400: four are 33.600. At 60 percent 10.080: three are 30.240, and 3.360 are too much.
    expect(adjusted(50)).toHaveLength(5);
    const sixty = adjusted(60) as NonNullable<ReturnType<typeof adjusted>>;
    expect(pricesOf(sixty)).toEqual(['2027-01 16800', '2027-02 10080', '2027-03 10080', '2027-04 10080']);
    expect(sixty[0]).toBe(cover.months[0]);
    expect(Object.fromEntries(sharesOf({ months: sixty }))).toEqual({ d1: 20_000, d2: 20_000, d3: 7_040 });
  });

  it('attributes every month to the donors in their order', () => {
    expect(
      adjusted(60)
        ?.slice(1)
        .map(({ shares }) => shares),
    ).toEqual([
      [share('d1', 3_200), share('d2', 6_880)],
      [share('d2', 10_080)],
      [share('d2', 3_040), share('d3', 7_040)],
    ]);
  });

  it('asks nobody else for it, however much the pool has', () => {
    const months = adjusted(60, { helpers: [lot('p1', 1_000_000)] });
    expect(sharesOf({ months: months ?? [] }).has('p1')).toBe(false);
  });

  it('extends it no further than to a month that somebody else pays (I3), nor beyond twelve months', () => {
    expect(adjusted(40, { taken: ['2027-05'] })).toHaveLength(4);
    expect(adjusted(40, { taken: ['2027-04'] })).toHaveLength(3);
    expect(adjusted(1)).toHaveLength(12);
    const year = {
      ...cover,
      months: Array.from({ length: 14 }, (_, index) => ({
        ...cover.months[1]!,
        month: `2027-${String(index + 1).padStart(2, '0')}`,
      })),
    } as unknown as Cover;
    expect(adjusted(50, { of: { ...year, months: year.months.slice(0, 12) } })).toHaveLength(12);
  });
});

describe('a tariff that is raised in mid-cover', () => {
  it('is paid from the pool where it has the money', () => {
    const months = adjusted(150, { helpers: [lot('d3', 1_000), lot('p1', 1_000_000)] });
    expect(pricesOf(months)).toEqual(['2027-01 16800', '2027-02 25200', '2027-03 25200']);
    expect(Object.fromEntries(sharesOf({ months: months ?? [] }))).toEqual({
      d1: 20_000,
      d2: 20_000,
      d3: 11_400,
      p1: 15_800,
    });
    expect(months?.at(-1)?.shares.filter(({ donationId }) => donationId === 'd3')).toHaveLength(1);
  });

  it('shortens it where nobody has', () => {
    const months = adjusted(150) ?? [];
    expect(pricesOf(months)).toEqual(['2027-01 16800', '2027-02 25200']);
    expect(priceOf({ months })).toBe(42_000);
    expect(adjusted(201)).toHaveLength(1);
  });

  it('takes nothing of the pool for months a cut had added', () => {
    const longer = { ...cover, months: [...(adjusted(60) ?? [])] };
    const months = adjustMonths(longer, {
      tariff: tariffOf(100),
      helpers: [lot('p1', 1_000_000)],
      isFree: () => true,
    });
    // Three open months hold 30.240: one and a part. The two the donors promised are made whole.
    expect(pricesOf(months)).toEqual(['2027-01 16800', '2027-02 16800', '2027-03 16800']);
    expect(sharesOf({ months: months ?? [] }).get('p1')).toBe(3_360);
  });
});

describe('a tariff that says the same', () => {
  it('changes nothing', () => {
    expect(adjusted(100)).toBeNull();
    expect(adjusted(50, { of: { ...cover, monthsPaid: 3 } })).toBeNull();
  });

  it('is known without counting', () => {
    expect(differsFrom(cover, tariffOf(100))).toBe(false);
    expect(differsFrom(cover, tariffOf(99))).toBe(true);
    expect(differsFrom({ ...cover, monthsPaid: 3 }, tariffOf(99))).toBe(false);
  });
});
