import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { sendNudges } from '../../shared/adapters/queues.ts';
import { secrets } from '../../shared/adapters/secrets.ts';
import { contactHash } from '../../shared/adapters/suppressions.ts';
import { now } from '../../shared/clock.ts';
import { loggerFor, meterFor } from '../../shared/logger.ts';
import { messagingSecretsSchema } from '../../shared/messaging-settings.ts';
import type { Callback } from '../../shared/messengers/news.ts';
import { httpHandler } from '../../shared/middleware/http.ts';
import { noteReceipt } from '../../shared/store/message-receipts.ts';
import { suppress } from '../../shared/store/suppressions.ts';
import { type ReceiveReceiptsDependencies, receiveReceipts } from './receive-receipts.ts';
import { takeMailEvent } from './take-mail-event.ts';

const log = loggerFor('receive-receipts');
const NOBODY = {};

const dependencies: ReceiveReceiptsDependencies = {
  now,
  secrets: async (options) => (await secrets.read('messaging', messagingSecretsSchema, options)) ?? NOBODY,
  contactHash,
  suppress,
  noteReceipt,
  sendNudges,
  log,
  meter: meterFor('receive-receipts'),
};

/** The address is part of what some sign, so it is put together as they called it. */
function callbackOf({ headers, requestContext, rawPath, rawQueryString, ...event }: APIGatewayProxyEventV2): Callback {
  const lowered = Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value ?? '']),
  );
  const protocol = lowered['x-forwarded-proto'] ?? 'https';
  const query = rawQueryString ? `?${rawQueryString}` : '';
  return {
    method: requestContext.http.method,
    url: new URL(`${protocol}://${lowered.host ?? requestContext.domainName}${rawPath}${query}`),
    headers: lowered,
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
  };
}

const answer = httpHandler({
  handle: async (event: APIGatewayProxyEventV2) => {
    const provider = event.pathParameters?.proxy ?? '';
    const heard = await receiveReceipts(provider, callbackOf(event), dependencies);
    return { statusCode: 200, headers: { 'content-type': heard.contentType }, body: heard.answer };
  },
  log,
});

/** Providers call by HTTP; what SES tells comes from EventBridge, which tries again where this throws. */
export function handler(event: APIGatewayProxyEventV2 | { readonly kind: 'mail' }, context: Context): Promise<unknown> {
  return 'kind' in event ? takeMailEvent(event, dependencies) : answer(event, context);
}
