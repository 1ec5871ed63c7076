/**
 * `Stripe-Signature: t=<unix seconds>,v1=<hex>[,v1=…][,v0=…]`, where v1 is the HMAC-SHA256 of `t.body` under the whole
 * secret, `whsec_` included. The `stripe` library is held against this in the tests and is not used at the door: it
 * takes a signature from the future however far, takes one secret, and adds 246 KB that load in 45 ms, where the whole
 * SQS client loads in 68 ms (processor time).
 */
import type { Instant } from '../domain/dates.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import type { StripeSecrets } from '../settings.ts';
import type { InboundMessage, Verification } from './gateway.ts';
import { indexOfSigner, signHmacHex } from './hmac-hex.ts';

/** A rotating endpoint lists two or three; anything longer only makes us compute. */
const MAXIMUM_ITEMS = 20;

export function verifyStripeSignature(message: InboundMessage, secrets: StripeSecrets, now: Instant): Verification {
  const items = (message.headers['stripe-signature'] ?? '').split(',', MAXIMUM_ITEMS).map((item) => item.trim());
  const valuesOf = (scheme: string) =>
    items.filter((item) => item.startsWith(`${scheme}=`)).map((item) => item.slice(scheme.length + 1));
  // v0 is made of nothing secret: it would let anybody in.
  const signatures = valuesOf('v1');
  if (signatures.length === 0) return refused('missing_signature');
  const timestamp = valuesOf('t').at(-1);
  if (!timestamp || !/^\d{1,12}$/.test(timestamp)) return refused('missing_timestamp');
  const ageSeconds = Math.floor(Date.parse(now) / 1000) - Number(timestamp);
  if (Math.abs(ageSeconds) > secrets.toleranceSeconds) return refused('stale_timestamp');
  const secretIndex = indexOfSigner(secrets.endpointSecrets, signatures, `${timestamp}.`, message.body);
  return secretIndex < 0 ? refused('signature_mismatch') : { authentic: true, secretIndex };
}

/** The header of a message, for senders and tests. */
export function signStripe(secret: string, timestampSeconds: number, body: Uint8Array): string {
  return `t=${timestampSeconds},v1=${signHmacHex(secret, `${timestampSeconds}.`, body)}`;
}

function refused(reason: ReasonCode): Verification {
  return { authentic: false, reason };
}
