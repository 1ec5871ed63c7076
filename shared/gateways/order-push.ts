/**
 * What marketplaces push: the state an order is in, signed over the exact body, and no money. A state in which the
 * buyer has paid announces the payment; amount and fee come with the settlement statement.
 */
import * as z from 'zod';
import type { CanonicalEvent, EventKind } from '../domain/canonical-event.ts';
import { type Instant, instantFromMilliseconds } from '../domain/dates.ts';
import { ZERO_RUPIAH } from '../domain/money.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import { Permanent } from '../errors.ts';
import { parseContract } from '../parse.ts';
import { bodyKey } from './body-key.ts';
import type { Acknowledgement, Gateway, InboundMessage, Verification } from './gateway.ts';
import { indexOfSigner } from './hmac-hex.ts';
import { isJsonObject, type JsonObject, keyPart, readJsonObject } from './message-bytes.ts';

/** What a state says about the payment. `undecided`: nothing, as with a parcel on its way back. */
export type PaymentWord = 'unpaid' | 'paid' | 'cancelled' | 'undecided';

export interface Platform<Secrets> {
  readonly name: string;
  /** What is signed right before the body, and the keys that may have signed it. */
  readonly signing: (secrets: Secrets) => { readonly head: string; readonly keys: readonly string[] };
  /** True for a push about the state of an order; the others are kept and mean nothing to the books. */
  readonly isOrder: (body: JsonObject) => boolean;
  /** Where in `data` the platform writes them. */
  readonly fields: { readonly order: string; readonly status: string; readonly time: string };
  readonly words: Readonly<Record<string, PaymentWord>>;
  /** True where a cancelled push is about the whole order, so that a payment announced before is none. */
  readonly cancelsWhole: boolean;
  /** The platform's own id of the notification, where it has one. */
  readonly notificationId?: string;
  readonly answer: Acknowledgement;
}

/** Marketplaces want no more than the status. */
export const EMPTY_ANSWER: Acknowledgement = { status: 200, body: '' };

export function orderPushGateway<Secrets>(platform: Platform<Secrets>): Gateway<Secrets> {
  return {
    name: platform.name,
    // No time is signed: a replay is stopped by the effect key, not here.
    verify: (message, secrets) => verifyPush(platform, message, secrets),
    interpret(message) {
      const body = readJsonObject(message.body);
      if (!body) throw new Permanent('malformed_body');
      const events = platform.isOrder(body) ? eventsOfPush(platform, body) : [];
      // Names and addresses of buyers are masked in pushes.
      return { events, ignored: events.length === 0, deliveryKey: this.deliveryKey(message), donor: null };
    },
    deliveryKey(message) {
      const { notificationId } = platform;
      const id = notificationId === undefined ? undefined : readJsonObject(message.body)?.[notificationId];
      return typeof id === 'string' && id !== '' && id.length <= 200 ? id : bodyKey(message.body);
    },
    acknowledge: () => platform.answer,
  };
}

function verifyPush<Secrets>(
  { signing }: Platform<Secrets>,
  { headers, body }: InboundMessage,
  secrets: Secrets,
): Verification {
  const signature = headers.authorization;
  if (!signature) return refused('missing_signature');
  const { head, keys } = signing(secrets);
  const secretIndex = indexOfSigner(keys, [signature], head, body);
  return secretIndex < 0 ? refused('signature_mismatch') : { authentic: true, secretIndex };
}

const KIND_OF_WORD: Readonly<Record<PaymentWord, EventKind>> = {
  unpaid: 'pending',
  undecided: 'pending',
  paid: 'paid',
  cancelled: 'failed',
};

/** Order numbers are text or whole numbers; a number that lost its last digits on the way is refused. */
const orderNumber = z.lazy(() => z.union([z.string().min(1).max(200), z.int().positive().transform(String)]));
/** Seconds or milliseconds, as number or text: platforms have sent all of these. The year 9999 ends them. */
const LATEST_MILLISECONDS = 253_402_300_799_999;
const timestamp = z.lazy(() =>
  z.union([
    z.int(),
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
  ]),
);
const time = timestamp.refine((given) => given > 0 && given <= LATEST_MILLISECONDS);

function eventsOfPush<Secrets>(platform: Platform<Secrets>, { data, timestamp: sent }: JsonObject): CanonicalEvent[] {
  const { order, status, time: updated } = platform.fields;
  if (!isJsonObject(data)) return [];
  const state = data[status];
  if (typeof state !== 'string' || !Object.hasOwn(platform.words, state)) return [];
  const word = platform.words[state] as PaymentWord;
  const number = parseContract(z.object({ [order]: orderNumber }), data, 'data')[order] as string;
  // A push that does not say when the order changed was at least sent after that.
  const change = { [updated]: data[updated] ?? data.update_time ?? sent };
  const at = parseContract(z.object({ [updated]: time }), change, 'data')[updated] as number;
  return [eventOf(platform, word, number, instantOf(at))];
}

function instantOf(secondsOrMilliseconds: number): Instant {
  // 1e11 seconds are the year 5138, and as many milliseconds the year 1973: no push is of either.
  return instantFromMilliseconds(secondsOrMilliseconds < 1e11 ? secondsOrMilliseconds * 1000 : secondsOrMilliseconds);
}

function eventOf<Secrets>(
  { name, cancelsWhole }: Platform<Secrets>,
  word: PaymentWord,
  order: string,
  occurredAt: Instant,
): CanonicalEvent {
  const isVoid = word === 'cancelled' && cancelsWhole;
  return {
    gateway: name,
    kind: KIND_OF_WORD[word],
    paymentId: order,
    effectKey: `${name}:${keyPart(order)}:${isVoid ? 'void' : KIND_OF_WORD[word]}`,
    amountRupiah: null,
    feeRupiah: ZERO_RUPIAH,
    orderReference: order,
    occurredAt,
    channel: name,
    ...(isVoid ? { voidsPayment: true } : {}),
  };
}

function refused(reason: ReasonCode): Verification {
  return { authentic: false, reason };
}
