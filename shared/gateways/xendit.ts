/**
 * Xendit webhooks. A static token in a header says who sends; nothing says what was sent, so a message is a hint worth
 * confirming, no more. Each product has a form of its own, and one address takes them all.
 */
import { hash } from 'node:crypto';
import type { DonorContact } from '../domain/canonical-event.ts';
import { Permanent } from '../errors.ts';
import type { XenditSecrets } from '../settings.ts';
import { bodyKey } from './body-key.ts';
import { ACCEPTED, type Gateway, type InboundMessage, type Verification } from './gateway.ts';
import { constantTimeEqual, isJsonObject, type JsonObject, jsonText, readJsonObject } from './message-bytes.ts';
import { objectAt } from './xendit-fields.ts';
import { refundOf, xenditEvent } from './xendit-messages.ts';

export const xendit: Gateway<XenditSecrets> = {
  name: 'xendit',

  verify: (message, { callbackTokens }) => verifyToken(message, callbackTokens),

  interpret(message) {
    const body = readJsonObject(message.body);
    if (!body) throw new Permanent('malformed_body');
    const event = xenditEvent(body);
    return {
      events: event ? [event] : [],
      ignored: !event,
      deliveryKey: this.deliveryKey(message),
      donor: donorOf(body),
    };
  },

  deliveryKey(message) {
    const body = readJsonObject(message.body);
    const parts = body && partsOf(body);
    if (parts?.every((part) => typeof part === 'string' && part !== '' && part.length <= 255)) return parts.join(':');
    return bodyKeyWithoutAttempt(message, body);
  },

  acknowledge: () => ACCEPTED,
};

/** Tokens are compared as digests, which have one length: not even the length of ours can be timed. */
function verifyToken({ headers, body }: InboundMessage, tokens: readonly string[]): Verification {
  const given = headers['x-callback-token'];
  if (!given) return { authentic: false, reason: 'missing_signature' };
  const digested = hash('sha256', given, 'buffer');
  const matches = tokens.map((token) => constantTimeEqual(hash('sha256', token, 'buffer'), digested));
  const secretIndex = matches.indexOf(true);
  if (secretIndex < 0) return { authentic: false, reason: 'token_mismatch' };
  if (!readJsonObject(body)) return { authentic: false, reason: 'malformed_body' };
  return { authentic: true, secretIndex };
}

/** What names a message of each family; there is no id of the delivery itself. */
function partsOf(body: JsonObject): unknown[] | undefined {
  const { event } = body;
  if (event === undefined) {
    if (body.callback_virtual_account_id !== undefined) return [body.payment_id];
    return body.status === undefined ? undefined : [body.id, body.status];
  }
  if (!isJsonObject(body.data)) return event === 'qr.payment' ? [body.id] : [event, body.id, body.status];
  const data = typeof event === 'string' && event.startsWith('refund.') ? refundOf(body) : body.data;
  if (event === 'qr.payment') return [data.id];
  return [event, data.id ?? data.payment_id ?? data.payment_session_id ?? data.payment_request_id, data.status];
}

/** `created` of the envelope is the time of the attempt, another one at every try. */
function bodyKeyWithoutAttempt(message: InboundMessage, body: JsonObject | undefined): string {
  if (!body || body.data === undefined) return bodyKey(message.body);
  const { created: _attempt, ...rest } = body;
  const text = jsonText(rest);
  return bodyKey(text === undefined ? message.body : Buffer.from(text));
}

/** Personal data, read leniently and never part of an event (I9). */
function donorOf(body: JsonObject): DonorContact | null {
  const data = objectAt(body, 'data');
  const details = [data, body].flatMap((holder) => [
    objectAt(holder, 'payment_details'),
    objectAt(holder, 'payment_detail'),
  ]);
  const names = [body.sender_name, ...details.flatMap(({ payer_name, name }) => [payer_name, name])];
  const name = names.map(words).find((known) => known !== undefined);
  const email = words(body.payer_email);
  return name || email ? { ...(name ? { name } : {}), ...(email ? { email } : {}) } : null;
}

function words(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
