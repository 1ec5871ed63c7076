/**
 * A cover that ends before its term: the worker died or withdrew, earns a wage, or the government pays. A month that had
 * begun by then was used and is paid; one that was handed to the registrar stays paid; all others go back.
 */
import type { Cover, EndedCoverState } from './cover.ts';
import { hasLapsedBy } from './cover.ts';
import { addDays, addMonths, type CivilDate, monthOf } from './dates.ts';

export const END_REASONS = ['worker_deceased', 'worker_withdrawn', 'worker_wage_earning', 'government_paid'] as const;
export type EndReason = (typeof END_REASONS)[number];

const STATE_OF_REASON: Readonly<Record<EndReason, EndedCoverState>> = {
  worker_deceased: 'deceased',
  worker_withdrawn: 'withdrawn',
  worker_wage_earning: 'cancelled',
  government_paid: 'cancelled',
};

export interface Ending {
  /** The first day on which the worker is not to be covered. */
  readonly endsOn: CivilDate;
  readonly reason: EndReason;
}

/** The cover as it is from now on, or null where the ending does not touch it: it ran out before, or was ended before. */
export function endCover(cover: Cover, ending: Ending, today: CivilDate): Cover | null {
  if (cover.state === 'reserved') return isTouched(cover, ending) ? { ...cover, ...ended(ending), months: [] } : null;
  const { startDate, endDate } = cover;
  if (cover.state !== 'active' || !startDate || !endDate) return null;
  if (hasLapsedBy(cover, ending.endsOn) || hasLapsedBy(cover, today)) return null;
  if (ending.endsOn >= endDate && ending.endsOn > addDays(today, 1)) return null;
  const kept = Math.max(cover.monthsPaid, monthsBegunBefore(cover, startDate, ending.endsOn));
  const months = cover.months.slice(0, kept);
  const lastDay = addMonths(startDate, kept, cover.anchorDay);
  return { ...cover, ...ended(ending), months, monthsPaid: kept, endDate: within(ending.endsOn, startDate, lastDay) };
}

/** Whoever only earns or is paid for from a later month on may have the months before it. */
function isTouched({ months }: Cover, { endsOn, reason }: Ending): boolean {
  if (STATE_OF_REASON[reason] !== 'cancelled') return true;
  return months.some(({ month }) => month >= monthOf(endsOn));
}

/** One who died was covered on that day still. */
function ended({ endsOn, reason }: Ending): Pick<Cover, 'state' | 'reason'> & { endedOn: CivilDate } {
  const state = STATE_OF_REASON[reason];
  return { state, reason, endedOn: state === 'deceased' ? addDays(endsOn, -1) : endsOn };
}

function monthsBegunBefore({ months, anchorDay }: Cover, startDate: CivilDate, day: CivilDate): number {
  return months.filter((_, index) => addMonths(startDate, index, anchorDay) < day).length;
}

function within(day: CivilDate, first: CivilDate, last: CivilDate): CivilDate {
  if (day < first) return first;
  return day > last ? last : day;
}
