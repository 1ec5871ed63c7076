/**
 * Standard Webhooks signatures. The `standardwebhooks` library is not used: it asks the machine for the time, takes
 * one secret, signs the body re-encoded as text instead of the exact bytes, and throws without a reason code.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { Instant } from '../domain/dates.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import type { InboundMessage, Verification } from './gateway.ts';
import { constantTimeEqual } from './message-bytes.ts';

const SECRET_PREFIX = 'whsec_';
/** A rotating sender lists a few; anything longer only makes us compute. */
const MAXIMUM_SIGNATURES = 20;

export function verifyStandardWebhook(
  message: InboundMessage,
  secrets: readonly string[],
  toleranceSeconds: number,
  now: Instant,
): Verification {
  const id = message.headers['webhook-id'];
  const timestamp = message.headers['webhook-timestamp'];
  const signatures = message.headers['webhook-signature'];
  // The id is signed, so a message without one has no signature that could be checked.
  if (!id || !signatures) return refused('missing_signature');
  if (!timestamp || !/^\d{1,12}$/.test(timestamp)) return refused('missing_timestamp');
  if (Math.abs(Math.floor(Date.parse(now) / 1000) - Number(timestamp)) > toleranceSeconds) {
    return refused('stale_timestamp');
  }
  const given = signatures
    .split(' ', MAXIMUM_SIGNATURES)
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice('v1,'.length)));
  if (given.length === 0) return refused('missing_signature');
  const matches = secrets.map((secret) => {
    const expected = Buffer.from(sign(secret, `${id}.${timestamp}.`, message.body) ?? '');
    return expected.length > 0 && given.filter((signature) => constantTimeEqual(signature, expected)).length > 0;
  });
  const secretIndex = matches.indexOf(true);
  return secretIndex < 0 ? refused('signature_mismatch') : { authentic: true, secretIndex };
}

/** Taking a key in costs more than signing a notification with it. A rotation or two fit; beyond that it starts anew. */
const prepared = new Map<string, KeyObject>();
const MAXIMUM_PREPARED = 100;

function keyObject(secret: string): KeyObject | undefined {
  const known = prepared.get(secret);
  if (known) return known;
  const key = Buffer.from(secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : secret, 'base64');
  if (key.length === 0) return undefined;
  if (prepared.size >= MAXIMUM_PREPARED) prepared.clear();
  const made = createSecretKey(key);
  prepared.set(secret, made);
  return made;
}

/** Base64 of the signature; undefined for a secret that holds no key at all, which anybody could sign with. */
function sign(secret: string, head: string, body: Uint8Array): string | undefined {
  const key = keyObject(secret);
  return key && createHmac('sha256', key).update(head).update(body).digest('base64');
}

/** The `webhook-signature` header of a message, for senders and tests. */
export function signStandardWebhook(secret: string, id: string, timestampSeconds: number, body: Uint8Array): string {
  return `v1,${sign(secret, `${id}.${timestampSeconds}.`, body)}`;
}

function refused(reason: ReasonCode): Verification {
  return { authentic: false, reason };
}
