/**
 * Signatures of SNAP BI. Callers sign the path, a digest of the minified body and the time: with
 * their RSA key, or with a secret we share and the access token we gave them.
 */
import { createHmac, createPublicKey, hash, type KeyObject, verify as verifyRsa } from 'node:crypto';
import { type Instant, instantFromMilliseconds } from '../domain/dates.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import { pemBlocks, type SnapPartnerSecrets } from '../settings.ts';
import type { InboundMessage, Verification } from './gateway.ts';
import { constantTimeEqual, jsonText, readJsonObject } from './message-bytes.ts';
import { publishedPathOf, signedPathOf } from './snap-paths.ts';
import type { AccessTokens, TokenHolder } from './snap-tokens.ts';

type Headers = InboundMessage['headers'];

/** `clientKey|X-TIMESTAMP`, signed with the caller's RSA key: who asks for a token proves who it is. */
export function verifyTokenRequest({ headers }: InboundMessage, partner: SnapPartnerSecrets, now: Instant) {
  const clientKey = headers['x-client-key'];
  if (!clientKey) return refused('field_missing');
  return signedInTime(headers, partner, now, (signature, timestamp) => {
    if (!constantTimeEqual(Buffer.from(clientKey), Buffer.from(partner.clientKey)))
      return refused('signature_mismatch');
    return matching(rsaMatch(partner, `${clientKey}|${timestamp}`, signature), []);
  });
}

export function verifyServiceCall(
  message: InboundMessage,
  partner: SnapPartnerSecrets,
  now: Instant,
  isToken: (token: string) => boolean,
): Verification {
  return signedInTime(message.headers, partner, now, (signature, timestamp) => {
    if (!isSymmetric(message, partner))
      return verifyPaths(message, partner, (path) =>
        verifyForms(message, timestamp, path, (text) => rsaMatch(partner, text, signature)),
      );
    const token = bearerOf(message.headers);
    if (token === undefined) return refused('token_mismatch');
    const verification = verifyPaths(message, partner, (path) =>
      verifyForms(message, timestamp, `${path}:${token}`, (text) => hmacMatch(partner, text, signature)),
    );
    // What the signature says comes first: a token that was exchanged on the way is a message that was changed.
    return verification.authentic && !isToken(token) ? refused('token_mismatch') : verification;
  });
}

/** The configured path or, where the call came to the one we publish, that: either names the service and its partner. */
function verifyPaths(message: InboundMessage, partner: SnapPartnerSecrets, check: (start: string) => Verification) {
  const { method } = message;
  const configured = check(`${method}:${signedPathOf(message, partner)}`);
  const published = publishedPathOf(message);
  if (configured.authentic || published === undefined) return configured;
  const verification = check(`${method}:${published}`);
  if (!verification.authentic) return verification;
  return { ...verification, remarks: ['path_signed_as_published', ...(verification.remarks ?? [])] };
}

/** Whether a call rests on a token that is not, or no longer, one of ours. */
export function hasForeignToken(
  message: InboundMessage,
  partner: SnapPartnerSecrets,
  now: Instant,
  tokens: AccessTokens,
  holder: TokenHolder,
): boolean {
  return isSymmetric(message, partner) && !tokens.accepts(bearerOf(message.headers) ?? '', holder, now);
}

/** A partner may hold both kinds of keys, as it asks for tokens with the one and signs with the other. */
function isSymmetric({ headers }: InboundMessage, { clientSecrets, publicKeyPem }: SnapPartnerSecrets): boolean {
  return clientSecrets !== undefined && (publicKeyPem === undefined || headers.authorization !== undefined);
}

function bearerOf({ authorization }: Headers): string | undefined {
  return /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}

type Check = (signature: string, timestamp: string) => Verification;

function signedInTime(headers: Headers, partner: SnapPartnerSecrets, now: Instant, check: Check): Verification {
  const signature = headers['x-signature'];
  if (!signature) return refused('missing_signature');
  const timestamp = headers['x-timestamp'] ?? '';
  const sentAt = timestampOf(timestamp);
  if (sentAt === undefined) return refused('missing_timestamp');
  const isStale = Math.abs(Date.parse(now) - Date.parse(sentAt)) > partner.toleranceSeconds * 1000;
  if (isStale && partner.timestamps === 'enforce') return refused('stale_timestamp');
  const verification = check(signature, timestamp);
  if (!verification.authentic || !isStale) return verification;
  return { ...verification, remarks: [...(verification.remarks ?? []), 'stale_timestamp'] };
}

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})$/;

