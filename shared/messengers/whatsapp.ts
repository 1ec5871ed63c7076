/**
 * WhatsApp Cloud API as it calls us (Meta for Developers: Webhooks, "Validating payloads"; "Cloud API webhooks";
 * error codes): statuses carry back what we sent as `biz_opaque_callback_data`, so no row is needed to know whose they are.
 */
import * as z from 'zod';
import type { DeliveryState } from '../domain/delivery.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import { Permanent } from '../errors.ts';
import { indexOfSigner } from '../gateways/hmac-hex.ts';
import { constantTimeEqual, readJsonObject } from '../gateways/message-bytes.ts';
import type { Callback, Heard, News } from './news.ts';

export interface WhatsappSecrets {
  readonly appSecrets: readonly string[];
  readonly verifyTokens: readonly string[];
}

const TEMPLATE_CODES = /^1320(00|01|05|07|12|15|16|68|69)$/;
/** Not on WhatsApp or not able to get this; not among the test numbers; wants no marketing from us. */
const UNREACHABLE_CODES: ReadonlySet<string> = new Set(['131026', '131030', '131050']);

/** An error of the provider in our words. */
export function reasonOfWhatsapp(code: string): ReasonCode {
  if (TEMPLATE_CODES.test(code)) return 'template_refused';
  return UNREACHABLE_CODES.has(code) ? 'not_reachable' : 'delivery_failed';
}

const phone = z.string().regex(/^\d{6,15}$/);
const statusSchema = z.lazy(() =>
  z.object({
    id: z.string().max(300),
    status: z.string(),
    recipient_id: phone.optional(),
    biz_opaque_callback_data: z.string().max(512).optional(),
    errors: z.array(z.object({ code: z.union([z.int(), z.string()]) })).optional(),
  }),
);
const messageSchema = z.lazy(() =>
  z.object({
    from: phone,
    text: z.object({ body: z.string() }).optional(),
    button: z.object({ text: z.string() }).optional(),
    interactive: z.object({ button_reply: z.object({ title: z.string() }).optional() }).optional(),
  }),
);
const preferenceSchema = z.lazy(() => z.object({ wa_id: phone, value: z.string() }));
const envelopeSchema = z.lazy(() =>
  z.object({
    entry: z.array(
      z.object({
        changes: z.array(
          z.object({
            value: z.object({
              statuses: z.array(z.unknown()).default([]),
              messages: z.array(z.unknown()).default([]),
              user_preferences: z.array(z.unknown()).default([]),
            }),
          }),
        ),
      }),
    ),
  }),
);

const STATES: Readonly<Record<string, DeliveryState>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  failed: 'failed',
};

/** @throws Permanent `token_mismatch`, `missing_signature`, `signature_mismatch`, `malformed_body` */
export function hearWhatsapp(callback: Callback, secrets: WhatsappSecrets): Heard {
  if (callback.method === 'GET') return { news: [], answer: challengeOf(callback, secrets), contentType: 'text/plain' };
  const signature = /^sha256=([0-9a-f]{64})$/i.exec(callback.headers['x-hub-signature-256'] ?? '')?.[1];
  if (signature === undefined) throw new Permanent('missing_signature');
  if (indexOfSigner(secrets.appSecrets, [signature], '', callback.body) < 0) throw new Permanent('signature_mismatch');
  return { news: newsOf(callback.body), answer: 'OK', contentType: 'text/plain' };
}

/** Meta asks once whether the address is ours. */
function challengeOf({ url }: Callback, { verifyTokens }: WhatsappSecrets): string {
  const given = Buffer.from(url.searchParams.get('hub.verify_token') ?? '');
  const matches = verifyTokens.map((token) => constantTimeEqual(given, Buffer.from(token)));
  const challenge = url.searchParams.get('hub.challenge') ?? '';
  if (url.searchParams.get('hub.mode') !== 'subscribe' || !matches.includes(true) || !/^[\w-]{1,200}$/.test(challenge))
    throw new Permanent('token_mismatch');
  return challenge;
}

/** One thing we cannot read stands in the way of no other. */
function newsOf(body: Uint8Array): News[] {
  const envelope = envelopeSchema.safeParse(readJsonObject(body));
  if (!envelope.success) throw new Permanent('malformed_body');
  const values = envelope.data.entry.flatMap(({ changes }) => changes.map(({ value }) => value));
  return values.flatMap(({ statuses, messages, user_preferences: preferences }) => [
    ...statuses.flatMap(deliveryOf),
    ...messages.flatMap(replyOf),
    ...preferences.flatMap(optOutOf),
  ]);
}

function deliveryOf(value: unknown): News[] {
  const { data } = statusSchema.safeParse(value);
  const state = data && STATES[data.status];
  if (!state || data.biz_opaque_callback_data === undefined) return [];
  const { id, recipient_id, biz_opaque_callback_data: reference, errors = [] } = data;
  const code = errors[0] === undefined ? undefined : String(errors[0].code);
  const failure = state === 'failed' ? { reason: reasonOfWhatsapp(code ?? '') } : {};
  return [
    {
      kind: 'delivery',
      channel: 'whatsapp',
      reference,
      state,
      providerReference: id,
      to: recipient_id === undefined ? null : `+${recipient_id}`,
      ...failure,
      ...(code === undefined ? {} : { providerCode: code }),
    },
  ];
}

function replyOf(value: unknown): News[] {
  const { data } = messageSchema.safeParse(value);
  const text = data?.text?.body ?? data?.button?.text ?? data?.interactive?.button_reply?.title;
  return data && text !== undefined ? [{ kind: 'reply', channel: 'whatsapp', from: `+${data.from}`, text }] : [];
}

/** The button "stop promotions" of WhatsApp itself. */
function optOutOf(value: unknown): News[] {
  const { data } = preferenceSchema.safeParse(value);
  return data?.value === 'stop' ? [{ kind: 'opt out', channel: 'whatsapp', from: `+${data.wa_id}` }] : [];
}
