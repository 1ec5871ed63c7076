/**
 * Which messages are about one payment, where a gateway tells of it twice under two ids: an invoice that was paid, and
 * the channel it was paid by. The rule, and why it holds in any order:
 *
 * 1. An id that one message names and another bears is an exact link: an invoice of most channels names the channel's
 *    payment. Whoever comes first gives the payment its id in our books, for ever.
 * 2. Without a name, the two sides are counted: one invoice and one channel payment with the same reference and the
 *    same amount, two days apart at most, are one payment. Each message joins at most one of the other side, so
 *    payments into one reusable account, which are all of one side, stay as many as they are, and with n and m
 *    messages of the two sides max(n, m) payments are booked, whatever the order (I5).
 *
 * What rule 2 cannot tell apart is a payer who really pays the same sum twice under one reference, once by each way,
 * with webhooks of the other way switched off. Enabling one family of webhooks for one flow avoids it.
 */
import type { CanonicalEvent, PaymentSide } from '../domain/canonical-event.ts';
import { addSeconds, type Instant } from '../domain/dates.ts';
import { digest } from '../domain/ids.ts';
import { Transient } from '../errors.ts';
import { batchGet, getItem, type Key, queryAll, type Row, type TransactItem, transact } from './table.ts';

const TRIES = 8;
/** Both sides tell when it was paid, which is minutes apart at most; retries of messages do not change that. */
const APART_SECONDS = 2 * 86_400;
/** A side that was silent for so long is not switched on. */
const WAITS_SECONDS = 30 * 86_400;
const OTHER_SIDE: Readonly<Record<PaymentSide, PaymentSide>> = { invoice: 'channel', channel: 'invoice' };

/** The id that messages about a payment have in our books, as far as is known now; else the event's own. */
export async function findPaymentId(event: CanonicalEvent): Promise<string> {
  return nameIn(await readNames(event), event) ?? event.paymentId;
}

/** The same, and settles it: whatever else is told of this payment comes out at the same id. */
export async function settlePaymentId(event: CanonicalEvent): Promise<string> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const names = await readNames(event);
    const own = names.get(event.paymentId);
    // Known by another's word, as a channel's payment by its invoice's: its own names link what will bear only those.
    if (own && (event.otherIds ?? []).every((id) => names.has(id))) return own.paymentId;
    const { paymentId, items } = await settling(event, names);
    if ((await transact(items)).ok) return paymentId;
  }
  throw new Transient('contention', { detail: `the names of a payment changed ${TRIES} times` });
}

interface Settling {
  readonly paymentId: string;
  readonly items: readonly TransactItem[];
}

async function settling(event: CanonicalEvent, names: ReadonlyMap<string, Name>): Promise<Settling> {
  const own = names.get(event.paymentId);
  if (own) return { paymentId: own.paymentId, items: nameItems(event, names, own.paymentId) };
  const linked = (event.otherIds ?? []).map((id) => names.get(id)).find((name) => name !== undefined);
  if (linked) {
    // It was found by name, so it waits for nobody of the other side any more.
    const joined = linked.waits ? [joinedItem(linked.waits, event.occurredAt)] : [];
    return { paymentId: linked.paymentId, items: [...nameItems(event, names, linked.paymentId), ...joined] };
  }
  const { side, orderReference, paymentId } = event;
  if (!side || orderReference === null) return { paymentId, items: nameItems(event, names, paymentId) };
  return joinOrWait(event, side, names);
}

/** Joins the nearest message of the other side that waits, or waits for one. A guard makes two that meet take turns. */
async function joinOrWait(
  event: CanonicalEvent,
  side: PaymentSide,
  names: ReadonlyMap<string, Name>,
): Promise<Settling> {
  const { paymentId: own, occurredAt } = event;
  const key = waitingKey(event);
  const guard = await getItem({ pk: key, sk: 'GUARD' });
  const turn = guardItem(key, guard);
  const counterpart = nearest(await waitingOf(`${key}#${OTHER_SIDE[side]}`, occurredAt), occurredAt);
  if (counterpart) {
    const { paymentId } = counterpart;
    return { paymentId, items: [turn, joinedItem(counterpart, occurredAt), ...nameItems(event, names, paymentId)] };
  }
  const waits = { pk: `${key}#${side}`, sk: `${occurredAt}#${own}` };
  const Item = { ...waits, type: 'told_once', paymentId: own, occurredAt, expiresAtSeconds: expiryOf(occurredAt) };
  return { paymentId: own, items: [turn, { Put: { Item } }, ...nameItems(event, names, own, waits)] };
}

