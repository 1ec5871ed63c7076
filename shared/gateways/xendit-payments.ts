/**
 * Xendit's families of money in. A webhook and the answer of the status API describe a payment by the same object, so
 * the same readers read both; the word that says what happened is the event's in one and the status in the other.
 */
import type { CanonicalEvent, EventKind } from '../domain/canonical-event.ts';
import type { Instant } from '../domain/dates.ts';
import { addRupiah, type Rupiah } from '../domain/money.ts';
import { Permanent } from '../errors.ts';
import { isJsonObject, type JsonObject, keyPart } from './message-bytes.ts';
import {
  amountOf,
  eventOf,
  id,
  objectAt,
  optionalAmount,
  requireRupiah,
  segment,
  text,
  timeOf,
} from './xendit-fields.ts';

/** One gift is captured in a few parts at most. */
const MAXIMUM_CAPTURES = 100;

/** Payments v3. */
export function paymentV3(data: JsonObject, kind: EventKind): CanonicalEvent {
  requireRupiah(data);
  const paymentId = id(data.payment_id, 'payment_id');
  const captured = capturesOf(data);
  // A reusable code has many payments under one request: then the request is no name of this payment.
  const isReusable = data.type === 'REUSABLE_PAYMENT_CODE';
  return eventOf({
    kind,
    paymentId,
    effect: kind,
    amount: captured?.amount ?? amountOf(kind, data, 'request_amount'),
    reference: text(data.reference_id, 'reference_id'),
    occurredAt: captured?.at ?? timeOf(data, 'updated', 'created'),
    channel: text(data.channel_code, 'channel_code') ?? 'unknown',
    statusPath: `/v3/payments/${segment(paymentId)}`,
    ...(isReusable ? {} : { side: 'channel', otherIds: [text(data.payment_request_id, 'payment_request_id')] }),
  });
}

/** What was captured, part by part; the payment is complete when the last part is. */
function capturesOf({ captures }: JsonObject): { amount: Rupiah; at: Instant | undefined } | undefined {
  if (captures === undefined || captures === null) return undefined;
  if (!Array.isArray(captures) || captures.length > MAXIMUM_CAPTURES || !captures.every(isJsonObject))
    throw new Permanent('field_invalid', { field: 'captures' });
  if (captures.length === 0) return undefined;
  const amounts = captures.map((capture, index) => {
    const field = `captures.${index}.capture_amount`;
    const amount = optionalAmount(capture.capture_amount, field);
    if (amount === null) throw new Permanent('amount_missing', { field });
    return amount;
  });
  const times = captures.filter((capture) => capture.capture_timestamp).map((one) => timeOf(one, 'capture_timestamp'));
  return { amount: addRupiah(...amounts), at: times.sort().at(-1) };
}

/** Of a request that ran out no payment exists, so the request itself is what expired. */
export function paymentRequest(data: JsonObject, kind: EventKind): CanonicalEvent {
  requireRupiah(data);
  const requestId = id(data.payment_request_id, 'payment_request_id');
  return eventOf({
    kind,
    paymentId: requestId,
    effect: kind,
    amount: amountOf(kind, data, 'request_amount'),
    reference: text(data.reference_id, 'reference_id'),
    occurredAt: timeOf(data, 'updated', 'created'),
    channel: text(data.channel_code, 'channel_code') ?? 'unknown',
    statusPath: `/v3/payment_requests/${segment(requestId)}`,
  });
}

/** Payment Requests v2. */
export function paymentV2(data: JsonObject, kind: EventKind): CanonicalEvent {
  requireRupiah(data);
  const paymentId = id(data.id, 'id');
  const requestId = text(data.payment_request_id, 'payment_request_id');
  const method = objectAt(data, 'payment_method');
  const isReusable = method.reusability === 'MULTIPLE_USE';
  return eventOf({
    kind,
    paymentId,
    effect: kind,
    amount: amountOf(kind, data, 'amount'),
    reference: text(data.reference_id, 'reference_id'),
    occurredAt: timeOf(data, 'updated', 'created'),
    channel: channelOfMethod(data, method),
    statusPath: statusPathV2(paymentId, requestId, text(method.id, 'payment_method.id')),
    ...(isReusable ? {} : { side: 'channel', otherIds: [requestId] }),
  });
}

/** A code that is paid again and again has no request; then its method lists the payments. */
function statusPathV2(paymentId: string, requestId: string | null, methodId: string | null): string {
  if (requestId) return `/payment_requests/${segment(requestId)}`;
  return methodId ? `/v2/payment_methods/${segment(methodId)}/payments` : `/v3/payments/${segment(paymentId)}`;
}

function channelOfMethod(data: JsonObject, method: JsonObject): string {
  const type = text(method.type, 'payment_method.type');
  const own = type ? objectAt(method, type.toLowerCase()) : {};
  const code = own.channel_code ?? data.channel_code;
  return text(code, 'channel_code') ?? type ?? 'unknown';
}

