import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { inboundMessage } from '../../../functions/receive-webhook/inbound-message.ts';
import type { PaymentMessage } from '../../../shared/messages.ts';
import { midtransBody, SERVER_KEY } from '../gateways/signing.ts';

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

const sqs = mockClient(SQSClient);
const secretsManager = mockClient(SecretsManagerClient);
const SECRETS: Record<string, unknown> = {
  'lingkaran/test/gateways/midtrans': { serverKeys: [SERVER_KEY] },
  'lingkaran/test/intake': { keys: [{ keyId: 'k1', key: Buffer.alloc(32, 7).toString('base64') }] },
};

function apiEvent(overrides: Partial<APIGatewayProxyEventV2> = {}): APIGatewayProxyEventV2 {
  return {
    rawPath: '/webhooks/midtrans',
    headers: { 'Content-Type': 'application/json' },
    body: midtransBody(),
    isBase64Encoded: false,
    requestContext: { requestId: 'req-1', stage: '$default', http: { method: 'POST' } },
    ...overrides,
  } as unknown as APIGatewayProxyEventV2;
}

let handler: Handler;
beforeAll(async () => {
  vi.stubEnv('SECRETS_PREFIX', 'lingkaran/test/');
  vi.stubEnv('PAYMENTS_QUEUE_URL', 'https://sqs.example/payments');
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  handler = (await import('../../../functions/receive-webhook/handler.ts')).handler as unknown as Handler;
});
afterAll(() => vi.unstubAllEnvs());

beforeEach(() => {
  sqs.reset();
  sqs.on(SendMessageCommand).resolves({});
  secretsManager.reset();
  secretsManager.on(GetSecretValueCommand).callsFake(({ SecretId }) => {
    if (SecretId in SECRETS) return { SecretString: JSON.stringify(SECRETS[SecretId]) };
    throw Object.assign(new Error('no value'), { name: 'ResourceNotFoundException' });
  });
});

describe('the webhook function, wired', () => {
  it('queues with the gateway as group, so that a standard queue is fair', async () => {
    const response = await handler(apiEvent(), {} as Context);
    expect(response).toMatchObject({ statusCode: 200, headers: { 'x-request-id': 'req-1' } });
    const input = sqs.commandCalls(SendMessageCommand)[0]?.args[0].input;
    expect(input).toMatchObject({ QueueUrl: 'https://sqs.example/payments', MessageGroupId: 'midtrans' });
    const message: PaymentMessage = JSON.parse(input?.MessageBody ?? '');
    const { intakeSealing } = await import('../../../shared/adapters/sealing.ts');
    expect(Buffer.from(await intakeSealing.unseal(message.sealedBody)).toString()).toBe(midtransBody());
  });

  it('answers 503 where the queue does not take it', async () => {
    sqs.on(SendMessageCommand).rejects(new Error('down'));
    expect(await handler(apiEvent(), {} as Context)).toMatchObject({ statusCode: 503 });
  });

  it('answers 404 for a gateway whose secret has no value', async () => {
    expect(await handler(apiEvent({ rawPath: '/webhooks/partner/kitabisa' }), {} as Context)).toMatchObject({
      statusCode: 404,
      headers: { 'content-type': 'application/problem+json' },
    });
  });

  it('survives an event without anything in it', async () => {
    expect(await handler({} as APIGatewayProxyEventV2, {} as Context)).toMatchObject({ statusCode: 404 });
  });
});

describe("API Gateway's event as the message that was signed", () => {
  it('decodes base64 to the exact bytes', () => {
    const bytes = Buffer.from([0x7b, 0xff, 0x7d]);
    const event = apiEvent({ body: bytes.toString('base64'), isBase64Encoded: true });
    expect(Buffer.from(inboundMessage(event).body)).toEqual(bytes);
  });

  it('lowers header names and leaves a named stage out of the path', () => {
    const event = apiEvent({
      rawPath: '/prod/webhooks/midtrans',
      requestContext: { stage: 'prod', http: { method: 'POST' } } as APIGatewayProxyEventV2['requestContext'],
    });
    expect(inboundMessage(event)).toMatchObject({
      method: 'POST',
      path: '/webhooks/midtrans',
      headers: { 'content-type': 'application/json' },
    });
  });
});