function joinedItem({ pk, sk }: Key, at: Instant): TransactItem {
  return {
    Update: {
      Key: { pk, sk },
      UpdateExpression: 'SET joined = :joined, expiresAtSeconds = :expiry',
      ExpressionAttributeValues: { ':joined': true, ':expiry': expiryOf(at) },
    },
  };
}

function expiryOf(at: Instant): number {
  return Math.floor(Date.parse(at) / 1000) + WAITS_SECONDS;
}

interface Name {
  readonly paymentId: string;
  /** Where it still waits for the other side. */
  readonly waits?: Key;
}

function nameKey(gateway: string, id: string): Key {
  return { pk: `PAYMENTNAME#${gateway}:${id}`, sk: 'NAME' };
}

async function readNames(event: CanonicalEvent): Promise<Map<string, Name>> {
  const ids = [event.paymentId, ...(event.otherIds ?? [])];
  const rows = await batchGet(ids.map((id) => nameKey(event.gateway, id)));
  return new Map(rows.map((row) => [row.id as string, row as unknown as Name]));
}

function nameIn(names: ReadonlyMap<string, Name>, { paymentId, otherIds = [] }: CanonicalEvent): string | undefined {
  const known = [paymentId, ...otherIds].find((id) => names.has(id));
  return known === undefined ? undefined : names.get(known)?.paymentId;
}

/** Names are given once: two messages that give one at the same time take turns. */
function nameItems(
  { gateway, paymentId: own, otherIds = [] }: CanonicalEvent,
  names: ReadonlyMap<string, Name>,
  paymentId: string,
  waits?: Key,
): TransactItem[] {
  const missing = [own, ...otherIds].filter((id) => !names.has(id));
  return missing.map((id) => ({
    Put: {
      Item: { ...nameKey(gateway, id), type: 'payment_name', id, paymentId, ...(waits ? { waits } : {}) },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  }));
}

function waitingKey({ gateway, orderReference, amountRupiah }: CanonicalEvent): string {
  return `TOLDONCE#${gateway}:${digest(`${orderReference}\n${amountRupiah}`, 32)}`;
}

function guardItem(pk: string, guard: Row | undefined): TransactItem {
  const turn = (guard?.turn as number | undefined) ?? 0;
  const Item = { pk, sk: 'GUARD', type: 'told_once_guard', turn: turn + 1 };
  return {
    Put: guard
      ? { Item, ConditionExpression: 'turn = :turn', ExpressionAttributeValues: { ':turn': turn } }
      : { Item, ConditionExpression: 'attribute_not_exists(pk)' },
  };
}

interface Waiting extends Key {
  readonly paymentId: string;
  readonly occurredAt: Instant;
  readonly joined?: true;
}

async function waitingOf(pk: string, around: Instant): Promise<Waiting[]> {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk AND sk >= :from',
    ExpressionAttributeValues: { ':pk': pk, ':from': addSeconds(around, -APART_SECONDS) },
  });
  const until = addSeconds(around, APART_SECONDS);
  return (rows as unknown as Waiting[]).filter(({ occurredAt, joined }) => !joined && occurredAt <= until);
}

function nearest(waiting: readonly Waiting[], at: Instant): Waiting | undefined {
  const apart = ({ occurredAt }: Waiting) => Math.abs(Date.parse(occurredAt) - Date.parse(at));
  return [...waiting].sort((a, b) => apart(a) - apart(b) || (a.sk < b.sk ? -1 : 1))[0];
}
