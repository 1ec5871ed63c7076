/**
 * How far a promise is kept, worked out from what was paid under its reference whenever somebody looks: rows and dates
 * are the truth (I8). A payment counts however late it comes; what it buys has the price of the day it is spent.
 */
import { addCalendarMonths, addMonths, type CivilDate, civilDateOf, type Instant } from './dates.ts';
import { type FundDescriptor, firstMonthOf } from './fund.ts';
import type { DonationId } from './ids.ts';
import { type Rupiah, rupiah } from './money.ts';
import { sectorOf } from './occupations.ts';
import { PUBLISHED_TARIFF, priceTerm, type Sector, type Tariff, totalOf } from './tariff.ts';

/** A gift that comes again every month; `count` null: until further notice. */
export interface Recurrence {
  readonly every: 'P1M';
  readonly count: number | null;
}

/** What becomes of money beyond the promise: it waits in the same fund for the next worker, or may be sent back. */
export const OVERPAYMENTS = ['fund', 'refund'] as const;
export type Overpayment = (typeof OVERPAYMENTS)[number];

export interface PledgeTerms {
  /** Of each period where it recurs. */
  readonly amountRupiah: Rupiah;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly recurrence?: Recurrence | null;
}

export interface PledgePayment {
  readonly donationId: DonationId;
  readonly paidAt: Instant;
  /** Less what went back. */
  readonly keptRupiah: Rupiah;
}

export type PledgeState = 'open' | 'partly_paid' | 'paid' | 'overpaid' | 'expired';

export interface PledgeProgress {
  readonly state: PledgeState;
  /** Of all periods; where they have no end, of those that have come. */
  readonly promisedRupiah: Rupiah;
  readonly receivedRupiah: Rupiah;
  readonly outstandingRupiah: Rupiah;
  readonly overRupiah: Rupiah;
}

/**
 * What one worker costs. The sector decides the tariff; where the earmark leaves it open the dearer one is quoted, so
 * that the promised number is always reached and the rest of the money covers more. A renewal begins where cover ends, up to
 * a term from now: the dearest of those beginnings is quoted.
 */
export function unitPriceRupiah(
  descriptor: FundDescriptor,
  today: CivilDate,
  tariff: Tariff = PUBLISHED_TARIFF,
): Rupiah {
  const named = descriptor.earmark.occupation ? sectorOf(descriptor.earmark.occupation) : undefined;
  const sectors: Sector[] = named ? [named] : ['transport', 'non_transport'];
  const { package: programmes, termMonths, earmark } = descriptor;
  const first = firstMonthOf(descriptor, today);
  const firsts = Array.from({ length: earmark.renewalOf === undefined ? 1 : termMonths + 1 }, (_, later) =>
    addCalendarMonths(first, later),
  );
  const prices = sectors.flatMap((sector) =>
    firsts.map((month) => totalOf(priceTerm(programmes, sector, month, termMonths, tariff))),
  );
  return rupiah(Math.max(...prices));
}

/** `GNL-20261201-1F2E` is billed as `INV-20261201-1F2E`. */
export function invoiceReferenceOf(orderReference: string): string {
  return `INV-${orderReference.replace(/^GNL-/, '')}`;
}

/** The last day on which the quoted price holds. */
export function dueDateOf({ expiresAt }: PledgeTerms): CivilDate {
  return civilDateOf(expiresAt);
}

export function progressOf(terms: PledgeTerms, payments: readonly PledgePayment[], at: Instant): PledgeProgress {
  const receivedRupiah = rupiah(payments.reduce((sum, { keptRupiah }) => sum + keptRupiah, 0));
  const promisedRupiah = promised(terms, at);
  const isEndless = terms.recurrence?.count === null;
  const outstandingRupiah = rupiah(Math.max(promisedRupiah - receivedRupiah, 0));
  // Who gives every month without end is ahead, never over.
  const overRupiah = rupiah(isEndless ? 0 : Math.max(receivedRupiah - promisedRupiah, 0));
  const paid = overRupiah > 0 ? 'overpaid' : outstandingRupiah > 0 ? 'partly_paid' : 'paid';
  const unpaid = at > terms.expiresAt ? 'expired' : 'open';
  return { state: receivedRupiah > 0 ? paid : unpaid, promisedRupiah, receivedRupiah, outstandingRupiah, overRupiah };
}

function promised({ amountRupiah, recurrence, ...terms }: PledgeTerms, at: Instant): Rupiah {
  if (!recurrence) return amountRupiah;
  const periods = recurrence.count ?? periodsBegun({ amountRupiah, ...terms }, civilDateOf(at));
  return rupiah(amountRupiah * periods);
}

export type PeriodState = 'paid' | 'short' | 'awaited' | 'due' | 'missed';

export interface Period {
  /** From 1. */
  readonly number: number;
  readonly expectedOn: CivilDate;
  readonly state: PeriodState;
  readonly paidOn: CivilDate | null;
  readonly donationId: DonationId | null;
  readonly receivedRupiah: Rupiah;
}

/** Counted from the first day, never from the last payment: the 31st comes back after February. */
function expectedOn({ createdAt }: PledgeTerms, number: number): CivilDate {
  return addMonths(civilDateOf(createdAt), number - 1);
}

function periodsBegun(terms: PledgeTerms, today: CivilDate): number {
  let begun = 1;
  while (expectedOn(terms, begun + 1) <= today) begun += 1;
  return begun;
}

/**
 * The periods of a promise that recurs: those that have come, and the next. Each payment counts to the first period not
 * paid yet, in the order of the payments; a period is missed once the one after it has come.
 */
export function periodsOf(terms: PledgeTerms, payments: readonly PledgePayment[], today: CivilDate): Period[] {
  if (!terms.recurrence) return [];
  const counted = payments
    .filter(({ keptRupiah }) => keptRupiah > 0)
    .sort((a, b) => (`${a.paidAt}#${a.donationId}` < `${b.paidAt}#${b.donationId}` ? -1 : 1));
  const shown = Math.max(periodsBegun(terms, today), counted.length) + 1;
  const length = Math.min(shown, terms.recurrence.count ?? shown);
  return Array.from({ length }, (_, index) => periodOf(terms, index + 1, counted[index], today));
}

function periodOf(terms: PledgeTerms, number: number, payment: PledgePayment | undefined, today: CivilDate): Period {
  const expected = expectedOn(terms, number);
  if (!payment) {
    const isMissed = expectedOn(terms, number + 1) <= today;
    const state = isMissed ? 'missed' : expected <= today ? 'due' : 'awaited';
    return { number, expectedOn: expected, state, paidOn: null, donationId: null, receivedRupiah: rupiah(0) };
  }
  const { donationId, paidAt, keptRupiah } = payment;
  const state = keptRupiah < terms.amountRupiah ? 'short' : 'paid';
  return { number, expectedOn: expected, state, paidOn: civilDateOf(paidAt), donationId, receivedRupiah: keptRupiah };
}
