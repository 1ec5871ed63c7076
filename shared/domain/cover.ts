/**
 * One cover: a worker, a term, its months. State is derived from dates and facts, never from whether a job ran (I8).
 * Intervals are half open: `endDate` is the first day no longer covered.
 */
import { assertInvariant } from '../errors.ts';
import type { CoverMonth } from './allocation.ts';
import { addDays, addMonths, type CivilDate, type Instant } from './dates.ts';
import type { AllocationId, CohortId, CoverId, DonationId, FundId, WorkerId } from './ids.ts';
import { addRupiah, type Rupiah, ZERO_RUPIAH } from './money.ts';
import type { ReasonCode } from './reasons.ts';
import type { Package, Sector } from './tariff.ts';

/** What is stored; the rest follows from the dates. */
export type StoredCoverState = 'reserved' | 'active' | 'rejected' | EndedCoverState;
/** Ended before its term, by what happened to the worker; `cancelled`: somebody else pays from then on. */
export type EndedCoverState = 'cancelled' | 'deceased' | 'withdrawn';

export type CoverState = StoredCoverState | 'submitted' | 'expiring' | 'renewed' | 'expired_in_grace' | 'lapsed';

export interface Cover {
  readonly coverId: CoverId;
  readonly workerId: WorkerId;
  readonly fundId: FundId;
  readonly allocationId: AllocationId;
  readonly package: Package;
  readonly sector: Sector;
  readonly region: string;
  readonly state: StoredCoverState;
  readonly termMonths: number;
  /** Those bought; of a cover that ended early only those that were used, and a tariff may have made them more or less. */
  readonly months: readonly CoverMonth[];
  /** How many of the months, from the first, were handed to the registrar. */
  readonly monthsPaid: number;
  readonly reservedAt: Instant;
  readonly acceptedAt?: Instant;
  readonly startDate?: CivilDate;
  readonly endDate?: CivilDate;
  readonly cohortId?: CohortId;
  /** It ended early: on this day the worker died, or from this day on nobody is covered by it. */
  readonly endedOn?: CivilDate;
  /** The worker's cover before this one, which it renews. */
  readonly renews?: CoverId;
  /** A renewal from expiry starts on this day, the end of the cover before; absent where it starts with acceptance. */
  readonly continuesFrom?: CivilDate;
  /** The day of the month on which the first cover of a line of renewals began, so that no February shifts the rest. */
  readonly anchorDay?: number;
  /** The cover that renewed this one, once the registrar accepted it; the months of this one run on to its end. */
  readonly renewedBy?: CoverId;
  /** A claim or a return to work is open since: nobody is reminded, and the cover does not lapse. */
  readonly claimOpenSince?: CivilDate;
  readonly reason?: ReasonCode;
}

/** From so many days before its end a cover is called expiring (domain 5.1). */
export const EXPIRING_DAYS = 30;
/** Arrears may be paid for so many months after the end; protection meanwhile is not assured (domain 2.5). */
export const GRACE_MONTHS = 3;

/** `[start, end)` of a cover of so many months; months are counted from the start day and clamped. */
export function coverWindow(
  startDate: CivilDate,
  months: number,
  anchorDay?: number,
): { startDate: CivilDate; endDate: CivilDate } {
  return { startDate, endDate: addMonths(startDate, months, anchorDay) };
}

export function graceEndOf(startDate: CivilDate, termMonths: number, anchorDay?: number): CivilDate {
  return addMonths(startDate, termMonths + GRACE_MONTHS, anchorDay);
}

/** The state a person sees on a day. `submitted`: the registrar has it and has not answered. */
export function coverState(cover: Cover, today: CivilDate, submitted: boolean): CoverState {
  if (cover.state === 'reserved') return submitted ? 'submitted' : 'reserved';
  if (!cover.startDate || !cover.endDate || !runsOn(cover, today)) return cover.state;
  if (cover.renewedBy) return 'renewed';
  if (today < addDays(cover.endDate, -EXPIRING_DAYS)) return 'active';
  if (today < cover.endDate) return 'expiring';
  const inGrace = cover.claimOpenSince !== undefined || today < graceEndOfCover(cover, cover.startDate);
  return inGrace ? 'expired_in_grace' : 'lapsed';
}

function graceEndOfCover({ months, anchorDay }: Cover, startDate: CivilDate): CivilDate {
  return graceEndOf(startDate, months.length, anchorDay);
}

