/** What came of a cover and of each of its months, worked out from dates and from the covers that followed it. */
import { type Cover, coverState } from './cover.ts';
import { addMonths, type CivilDate, civilDateOf, firstDayOf, monthOf } from './dates.ts';
import { fundClassOf } from './fund.ts';

/**
 * Of a cover whose end has come. Self-paid: before its end, in grace, or after it had lapsed. `inGrace`: not renewed, the
 * worker still may without a gap in membership.
 */
export type Ending =
  | 'selfPaidBeforeEnd'
  | 'selfPaidInGrace'
  | 'selfPaidAfterLapse'
  | 'renewedByDonor'
  | 'inGrace'
  | 'lapsed';

/** A renewal counts once the registrar has accepted it. @param covers all of the worker */
export function endingOf(cover: Cover, covers: readonly Cover[], today: CivilDate): Ending {
  const renewal = covers.find(({ renews, acceptedAt, state }) => {
    return renews === cover.coverId && acceptedAt !== undefined && state !== 'rejected';
  });
  if (!renewal) return coverState(cover, today, false) === 'lapsed' ? 'lapsed' : 'inGrace';
  if (fundClassOf(renewal.fundId) !== 'self') return 'renewedByDonor';
  if (civilDateOf(renewal.reservedAt) < (cover.endDate as CivilDate)) return 'selfPaidBeforeEnd';
  return renewal.continuesFrom === undefined ? 'selfPaidAfterLapse' : 'selfPaidInGrace';
}

/** `lapsed` was paid to the registrar and protects nobody, `givenBack` went back to those who gave it. */
export type MonthFate = 'used' | 'toCome' | 'lapsed' | 'givenBack';

export interface MonthSeen {
  /** The day it begins; of a cover that never started, the first of the month it would have paid. */
  readonly begins: CivilDate;
  readonly fate: MonthFate;
  readonly priceRupiah: number;
}

/** Their rows keep only the months that were not given back. */
const ENDED_EARLY: ReadonlySet<Cover['state']> = new Set(['deceased', 'withdrawn', 'cancelled']);

/** Every month that was bought: those of the row, and those of the term that went back when the cover ended early. */
export function monthsSeen(cover: Cover, today: CivilDate): MonthSeen[] {
  const goneBack = ENDED_EARLY.has(cover.state) ? Math.max(0, cover.termMonths - cover.months.length) : 0;
  return [
    ...cover.months.map(({ priceRupiah }, index) => {
      return { begins: beginOf(cover, index), fate: fateOf(cover, index, today), priceRupiah };
    }),
    ...Array.from({ length: goneBack }, (_, index) => {
      return { begins: beginOf(cover, cover.months.length + index), fate: 'givenBack' as const, priceRupiah: 0 };
    }),
  ];
}

function beginOf({ startDate, anchorDay, months, reservedAt }: Cover, index: number): CivilDate {
  if (startDate !== undefined) return addMonths(startDate, index, anchorDay);
  return addMonths(firstDayOf(months[0]?.month ?? monthOf(civilDateOf(reservedAt))), index);
}

function fateOf(cover: Cover, index: number, today: CivilDate): MonthFate {
  if (cover.state === 'rejected') return 'givenBack';
  const begins = beginOf(cover, index);
  if (cover.endedOn !== undefined && begins >= cover.endedOn) return 'lapsed';
  return cover.startDate !== undefined && begins <= today ? 'used' : 'toCome';
}
