/**
 * What a channel's own statement says, held against our books. A statement is the channel's last word: what it names
 * and we have not is booked, a fee it names is taken over; an amount that differs is for a person, never corrected here.
 */
import type { CanonicalEvent } from './canonical-event.ts';
import type { Instant } from './dates.ts';
import type { Donation } from './donation.ts';
import { type Rupiah, ZERO_RUPIAH } from './money.ts';

/** One line of a statement, whoever wrote it. */
export interface StatedEvent {
  readonly gateway: string;
  readonly kind: Extract<CanonicalEvent['kind'], 'paid' | 'refunded' | 'charged_back' | 'reinstated'>;
  readonly paymentId: string;
  readonly effectKey: string;
  readonly amountRupiah: Rupiah;
  readonly feeRupiah: Rupiah | null;
  readonly occurredAt: Instant;
  readonly channel: string;
  readonly orderReference: string | null;
}

export const RECONCILIATION_OUTCOMES = [
  /** Both sides say the same; a fee only they knew of is taken over. */
  'matched',
  /** They have it and we had not: booked. */
  'missing_here',
  'amount_differs',
  /** Both named a fee, and not the same one: theirs is taken over, and a person is told. */
  'fee_differs',
  /** We have it, and no statement names it in time. */
  'missing_there',
] as const;
export type ReconciliationOutcome = (typeof RECONCILIATION_OUTCOMES)[number];

export interface Reconciled {
  readonly outcome: Exclude<ReconciliationOutcome, 'missing_there'>;
  /** To be booked through the same door as everything. */
  readonly events: readonly CanonicalEvent[];
  /** What our books say; null where they say nothing. */
  readonly ours: { readonly amountRupiah: Rupiah; readonly feeRupiah: Rupiah } | null;
}

/** The whole fee the channel kept as our books know it, whoever bears it. */
export function knownFeeRupiah({ feeRupiah, feeCarriedRupiah, feeBeyondRupiah }: Donation): Rupiah {
  return (feeRupiah + feeCarriedRupiah + feeBeyondRupiah) as Rupiah;
}

/**
 * @param donation the payment as booked, or null
 * @param isBooked whether this very event took effect already
 */
export function reconcile(stated: StatedEvent, donation: Donation | null, isBooked: boolean): Reconciled {
  if (stated.kind !== 'paid') return isBooked ? matched(null) : missingHere(stated);
  if (donation?.status !== 'paid') return missingHere(stated);
  const ours = { amountRupiah: donation.receivedRupiah, feeRupiah: knownFeeRupiah(donation) };
  if (ours.amountRupiah !== stated.amountRupiah) return { outcome: 'amount_differs', events: [], ours };
  if (stated.feeRupiah === null || stated.feeRupiah === ours.feeRupiah) return matched(ours);
  const isFirstWord = ours.feeRupiah === 0 && donation.statedFeeRupiah === null;
  return { outcome: isFirstWord ? 'matched' : 'fee_differs', events: [feeEvent(stated, stated.feeRupiah)], ours };
}

function matched(ours: Reconciled['ours']): Reconciled {
  return { outcome: 'matched', events: [], ours };
}

/** The fee goes along by itself: a notice without one may still overtake, and the payment counts only once (I5). */
function missingHere(stated: StatedEvent): Reconciled {
  const isFeeStated = stated.kind === 'paid' && stated.feeRupiah !== null;
  const fee = isFeeStated ? [feeEvent(stated, stated.feeRupiah)] : [];
  return { outcome: 'missing_here', events: [eventOf(stated), ...fee], ours: null };
}

function eventOf(stated: StatedEvent): CanonicalEvent {
  const { gateway, kind, paymentId, effectKey, amountRupiah, occurredAt, channel, orderReference } = stated;
  const feeRupiah = kind === 'paid' ? (stated.feeRupiah ?? ZERO_RUPIAH) : ZERO_RUPIAH;
  return { gateway, kind, paymentId, effectKey, amountRupiah, feeRupiah, occurredAt, channel, orderReference };
}

/** Each fee a statement names is an effect of its own, `…:fee:4000`, so a corrected statement corrects. */
function feeEvent(stated: StatedEvent, feeRupiah: Rupiah): CanonicalEvent {
  const effectKey = stated.effectKey.replace(/paid$/, `fee:${feeRupiah}`);
  return { ...eventOf(stated), kind: 'fee_charged', effectKey, amountRupiah: feeRupiah, feeRupiah: ZERO_RUPIAH };
}

export interface AgeBucket {
  /** At least so many days without a word. */
  readonly fromDays: number;
  readonly count: number;
  readonly amountRupiah: number;
}

/** Days after which a payment without a settlement is older than … */
export const AGE_BUCKETS_DAYS = [0, 3, 7, 14, 30, 60] as const;

/** Sorts what waits for its settlement by age; every payment is in exactly one bucket. */
export function ageing(waiting: readonly { readonly ageDays: number; readonly amountRupiah: number }[]): AgeBucket[] {
  return AGE_BUCKETS_DAYS.map((fromDays, index) => {
    const before = AGE_BUCKETS_DAYS[index + 1] ?? Number.POSITIVE_INFINITY;
    const inside = waiting.filter(({ ageDays }) => ageDays >= fromDays && ageDays < before);
    return {
      fromDays,
      count: inside.length,
      amountRupiah: inside.reduce((sum, { amountRupiah }) => sum + amountRupiah, 0),
    };
  });
}
