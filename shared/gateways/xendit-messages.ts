/** Which family a webhook of Xendit belongs to, and what it tells. Undefined: it means nothing to the books. */
import type { CanonicalEvent, EventKind } from '../domain/canonical-event.ts';
import { isJsonObject, type JsonObject } from './message-bytes.ts';
import { objectAt } from './xendit-fields.ts';
import {
  ewalletCharge,
  invoice,
  lostDispute,
  paymentRequest,
  paymentV2,
  paymentV3,
  qrPayment,
  refund,
  virtualAccountPayment,
} from './xendit-payments.ts';

type Reader = (body: JsonObject, data: JsonObject) => CanonicalEvent | undefined;

const v3 =
  (kind: EventKind): Reader =>
  (_body, data) =>
    paymentV3(data, kind);
const v2 =
  (kind: EventKind): Reader =>
  (_body, data) =>
    paymentV2(data, kind);

/** Sessions are left out: their money is in the payment they accompany. Disputes cost money only once they are lost. */
const READERS: Readonly<Record<string, Reader>> = {
  // A capture whose own status is another word was not captured yet, whatever the event is called.
  'payment.capture': (_body, data) =>
    paymentV3(data, (data.status ?? 'SUCCEEDED') === 'SUCCEEDED' ? 'paid' : 'pending'),
  'payment.authorization': v3('pending'),
  'payment.failure': v3('failed'),
  'payment.expiry': v3('expired'),
  'payment_request.expiry': (_body, data) => paymentRequest(data, 'expired'),
  'payment.succeeded': v2('paid'),
  'payment.failed': v2('failed'),
  'payment.pending': v2('pending'),
  'refund.succeeded': (body) => refund(refundOf(body)),
  'dispute.lost': (body) => lostDispute(body),
  'ewallet.capture': (_body, data) => withStatus(data, CHARGE_STATUS, ewalletCharge),
  'qr.payment': (body) => withStatus(isJsonObject(body.data) ? body.data : body, QR_STATUS, qrPayment),
};

/** The status words of the API of Payments v3. */
export const PAYMENT_STATUS: Readonly<Record<string, EventKind>> = {
  SUCCEEDED: 'paid',
  AUTHORIZED: 'pending',
  PENDING: 'pending',
  ACCEPTING_PAYMENTS: 'pending',
  REQUIRES_ACTION: 'pending',
  FAILED: 'failed',
  CANCELED: 'failed',
  EXPIRED: 'expired',
};

export const CHARGE_STATUS: Readonly<Record<string, EventKind>> = {
  SUCCEEDED: 'paid',
  PENDING: 'pending',
  FAILED: 'failed',
};

export const QR_STATUS: Readonly<Record<string, EventKind>> = { ...CHARGE_STATUS, COMPLETED: 'paid' };

export const INVOICE_STATUS: Readonly<Record<string, EventKind>> = {
  PAID: 'paid',
  SETTLED: 'paid',
  PENDING: 'pending',
  EXPIRED: 'expired',
};

export function xenditEvent(body: JsonObject): CanonicalEvent | undefined {
  const { event } = body;
  if (event === undefined) return eventOfFlat(body);
  const reader = typeof event === 'string' && Object.hasOwn(READERS, event) ? READERS[event] : undefined;
  return reader?.(body, objectAt(body, 'data'));
}

/** The oldest products send no name of the event: a number that was paid, a number that was made, an invoice. */
function eventOfFlat(body: JsonObject): CanonicalEvent | undefined {
  const { payment_id, callback_virtual_account_id, external_id, account_number } = body;
  if (callback_virtual_account_id !== undefined) return payment_id ? virtualAccountPayment(body) : undefined;
  // Only the number itself tells its account; it may be PENDING like an invoice before it is ACTIVE.
  const isInvoice = external_id !== undefined && account_number === undefined;
  return isInvoice ? withStatus(body, INVOICE_STATUS, invoice) : undefined;
}

/** The published sample holds a second envelope inside the first; the page's text holds one. */
export function refundOf(body: JsonObject): JsonObject {
  const data = objectAt(body, 'data');
  return isJsonObject(data.data) ? data.data : data;
}

export function withStatus(
  holder: JsonObject,
  kinds: Readonly<Record<string, EventKind>>,
  read: (holder: JsonObject, kind: EventKind) => CanonicalEvent,
): CanonicalEvent | undefined {
  const { status } = holder;
  const kind = typeof status === 'string' && Object.hasOwn(kinds, status) ? kinds[status] : undefined;
  return kind && read(holder, kind);
}
