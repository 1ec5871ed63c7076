import { describe, expect, it } from 'vitest';
import type { CivilDate, CivilMonth } from '../../../shared/domain/dates.ts';
import { addRupiah, rupiah } from '../../../shared/domain/money.ts';
import {
  type Package,
  PUBLISHED_TARIFF,
  priceOfMonth,
  priceTerm,
  publishedBy,
  type Sector,
  type TariffAdjustment,
  tariffDigest,
  totalOf,
  withAdjustments,
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
  expect(
    PUBLISHED_TARIFF.bases.map(({ programme, fromMonth, amountRupiah }) => [programme, fromMonth, amountRupiah]),
  ).toEqual([
    ['JKK', '2015-07', 10_000],
    ['JKM', '2015-07', 6_800],
    ['JHT', '2015-07', 20_000],
  ]);
  for (const { source } of [...PUBLISHED_TARIFF.bases, ...PUBLISHED_TARIFF.adjustments])
    expect(source).toMatch(/^PP \d+\/\d{4}/);
});

describe('a tariff published in mid-course', () => {
  const cut: TariffAdjustment = {
    programmes: ['JKK', 'JKM'],
    sectors: ['non_transport'],
    fromMonth: month('2027-02'),
    throughMonth: month('2027-12'),
    percent: 25,
    publishedOn: '2027-01-10' as CivilDate,
    source: 'settings',
  };
  const tariff = withAdjustments(PUBLISHED_TARIFF, [cut]);
  const priceOn = (today: string, contributionMonth: string, sector: Sector = 'non_transport') =>
    priceOfMonth('JKK_JKM', sector, month(contributionMonth), publishedBy(tariff, today as CivilDate));

  it('holds from the day it is published, for its months and sectors alone', () => {
    expect(priceOn('2027-01-09', '2027-02')).toBe(16_800);
    expect(priceOn('2027-01-10', '2027-02')).toBe(4_200);
    expect(priceOn('2027-01-10', '2027-01')).toBe(16_800);
    expect(priceOn('2027-01-10', '2028-01')).toBe(16_800);
    expect(priceOn('2027-01-10', '2027-02', 'transport')).toBe(8_400);
    expect(priceOfMonth('JKK_JKM_JHT', 'non_transport', month('2027-02'), tariff)).toBe(24_200);
  });

  it('takes the place of an earlier one, whatever their order in the list', () => {
    const dearer = { ...cut, percent: 150, publishedOn: '2027-01-20' as CivilDate };
    for (const adjustments of [
      [cut, dearer],
      [dearer, cut],
    ])
      expect(
        priceTerm('JKK_JKM', 'non_transport', month('2027-01'), 2, withAdjustments(PUBLISHED_TARIFF, adjustments)),
      ).toEqual([
        { month: '2027-01', priceRupiah: 16_800 },
        { month: '2027-02', priceRupiah: 25_200 },
      ]);
  });

  it('gives the tariff another name, and only then', () => {
    const [before, after] = ['2027-01-09', '2027-01-10'].map((today) =>
      tariffDigest(publishedBy(tariff, today as CivilDate)),
    );
    expect(before).toBe(tariffDigest(PUBLISHED_TARIFF));
    expect(after).not.toBe(before);
    expect(tariffDigest(publishedBy(tariff, '2030-01-01' as CivilDate))).toBe(after);
  });
});
