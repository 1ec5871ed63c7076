/**
 * DOKU signs five lines with HMAC-SHA256: client, request, time, our path, and the digest of the exact body. The path is
 * the one DOKU knows, from the configuration: what a front door makes of it is not what was signed.
 */
import { createHash, createHmac } from 'node:crypto';
import type { Instant } from '../domain/dates.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import type { DokuSecrets } from '../settings.ts';
import type { InboundMessage, Verification } from './gateway.ts';
import { constantTimeEqual, readJsonObject } from './message-bytes.ts';

const SCHEME = 'HMACSHA256=';
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

/** What is signed, as DOKU's senders and tests need it too. */
export interface SignedRequest {
  readonly clientId: string;
  readonly requestId: string;
  readonly timestamp: string;
  readonly target: string;
  readonly body: Uint8Array;
}

export function verifyDokuSignature(
  { headers, body }: InboundMessage,
  secrets: DokuSecrets,
  now: Instant,
): Verification {
  const {
    'client-id': clientId,
    'request-id': requestId,
    'request-timestamp': timestamp,
    signature,
  }: Partial<Record<string, string>> = headers;
  // Client and request are signed: without them there is no signature that could be checked.
  if (!signature || !clientId || !requestId) return refused('missing_signature');
  const sentAt = timestamp && TIMESTAMP.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
  if (!timestamp || Number.isNaN(sentAt)) return refused('missing_timestamp');
  if (Math.abs(Date.parse(now) - sentAt) > secrets.toleranceSeconds * 1000) return refused('stale_timestamp');
  // A line break in a value would let one text stand for two requests.
  if (clientId !== secrets.clientId || /[\r\n]/.test(requestId)) return refused('signature_mismatch');
  const request = { clientId, requestId, timestamp, target: secrets.requestTarget, body };
  const given = Buffer.from(signature);
  const matches = secrets.secretKeys.map((key) => constantTimeEqual(Buffer.from(signDoku(key, request)), given));
  const secretIndex = matches.indexOf(true);
  if (secretIndex < 0) return refused('signature_mismatch');
  return readJsonObject(body) ? { authentic: true, secretIndex } : refused('malformed_body');
}

/** The `Signature` header of a request. */
export function signDoku(secretKey: string, { clientId, requestId, timestamp, target, body }: SignedRequest): string {
  const digest = createHash('sha256').update(body).digest('base64');
  const lines = [
    `Client-Id:${clientId}`,
    `Request-Id:${requestId}`,
    `Request-Timestamp:${timestamp}`,
    `Request-Target:${target}`,
    `Digest:${digest}`,
  ];
  return SCHEME + createHmac('sha256', secretKey).update(lines.join('\n')).digest('base64');
}

function refused(reason: ReasonCode): Verification {
  return { authentic: false, reason };
}
