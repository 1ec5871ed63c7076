/**
 * What a Midtrans transaction means. A notification and the answer of the status API have the same fields, so the
 * same code reads both; the answer is the one that is booked.
 */
import type { CanonicalEvent, EventKind } from '../domain/canonical-event.ts';
import type { Instant } from '../domain/dates.ts';
import { minimumRupiah, type Rupiah, rupiah, subtractRupiah, ZERO_RUPIAH } from '../domain/money.ts';
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
  readonly kind: 'refunded' | 'charged_back';
  readonly key: string;
  readonly amount: Rupiah;
  readonly occurredAt: Instant;
}

/** One event for each entry, carrying its own amount; the `refund_amount` above them is their running total. */
function moneyBackEvents(transaction: MidtransTransaction, kind: MoneyBack['kind']): CanonicalEvent[] {
  const { gift, feeOnTop } = giftAmount(transaction);
  const listed = distinctRefunds(transaction);
  const told = [listed, unlistedMoneyBack(transaction, kind, gift, listed)];
  const ours = feeOnTop ? told.flatMap((entries) => upToTheGift(entries, gift)) : told.flat();
  return ours.map((entry) => {
    const word = entry.kind === 'refunded' ? 'refund' : 'chargeback';
    return eventOf(transaction, entry.kind, `${word}:${keyPart(entry.key)}`, entry.amount, entry.occurredAt);
  });
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
    kind: isChargeback(transaction, refund) ? 'charged_back' : 'refunded',
    key,
    amount: positiveAmount(refund.refund_amount, `${path}.refund_amount`),
    occurredAt: createdAt ? wibInstant(createdAt, `${path}.created_at`) : paymentTime(transaction),
  };
}

/**
 * A chargeback lists the refunds before it too. Those were told already, under their own keys, so an entry is a refund
 * unless its reason says that it is the chargeback.
 */
function isChargeback({ transaction_status }: MidtransTransaction, { reason }: MidtransRefund): boolean {
  return transaction_status.endsWith('chargeback') && /^(?:partial.)?chargeback$/i.test(reason ?? '');
}

/** Money back that no entry tells of: a refund without a list, or a chargeback beside the refunds before it. */
function unlistedMoneyBack(
  transaction: MidtransTransaction,
  kind: MoneyBack['kind'],
  gift: Rupiah,
  listed: readonly MoneyBack[],
): MoneyBack[] {
  const isPartial = transaction.transaction_status.startsWith('partial_');
  const isAllListed = kind === 'refunded' || isPartial || sumOf(listed) >= gift;
  if (isAllListed && listed.some((entry) => entry.kind === kind)) return [];
  const occurredAt = paymentTime(transaction);
  const named = transaction.refund_amount ?? undefined;
  const whole = named === undefined && !isPartial ? gift : positiveAmount(named, 'refund_amount');
  if (kind === 'refunded') return [{ kind, key: 'total', amount: whole, occurredAt }];
  // The bank takes back all there is, whatever the total says; a refund before it is within that (`donation.ts`).
  if (!isPartial) return [{ kind, key: 'full', amount: gift, occurredAt }];
  return [{ kind, key: 'partial', amount: withoutRefunds(whole, listed), occurredAt }];
}

/** `refund_amount` is the running total of everything that went back (gateways.md 1.2). */
function withoutRefunds(total: Rupiah, refunds: readonly MoneyBack[]): Rupiah {
  const left = total - sumOf(refunds);
  if (left > 0) return rupiah(left);
  const detail = 'no more than the refunds listed: the chargeback cannot be told from them';
  throw new Permanent('field_invalid', { field: 'refund_amount', detail });
}

function sumOf(entries: readonly MoneyBack[]): number {
  return entries.reduce((sum, { amount }) => sum + amount, 0);
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
