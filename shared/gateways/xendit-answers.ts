/** What Xendit's status API tells of an event: each family has an address of its own, and the objects of its webhooks. */
import type { CanonicalEvent } from '../domain/canonical-event.ts';
import { Permanent } from '../errors.ts';
import { isJsonObject, type JsonObject } from './message-bytes.ts';
import { segment } from './xendit-fields.ts';
import { CHARGE_STATUS, INVOICE_STATUS, PAYMENT_STATUS, QR_STATUS, withStatus } from './xendit-messages.ts';
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

type Reader = (body: JsonObject, asked: CanonicalEvent) => CanonicalEvent | undefined;

interface Family {
  readonly under: string;
  /** The answer's own name for what was asked about; absent where it is a list. */
  readonly idField?: string;
  readonly read: Reader;
}

/** The first whose address fits. */
const FAMILIES: readonly Family[] = [
  { under: '/v3/payments/', idField: 'payment_id', read: (body) => withStatus(body, PAYMENT_STATUS, paymentV3) },
  { under: '/v3/payment_requests/', idField: 'payment_request_id', read: readRequest },
  { under: '/payment_requests/', idField: 'id', read: readRequestV2 },
  { under: '/v2/payment_methods/', read: (body, asked) => listed(body, asked, readPaymentV2) },
  { under: '/v2/invoices/', idField: 'id', read: (body) => withStatus(body, INVOICE_STATUS, invoice) },
  { under: '/callback_virtual_account_payments/payment_id=', idField: 'payment_id', read: virtualAccountPayment },
  { under: '/ewallets/charges/', idField: 'id', read: readCharge },
  { under: '/qr_codes/', read: (body, asked) => listed(body, asked, (one) => withStatus(one, QR_STATUS, qrPayment)) },
  { under: '/refunds/', idField: 'id', read: (body) => (body.status === 'SUCCEEDED' ? refund(body) : undefined) },
  { under: '/v1/disputes/', idField: 'id', read: (body) => (body.status === 'LOST' ? lostDispute(body) : undefined) },
];

/**
 * The events of an answer to `GET <asked.statusPath>`; none where it tells of nothing that would be booked. Undefined:
 * a list without the payment, which Xendit therefore does not know.
 *
 * @throws Permanent `status_contradiction` for an answer about something else, or naming the field that cannot be read
 */
export function eventsOfAnswer(body: JsonObject, asked: CanonicalEvent): CanonicalEvent[] | undefined {
  const { statusPath = '' } = asked;
  const family = FAMILIES.find(({ under }) => statusPath.startsWith(under));
  if (!family) return undefined;
  const { under, idField, read } = family;
  if (idField === undefined && !itemsOf(body).some(({ id }) => id === asked.paymentId)) return undefined;
  if (idField !== undefined && `${under}${segment(String(body[idField]))}` !== statusPath)
    throw new Permanent('status_contradiction', { field: idField, detail: 'answered about another payment' });
  const event = read(body, asked);
  return event ? [event] : [];
}

/** A request that was paid has its money in its payment, not in itself. */
function readRequest(body: JsonObject): CanonicalEvent | undefined {
  return body.status === 'SUCCEEDED' ? undefined : withStatus(body, PAYMENT_STATUS, paymentRequest);
}

/** The request stands for its one payment, which it does not name. */
function readRequestV2(body: JsonObject, { paymentId }: CanonicalEvent): CanonicalEvent | undefined {
  return readPaymentV2({ ...body, id: paymentId, payment_request_id: body.id });
}

function readPaymentV2(payment: JsonObject): CanonicalEvent | undefined {
  return withStatus(payment, PAYMENT_STATUS, paymentV2);
}

/** Voided: it had been paid, and all of it went back. */
function readCharge(body: JsonObject): CanonicalEvent | undefined {
  if (body.status !== 'VOIDED') return withStatus(body, CHARGE_STATUS, ewalletCharge);
  const failed = ewalletCharge(body, 'failed');
  return { ...failed, effectKey: failed.effectKey.replace(/:failed$/, ':void'), voidsPayment: true };
}

function listed(
  body: JsonObject,
  { paymentId }: CanonicalEvent,
  read: (item: JsonObject) => CanonicalEvent | undefined,
): CanonicalEvent | undefined {
  const item = itemsOf(body).find(({ id }) => id === paymentId);
  return item && read(item);
}

function itemsOf({ data }: JsonObject): JsonObject[] {
  return Array.isArray(data) ? data.filter(isJsonObject) : [];
}
