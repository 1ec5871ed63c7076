/**
 * Twilio's Programmable Messaging as it calls us (twilio.com/docs: "Webhooks Security", "Outbound Message Status in
 * Status Callbacks"). Of those who carry SMS to Indonesia it documents all we need and nothing unusual: a signature over
 * the very address and form, a status for every message, replies, and lists of messages to look one up in.
 */
import { createHmac } from 'node:crypto';
import type { DeliveryState } from '../domain/delivery.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import { Permanent } from '../errors.ts';
import { constantTimeEqual, readText } from '../gateways/message-bytes.ts';
import type { Callback, Heard, News } from './news.ts';

export interface TwilioSecrets {
  readonly authTokens: readonly string[];
}

/** Where our reference travels: the provider calls the very address we gave with the message. */
const REFERENCE_PARAMETER = 'about';

/** Of letters and digits that no address writes in two ways, for the address is signed. */
export function statusAddress(base: string, reference: string): string {
  return `${base}/webhooks/messaging/sms?${REFERENCE_PARAMETER}=${Buffer.from(reference).toString('base64url')}`;
}

/** Unknown handset, landline, not a mobile number, not a number at all. */
const UNREACHABLE_CODES: ReadonlySet<string> = new Set(['30005', '30006', '21211', '21614', '21612']);
const OPTED_OUT_CODE = '21610';

export function reasonOfTwilio(code: string): ReasonCode {
  if (code === OPTED_OUT_CODE) return 'suppressed';
  return UNREACHABLE_CODES.has(code) ? 'not_reachable' : 'delivery_failed';
}

const STATES: Readonly<Record<string, DeliveryState>> = {
  accepted: 'accepted',
  scheduled: 'accepted',
  queued: 'accepted',
  sending: 'accepted',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  undelivered: 'failed',
  failed: 'failed',
};
/** "No answer": it would be sent to the person as a message. */
const EMPTY_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

/** base64 of HMAC-SHA1 over the address and every field in order of its name, as Twilio signs. */
export function signTwilio(authToken: string, url: string, form: URLSearchParams): string {
  const fields = [...form].sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return createHmac('sha1', authToken)
    .update(url + fields.map(([name, value]) => name + value).join(''))
    .digest('base64');
}

/** @throws Permanent `missing_signature`, `signature_mismatch`, `malformed_body` */
export function hearTwilio({ url, headers, body }: Callback, { authTokens }: TwilioSecrets): Heard {
  const text = readText(body);
  if (text === undefined) throw new Permanent('malformed_body');
  const form = new URLSearchParams(text);
  const signature = headers['x-twilio-signature'];
  if (signature === undefined) throw new Permanent('missing_signature');
  const matches = authTokens.map((token) =>
    constantTimeEqual(Buffer.from(signature), Buffer.from(signTwilio(token, url.href, form))),
  );
  if (!matches.includes(true)) throw new Permanent('signature_mismatch');
  return { news: newsOf(url, form), answer: EMPTY_ANSWER, contentType: 'text/xml' };
}

function newsOf(url: URL, form: URLSearchParams): News[] {
  const about = url.searchParams.get(REFERENCE_PARAMETER);
  const reference = about === null ? null : Buffer.from(about, 'base64url').toString();
  const state = STATES[form.get('MessageStatus') ?? ''];
  if (reference !== null && state) return [deliveryOf(reference, state, form)];
  const [from, text] = [phoneOf(form.get('From')), form.get('Body')];
  return from !== null && text !== null ? [{ kind: 'reply', channel: 'sms', from, text }] : [];
}

function deliveryOf(reference: string, state: DeliveryState, form: URLSearchParams): News {
  const code = form.get('ErrorCode');
  return {
    kind: 'delivery',
    channel: 'sms',
    reference,
    state,
    providerReference: form.get('MessageSid'),
    to: phoneOf(form.get('To')),
    ...(state === 'failed' ? { reason: reasonOfTwilio(code ?? '') } : {}),
    ...(code ? { providerCode: code } : {}),
  };
}

function phoneOf(text: string | null): string | null {
  return text !== null && /^\+\d{6,15}$/.test(text) ? text : null;
}