/** An invoice may name the channel's payment; then that name links the two exactly. */
export function invoice(body: JsonObject, kind: EventKind): CanonicalEvent {
  requireRupiah(body);
  const invoiceId = id(body.id, 'id');
  const channelIds = ['payment_id', 'credit_card_charge_id'].map((field) => text(body[field], field));
  const method = text(body.payment_method, 'payment_method');
  const channel = text(body.payment_channel, 'payment_channel');
  return eventOf({
    kind,
    paymentId: invoiceId,
    effect: kind,
    // What was paid may differ from what was asked for.
    amount: amountOf(kind, body, kind === 'paid' ? 'paid_amount' : 'amount'),
    reference: text(body.external_id, 'external_id'),
    occurredAt: kind === 'paid' ? timeOf(body, 'paid_at', 'updated') : timeOf(body, 'updated', 'created'),
    channel: [method, channel].filter(Boolean).join(':') || 'unknown',
    statusPath: `/v2/invoices/${segment(invoiceId)}`,
    ...(channelIds.some((known) => known !== null) ? { otherIds: channelIds } : { side: 'invoice' }),
  });
}

/** A payment into a fixed virtual account: there is no status, the message is the payment. */
export function virtualAccountPayment(body: JsonObject): CanonicalEvent {
  requireRupiah(body);
  const paymentId = id(body.payment_id, 'payment_id');
  const bank = text(body.bank_code, 'bank_code');
  return eventOf({
    kind: 'paid',
    paymentId,
    effect: 'paid',
    amount: amountOf('paid', body, 'amount'),
    reference: text(body.external_id, 'external_id'),
    occurredAt: timeOf(body, 'transaction_timestamp', 'created'),
    channel: bank ? `VA:${bank}` : 'VA',
    // The id is behind an equals sign in the path; so Xendit made it.
    statusPath: `/callback_virtual_account_payments/payment_id=${segment(paymentId)}`,
    side: 'channel',
  });
}

export function ewalletCharge(data: JsonObject, kind: EventKind): CanonicalEvent {
  requireRupiah(data);
  const chargeId = id(data.id, 'id');
  return eventOf({
    kind,
    paymentId: chargeId,
    effect: kind,
    amount: amountOf(kind, data, 'capture_amount', 'charge_amount'),
    reference: text(data.reference_id, 'reference_id'),
    occurredAt: timeOf(data, 'updated', 'created'),
    channel: text(data.channel_code, 'channel_code') ?? 'EWALLET',
    statusPath: `/ewallets/charges/${segment(chargeId)}`,
    side: 'channel',
  });
}

/** The flat form names its code's `external_id`; the form of 2022-07-31 a `reference_id` and the code's own id. */
export function qrPayment(data: JsonObject, kind: EventKind): CanonicalEvent {
  requireRupiah(data);
  const paymentId = id(data.id, 'id');
  const code = objectAt(data, 'qr_code');
  const reference = text(data.reference_id ?? code.external_id, 'reference_id');
  const codeId = text(data.qr_id, 'qr_id');
  return eventOf({
    kind,
    paymentId,
    effect: kind,
    amount: amountOf(kind, data, 'amount'),
    reference,
    occurredAt: timeOf(data, 'created'),
    channel: 'QRIS',
    statusPath: codeId
      ? `/qr_codes/${segment(codeId)}/payments`
      : `/qr_codes/payments?external_id=${segment(reference ?? '')}`,
    // A printed code is nobody's invoice.
    ...((data.type ?? code.type) === 'STATIC' ? {} : { side: 'channel' }),
  });
}

/** The payment's id is on its way out of refunds; then the request's id is the name, last the invoice's. */
export function refund(data: JsonObject): CanonicalEvent {
  requireRupiah(data);
  const refundId = id(data.id, 'id');
  const names = ['payment_id', 'payment_request_id', 'invoice_id'].map((field) => text(data[field], field));
  return eventOf({
    kind: 'refunded',
    paymentId: id(
      names.find((name) => name !== null),
      'payment_id',
    ),
    effect: `refund:${keyPart(refundId)}`,
    amount: amountOf('refunded', data, 'amount'),
    reference: null,
    occurredAt: timeOf(data, 'updated', 'created'),
    channel: text(data.channel_code, 'channel_code') ?? 'unknown',
    statusPath: `/refunds/${segment(refundId)}`,
    otherIds: names,
  });
}

/** What was lost in the end may be less than what was disputed. */
export function lostDispute(body: JsonObject): CanonicalEvent {
  requireRupiah(body);
  const disputeId = id(body.id, 'id');
  return eventOf({
    kind: 'charged_back',
    paymentId: id(body.payment_id, 'payment_id'),
    effect: `chargeback:${keyPart(disputeId)}`,
    amount: amountOf('charged_back', objectAt(body, 'amount'), 'terminal', 'initial'),
    reference: text(body.reference_id, 'reference_id'),
    occurredAt: timeOf(body, 'updated_at', 'created_at'),
    channel: text(body.channel_code, 'channel_code') ?? 'unknown',
    statusPath: `/v1/disputes/${segment(disputeId)}`,
    otherIds: [],
  });
}
