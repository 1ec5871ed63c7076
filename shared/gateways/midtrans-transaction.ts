/**
 * What a Midtrans transaction means. A notification and the answer of the status API have the same fields, so the
 * same code reads both; the answer is the one that is booked.
 */
import type { CanonicalEvent, EventKind } from '../domain/canonical-event.ts';
import type { Instant } from '../domain/dates.ts';
import { minimumRupiah, type Rupiah, subtractRupiah, ZERO_RUPIAH } from '../domain/money.ts';
import { Permanent } from '../errors.ts';
import { type JsonObject, keyPart } from './message-bytes.ts';
import {
  channelOf,
  giftAmount,
  type MidtransRefund,
  type MidtransTransaction,
  paymentTime,
  positiveAmount,
  readTransaction,
  wibInstant,
} from './midtrans-fields.ts';

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

/** Banks and shops deny a payment only after it settled: the money went back (gateways.md 1.3). */
const DENIED_AFTER_SETTLEMENT = new Set(['bank_transfer', 'echannel', 'cstore']);

export function isKnownStatus(status: unknown): status is string {
  return typeof status === 'string' && Object.hasOwn(KIND_OF_STATUS, status);
}

/**
 * The events of a transaction whose status is known.
 *
 * @param options.wholeStory true where the message is a full account of the payment (status API): money that went
 *   back had come in, so the payment itself is among the events and no refund waits for a notification that was lost
 * @throws Permanent naming the field that keeps it from being booked
 */
export function eventsOfTransaction(body: JsonObject, options: { readonly wholeStory: boolean }): CanonicalEvent[] {
  const transaction = readTransaction(body);
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

interface MoneyBack {
  readonly key: string;
  readonly amount: Rupiah;
  readonly occurredAt: Instant;
}

/** One event for each entry, carrying its own amount; the `refund_amount` above them is their running total. */
function moneyBackEvents(transaction: MidtransTransaction, kind: 'refunded' | 'charged_back'): CanonicalEvent[] {
  const { gift, feeOnTop } = giftAmount(transaction);
  const listed = distinctRefunds(transaction);
  const entries = listed.length > 0 ? listed : [unlistedMoneyBack(transaction, kind, gift)];
  const ours = feeOnTop ? upToTheGift(entries, gift) : entries;
  const word = kind === 'refunded' ? 'refund' : 'chargeback';
  return ours.map(({ key, amount, occurredAt }) =>
    eventOf(transaction, kind, `${word}:${keyPart(key)}`, amount, occurredAt),
  );
}

/** A refund is told twice, before and after the bank confirmed it: its key counts once. */
function distinctRefunds(transaction: MidtransTransaction): MoneyBack[] {
  const byKey = new Map<string, MoneyBack>();
  for (const [index, refund] of (transaction.refunds ?? []).entries()) {
    const entry = readRefund(transaction, refund, `refunds.${index}`);
    const known = byKey.get(entry.key);
    if (known && known.amount !== entry.amount) {
      throw new Permanent('field_invalid', { field: `refunds.${index}.refund_key`, detail: 'one key, two amounts' });
    }
    if (!known) byKey.set(entry.key, entry);
  }
  return [...byKey.values()];
}

function readRefund(transaction: MidtransTransaction, refund: MidtransRefund, path: string): MoneyBack {
  const key = refund.refund_key ?? refund.refund_chargeback_id?.toString();
  if (key === undefined) throw new Permanent('field_missing', { field: `${path}.refund_key` });
  const createdAt = refund.created_at;
  return {
    key,
    amount: positiveAmount(refund.refund_amount, `${path}.refund_amount`),
    occurredAt: createdAt ? wibInstant(createdAt, `${path}.created_at`) : paymentTime(transaction),
  };
}

/** Money back that lists no entries: the named total or, where the whole payment went back, all of it. */
function unlistedMoneyBack(transaction: MidtransTransaction, kind: EventKind, gift: Rupiah): MoneyBack {
  const isPartial = transaction.transaction_status.startsWith('partial_');
  const chargebackKey = isPartial ? 'partial' : 'full';
  const named = transaction.refund_amount ?? undefined;
  return {
    key: kind === 'refunded' ? 'total' : chargebackKey,
    amount: named === undefined && !isPartial ? gift : positiveAmount(named, 'refund_amount'),
    occurredAt: paymentTime(transaction),
  };
}

/** What goes back beyond the gift is the donor's own fee, which was never in our books. */
function upToTheGift(entries: readonly MoneyBack[], gift: Rupiah): MoneyBack[] {
  let left = gift;
  return entries.flatMap((entry) => {
    const amount = minimumRupiah(entry.amount, left);
    left = subtractRupiah(left, amount);
    return amount === 0 ? [] : [{ ...entry, amount }];
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
