/**
 * What a month of cover costs. Every figure is effective-dated data with its source; a price depends on
 * (programme, sector, contribution month), so one cover may mix two tariffs (I6).
 * Only the lowest income bracket is here, because donated cover is bought in it; the others are not verified.
 */
import { InvariantBroken } from '../errors.ts';
import { addCalendarMonths, type CivilMonth } from './dates.ts';
import { addRupiah, type Rupiah, rupiah } from './money.ts';

/** JKK: work accident. JKM: death. JHT: old-age savings. */
export type Programme = 'JKK' | 'JKM' | 'JHT';
export type Package = 'JKK_JKM' | 'JKK_JKM_JHT';
export type Sector = 'transport' | 'non_transport';

export const PACKAGES: Readonly<Record<Package, readonly Programme[]>> = {
  JKK_JKM: ['JKK', 'JKM'],
  JKK_JKM_JHT: ['JKK', 'JKM', 'JHT'],
};

interface BaseTariff {
  readonly programme: Programme;
  readonly fromMonth: CivilMonth;
  readonly amountRupiah: number;
  readonly source: string;
}

interface Adjustment {
  readonly programmes: readonly Programme[];
  readonly sectors: readonly Sector[];
  readonly fromMonth: CivilMonth;
  /** Inclusive. */
  readonly throughMonth: CivilMonth;
  readonly percent: number;
  readonly source: string;
}

const month = (text: string) => text as CivilMonth;

export const BASE_TARIFFS: readonly BaseTariff[] = [
  { programme: 'JKK', fromMonth: month('2015-07'), amountRupiah: 10_000, source: 'PP 44/2015 Lampiran II, PP 49/2023' },
  { programme: 'JKM', fromMonth: month('2015-07'), amountRupiah: 6_800, source: 'PP 44/2015, PP 49/2023' },
  { programme: 'JHT', fromMonth: month('2015-07'), amountRupiah: 20_000, source: 'PP 46/2015' },
];

export const ADJUSTMENTS: readonly Adjustment[] = [
  {
    programmes: ['JKK', 'JKM'],
    sectors: ['transport', 'non_transport'],
    fromMonth: month('2020-08'),
    throughMonth: month('2021-01'),
    percent: 1,
    source: 'PP 49/2020',
  },
  {
    programmes: ['JKK', 'JKM'],
    sectors: ['transport'],
    fromMonth: month('2026-01'),
    throughMonth: month('2027-03'),
    percent: 50,
    source: 'PP 50/2025 pasal 4',
  },
  {
    programmes: ['JKK', 'JKM'],
    sectors: ['non_transport'],
    fromMonth: month('2026-04'),
    throughMonth: month('2026-12'),
    percent: 50,
    source: 'PP 50/2025 pasal 4',
  },
];

function programmePrice(programme: Programme, sector: Sector, contributionMonth: CivilMonth): Rupiah {
  const base = BASE_TARIFFS.filter((row) => row.programme === programme && row.fromMonth <= contributionMonth).at(-1);
  if (!base) throw new InvariantBroken('I6', `no tariff for ${programme} in ${contributionMonth}`);
  const adjustment = ADJUSTMENTS.find(
    (row) =>
      row.programmes.includes(programme) &&
      row.sectors.includes(sector) &&
      row.fromMonth <= contributionMonth &&
      contributionMonth <= row.throughMonth,
  );
  return rupiah((base.amountRupiah * (adjustment?.percent ?? 100)) / 100);
}

/** The contribution for one month of a package, in whole rupiah. */
export function priceOfMonth(cover: Package, sector: Sector, contributionMonth: CivilMonth): Rupiah {
  return addRupiah(...PACKAGES[cover].map((programme) => programmePrice(programme, sector, contributionMonth)));
}

export interface PricedMonth {
  readonly month: CivilMonth;
  readonly priceRupiah: Rupiah;
}

/** The months of a term from its first contribution month, each at its own tariff. */
export function priceTerm(cover: Package, sector: Sector, firstMonth: CivilMonth, termMonths: number): PricedMonth[] {
  return Array.from({ length: termMonths }, (_, index) => {
    const contributionMonth = addCalendarMonths(firstMonth, index);
    return { month: contributionMonth, priceRupiah: priceOfMonth(cover, sector, contributionMonth) };
  });
}

export function totalOf(months: readonly PricedMonth[]): Rupiah {
  return addRupiah(...months.map(({ priceRupiah }) => priceRupiah));
}