/** The instant of an `X-TIMESTAMP`; undefined where it is none. */
export function timestampOf(text: string): Instant | undefined {
  const milliseconds = TIMESTAMP.test(text) ? Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2')) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : instantFromMilliseconds(milliseconds);
}

/** The index of the key that made the signature, -1 for none. */
type Match = (text: string) => number;

/** SDKs disagree about "minified", so each way of them is tried; all of them are the same JSON. */
function verifyForms({ body }: InboundMessage, timestamp: string, start: string, match: Match): Verification {
  const tried = new Set<string>();
  for (const [remarks, formOf] of BODY_FORMS) {
    const form = formOf(body);
    const digest = form === undefined ? undefined : hash('sha256', form, 'hex');
    if (digest === undefined || tried.has(digest)) continue;
    tried.add(digest);
    const index = match(`${start}:${digest}:${timestamp}`);
    if (index >= 0) return matching(index, remarks);
  }
  return refused('signature_mismatch');
}

type BodyForm = (body: Uint8Array) => Uint8Array | string | undefined;

const BODY_FORMS: readonly (readonly [remarks: readonly string[], form: BodyForm])[] = [
  [[], minified],
  [['body_signed_as_sent'], (body) => body],
  [['body_signed_as_reserialized'], reserialized],
];

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const WHITESPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Without the whitespace outside string literals, and nothing else changed: `\/` stays `\/`. */
export function minified(body: Uint8Array): Uint8Array {
  const kept = new Uint8Array(body.length);
  let length = 0;
  let inString = false;
  for (let index = 0; index < body.length; index += 1) {
    const byte = body[index] as number;
    if (!inString && WHITESPACE.has(byte)) continue;
    kept[length++] = byte;
    if (byte === QUOTE) inString = !inString;
    // What is escaped is taken as it is: a quote of the text does not end it.
    else if (inString && byte === BACKSLASH && index + 1 < body.length) kept[length++] = body[++index] as number;
  }
  return kept.subarray(0, length);
}

function reserialized(body: Uint8Array): string | undefined {
  const value = readJsonObject(body);
  return value && jsonText(value);
}

function hmacMatch({ clientSecrets = [], encoding }: SnapPartnerSecrets, text: string, signature: string): number {
  // Hex may be written in either case, base64 may not.
  const given = Buffer.from(encoding === 'hex' ? signature.toLowerCase() : signature);
  const matches = clientSecrets.map((secret) =>
    constantTimeEqual(Buffer.from(createHmac('sha512', secret).update(text).digest(encoding)), given),
  );
  return matches.indexOf(true);
}

const BASE64 = /^[A-Za-z0-9+/]{1,1366}={0,2}$/;

function rsaMatch({ publicKeyPem = '' }: SnapPartnerSecrets, text: string, signature: string): number {
  if (!BASE64.test(signature)) return -1;
  const given = Buffer.from(signature, 'base64');
  return publicKeys(publicKeyPem).findIndex((key) => verifyRsa('RSA-SHA256', Buffer.from(text), key, given));
}

/** Reading a key costs more than verifying with it. A rotation or two of many banks fit; beyond that it starts anew. */
const prepared = new Map<string, readonly KeyObject[]>();
const MAXIMUM_PREPARED = 100;

function publicKeys(pem: string): readonly KeyObject[] {
  const known = prepared.get(pem);
  if (known) return known;
  const keys = pemBlocks(pem).map((block) => createPublicKey(block));
  if (prepared.size >= MAXIMUM_PREPARED) prepared.clear();
  prepared.set(pem, keys);
  return keys;
}

function matching(secretIndex: number, remarks: readonly string[]): Verification {
  if (secretIndex < 0) return refused('signature_mismatch');
  return { authentic: true, secretIndex, ...(remarks.length > 0 ? { remarks } : {}) };
}

function refused(reason: ReasonCode): Verification {
  return { authentic: false, reason };
}
