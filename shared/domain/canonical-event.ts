/**
 * What any gateway's message means to us. An adapter turns one message into none, one or many of these;
 * nothing behind the door knows a gateway's own words.
 */
import type { Instant } from './dates.ts';
import type { Rupiah } from './money.ts';

export const EVENT_KINDS = [
  'pending',
  'expired',
  'failed',
  'paid',
  'refunded',
  'charged_back',
  'reinstated',
  /** What the channel kept of a payment in all, told apart from the payment: by its settlement statement. */
  'fee_charged',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** The two families of messages that may both tell of one payment: the bill that was paid, the channel it was paid by. */
export type PaymentSide = 'invoice' | 'channel';

export interface CanonicalEvent {
  /** Gateway, with the partner's name where there are many: `midtrans`, `partner:kitabisa`. */
  readonly gateway: string;
  readonly kind: EventKind;
  readonly paymentId: string;
  /** Unique for ever in our books: `<gateway>:<paymentId>:paid`, `…:refund:<key>` (I4). */
  readonly effectKey: string;
  /** This event's own amount: a refund carries its delta, never a running total. Null: the message names none. */
  readonly amountRupiah: Rupiah | null;
  /** What the channel kept of a paid amount; zero where the message names none. */
  readonly feeRupiah: Rupiah;
  /** What our pledge or campaign called this payment. */
  readonly orderReference: string | null;
  readonly occurredAt: Instant;
  readonly channel: string;
  /**
   * True on a `failed` event that undoes a payment already settled (a deny after settlement, a voided capture):
   * whatever the order of arrival, the payment ends as reversed (I5).
   */
  readonly voidsPayment?: boolean;
  /** The partner's word for the class of the fund, where the channel is bound to one (zakat bodies). */
  readonly fundClass?: 'general' | 'csr' | 'zakat';
  /** Where the gateway's status API tells of this event, below its address; absent where the payment's id is enough. */
  readonly statusPath?: string;
  /** Other ids the gateway has for this very payment; there, even empty, where it may be booked under another id. */
  readonly otherIds?: readonly string[];
  /** Present on money that the other side may report once more, under an id of its own. */
  readonly side?: PaymentSide;
}

/** Who gave, as the message names them. Personal data: goes to the vault or nowhere (I9). */
export interface DonorContact {
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly anonymous?: boolean;
}
