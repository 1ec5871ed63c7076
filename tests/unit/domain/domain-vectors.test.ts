/** The figures the programme is known by, each named in words. A figure here that differs is a wrong product. */
import { describe, expect, it } from 'vitest';
import { type CoverMonth, type Lot, planAllocation } from '../../../shared/domain/allocation.ts';
import { GUARANTEE_DONOR, moveSharesToGuarantee } from '../../../shared/domain/cover.ts';
import type { CivilMonth } from '../../../shared/domain/dates.ts';
import { chargeableFee } from '../../../shared/domain/fees.ts';
import type { DonationId, WorkerId } from '../../../shared/domain/ids.ts';
import { rupiah } from '../../../shared/domain/money.ts';
import { parseNik } from '../../../shared/domain/nik.ts';
import { type Package, priceTerm, type Sector, totalOf } from '../../../shared/domain/tariff.ts';

const TERM_MONTHS = 3;
const term = (cover: Package, sector: Sector, first: string) =>
  priceTerm(cover, sector, first as CivilMonth, TERM_MONTHS);
const pricesOf = (cover: Package, sector: Sector, first: string) =>
  term(cover, sector, first).map(({ priceRupiah }) => priceRupiah);
/** Nothing is discounted from April 2027 on. */
const fullTerm = () => term('JKK_JKM', 'non_transport', '2027-04');
const FULL_TERM_RUPIAH = 50_400;

const gifts = (...amounts: number[]): Lot[] =>
  amounts.map((amount, index) => ({ donationId: `d${index + 1}` as DonationId, remainingRupiah: rupiah(amount) }));
const queue = (count: number) => Array.from({ length: count }, (_, index) => ({ workerId: `w${index}` as WorkerId }));

describe('three months of cover cost', () => {
  it.each<[string, number, Package, Sector, string, readonly number[]]>([
    ['accident and death, nothing discounted', 50_400, 'JKK_JKM', 'non_transport', '2027-04', [16_800, 16_800, 16_800]],
    ['with old-age savings', 110_400, 'JKK_JKM_JHT', 'non_transport', '2027-04', [36_800, 36_800, 36_800]],
    ['all discounted', 25_200, 'JKK_JKM', 'non_transport', '2026-04', [8_400, 8_400, 8_400]],
    [
      'all discounted, with savings that are not',
      85_200,
      'JKK_JKM_JHT',
      'transport',
      '2026-04',
      [28_400, 28_400, 28_400],
    ],
    ['March to May 2026, not in transport', 33_600, 'JKK_JKM', 'non_transport', '2026-03', [16_800, 8_400, 8_400]],
    ['November 2026 to January 2027', 33_600, 'JKK_JKM', 'non_transport', '2026-11', [8_400, 8_400, 16_800]],
    ['December 2026 to February 2027', 42_000, 'JKK_JKM', 'non_transport', '2026-12', [8_400, 16_800, 16_800]],
    ['February to April 2027, in transport', 33_600, 'JKK_JKM', 'transport', '2027-02', [8_400, 8_400, 16_800]],
    ['of the pandemic, at a hundredth', 504, 'JKK_JKM', 'non_transport', '2020-08', [168, 168, 168]],
    ['of the pandemic, to its last month', 504, 'JKK_JKM', 'transport', '2020-11', [168, 168, 168]],
  ])('%s: %d', (_words, price, cover, sector, first, months) => {
    expect(pricesOf(cover, sector, first)).toEqual(months);
    expect(totalOf(term(cover, sector, first))).toBe(price);
  });
});

