/** What the contract promises over HTTP, written down once more so that the product's own types cannot agree with themselves. */

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly reason: string;
  readonly errors?: readonly { readonly field: string; readonly reason: string }[];
}

export type DonationState =
  | 'pending'
  | 'received'
  | 'partly_allocated'
  | 'allocated'
  | 'refunded'
  | 'partly_refunded'
  | 'charged_back'
  | 'failed'
  | 'expired';

export interface Donation {
  readonly donationId: string;
  readonly state: DonationState;
  readonly gateway: string;
  readonly paymentId: string;
  readonly orderReference: string | null;
  readonly paidAt: string | null;
  readonly fundId: string;
  readonly pledgeId: string | null;
  readonly receivedRupiah: number;
  readonly feesRupiah: number;
  readonly refundedRupiah: number;
  readonly allocatedRupiah: number;
  readonly remainingRupiah: number;
}

export interface DonationLife extends Donation {
  readonly donorId?: string | null;
  readonly timeline: readonly { readonly at: string; readonly kind: string }[];
  readonly coverMonths: readonly { readonly coverId: string; readonly month: string; readonly amountRupiah: number }[];
}

export type CoverState =
  | 'reserved'
  | 'submitted'
  | 'active'
  | 'expiring'
  | 'expired_in_grace'
  | 'lapsed'
  | 'renewed'
  | 'rejected'
  | 'cancelled'
  | 'deceased'
  | 'withdrawn';

export interface CoverMonth {
  readonly month: string;
  readonly priceRupiah: number;
  readonly paid: boolean;
  readonly shares: readonly { readonly donationId: string; readonly amountRupiah: number }[];
}

export interface Cover {
  readonly coverId: string;
  readonly workerId: string;
  readonly state: CoverState;
  readonly startDate: string | null;
  readonly endDate: string | null;
  readonly fundId: string;
  readonly reason: string | null;
  readonly months: readonly CoverMonth[];
}

export interface Nudge {
  readonly step: string;
  readonly channel: string;
  readonly state: string;
  readonly reason: string | null;
  readonly at: string;
}

export interface CoverLife extends Cover {
  readonly nudges: readonly Nudge[];
  readonly history: readonly { readonly at: string; readonly event: string }[];
}

export interface Worker {
  readonly workerId: string;
  readonly state: string;
  readonly region: string;
  readonly occupation: string;
  readonly disability: boolean;
  readonly coverId: string | null;
  readonly paidMonths: readonly string[];
}

export interface PledgeAnswer {
  readonly pledgeId: string;
  readonly orderReference: string;
  readonly amountRupiah: number;
  readonly expiresAt: string;
}

export interface RejectedLine {
  readonly line: number;
  readonly column: string | null;
  readonly reason: string;
}

export interface ImportResult {
  readonly state: string;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly RejectedLine[];
}

export interface QuarantineItem {
  readonly quarantineId: string;
  readonly source: string;
  readonly state: 'held' | 'kept' | 'released';
  readonly reason: string;
  readonly field: string | null;
  readonly detail: string;
}

export interface QueueState {
  readonly name: string;
  readonly ready: number;
  readonly inFlight: number;
  readonly delayed: number;
  readonly dead: number;
}

export interface TrialBalance {
  readonly accounts: readonly { readonly account: string; readonly balanceRupiah: number }[];
  readonly sumRupiah: number;
}

export interface Proof {
  readonly holds: boolean;
  readonly checked: Readonly<Record<string, number>>;
  readonly violations: readonly unknown[];
}

export interface Stats {
  readonly workers: Readonly<Record<string, number>>;
  readonly covers: Readonly<Record<string, number>>;
  readonly donations: Readonly<Record<string, number>>;
  readonly gateways: Readonly<Record<string, { readonly donations: number; readonly lastNewAt: string }>>;
  readonly totals: Readonly<Record<string, number>>;
}

export interface OutboxMessage {
  readonly id: string;
  readonly channel: string;
  readonly to: string;
  readonly text: string;
  readonly coverId: string;
  readonly step: string;
  readonly sentAt: string;
}
