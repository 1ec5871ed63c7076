/**
 * What a month of cover costs. Every figure is effective-dated data with its source; a price depends on
 * (programme, sector, contribution month), so one cover may mix two tariffs (I6).
 * Only the lowest income bracket is here, because donated cover is bought in it; the others are not verified.
 */
import { InvariantBroken } from '../errors.ts';
import { addCalendarMonths, type CivilDate, type CivilMonth } from './dates.ts';
import { digest } from './ids.ts';
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
  readonly publishedOn: CivilDate;
  readonly source: string;
}

/** So many percent of the base in some months; of several for the same month the one published last holds. */
export interface TariffAdjustment {
  readonly programmes: readonly Programme[];
  readonly sectors: readonly Sector[];
  readonly fromMonth: CivilMonth;
  /** Inclusive. */
  readonly throughMonth: CivilMonth;
  readonly percent: number;
  /** Nobody could pay by it before this day. */
  readonly publishedOn: CivilDate;
  readonly source: string;
}

export interface Tariff {
  readonly bases: readonly BaseTariff[];
  readonly adjustments: readonly TariffAdjustment[];
}

const month = (text: string) => text as CivilMonth;
const day = (text: string) => text as CivilDate;

export const PUBLISHED_TARIFF: Tariff = {
  bases: [
    {
      programme: 'JKK',
      fromMonth: month('2015-07'),
      amountRupiah: 10_000,
      publishedOn: day('2015-06-30'),
      source: 'PP 44/2015 Lampiran II, PP 49/2023',
    },
    {
      programme: 'JKM',
      fromMonth: month('2015-07'),
      amountRupiah: 6_800,
      publishedOn: day('2015-06-30'),
      source: 'PP 44/2015, PP 49/2023',
    },
    {
      programme: 'JHT',
      fromMonth: month('2015-07'),
      amountRupiah: 20_000,
      publishedOn: day('2015-06-30'),
      source: 'PP 46/2015',
    },
  ],
  adjustments: [
    {
      programmes: ['JKK', 'JKM'],
      sectors: ['transport', 'non_transport'],
      fromMonth: month('2020-08'),
      throughMonth: month('2021-01'),
      percent: 1,
      publishedOn: day('2020-08-31'),
      source: 'PP 49/2020',
    },
    {
      programmes: ['JKK', 'JKM'],
      sectors: ['transport'],
      fromMonth: month('2026-01'),
      throughMonth: month('2027-03'),
      percent: 50,
      publishedOn: day('2025-12-22'),
      source: 'PP 50/2025 pasal 4',
    },
    {
      programmes: ['JKK', 'JKM'],
      sectors: ['non_transport'],
      fromMonth: month('2026-04'),
      throughMonth: month('2026-12'),
      percent: 50,
      publishedOn: day('2025-12-22'),
      source: 'PP 50/2025 pasal 4',
    },
  ],
};

/** A tariff and what was published beside it. */
export function withAdjustments(tariff: Tariff, adjustments: readonly TariffAdjustment[]): Tariff {
  return { ...tariff, adjustments: [...tariff.adjustments, ...adjustments] };
}

/** The tariff as it was known on a day: the bases, and the adjustments published by then. */
export function publishedBy(tariff: Tariff, today: CivilDate): Tariff {
  return { ...tariff, adjustments: tariff.adjustments.filter(({ publishedOn }) => publishedOn <= today) };
}

/** Every price of a month that was in force on some day from `since` to `until`, the oldest first. */
export function publishedPrices(
  cover: Package,
  sector: Sector,
  contributionMonth: CivilMonth,
  tariff: Tariff,
  { since, until }: { readonly since: CivilDate; readonly until: CivilDate },
): Rupiah[] {
  const published = tariff.adjustments.map(({ publishedOn }) => publishedOn);
  const days = [since, ...published.filter((day) => since < day && day <= until)].sort();
  const prices = days.map((day) => priceOfMonth(cover, sector, contributionMonth, publishedBy(tariff, day)));
  return [...new Set(prices)];
}

/** Names what a tariff says: the same text, the same name. */
export function tariffDigest(tariff: Tariff): string {
  return digest(JSON.stringify(tariff));
}

function programmePrice(programme: Programme, sector: Sector, contributionMonth: CivilMonth, tariff: Tariff): Rupiah {
  const base = tariff.bases.filter((row) => row.programme === programme && row.fromMonth <= contributionMonth).at(-1);
  if (!base) throw new InvariantBroken('I6', `no tariff for ${programme} in ${contributionMonth}`);
  const holds = tariff.adjustments.filter(
    (row) =>
      row.programmes.includes(programme) &&
      row.sectors.includes(sector) &&
      row.fromMonth <= contributionMonth &&
      contributionMonth <= row.throughMonth,
  );
  const last = holds.reduce<TariffAdjustment | undefined>(
    (latest, row) => (latest && latest.publishedOn > row.publishedOn ? latest : row),
    undefined,
  );
  return rupiah((base.amountRupiah * (last?.percent ?? 100)) / 100);
}

/**
 * The contribution for one month of a package, in whole rupiah.
 *
 * @param tariff the one in force when it is paid: `tariffInForce(today)` of `shared/tariff-in-force.ts`
 */
export function priceOfMonth(
  cover: Package,
  sector: Sector,
  contributionMonth: CivilMonth,
  tariff: Tariff = PUBLISHED_TARIFF,
): Rupiah {
  return addRupiah(...PACKAGES[cover].map((programme) => programmePrice(programme, sector, contributionMonth, tariff)));
}

export interface PricedMonth {
  readonly month: CivilMonth;
  readonly priceRupiah: Rupiah;
}

/** The months of a term from its first contribution month, each at its own tariff. */
export function priceTerm(
  cover: Package,
  sector: Sector,
  firstMonth: CivilMonth,
  termMonths: number,
  tariff: Tariff = PUBLISHED_TARIFF,
): PricedMonth[] {
  return Array.from({ length: termMonths }, (_, index) => {
    const contributionMonth = addCalendarMonths(firstMonth, index);
    return { month: contributionMonth, priceRupiah: priceOfMonth(cover, sector, contributionMonth, tariff) };
  });
}

export function totalOf(months: readonly PricedMonth[]): Rupiah {
  return addRupiah(...months.map(({ priceRupiah }) => priceRupiah));
}
