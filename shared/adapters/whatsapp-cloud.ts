/**
 * Messages by the WhatsApp Cloud API: `POST /<phone number id>/messages` with an approved template (Meta for
 * Developers: "Cloud API, Messages"; error codes). Our reference travels as `biz_opaque_callback_data` and comes back
 * with every status. The API takes no key against doubles, so what became of a message is asked of the receipts.
 */
import { writeReference } from '../domain/delivery.ts';
import { Transient } from '../errors.ts';
import type { JsonObject } from '../gateways/message-bytes.ts';
import { isJsonObject } from '../gateways/message-bytes.ts';
import type { MessagingSecrets, WhatsappSettings } from '../messaging-settings.ts';
import { reasonOfWhatsapp } from '../messengers/whatsapp.ts';
import type { OutgoingMessage, SendOutcome } from '../ports/messaging.ts';
import { referenceOf, type Sender } from './message-sender.ts';
import { pace } from './pace.ts';
import { type StatusAnswer, type StatusApiOptions, statusApi } from './status-api.ts';

/** 80 a second is what a number may send at first; five of us send at a time. */
const SPACING_MILLISECONDS = 65;
const CONCURRENCY = 8;
/** Passing: too fast, too busy, under repair. Ours to mend, with nothing lost: account, permissions, payment. */
const PASSING_CODES: ReadonlySet<string> = new Set(
  '1 2 4 10 190 200 368 80007 130429 131000 131005 131016 131031 131042 131048 131056 131057 133004'.split(' '),
);
const SERVER_ERROR = 500;

type Secrets = NonNullable<MessagingSecrets['whatsapp']>;

export function whatsappSender(
  { api, phoneNumberId, templateNames }: WhatsappSettings,
  { accessTokens }: Pick<Secrets, 'accessTokens'>,
  options: Partial<Pick<StatusApiOptions, 'fetch' | 'timeoutSeconds' | 'pace'>> = {},
): Sender {
  const client = statusApi({
    name: 'WhatsApp',
    address: api,
    keys: accessTokens,
    authorize: (token) => `Bearer ${token}`,
    pace: pace({ concurrency: CONCURRENCY, spacingMilliseconds: SPACING_MILLISECONDS }),
    ...options,
  });
  return {
    async send(message) {
      if (!message.template) return { outcome: 'failed', reason: 'template_refused' };
      const answer = await client.post(`/${phoneNumberId}/messages`, documentOf(message, templateNames));
      return outcomeOf(answer);
    },
  };
}

function documentOf(message: OutgoingMessage, templateNames: Readonly<Record<string, string>>): JsonObject {
  const { to, language, template = { name: '', parameters: [] } } = message;
  const parameters = template.parameters.map((text) => ({ type: 'text', text }));
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: to.replace(/^\+/, ''),
    type: 'template',
    template: {
      name: templateNames[template.name] ?? template.name,
      language: { code: language },
      components: parameters.length > 0 ? [{ type: 'body', parameters }] : [],
    },
    biz_opaque_callback_data: writeReference(referenceOf(message)),
  };
}

function outcomeOf({ code, body }: StatusAnswer): SendOutcome {
  const [first] = Array.isArray(body?.messages) ? body.messages : [];
  if (code === 200 && isJsonObject(first)) return { outcome: 'sent', providerReference: String(first.id) };
  const error = isJsonObject(body?.error) ? String(body.error.code) : '';
  if (code >= SERVER_ERROR || error === '' || PASSING_CODES.has(error))
    throw new Transient('delivery_unknown', { detail: `WhatsApp answered ${code}, error ${error || 'unnamed'}` });
  return { outcome: 'failed', reason: reasonOfWhatsapp(error) };
}
