/** What a SNAP notification means: a paid virtual account, or the latest status of a debit or QR payment. */
import type { CanonicalEvent, DonorContact, EventKind } from '../domain/canonical-event.ts';
import type { Instant } from '../domain/dates.ts';
import { type Rupiah, ZERO_RUPIAH } from '../domain/money.ts';
import { Permanent } from '../errors.ts';
import { isJsonObject, type JsonObject, keyPart } from './message-bytes.ts';
import {
  firstTime,
  moneyOf,
  positiveMoney,
  readSnapTransaction,
  readVirtualAccountPayment,
  type SnapRefund,
  type SnapTransaction,
  type VirtualAccountPayment,
} from './snap-fields.ts';
import type { SnapService } from './snap-paths.ts';

const KIND_OF_STATUS: Readonly<Record<string, EventKind>> = {
  '00': 'paid',
  '01': 'pending',
  '02': 'pending',
  '03': 'pending',
  '04': 'refunded',
  '05': 'failed',
  '06': 'failed',
  '08': 'expired',
  '09': 'failed',
};
const [SUCCESSFUL, CANCELLED] = ['00', '05'];

/** Not found, or a word we do not know: nothing is certain before a later notice says more. */
function kindOf(status: unknown): EventKind {
  return typeof status === 'string' && Object.hasOwn(KIND_OF_STATUS, status)
    ? (KIND_OF_STATUS[status] as EventKind)
    : 'pending';
}

/** What all events of one message share. */
interface Payment {
  readonly gateway: string;
  readonly paymentId: string;
  readonly orderReference: string | null;
  readonly channel: string;
  readonly occurredAt: Instant;
}

/**
 * @param receivedAt stands in where the message names no time, as those of QR payments do
 * @throws Permanent naming the field that keeps it from being booked
 */
export function eventsOfSnap(
  gateway: string,
  service: SnapService,
  body: JsonObject,
  receivedAt: Instant | undefined,
): CanonicalEvent[] {
  return service.kind === 'virtual-account'
    ? virtualAccountEvents(gateway, service, readVirtualAccountPayment(body), receivedAt)
    : transactionEvents(gateway, service, readSnapTransaction(body), receivedAt);
}

function virtualAccountEvents(
  gateway: string,
  service: SnapService,
  payment: VirtualAccountPayment,
  receivedAt: Instant | undefined,
): CanonicalEvent[] {
  const { paymentRequestId, trxId, trxDateTime, additionalInfo } = payment;
  // Before it is paid a virtual account has no request, only the order it was made for.
  const paymentId = paymentRequestId ?? trxId;
  if (!paymentId) throw new Permanent('field_missing', { field: 'paymentRequestId' });
  const times = { 'additionalInfo.paidTime': additionalInfo.paidTime, trxDateTime };
  const about = {
    gateway,
    paymentId,
    orderReference: trxId ?? null,
    channel: bankChannel(additionalInfo.bank, service),
    occurredAt: occurredAt(times, 'trxDateTime', receivedAt),
  };
  // Banks tell of a virtual account only when it is paid, and then without a status.
  const status = additionalInfo.paymentFlagStatus ?? payment.latestTransactionStatus ?? SUCCESSFUL;
  const paid = moneyOf(payment.paidAmount, 'paidAmount');
  const amount = paid ?? moneyOf(additionalInfo.paymentAmount, 'additionalInfo.paymentAmount');
  const kind = kindOf(status);
  return kind === 'refunded'
    ? refundEvents(about, additionalInfo, amount)
    : [paymentEvent(about, kind, amount, 'paidAmount')];
}

function transactionEvents(
  gateway: string,
  service: SnapService,
  transaction: SnapTransaction,
  receivedAt: Instant | undefined,
): CanonicalEvent[] {
  const { latestTransactionStatus: status, finishedTime, createdTime, additionalInfo } = transaction;
  const about = {
    gateway,
    paymentId: transaction.originalReferenceNo,
    orderReference: transaction.originalPartnerReferenceNo ?? null,
    channel: service.kind === 'qr' ? 'qris' : debitChannel(additionalInfo.userPaymentDetails),
    occurredAt: occurredAt({ finishedTime, createdTime }, 'finishedTime', receivedAt),
  };
  const amount = moneyOf(transaction.amount, 'amount');
  const kind = kindOf(status);
  if (kind === 'refunded') return refundEvents(about, additionalInfo, amount);
  const event = paymentEvent(about, kind, amount, 'amount');
  // A payment that is cancelled may have succeeded before: then its money went back.
  if (status === CANCELLED) return [{ ...event, effectKey: effectKey(about, 'void'), voidsPayment: true }];
  // A part that went back leaves the payment successful.
  return kind === 'paid' ? [event, ...listedRefunds(about, additionalInfo)] : [event];
}

