/** HMAC-SHA256 in hex over a text and the exact body, as Stripe, Shopee, TikTok Shop and Lazada sign. */
import { createHmac } from 'node:crypto';
import { constantTimeEqual } from './message-bytes.ts';

/** Lower case; `head` is signed right before the body. */
export function signHmacHex(secret: string, head: string, body: Uint8Array): string {
  return createHmac('sha256', secret).update(head).update(body).digest('hex');
}

/**
 * Which of our secrets made one of the signatures; -1 where none did. Every secret is tried against every signature,
 * so that the time taken does not tell which of them was close. Hex counts in either case.
 */
export function indexOfSigner(
  secrets: readonly string[],
  signatures: readonly string[],
  head: string,
  body: Uint8Array,
): number {
  const given = signatures.map((signature) => Buffer.from(signature.toLowerCase()));
  const matches = secrets.map((secret) => {
    const expected = Buffer.from(signHmacHex(secret, head, body));
    return given.filter((signature) => constantTimeEqual(signature, expected)).length > 0;
  });
  return matches.indexOf(true);
}
