import { describe, expect, it } from 'vitest';
import type { CivilMonth } from '../../../shared/domain/dates.ts';
import { addRupiah, rupiah } from '../../../shared/domain/money.ts';
import {
  ADJUSTMENTS,
  BASE_TARIFFS,
  type Package,
  priceOfMonth,
  priceTerm,
  type Sector,
  totalOf,
} from '../../../shared/domain/tariff.ts';
import { InvariantBroken } from '../../../shared/errors.ts';

const month = (text: string) => text as CivilMonth;
const term = (cover: Package, sector: Sector, first: string, months = 3) =>
  totalOf(priceTerm(cover, sector, month(first), months));

describe('three months of cover (domain 5.2)', () => {
  it.each<[string, Package, Sector, string, number]>([
    ['without any discount', 'JKK_JKM', 'non_transport', '2027-01', 50_400],
    ['with old-age savings', 'JKK_JKM_JHT', 'non_transport', '2027-01', 110_400],
    ['all discounted', 'JKK_JKM', 'transport', '2026-01', 25_200],
    ['all discounted, with savings that are not', 'JKK_JKM_JHT', 'transport', '2026-01', 85_200],
    ['into the discount', 'JKK_JKM', 'non_transport', '2026-03', 33_600],
    ['out of the discount', 'JKK_JKM', 'non_transport', '2026-11', 33_600],
    ['one month of it left', 'JKK_JKM', 'non_transport', '2026-12', 42_000],
    ['transport, out of a longer discount', 'JKK_JKM', 'transport', '2027-02', 33_600],
    ['of the pandemic', 'JKK_JKM', 'non_transport', '2020-08', 504],
  ])('%s: %s, %s from %s costs %d', (_name, cover, sector, first, price) => {
    expect(term(cover, sector, first)).toBe(price);
  });

  it.each([
    [1_000, 50_400_000],
    [100_000, 5_040_000_000],
    [28_000_000, 1_411_200_000_000],
  ])('for %d workers costs %d', (workers, price) => {
    expect(rupiah(term('JKK_JKM', 'non_transport', '2027-01') * workers)).toBe(price);
  });

  it('bought today may mix two tariffs, month by month', () => {
    expect(priceTerm('JKK_JKM', 'non_transport', month('2026-12'), 3)).toEqual([
      { month: '2026-12', priceRupiah: 8_400 },
      { month: '2027-01', priceRupiah: 16_800 },
      { month: '2027-02', priceRupiah: 16_800 },
    ]);
  });
});

describe('a discount', () => {
  it.each<[Sector, string, number]>([
    ['transport', '2025-12', 16_800],
    ['transport', '2026-01', 8_400],
    ['transport', '2027-03', 8_400],
    ['transport', '2027-04', 16_800],
    ['non_transport', '2026-03', 16_800],
    ['non_transport', '2026-04', 8_400],
    ['non_transport', '2026-12', 8_400],
    ['non_transport', '2027-01', 16_800],
    ['non_transport', '2020-07', 16_800],
    ['non_transport', '2020-08', 168],
    ['transport', '2021-01', 168],
    ['transport', '2021-02', 16_800],
  ])('of %s in %s leaves %d: first and last month count', (sector, contributionMonth, price) => {
    expect(priceOfMonth('JKK_JKM', sector, month(contributionMonth))).toBe(price);
  });
});

it('there is no price before the programme began', () => {
  expect(() => priceOfMonth('JKK_JKM', 'transport', month('2015-06'))).toThrow(InvariantBroken);
  expect(() => priceOfMonth('JKK_JKM', 'transport', month('2015-06'))).toThrow('I6: no tariff for JKK in 2015-06');
  expect(priceOfMonth('JKK_JKM', 'transport', month('2015-07'))).toBe(addRupiah(rupiah(10_000), rupiah(6_800)));
});

it('every tariff has its first month and names the regulation it is from', () => {
  expect(BASE_TARIFFS.map(({ programme, fromMonth, amountRupiah }) => [programme, fromMonth, amountRupiah])).toEqual([
    ['JKK', '2015-07', 10_000],
    ['JKM', '2015-07', 6_800],
    ['JHT', '2015-07', 20_000],
  ]);
  for (const { source } of [...BASE_TARIFFS, ...ADJUSTMENTS]) expect(source).toMatch(/^PP \d+\/\d{4}/);
});
