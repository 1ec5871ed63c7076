import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { intakeKeys, intakeSealing } from '../../shared/adapters/sealing.ts';
import { gatewaySecrets } from '../../shared/adapters/secrets.ts';
import { withSnapTokenKeys } from '../../shared/adapters/snap-token-keys.ts';
import { now } from '../../shared/clock.ts';
import { loggerFor, meterFor } from '../../shared/logger.ts';
import type { PaymentMessage } from '../../shared/messages.ts';
import { httpHandler } from '../../shared/middleware/http.ts';
import { inboundMessage } from './inbound-message.ts';
import { type ReceiveWebhookDependencies, receiveWebhook } from './receive-webhook.ts';

const log = loggerFor('receive-webhook');

/** Gives up early enough to answer 503 within the fifteen seconds Midtrans waits. */
const queue = new SQSClient({
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 },
});

async function send(message: PaymentMessage): Promise<void> {
  const url = process.env.PAYMENTS_QUEUE_URL;
  if (!url) throw new Error('PAYMENTS_QUEUE_URL is not set');
  // A group on a standard queue makes it fair: one noisy gateway cannot starve the others.
  const command = { QueueUrl: url, MessageBody: JSON.stringify(message), MessageGroupId: message.gateway };
  await queue.send(new SendMessageCommand(command));
}

const dependencies: ReceiveWebhookDependencies = {
  secretsFor: withSnapTokenKeys(gatewaySecrets, intakeKeys),
  seal: intakeSealing.seal,
  send,
  now,
  log,
  meter: meterFor('receive-webhook'),
};

export const handler = httpHandler({
  handle: async (event: APIGatewayProxyEventV2) => {
    const { status, body, headers } = await receiveWebhook(inboundMessage(event), dependencies);
    return { statusCode: status, body, headers: { ...headers } };
  },
  log,
});
