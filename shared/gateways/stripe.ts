/** Stripe, for donors abroad: signed events, each delivered again for days until it is answered. */
import type { DonorContact } from '../domain/canonical-event.ts';
import { Permanent } from '../errors.ts';
import type { StripeSecrets } from '../settings.ts';
import { bodyKey } from './body-key.ts';
import { ACCEPTED, type Gateway } from './gateway.ts';
import { isJsonObject, type JsonObject, readJsonObject } from './message-bytes.ts';
import { eventsOfStripe, knownType } from './stripe-events.ts';
import { verifyStripeSignature } from './stripe-signature.ts';

export const stripe: Gateway<StripeSecrets> = {
  name: 'stripe',

  verify: verifyStripeSignature,

  interpret(message) {
    const body = readJsonObject(message.body);
    if (!body) throw new Permanent('malformed_body');
    const events = knownType(body) ? eventsOfStripe(body) : [];
    return { events, ignored: events.length === 0, deliveryKey: this.deliveryKey(message), donor: donorOf(body) };
  },

  deliveryKey(message) {
    const id = readJsonObject(message.body)?.id;
    return typeof id === 'string' && id !== '' && id.length <= 200 ? id : bodyKey(message.body);
  },

  acknowledge: () => ACCEPTED,
};

/** Personal data, read leniently and never part of an event (I9). */
function donorOf({ data }: JsonObject): DonorContact | null {
  const object = isJsonObject(data) && isJsonObject(data.object) ? data.object : {};
  const billing = isJsonObject(object.billing_details) ? object.billing_details : {};
  const text = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined);
  const [name, email, phone] = [text(billing.name), text(billing.email ?? object.receipt_email), text(billing.phone)];
  if (name === undefined && email === undefined && phone === undefined) return null;
  return { ...(name ? { name } : {}), ...(email ? { email } : {}), ...(phone ? { phone } : {}) };
}
