/** The fields Xendit's families share, as values of ours. Each refusal names its field. */
import * as z from 'zod';
import type { CanonicalEvent, EventKind, PaymentSide } from '../domain/canonical-event.ts';
import type { Instant } from '../domain/dates.ts';
import { parseAmount, type Rupiah, ZERO_RUPIAH } from '../domain/money.ts';
import { Permanent } from '../errors.ts';
import { parseContract } from '../parse.ts';
import { isJsonObject, type JsonObject, keyPart } from './message-bytes.ts';
import { instantIn } from './zoned-time.ts';

/** Keys of rows are built from these; Xendit allows references of 255 characters. */
const identifier = z.string().min(1).max(255);
const optionalText = z.string().max(255).nullish();

/** What one message of any family comes down to. */
export interface XenditFact {
  readonly kind: EventKind;
  readonly paymentId: string;
  /** The last part of the effect key: `paid`, `refund:<id>`. */
  readonly effect: string;
  readonly amount: Rupiah | null;
  readonly reference: string | null;
  readonly occurredAt: Instant;
  readonly channel: string;
  /** Where the status API tells of it. */
  readonly statusPath: string;
  /** Of money back always, be it none: its payment may be booked under an id that only we know to be the same. */
  readonly otherIds?: readonly (string | null)[];
  /** Which of the two families that may both tell of one payment this is; absent where the exact id is named. */
  readonly side?: PaymentSide;
}

export function eventOf(fact: XenditFact): CanonicalEvent {
  const { kind, paymentId, effect, amount, reference, occurredAt, channel, statusPath, side } = fact;
  const otherIds = fact.otherIds?.filter((other) => other !== null && other !== paymentId) as string[] | undefined;
  return {
    gateway: 'xendit',
    kind,
    paymentId,
    effectKey: `xendit:${keyPart(paymentId)}:${effect}`,
    amountRupiah: amount,
    // Fees are in the transaction report, not in the message.
    feeRupiah: ZERO_RUPIAH,
    orderReference: reference,
    occurredAt,
    channel,
    statusPath,
    ...(otherIds ? { otherIds } : {}),
    ...(side && kind === 'paid' && reference !== null ? { side } : {}),
  };
}

export function id(value: unknown, field: string): string {
  return parseContract(identifier, value, field);
}

export function text(value: unknown, field: string): string | null {
  return parseContract(optionalText, value, field) || null;
}

/** What is absent is null; every amount that is there must be a whole, positive one, written as number or text. */
export function optionalAmount(value: unknown, field: string): Rupiah | null {
  if (value === undefined || value === null) return null;
  const amount = parseAmount(typeof value === 'number' ? String(value) : value, field);
  if (amount === 0) throw new Permanent('amount_invalid', { field });
  return amount;
}

/** The amount of money that moved; a payment without one is not booked. Of the fields given the first that is there. */
export function amountOf(kind: EventKind, holder: JsonObject, ...fields: [string, ...string[]]): Rupiah | null {
  const field = fields.find((name) => isGiven(holder[name])) ?? fields[0];
  const amount = optionalAmount(holder[field], field);
  const movesMoney = kind === 'paid' || kind === 'refunded' || kind === 'charged_back';
  if (amount === null && movesMoney) throw new Permanent('amount_missing', { field });
  return amount;
}

/** Of the times given the first that is there; Xendit writes all of them in UTC. */
export function timeOf(holder: JsonObject, ...fields: [string, ...string[]]): Instant {
  const field = fields.find((name) => isGiven(holder[name]));
  if (field === undefined) throw new Permanent('field_missing', { field: fields[0] });
  return instantIn('Z', holder[field], field);
}

/** The oldest families leave the currency out; accounts are in rupiah. */
export function requireRupiah({ currency }: JsonObject): void {
  if (isGiven(currency) && currency !== 'IDR') throw new Permanent('currency_not_idr', { field: 'currency' });
}

export function objectAt(holder: JsonObject, field: string): JsonObject {
  const value = holder[field];
  return isJsonObject(value) ? value : {};
}

/** One segment of a path of the status API. */
export function segment(value: string): string {
  return encodeURIComponent(value);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
