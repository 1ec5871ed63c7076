/**
 * What a Midtrans transaction means. A notification and the answer of the status API have the same fields, so the
 * same code reads both; the answer is the one that is booked.
 */
import type { CanonicalEvent, EventKind } from '../domain/canonical-event.ts';
import type { Instant } from '../domain/dates.ts';
import { type Rupiah, ZERO_RUPIAH } from '../domain/money.ts';
import { type JsonObject, keyPart } from './message-bytes.ts';
import { channelOf, giftAmount, type MidtransTransaction, paymentTime, readTransaction } from './midtrans-fields.ts';
import { type MoneyBack, moneyBack } from './midtrans-money-back.ts';

const KIND_OF_STATUS: Readonly<Record<string, EventKind>> = {
  settlement: 'paid',
  capture: 'paid',
  pending: 'pending',
  authorize: 'pending',
  deny: 'failed',
  cancel: 'failed',
  failure: 'failed',
  expire: 'expired',
  refund: 'refunded',
  partial_refund: 'refunded',
  chargeback: 'charged_back',
  partial_chargeback: 'charged_back',
};

/** Banks and shops deny a payment only after it settled: the money went back. */
const DENIED_AFTER_SETTLEMENT = new Set(['bank_transfer', 'echannel', 'cstore']);

export function isKnownStatus(status: unknown): status is string {
  return typeof status === 'string' && Object.hasOwn(KIND_OF_STATUS, status);
}

export interface ReadingOptions {
  /**
   * True where the message is a full account of the payment (status API): money that went back had come in, so the
   * payment itself is among the events and no refund waits for a notification that was lost.
   */
  readonly wholeStory: boolean;
  /** Stands in where the message names no time. */
  readonly receivedAt?: Instant | undefined;
}

/**
 * The events of a transaction whose status is known.
 *
 * @throws Permanent naming the field that keeps it from being booked
 */
export function eventsOfTransaction(body: JsonObject, options: ReadingOptions): CanonicalEvent[] {
  const transaction = readTransaction(body, options.receivedAt);
  const kind = KIND_OF_STATUS[transaction.transaction_status] as EventKind;
  if (kind !== 'refunded' && kind !== 'charged_back') return [paymentEvent(transaction, kind)];
  const back = moneyBackEvents(transaction, kind);
  return options.wholeStory ? [wholePayment(transaction, 'paid', 'paid'), ...back] : back;
}

function paymentEvent(transaction: MidtransTransaction, kind: EventKind): CanonicalEvent {
  if (kind === 'paid' && isUncertain(transaction)) return wholePayment(transaction, 'pending', 'pending');
  if (kind === 'failed' && isVoid(transaction)) {
    return { ...wholePayment(transaction, 'failed', 'void'), voidsPayment: true };
  }
  return wholePayment(transaction, kind, kind);
}

/** Settled in word, but the code or the fraud check disagrees: not paid until the status API says so. */
function isUncertain({ transaction_status, status_code, fraud_status }: MidtransTransaction): boolean {
  // A card capture must say that it was accepted; other channels may have no fraud check at all.
  const unchecked = transaction_status === 'settlement' && !fraud_status;
  return String(status_code) !== '200' || !(fraud_status === 'accept' || unchecked);
}

function isVoid({ transaction_status, payment_type }: MidtransTransaction): boolean {
  if (transaction_status === 'cancel') return true;
  return transaction_status === 'deny' && DENIED_AFTER_SETTLEMENT.has(payment_type ?? '');
}

function wholePayment(transaction: MidtransTransaction, kind: EventKind, effect: string): CanonicalEvent {
  return eventOf(transaction, kind, effect, giftAmount(transaction).gift, paymentTime(transaction));
}

function moneyBackEvents(transaction: MidtransTransaction, kind: MoneyBack['kind']): CanonicalEvent[] {
  return moneyBack(transaction, kind).map((entry) => {
    const word = entry.kind === 'refunded' ? 'refund' : 'chargeback';
    return eventOf(transaction, entry.kind, `${word}:${keyPart(entry.key)}`, entry.amount, entry.occurredAt);
  });
}

function eventOf(
  transaction: MidtransTransaction,
  kind: EventKind,
  effect: string,
  amountRupiah: Rupiah,
  occurredAt: Instant,
): CanonicalEvent {
  return {
    gateway: 'midtrans',
    kind,
    paymentId: transaction.transaction_id,
    effectKey: `midtrans:${keyPart(transaction.transaction_id)}:${effect}`,
    amountRupiah,
    // The channel's fee is not in the message; it comes with the settlement report.
    feeRupiah: ZERO_RUPIAH,
    orderReference: transaction.order_id ?? null,
    occurredAt,
    channel: channelOf(transaction),
  };
}