describe('a great gift', () => {
  it.each([
    ['a thousand workers of Solo', 1_000, 50_400_000],
    ['a hundred thousand of Baznas', 100_000, 5_040_000_000],
    ['all 28 million', 28_000_000, 1_411_200_000_000],
  ])('for %s for three months is counted to the rupiah', (_words, workers, price) => {
    expect(rupiah(totalOf(fullTerm()) * workers)).toBe(price);
  });

  it('of 50,400,000 covers the thousand and leaves nothing, one rupiah less covers 999', () => {
    expect(coveredBy(50_400_000)).toEqual({ workers: 1_000, leftRupiah: 0 });
    expect(coveredBy(50_399_999)).toEqual({ workers: 999, leftRupiah: 50_399 });
  });

  /** One transaction after the other, as the writer of a fund buys. */
  function coveredBy(amount: number) {
    let [workers, left] = [0, amount];
    for (;;) {
      const { purchases, used } = planAllocation(gifts(left), queue(1_001 - workers), fullTerm);
      if (purchases.length === 0) return { workers, leftRupiah: left };
      workers += purchases.length;
      left -= used.get('d1' as DonationId) as number;
    }
  }
});

describe('a gift through a channel that keeps 5 %, rounded up to a whole rupiah', () => {
  const reaches = (amount: number) => {
    const fee = chargeableFee(rupiah(Math.ceil(amount / 20)), rupiah(amount), 'general');
    return planAllocation(gifts(amount - fee), queue(1), fullTerm).purchases.length === 1;
  };

  it('reaches a term with 53,053, and not with a rupiah less', () => {
    expect(reaches(53_053)).toBe(true);
    expect(reaches(53_052)).toBe(false);
  });
});

it('a gift of 100,000 buys one term; 49,600 of it wait for more', () => {
  const { purchases, used, stopped } = planAllocation(gifts(100_000), queue(5), fullTerm);
  expect([purchases.length, stopped]).toEqual([1, 'below_price']);
  expect(100_000 - (used.get('d1' as DonationId) as number)).toBe(49_600);
});

describe('three donors of 20,000 and a term of 50,400', () => {
  const plan = planAllocation(gifts(20_000, 20_000, 20_000), queue(2), fullTerm);
  const [bought] = plan.purchases as [(typeof plan.purchases)[number]];
  const sharesOf = (months: readonly CoverMonth[]) =>
    months.map(({ shares }) => Object.fromEntries(shares.map((share) => [share.donationId, share.amountRupiah])));

  it('give 20,000, 20,000 and 10,400, first in first out; 9,600 stay with the third', () => {
    expect(plan.purchases).toHaveLength(1);
    expect(Object.fromEntries(plan.used)).toEqual({ d1: 20_000, d2: 20_000, d3: 10_400 });
    expect(20_000 - (plan.used.get('d3' as DonationId) as number)).toBe(9_600);
    expect([...plan.used.values()].reduce<number>((sum, amount) => sum + amount, 0)).toBe(FULL_TERM_RUPIAH);
  });

  it('pay the first month alone, the second and the third in two parts', () => {
    expect(sharesOf(bought.months)).toEqual([{ d1: 16_800 }, { d1: 3_200, d2: 13_600 }, { d2: 6_400, d3: 10_400 }]);
  });

  it('leave the worker covered when the second takes the gift back: the guarantee fund pays 13,600 and 6,400', () => {
    const { months, movedRupiah } = moveSharesToGuarantee(bought.months, 'd2' as DonationId, rupiah(20_000));
    expect(movedRupiah).toBe(20_000);
    expect(sharesOf(months)).toEqual([
      { d1: 16_800 },
      { d1: 3_200, [GUARANTEE_DONOR]: 13_600 },
      { [GUARANTEE_DONOR]: 6_400, d3: 10_400 },
    ]);
    expect(totalOf(months)).toBe(FULL_TERM_RUPIAH);
  });
});

describe('the day of birth in a NIK', () => {
  /** Synthetic: no area has the code 00. */
  const sexAt = (day: number) => parseNik(`000000${String(day).padStart(2, '0')}05900001`)?.sex;
  const days = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

  it.each<[string, readonly number[], string | undefined]>([
    ['01 to 31 is a man', days(1, 31), 'male'],
    ['41 to 71 is a woman', days(41, 71), 'female'],
    ['00 is nobody', [0], undefined],
    ['32 to 40 is nobody', days(32, 40), undefined],
    ['72 to 99 is nobody', days(72, 99), undefined],
  ])('%s', (_words, all, sex) => {
    for (const day of all) expect(sexAt(day), `day ${day}`).toBe(sex);
  });
});
