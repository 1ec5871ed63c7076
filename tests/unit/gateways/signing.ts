import { createHash } from 'node:crypto';
import type { Instant } from '../../../shared/domain/dates.ts';
import { instantFromMilliseconds } from '../../../shared/domain/dates.ts';
import type { InboundMessage } from '../../../shared/gateways/gateway.ts';
import { signStandardWebhook } from '../../../shared/gateways/standard-webhooks.ts';

export const SERVER_KEY = 'SB-Mid-server-unit-test';
export const PARTNER_SECRET = `whsec_${Buffer.from('unit-test-secret-of-32-bytes-000').toString('base64')}`;
export const NOW_SECONDS = 1_795_161_600;
export const NOW: Instant = instantFromMilliseconds(NOW_SECONDS * 1000);

export const SETTLEMENT = {
  transaction_time: '2026-11-20 14:58:01',
  settlement_time: '2026-11-20 14:58:20',
  transaction_status: 'settlement',
  transaction_id: 'tx-1',
  status_code: '200',
  payment_type: 'gopay',
  order_id: 'DON-1',
  gross_amount: '154600.00',
  fraud_status: 'accept',
  currency: 'IDR',
};

/** Signed over the three fields as given; an override may also remove a field with `undefined`. */
export function midtransBody(overrides: Record<string, unknown> = {}, serverKey = SERVER_KEY): string {
  const fields: Record<string, unknown> = { ...SETTLEMENT, ...overrides };
  const signed = `${fields.order_id}${fields.status_code}${fields.gross_amount}${serverKey}`;
  const signature = createHash('sha512').update(signed).digest('hex');
  return JSON.stringify({ signature_key: signature, ...fields });
}

export function midtransMessage(body: string | Uint8Array): InboundMessage {
  return {
    method: 'POST',
    path: '/webhooks/midtrans',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
  };
}

export const DONATION = {
  partner: 'kitabisa',
  payment_id: 'KB-1',
  campaign: 'ojek-2026',
  amount: 100_000,
  currency: 'IDR',
  fee: 5_000,
  paid_at: '2026-11-20T14:58:00+07:00',
  channel: 'gopay',
  donor: { name: 'Siti Rahayu', anonymous: false, email: 'siti@example.org', phone: null },
};

export function partnerBody(type: string, data: Record<string, unknown> = {}): string {
  return JSON.stringify({ type, timestamp: '2026-11-20T07:59:50Z', data: { ...DONATION, ...data } });
}

export interface PartnerSigning {
  readonly id?: string;
  readonly timestampSeconds?: number;
  readonly secret?: string;
  readonly path?: string;
}

export function partnerMessage(body: string | Uint8Array, signing: PartnerSigning = {}): InboundMessage {
  const { id = 'msg_1', timestampSeconds = NOW_SECONDS, secret = PARTNER_SECRET } = signing;
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return {
    method: 'POST',
    path: signing.path ?? '/webhooks/partner/kitabisa',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestampSeconds),
      'webhook-signature': signStandardWebhook(secret, id, timestampSeconds, bytes),
    },
    body: bytes,
  };
}
