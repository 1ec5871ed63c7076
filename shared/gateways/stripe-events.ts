/**
 * What a Stripe event means. One thing is told in many events, so each effect is read from one type alone: a payment
 * from its payment intent (not from its charge or session too), a refund from `charge.refunded`.
 */
import * as z from 'zod';
import type { CanonicalEvent, EventKind } from '../domain/canonical-event.ts';
import { type Instant, instantFromMilliseconds } from '../domain/dates.ts';
import { type Rupiah, rupiah, ZERO_RUPIAH } from '../domain/money.ts';
import { Permanent } from '../errors.ts';
import { parseContract } from '../parse.ts';
import { isJsonObject, type JsonObject, keyPart } from './message-bytes.ts';

const identifier = z.string().min(1).max(200);
/** The end of the year 9999: what is later is no time, and no longer compares as text. */
const LATEST_SECONDS = 253_402_300_799;

const eventSchema = z.lazy(() =>
  z.object({
    id: identifier,
    type: z.string(),
    created: z.int().min(0).max(LATEST_SECONDS),
    data: z.object({
      object: z.record(z.string(), z.unknown()),
      previous_attributes: z.record(z.string(), z.unknown()).nullish(),
    }),
  }),
);

/** Another object by its id, or, where the sender expanded it, whole. */
const reference = () => z.union([identifier, z.object({ id: identifier }).transform(({ id }) => id)]).nullish();

const objectSchema = z.lazy(() =>
  z.object({ id: identifier, currency: z.string().length(3), payment_intent: reference(), charge: reference() }),
);

/** One event, with the parts every type has read. */
interface Told {
  readonly eventId: string;
  readonly occurredAt: Instant;
  readonly object: JsonObject;
  readonly previous: JsonObject;
  readonly objectId: string;
  readonly paymentId: string;
  readonly currency: string;
}

const READERS: Readonly<Record<string, (told: Told) => CanonicalEvent[]>> = {
  'payment_intent.succeeded': (told) => [payment(told, 'paid', 'amount_received')],
  'payment_intent.processing': (told) => [payment(told, 'pending', 'amount')],
  // The same intent may still succeed with another card; "paid" outranks this.
  'payment_intent.payment_failed': (told) => [payment(told, 'failed', 'amount')],
  'payment_intent.canceled': (told) => [payment(told, 'failed', 'amount')],
  'checkout.session.expired': (told) => [payment(told, 'expired', 'amount_total')],
  'charge.refunded': (told) => [refund(told)],
  'refund.failed': (told) => [moneyMoved(told, 'reinstated', `refund-failed:${keyPart(told.objectId)}`)],
  'charge.dispute.created': (told) => (takesMoney(told) ? [chargeback(told)] : []),
  // An inquiry that becomes a dispute was "created" without taking anything.
  'charge.dispute.funds_withdrawn': (told) => [chargeback(told)],
  'charge.dispute.closed': disputeClosed,
};

/** The type of an event we read; undefined for the many others, and for thin events, which carry no object. */
export function knownType(body: JsonObject): string | undefined {
  const { object = 'event', type } = body;
  return object === 'event' && typeof type === 'string' && Object.hasOwn(READERS, type) ? type : undefined;
}

/** @throws Permanent naming the field that keeps an event of a known type from being booked */
export function eventsOfStripe(body: JsonObject): CanonicalEvent[] {
  const { id, type, created, data } = parseContract(eventSchema, body);
  const object = parseContract(objectSchema, data.object, 'data.object');
  return (
    READERS[type]?.({
      eventId: id,
      occurredAt: instantFromMilliseconds(created * 1000),
      object: data.object,
      previous: data.previous_attributes ?? {},
      objectId: object.id,
      paymentId: object.payment_intent ?? object.charge ?? object.id,
      currency: object.currency.toLowerCase(),
    }) ?? []
  );
}

function payment(told: Told, kind: EventKind, amountField: string): CanonicalEvent {
  const minor = told.object[amountField];
  // Only money that came must be named: a page that ran out may have had no price yet.
  const isUnnamed = kind !== 'paid' && (minor === undefined || minor === null);
  return eventOf(told, kind, kind, isUnnamed ? null : rupiahOf(told, minor, amountField));
}

