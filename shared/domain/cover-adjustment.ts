/**
 * A tariff that changes in mid-cover: months handed to the registrar stay as they were paid, the others are priced anew.
 * What is too much buys further whole months and then goes back to its donors; where the months are dearer the pool
 * helps, or the cover is shorter (PP 50/2025: what was paid too much counts for the months that follow).
 */
import { type CoverMonth, fundMonths, type Lot, type Share } from './allocation.ts';
import type { Cover } from './cover.ts';
import { sharesOf } from './cover.ts';
import type { CivilMonth } from './dates.ts';
import type { DonationId } from './ids.ts';
import { addRupiah, type Rupiah, ZERO_RUPIAH } from './money.ts';
import { type PricedMonth, priceOfMonth, priceTerm, type Tariff, totalOf } from './tariff.ts';

/** The longest period that the registrar takes at once. */
export const LONGEST_TERM_MONTHS = 12;

export interface AdjustmentMeans {
  readonly tariff: Tariff;
  /** What else the cover's donors and the pool have: only for months that were bought and became dearer. */
  readonly helpers: readonly Lot[];
  /** Nobody pays this month of the worker yet (I3). */
  readonly isFree: (month: CivilMonth) => boolean;
}

/** Whether months not handed over are priced otherwise than this tariff says. */
export function differsFrom(
  cover: Pick<Cover, 'package' | 'sector' | 'months' | 'monthsPaid'>,
  tariff: Tariff,
): boolean {
  return cover.months
    .slice(cover.monthsPaid)
    .some(({ month, priceRupiah }) => priceRupiah !== priceOfMonth(cover.package, cover.sector, month, tariff));
}

/** The months of the cover from now on; null where the tariff changes nothing for it. */
export function adjustMonths(cover: Cover, { tariff, helpers, isFree }: AdjustmentMeans): CoverMonth[] | null {
  if (!differsFrom(cover, tariff)) return null;
  const paid = cover.months.slice(0, cover.monthsPaid);
  const open = cover.months.slice(cover.monthsPaid);
  const held = lotsOf(open);
  const [{ month: firstMonth }] = open as [CoverMonth];
  const prices = priceTerm(
    cover.package,
    cover.sector,
    firstMonth,
    Math.max(open.length, LONGEST_TERM_MONTHS - paid.length),
    tariff,
  );
  const wanted = affordable(prices, open.length, cover.termMonths - paid.length, { held, helpers }, isFree);
  const lots = totalOf(wanted) <= sumOf(held) ? held : [...held, ...helpers];
  return [...paid, ...fundMonths(wanted, [...lots], new Map()).map(withMergedShares)];
}

interface Money {
  readonly held: readonly Lot[];
  readonly helpers: readonly Lot[];
}

/** @param bought how many of the months the donors promised: for these the pool helps */
function affordable(
  prices: readonly PricedMonth[],
  count: number,
  bought: number,
  { held, helpers }: Money,
  isFree: (month: CivilMonth) => boolean,
): PricedMonth[] {
  const heldRupiah = sumOf(held);
  const allRupiah = addRupiah(heldRupiah, sumOf(helpers));
  const costs = (months: number) => totalOf(prices.slice(0, months));
  let reached = count;
  while (reached > 0 && costs(reached) > (reached <= bought ? allRupiah : heldRupiah)) reached -= 1;
  if (reached < count) return prices.slice(0, reached);
  for (const next of prices.slice(count)) {
    if (!isFree(next.month) || costs(reached + 1) > heldRupiah) break;
    reached += 1;
  }
  return prices.slice(0, reached);
}

/** What each donor holds in these months, in the order they pay. */
function lotsOf(months: readonly CoverMonth[]): Lot[] {
  return [...sharesOf({ months })].map(([id, remainingRupiah]) => ({
    donationId: id as DonationId,
    remainingRupiah,
  }));
}

function sumOf(lots: readonly Lot[]): Rupiah {
  return addRupiah(ZERO_RUPIAH, ...lots.map(({ remainingRupiah }) => remainingRupiah));
}

/** A donor who pays twice for a month, from what was held and from what was left, is named once. */
function withMergedShares(month: CoverMonth): CoverMonth {
  const shares: Share[] = [...sharesOf({ months: [month] })].map(([donationId, amountRupiah]) => ({
    donationId,
    amountRupiah,
  }));
  return { ...month, shares };
}
