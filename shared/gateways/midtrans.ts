/** Midtrans HTTP notifications (classic): one message tells the present state of one transaction. */
import { digest } from '../domain/ids.ts';
import { Permanent } from '../errors.ts';
import type { MidtransSecrets } from '../settings.ts';
import { ACCEPTED, type Gateway } from './gateway.ts';
import { isJsonObject, type JsonObject, readJsonObject } from './message-bytes.ts';
import { verifyMidtransSignature } from './midtrans-signature.ts';
import { eventsOfTransaction, isKnownStatus } from './midtrans-transaction.ts';

export const midtrans: Gateway<MidtransSecrets> = {
  name: 'midtrans',

  // The signature has no time in it: a replay is stopped by the effect key, not here.
  verify: (message, secrets) => verifyMidtransSignature(message.body, secrets),

  interpret(message) {
    const body = readJsonObject(message.body);
    if (!body) throw new Permanent('malformed_body');
    const known = isKnownStatus(body.transaction_status);
    return {
      events: known ? eventsOfTransaction(body, { wholeStory: false, receivedAt: message.receivedAt }) : [],
      ignored: !known,
      deliveryKey: this.deliveryKey(message),
      // Who gave is not in the message; our own pledge knows.
      donor: null,
    };
  },

  deliveryKey(message) {
    const body = readJsonObject(message.body);
    const parts = ['transaction_id', 'transaction_status', 'status_code'].map((field) => body?.[field]);
    if (!body || !parts.every((part) => typeof part === 'string' && part.length <= 200)) {
      return `body:${digest(Buffer.from(message.body).toString('base64'), 40)}`;
    }
    return [...parts, ...refundParts(body)].join(':');
  },

  acknowledge: () => ACCEPTED,
};

/** The last refund's key and whether the bank confirmed it: the two messages about one refund are two deliveries. */
function refundParts(body: JsonObject): string[] {
  const last = Array.isArray(body.refunds) ? body.refunds.at(-1) : undefined;
  if (!isJsonObject(last)) return [];
  const key = last.refund_key || last.refund_chargeback_id;
  return [
    ...(typeof key === 'string' || typeof key === 'number' ? [String(key).slice(0, 200)] : []),
    ...(last.bank_confirmed_at ? ['bank_confirmed'] : []),
  ];
}