/** `amount_refunded` is the running total of the charge; the event's own part is what it grew by. */
function refund(told: Told): CanonicalEvent {
  const field = 'amount_refunded';
  const before = told.previous[field];
  if (!Number.isSafeInteger(before)) {
    throw new Permanent(before === undefined ? 'field_missing' : 'field_invalid', {
      field: `data.previous_attributes.${field}`,
    });
  }
  const total = told.object[field];
  const delta = Number.isSafeInteger(total) ? (total as number) - (before as number) : total;
  return eventOf(told, 'refunded', `refund:${keyPart(refundIdOf(told, delta))}`, rupiahOf(told, delta, field));
}

/** The newest of the refunds the charge lists, where it lists them; newer versions of the API leave the list out. */
function refundIdOf({ object: { refunds }, eventId }: Told, delta: unknown): string {
  const newest: unknown = isJsonObject(refunds) && Array.isArray(refunds.data) ? refunds.data[0] : undefined;
  if (!isJsonObject(newest) || newest.amount !== delta) return eventId;
  const { id } = newest;
  return typeof id === 'string' && /^\w{1,200}$/.test(id) ? id : eventId;
}

function moneyMoved(told: Told, kind: EventKind, effect: string): CanonicalEvent {
  return eventOf(told, kind, effect, rupiahOf(told, told.object.amount, 'amount'));
}

function chargeback(told: Told): CanonicalEvent {
  return moneyMoved(told, 'charged_back', `chargeback:${keyPart(told.objectId)}`);
}

/** Inquiries (`warning_…`) and disputes headed off by a refund take no money of their own. */
function takesMoney({ object: { status } }: Told): boolean {
  return typeof status !== 'string' || !(status.startsWith('warning_') || status === 'prevented');
}

/** A dispute is lost as it was opened, under the same key; one that is won gives the money back. */
function disputeClosed(told: Told): CanonicalEvent[] {
  const { status } = told.object;
  if (status === 'lost') return [chargeback(told)];
  return status === 'won' ? [moneyMoved(told, 'reinstated', `dispute-won:${keyPart(told.objectId)}`)] : [];
}

/**
 * Minor units to rupiah: 5000000 is Rp50.000, because rupiah has two decimals at Stripe although nobody uses them.
 * Null for another currency, whose rupiah only the settlement knows.
 */
function rupiahOf({ currency }: Told, minor: unknown, name: string): Rupiah | null {
  const field = `data.object.${name}`;
  if (currency !== 'idr') return null;
  if (minor === undefined || minor === null) throw new Permanent('amount_missing', { field });
  if (!Number.isSafeInteger(minor) || (minor as number) <= 0) throw new Permanent('amount_invalid', { field });
  if ((minor as number) % 100 !== 0) throw new Permanent('amount_has_sen', { field });
  return rupiah((minor as number) / 100);
}

function eventOf(told: Told, kind: EventKind, effect: string, amountRupiah: Rupiah | null): CanonicalEvent {
  return {
    gateway: 'stripe',
    kind,
    paymentId: told.paymentId,
    effectKey: `stripe:${keyPart(told.paymentId)}:${effect}`,
    amountRupiah,
    // What Stripe kept is in the balance transaction, not in the event.
    feeRupiah: ZERO_RUPIAH,
    orderReference: orderReferenceOf(told.object),
    occurredAt: told.occurredAt,
    channel: channelOf(told.object),
  };
}

function orderReferenceOf({ metadata, client_reference_id: fromCheckout }: JsonObject): string | null {
  const reference = isJsonObject(metadata) ? metadata.donation_ref : undefined;
  const isReference = (value: unknown) => typeof value === 'string' && value !== '' && value.length <= 200;
  const found = [reference, fromCheckout].find(isReference);
  return typeof found === 'string' ? found : null;
}

/** `card`, `grabpay`: where one way to pay is named, and not several the donor may choose from. */
function channelOf({ payment_method_details: used, payment_method_types: offered }: JsonObject): string {
  const type = isJsonObject(used) ? used.type : Array.isArray(offered) && offered.length === 1 ? offered[0] : undefined;
  return typeof type === 'string' && /^[a-z0-9_]{1,50}$/.test(type) ? type : 'unknown';
}
