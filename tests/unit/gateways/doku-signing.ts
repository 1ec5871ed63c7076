/** Notifications of DOKU, signed by hand as its manual says, without the product's code. */
import { createHash, createHmac } from 'node:crypto';
import type { InboundMessage } from '../../../shared/gateways/gateway.ts';

export const SECRET_KEY = 'SK-unit-test-key';
export const CLIENT_ID = 'MCH-0001-unit-test';
export const TARGET = '/webhooks/doku';
export const SENT_AT = '2026-11-20T07:59:42Z';

type Fields = Record<string, unknown>;

export const dokuBody = (status: unknown, { transaction = {}, order = {}, ...rest }: Record<string, Fields> = {}) => ({
  service: { id: 'VIRTUAL_ACCOUNT' },
  acquirer: { id: 'BCA' },
  channel: { id: 'VIRTUAL_ACCOUNT_BCA' },
  transaction: { status, date: '2026-11-20T07:59:23Z', original_request_id: 'req-1', ...transaction },
  order: { invoice_number: 'DON-1', amount: 150_000, ...order },
  customer: { name: 'Budi Santoso', email: 'budi@example.org' },
  ...rest,
});

export interface DokuSigning {
  readonly key?: string;
  readonly target?: string;
  readonly clientId?: string;
  readonly headers?: Record<string, string>;
  readonly sentAt?: string;
}

export function dokuMessage(body: unknown, signing: DokuSigning = {}): InboundMessage {
  const { key = SECRET_KEY, target = TARGET, clientId = CLIENT_ID, sentAt = SENT_AT } = signing;
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const digest = createHash('sha256').update(bytes).digest('base64');
  const text = `Client-Id:${clientId}\nRequest-Id:request-1\nRequest-Timestamp:${sentAt}\nRequest-Target:${target}\nDigest:${digest}`;
  return {
    method: 'POST',
    path: '/somewhere/else',
    headers: {
      'content-type': 'application/json',
      'client-id': clientId,
      'request-id': 'request-1',
      'request-timestamp': sentAt,
      signature: `HMACSHA256=${createHmac('sha256', key).update(text).digest('base64')}`,
      ...signing.headers,
    },
    body: bytes,
  };
}
