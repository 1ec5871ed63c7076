/** Replies to messages of the outbox: whoever tries the product answers as the worker would. */
import * as z from 'zod';
import { CHANNELS } from '../domain/channels.ts';
import { Permanent } from '../errors.ts';
import { indexOfSigner, signHmacHex } from '../gateways/hmac-hex.ts';
import { readJsonObject } from '../gateways/message-bytes.ts';
import type { Callback, Heard } from './news.ts';

export const OUTBOX_SIGNATURE = 'x-lingkaran-signature';

const replySchema = z.lazy(() =>
  z.strictObject({ from: z.string().min(3).max(320), channel: z.enum(CHANNELS), text: z.string().max(4000) }),
);
export type OutboxReply = z.infer<typeof replySchema>;

export function signOutboxReply(key: string, body: Uint8Array): string {
  return `sha256=${signHmacHex(key, '', body)}`;
}

/** @throws Permanent `missing_signature`, `signature_mismatch`, `malformed_body` */
export function hearOutbox({ headers, body }: Callback, { keys }: { readonly keys: readonly string[] }): Heard {
  const signature = /^sha256=([0-9a-f]{64})$/.exec(headers[OUTBOX_SIGNATURE] ?? '')?.[1];
  if (signature === undefined) throw new Permanent('missing_signature');
  if (indexOfSigner(keys, [signature], '', body) < 0) throw new Permanent('signature_mismatch');
  const reply = replySchema.safeParse(readJsonObject(body));
  if (!reply.success) throw new Permanent('malformed_body');
  return { news: [{ kind: 'reply', ...reply.data }], answer: '{}', contentType: 'application/json' };
}