/** An end that was announced for a later day has not come yet. */
function runsOn({ state, endedOn }: Cover, day: CivilDate): boolean {
  if (state === 'active') return true;
  return (state === 'withdrawn' || state === 'cancelled') && endedOn !== undefined && day < endedOn;
}

/** Its term and its grace are over on this day, and nobody goes on with it. */
export function hasLapsedBy(cover: Cover, day: CivilDate): boolean {
  return cover.state === 'active' && coverState(cover, day, true) === 'lapsed';
}

/** Is the worker protected on this day? */
export function protectsOn(cover: Cover, day: CivilDate): boolean {
  if (!cover.startDate || !cover.endDate) return false;
  if (cover.state === 'reserved' || cover.state === 'rejected') return false;
  return cover.startDate <= day && day < cover.endDate;
}

export function priceOf(cover: Pick<Cover, 'months'>): Rupiah {
  return addRupiah(...cover.months.map(({ priceRupiah }) => priceRupiah));
}

/** The part of the price already handed to the registrar. */
export function paidPriceOf(cover: Pick<Cover, 'months' | 'monthsPaid'>): Rupiah {
  return addRupiah(...cover.months.slice(0, cover.monthsPaid).map(({ priceRupiah }) => priceRupiah));
}

/** What each donor gave to this cover. */
export function sharesOf(cover: Pick<Cover, 'months'>): Map<string, Rupiah> {
  const shares = new Map<string, Rupiah>();
  for (const month of cover.months)
    for (const { donationId, amountRupiah } of month.shares)
      shares.set(donationId, addRupiah(shares.get(donationId) ?? ZERO_RUPIAH, amountRupiah));
  return shares;
}

/** The name under which the guarantee fund carries a share whose donor took the gift back. */
export const GUARANTEE_DONOR = 'guarantee';

/**
 * Moves up to an amount of a donor's shares to the guarantee fund, last month first: the worker keeps the cover
 * (domain rule 3.2.9). Prices and months stay as they are.
 */
export function moveSharesToGuarantee(
  months: readonly CoverMonth[],
  donationId: DonationId,
  amountRupiah: Rupiah,
): { months: CoverMonth[]; movedRupiah: Rupiah } {
  const moved = moveShares(months.toReversed(), donationId, GUARANTEE_DONOR, amountRupiah);
  return { ...moved, months: moved.months.toReversed() };
}

/** The way back, first month first: a donor whose money came back after all pays what the guarantee fund stood in for. */
export function moveSharesFromGuarantee(
  months: readonly CoverMonth[],
  donationId: DonationId,
  amountRupiah: Rupiah,
): { months: CoverMonth[]; movedRupiah: Rupiah } {
  return moveShares(months, GUARANTEE_DONOR, donationId, amountRupiah);
}

function moveShares(
  months: readonly CoverMonth[],
  from: string,
  to: string,
  amountRupiah: Rupiah,
): { months: CoverMonth[]; movedRupiah: Rupiah } {
  let left: number = amountRupiah;
  const changed = months.map((month) => {
    const share = month.shares.find((candidate) => candidate.donationId === from);
    const moved = Math.min(left, share?.amountRupiah ?? 0);
    if (!share || moved === 0) return month;
    left -= moved;
    return { ...month, shares: exchangeShare(month.shares, from, to, moved) };
  });
  return { months: changed, movedRupiah: (amountRupiah - left) as Rupiah };
}

function exchangeShare(shares: CoverMonth['shares'], from: string, to: string, moved: number): CoverMonth['shares'] {
  const amounts = new Map<string, number>(shares.map((share) => [share.donationId, share.amountRupiah]));
  amounts.set(from, (amounts.get(from) as number) - moved);
  amounts.set(to, (amounts.get(to) ?? 0) + moved);
  return [...amounts]
    .filter(([, amount]) => amount > 0)
    .map(([id, amount]) => ({ donationId: id, amountRupiah: amount as Rupiah }));
}

/** I6: every month's shares sum to its price. */
export function assertSharesSum(months: readonly CoverMonth[]): void {
  for (const { month, priceRupiah, shares } of months) {
    const sum = shares.reduce((total, { amountRupiah }) => total + amountRupiah, 0);
    assertInvariant(sum === priceRupiah, 'I6', `the shares of ${month} sum to ${sum}, its price is ${priceRupiah}`);
  }
}