function occurredAt(times: Readonly<Record<string, unknown>>, field: string, receivedAt: Instant | undefined): Instant {
  const instant = firstTime(times) ?? receivedAt;
  if (instant === undefined) throw new Permanent('field_missing', { field });
  return instant;
}

function paymentEvent(about: Payment, kind: EventKind, amount: Rupiah | undefined, field: string): CanonicalEvent {
  // Only money that came must be named; before that some say nothing and some say zero.
  const named = kind === 'paid' ? positiveMoney(amount, field) : amount || null;
  return eventOf(about, kind, kind, named, about.occurredAt);
}

/** One event for each refund, carrying its own amount; `totalRefundAmount` is their running total. */
function refundEvents(about: Payment, additionalInfo: JsonObject, gift: Rupiah | undefined): CanonicalEvent[] {
  if (refundsOf(additionalInfo).length > 0) return listedRefunds(about, additionalInfo);
  const field = 'additionalInfo.totalRefundAmount';
  const total = positiveMoney(moneyOf(additionalInfo.totalRefundAmount, field) ?? gift, field);
  return [eventOf(about, 'refunded', 'refund:total', total, about.occurredAt)];
}

function listedRefunds(about: Payment, additionalInfo: JsonObject): CanonicalEvent[] {
  const byKey = new Map<string, CanonicalEvent>();
  for (const [index, refund] of refundsOf(additionalInfo).entries()) {
    // Failed, or not done yet: a later notice lists it again.
    if ((refund.refundStatus ?? SUCCESSFUL) !== SUCCESSFUL) continue;
    const path = `additionalInfo.refundHistory.${index}`;
    const event = refundEvent(about, refund, path);
    const known = byKey.get(event.effectKey);
    if (known && known.amountRupiah !== event.amountRupiah)
      throw new Permanent('field_invalid', { field: `${path}.refundNo`, detail: 'one number, two amounts' });
    if (!known) byKey.set(event.effectKey, event);
  }
  return [...byKey.values()];
}

function refundEvent(about: Payment, refund: SnapRefund, path: string): CanonicalEvent {
  const key = refund.refundNo ?? refund.partnerRefundNo ?? refund.partnerReferenceNo;
  if (!key) throw new Permanent('field_missing', { field: `${path}.refundNo` });
  const field = `${path}.refundAmount`;
  const amount = positiveMoney(moneyOf(refund.refundAmount, field), field);
  const times = { [`${path}.refundTime`]: refund.refundTime, [`${path}.refundDate`]: refund.refundDate };
  return eventOf(about, 'refunded', `refund:${keyPart(key)}`, amount, firstTime(times) ?? about.occurredAt);
}

function refundsOf({ refundHistory }: JsonObject): readonly SnapRefund[] {
  return (refundHistory as readonly SnapRefund[] | null | undefined) ?? [];
}

function eventOf(
  about: Payment,
  kind: EventKind,
  effect: string,
  amountRupiah: Rupiah | null,
  at: Instant,
): CanonicalEvent {
  // The channel's fee is not in the message; it comes with the settlement report.
  return { ...about, kind, effectKey: effectKey(about, effect), amountRupiah, feeRupiah: ZERO_RUPIAH, occurredAt: at };
}

function effectKey({ gateway, paymentId }: Payment, effect: string): string {
  return `${gateway}:${keyPart(paymentId)}:${effect}`;
}

const CHANNEL_WORD = /^[A-Za-z0-9_-]{1,30}$/;

function bankChannel(bank: unknown, service: SnapService): string {
  const name = typeof bank === 'string' && CHANNEL_WORD.test(bank) ? bank.toUpperCase() : service.bank;
  return name === undefined ? 'VA' : `VA:${name}`;
}

/** `gopay`, from the first of `userPaymentDetails`. */
function debitChannel(details: unknown): string {
  const first: unknown = Array.isArray(details) ? details[0] : undefined;
  const method = isJsonObject(first) ? first.payMethod : undefined;
  return typeof method === 'string' && CHANNEL_WORD.test(method) ? method.toLowerCase() : 'debit';
}

/** The payer as the virtual account names them: personal data, never part of an event (I9). */
export function donorOfSnap(body: JsonObject): DonorContact | null {
  const text = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined);
  const name = text(body.virtualAccountName);
  const email = text(body.virtualAccountEmail);
  const phone = text(body.virtualAccountPhone);
  if ((name ?? email ?? phone) === undefined) return null;
  return { ...(name ? { name } : {}), ...(email ? { email } : {}), ...(phone ? { phone } : {}) };
}
