/**
 * How a worker's next cover goes on from the last: from its end while it runs and in grace, from acceptance after that
 * (domain 5.1). A renewal the registrar rejected is not tried again by itself: its money would go round for ever.
 */
import { type Cover, graceEndOf } from './cover.ts';
import { addCalendarMonths, addDays, anchoredDay, type CivilDate, type CivilMonth, monthOf } from './dates.ts';
import { type Candidate, type Continuation, type FundDescriptor, firstMonthOf, fundClassOf } from './fund.ts';
import { coverIdOf, type WorkerId } from './ids.ts';
import { type Rupiah, rupiah } from './money.ts';
import type { AllocationPolicy } from './policy.ts';
import { priceOfMonth, type Tariff } from './tariff.ts';

export interface RenewableWorker {
  readonly workerId: WorkerId;
  readonly state: string;
  readonly coverOrdinal: number;
}

/**
 * @param cover the worker's latest that was accepted
 * @param startMonth in which the next cover may start at the earliest
 * @returns null where it cannot be renewed now
 */
export function continuationOf(
  cover: Cover,
  worker: RenewableWorker,
  startMonth: CivilMonth | null,
  today: CivilDate,
): Continuation | null {
  const { coverId, startDate, endDate, state, renewedBy, claimOpenSince, months, anchorDay } = cover;
  if (worker.state === 'deceased' || worker.state === 'withdrawn') return null;
  if (state !== 'active' || renewedBy || !startDate || !endDate) return null;
  if (coverId !== coverIdOf(worker.workerId, worker.coverOrdinal)) return null;
  const afterLapse = { coverId, from: null };
  const hasLapsed = !claimOpenSince && today >= graceEndOf(startDate, months.length, anchorDay);
  if (hasLapsed) return afterLapse;
  const fromExpiry = { coverId, from: endDate, anchorDay: anchoredDay(startDate, anchorDay) };
  if (!startMonth || startMonth <= monthOf(endDate)) return fromExpiry;
  // The donor's month leaves a gap. Once it has come, the gap is there already, and cover starts with acceptance.
  return startMonth <= monthOf(today) ? afterLapse : null;
}

/** The cover's last days before its end and in grace, in which the continuity share may renew it. */
export function isInContinuityWindow(
  { fundId, startDate, endDate, months, anchorDay }: Cover,
  { continuityWindowDays }: AllocationPolicy,
  today: CivilDate,
): boolean {
  // Who pays alone has left the donated track, and comes back by name or by waiting.
  if (!startDate || !endDate || fundClassOf(fundId) === 'self') return false;
  return addDays(endDate, -continuityWindowDays) <= today && today < graceEndOf(startDate, months.length, anchorDay);
}

/** The contribution month with which a candidate's next cover begins, bought today. */
export function firstMonthFor(
  { continues }: Pick<Candidate, 'continues'>,
  descriptor: FundDescriptor,
  today: CivilDate,
): CivilMonth {
  return continues?.from ? monthOf(continues.from) : firstMonthOf(descriptor, today);
}

/** Covers go on from an end at most so many months behind or ahead of today: grace, and the longest term paid in advance. */
const MONTHS_BEHIND = 4;
const MONTHS_AHEAD = 36;

/** What no term of a fund bought today can cost less than: money that does not reach it need look for nobody. */
export function leastTermPrice(
  { package: programmes, termMonths }: FundDescriptor,
  today: CivilDate,
  tariff: Tariff,
): Rupiah {
  const months = Array.from({ length: MONTHS_BEHIND + MONTHS_AHEAD }, (_, index) =>
    addCalendarMonths(monthOf(today), index - MONTHS_BEHIND),
  );
  const prices = months.flatMap((month) => [
    priceOfMonth(programmes, 'transport', month, tariff),
    priceOfMonth(programmes, 'non_transport', month, tariff),
  ]);
  return rupiah(Math.min(...prices) * termMonths);
}
