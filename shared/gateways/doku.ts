/** DOKU's HTTP notifications (not SNAP): one message tells the present state of one invoice. */
import * as z from 'zod';
import type { CanonicalEvent, DonorContact, EventKind } from '../domain/canonical-event.ts';
import type { Instant } from '../domain/dates.ts';
import { parseAmount, type Rupiah, ZERO_RUPIAH } from '../domain/money.ts';
import { Permanent } from '../errors.ts';
import { parseContract } from '../parse.ts';
import type { DokuSecrets } from '../settings.ts';
import { bodyKey } from './body-key.ts';
import { verifyDokuSignature } from './doku-signature.ts';
import { ACCEPTED, type Gateway } from './gateway.ts';
import { isJsonObject, type JsonObject, keyPart, readJsonObject } from './message-bytes.ts';
import { instantIn } from './zoned-time.ts';

/** `FAILED` is not the end: the payer may try the same invoice again, and paid outranks failed. */
const KIND_OF_STATUS: Readonly<Record<string, EventKind>> = {
  SUCCESS: 'paid',
  PENDING: 'pending',
  TIMEOUT: 'pending',
  REDIRECT: 'pending',
  FAILED: 'failed',
  EXPIRED: 'expired',
  REFUNDED: 'refunded',
};

const anything = z.unknown().optional();
const notificationSchema = z.lazy(() =>
  z.object({
    transaction: z.object({ date: anything }),
    order: z.object({ invoice_number: z.string().min(1).max(200), amount: anything, currency: anything }),
  }),
);

export const doku: Gateway<DokuSecrets> = {
  name: 'doku',

  verify: verifyDokuSignature,

  interpret(message) {
    const body = readJsonObject(message.body);
    if (!body) throw new Permanent('malformed_body');
    const kind = kindOf(body);
    return {
      events: kind ? [eventOf(body, kind, message.receivedAt)] : [],
      ignored: !kind,
      deliveryKey: this.deliveryKey(message),
      donor: donorOf(body),
    };
  },

  // Whether a retry keeps its Request-Id is not documented; what it tells about stays the same.
  deliveryKey(message) {
    const body = readJsonObject(message.body);
    const transaction = memberOf(body, 'transaction');
    const parts = [
      memberOf(body, 'order')?.invoice_number,
      transaction?.status,
      transaction?.original_request_id ?? message.headers['request-id'],
    ];
    if (parts.every((part) => typeof part === 'string' && part !== '' && part.length <= 200)) return parts.join(':');
    return bodyKey(message.body);
  },

  acknowledge: () => ACCEPTED,
};

function kindOf(body: JsonObject): EventKind | undefined {
  const status = memberOf(body, 'transaction')?.status;
  return typeof status === 'string' && Object.hasOwn(KIND_OF_STATUS, status) ? KIND_OF_STATUS[status] : undefined;
}

/** @param receivedAt stands in where the message names no time */
function eventOf(body: JsonObject, kind: EventKind, receivedAt: Instant | undefined): CanonicalEvent {
  const { transaction, order } = parseContract(notificationSchema, body);
  if ((order.currency ?? 'IDR') !== 'IDR') throw new Permanent('currency_not_idr', { field: 'order.currency' });
  return {
    gateway: 'doku',
    kind,
    paymentId: order.invoice_number,
    effectKey: `doku:${keyPart(order.invoice_number)}:${effectOf(kind)}`,
    amountRupiah: wholeAmount(order.amount),
    // The channel's fee is not in the message; it comes with the settlement report.
    feeRupiah: ZERO_RUPIAH,
    orderReference: order.invoice_number,
    occurredAt: timeOf(transaction.date) ?? receivedAt ?? missing('transaction.date'),
    channel: channelOf(body),
  };
}

/** DOKU writes its times in UTC. */
function timeOf(date: unknown): Instant | undefined {
  return date === undefined || date === null ? undefined : instantIn('Z', date, 'transaction.date');
}

function missing(field: string): never {
  throw new Permanent('field_missing', { field });
}

/** `REFUNDED` is a state of the whole invoice and names no refund, so it takes effect once. */
function effectOf(kind: EventKind): string {
  return kind === 'refunded' ? 'refund:full' : kind;
}

function wholeAmount(value: unknown): Rupiah {
  const field = 'order.amount';
  if (value === undefined || value === null) throw new Permanent('amount_missing', { field });
  const amount = parseAmount(typeof value === 'number' ? String(value) : value, field);
  if (amount === 0) throw new Permanent('amount_invalid', { field });
  return amount;
}

/** `VIRTUAL_ACCOUNT_BCA`, `EMONEY_OVO`. */
function channelOf(body: JsonObject): string {
  const ids = ['channel', 'service'].map((holder) => memberOf(body, holder)?.id);
  const known = ids.find((id) => typeof id === 'string' && /^\w[\w .-]{0,99}$/.test(id));
  return typeof known === 'string' ? known : 'unknown';
}

/** Personal data, read leniently and never part of an event (I9). */
function donorOf(body: JsonObject): DonorContact | null {
  const customer = memberOf(body, 'customer');
  const fields = ['name', 'email', 'phone'].flatMap((field) => {
    const value = customer?.[field];
    return typeof value === 'string' && value.trim() !== '' ? [[field, value.trim()]] : [];
  });
  return fields.length > 0 ? Object.fromEntries(fields) : null;
}

function memberOf(body: JsonObject | undefined, field: string): JsonObject | undefined {
  const value = body?.[field];
  return isJsonObject(value) ? value : undefined;
}
