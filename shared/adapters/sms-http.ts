/**
 * SMS over Twilio's API: `POST /2010-04-01/Accounts/<sid>/Messages.json` (twilio.com/docs: "Messages resource"; error
 * codes). Our reference travels in the address it calls back. It takes no key against doubles, but lists what it took.
 */
import { writeReference } from '../domain/delivery.ts';
import { Transient } from '../errors.ts';
import { isJsonObject } from '../gateways/message-bytes.ts';
import type { MessagingSecrets, SmsSettings } from '../messaging-settings.ts';
import { reasonOfTwilio, statusAddress } from '../messengers/twilio.ts';
import type { OutgoingMessage, SendOutcome } from '../ports/messaging.ts';
import { referenceOf, type Sender } from './message-sender.ts';
import { pace } from './pace.ts';
import { type StatusAnswer, type StatusApiOptions, statusApi } from './status-api.ts';

const CREATED = 201;
const OK = 200;
const SERVER_ERROR = 500;
const CONCURRENCY = 8;
const SPACING_MILLISECONDS = 65;
/** Nobody is sent more than a few messages a week. */
const LATEST = 20;
/** Ours to mend, with nothing lost: account, permissions, sender. */
const PASSING_CODES = /^(20\d{3}|21606|21603|21659|21660|30001|30002|63038)$/;

export interface SmsOptions extends Partial<Pick<StatusApiOptions, 'fetch' | 'timeoutSeconds' | 'pace'>> {
  /** Where people and providers reach this deployment; null where nobody said so: then nobody calls back. */
  readonly publicUrl: string | null;
}

export function smsSender(
  { api, accountSid, from }: SmsSettings,
  { authTokens }: NonNullable<MessagingSecrets['sms']>,
  { publicUrl, ...options }: SmsOptions,
): Sender {
  const client = statusApi({
    name: 'Twilio',
    address: api,
    keys: authTokens,
    authorize: (token) => `Basic ${Buffer.from(`${accountSid}:${token}`).toString('base64')}`,
    pace: pace({ concurrency: CONCURRENCY, spacingMilliseconds: SPACING_MILLISECONDS }),
    ...options,
  });
  const path = `/2010-04-01/Accounts/${accountSid}/Messages.json`;
  return {
    async send(message) {
      const form = new URLSearchParams({ To: message.to, From: from, Body: message.text });
      if (publicUrl !== null)
        form.set('StatusCallback', statusAddress(publicUrl, writeReference(referenceOf(message))));
      return outcomeOf(await client.post(path, form));
    },
    async look(message) {
      const answer = await client.get(`${path}?${new URLSearchParams({ To: message.to, PageSize: String(LATEST) })}`);
      if (answer.code !== OK) throw client.unavailable(`answered ${answer.code}`);
      return listed(answer, message);
    },
  };
}

function outcomeOf({ code, body }: StatusAnswer): SendOutcome {
  if (code === CREATED && typeof body?.sid === 'string') return { outcome: 'sent', providerReference: body.sid };
  const error = String(body?.code ?? '');
  if (code >= SERVER_ERROR || error === '' || PASSING_CODES.test(error))
    throw new Transient('delivery_unknown', { detail: `Twilio answered ${code}, error ${error || 'unnamed'}` });
  return { outcome: 'failed', reason: reasonOfTwilio(error) };
}

/** The very text, which names the day and the link of one cover. */
function listed({ body }: StatusAnswer, { text }: OutgoingMessage): SendOutcome | null {
  const messages = Array.isArray(body?.messages) ? body.messages.filter(isJsonObject) : [];
  const found = messages.find((message) => message.body === text);
  return found ? { outcome: 'sent', providerReference: String(found.sid) } : null;
}
