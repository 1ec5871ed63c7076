/**
 * Midtrans signs `order_id + status_code + gross_amount + key` with SHA-512 and nothing else: not the status word, not
 * the refunds, not the time. A good signature makes the message a hint worth confirming, no more.
 */
import { hash } from 'node:crypto';
import type { ReasonCode } from '../domain/reasons.ts';
import type { MidtransSecrets } from '../settings.ts';
import type { Verification } from './gateway.ts';
import { constantTimeEqual, type JsonObject, readJsonObject, readText } from './message-bytes.ts';

const SIGNED_FIELDS = ['order_id', 'status_code', 'gross_amount'] as const;

/** The parts are joined without a separator; a fixed width of the middle one keeps them from being cut elsewhere. */
const STATUS_CODE = /^\d{3}$/;

export function verifyMidtransSignature(bytes: Uint8Array, secrets: MidtransSecrets): Verification {
  const body = readJsonObject(bytes);
  if (!body) return refused('malformed_body');
  const signature = body.signature_key;
  // Subscription messages carry none: they are hints, the charge itself arrives signed.
  if (typeof signature !== 'string' || signature === '') return refused('missing_signature');
  const signed = signedText(body, bytes);
  if (signed === undefined) return refused('signature_mismatch');
  const given = Buffer.from(signature.toLowerCase());
  const matches = (secrets.signatureKeys ?? secrets.serverKeys).map((key) =>
    constantTimeEqual(Buffer.from(hash('sha512', `${signed}${key}`, 'hex')), given),
  );
  const secretIndex = matches.indexOf(true);
  return secretIndex < 0 ? refused('signature_mismatch') : { authentic: true, secretIndex };
}

function signedText(body: JsonObject, bytes: Uint8Array): string | undefined {
  const written = SIGNED_FIELDS.some((field) => typeof body[field] === 'number') ? asWritten(bytes) : body;
  const parts = SIGNED_FIELDS.map((field) => written?.[field]);
  if (!parts.every((part) => typeof part === 'string')) return undefined;
  return STATUS_CODE.test(parts[1] ?? '') ? parts.join('') : undefined;
}

/** Numbers as the text they were sent as: `25000.00` would otherwise come back as `25000`, which nobody signed. */
function asWritten(bytes: Uint8Array): JsonObject | undefined {
  const keepSource = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' ? context?.source : value;
  try {
    return JSON.parse(readText(bytes) ?? '', keepSource);
  } catch {
    return undefined;
  }
}

function refused(reason: ReasonCode): Verification {
  return { authentic: false, reason };
}
