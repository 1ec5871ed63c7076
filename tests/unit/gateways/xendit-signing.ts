/** Messages of every family of Xendit, as its pages show them; an override may also remove a field with `undefined`. */
import type { InboundMessage } from '../../../shared/gateways/gateway.ts';

export const TOKEN = 'xnd_cb_unit_test_token_0123456789';

type Fields = Record<string, unknown>;

export const v3 = (event: string, data: Fields = {}) => ({
  event,
  business_id: 'biz-1',
  created: '2026-11-20T07:59:21.566Z',
  data: {
    payment_id: 'py-1',
    payment_request_id: 'pr-1',
    reference_id: 'DON-1',
    status: 'SUCCEEDED',
    request_amount: 100_000,
    channel_code: 'OVO',
    currency: 'IDR',
    type: 'PAY',
    created: '2026-11-20T07:58:50.000Z',
    updated: '2026-11-20T07:59:20.100Z',
    ...data,
  },
});

export const v2 = (event: string, data: Fields = {}) => ({
  event,
  business_id: 'biz-1',
  created: '2026-11-20T07:59:21.566Z',
  data: {
    id: 'py-2',
    payment_request_id: 'pr-2',
    reference_id: 'DON-2',
    status: 'SUCCEEDED',
    amount: 15_000,
    currency: 'IDR',
    country: 'ID',
    payment_method: { id: 'pm-2', type: 'EWALLET', reusability: 'ONE_TIME_USE', ewallet: { channel_code: 'DANA' } },
    created: '2026-11-20T07:58:50.000Z',
    updated: '2026-11-20T07:59:20.000Z',
    ...data,
  },
});

export const invoice = (fields: Fields = {}) => ({
  id: 'inv-1',
  external_id: 'DON-1',
  user_id: 'user-1',
  is_high: false,
  payment_method: 'EWALLET',
  status: 'PAID',
  merchant_name: 'Yayasan Contoh',
  amount: 100_000,
  paid_amount: 100_000,
  paid_at: '2026-11-20T07:59:20.000Z',
  payer_email: 'donor@example.org',
  created: '2026-11-20T06:32:49.827Z',
  updated: '2026-11-20T07:59:22.000Z',
  currency: 'IDR',
  payment_channel: 'OVO',
  ...fields,
});

export const virtualAccount = (fields: Fields = {}) => ({
  id: 'cb-1',
  payment_id: 'va-pay-1',
  callback_virtual_account_id: 'va-1',
  owner_id: 'owner-1',
  external_id: 'VA-DONOR-1',
  account_number: '8808999939380502',
  bank_code: 'BNI',
  amount: 99_000,
  transaction_timestamp: '2026-11-20T07:15:03.080Z',
  sender_name: 'SITI RAHAYU',
  updated: '2026-11-20T07:15:03.404Z',
  created: '2026-11-20T07:15:03.404Z',
  ...fields,
});

export const ewallet = (data: Fields = {}) => ({
  event: 'ewallet.capture',
  business_id: 'biz-1',
  created: '2026-11-20T07:59:21.566Z',
  data: {
    id: 'ewc_1',
    reference_id: 'DON-3',
    status: 'SUCCEEDED',
    currency: 'IDR',
    charge_amount: 123_456,
    capture_amount: 123_456,
    channel_code: 'ID_LINKAJA',
    created: '2026-11-20T07:23:52Z',
    updated: '2026-11-20T07:24:52Z',
    ...data,
  },
});

export const qrNested = (data: Fields = {}) => ({
  event: 'qr.payment',
  api_version: '2022-07-31',
  business_id: 'biz-1',
  created: '2026-11-20T08:00:00.86474Z',
  data: {
    id: 'qrpy_2',
    currency: 'IDR',
    amount: 10_000,
    status: 'SUCCEEDED',
    created: '2026-11-20T07:30:05.86474Z',
    qr_id: 'qr_2',
    reference_id: 'DON-4',
    type: 'DYNAMIC',
    channel_code: 'ID_DANA',
    payment_detail: { receipt_id: '1', source: 'GOPAY', name: 'Budi Santoso' },
    ...data,
  },
});

export const qrFlat = (fields: Fields = {}) => ({
  event: 'qr.payment',
  id: 'qrpy_1',
  amount: 1_500,
  created: '2026-11-20T07:18:18.857Z',
  qr_code: { id: 'qr_1', external_id: 'DON-5', type: 'DYNAMIC' },
  status: 'COMPLETED',
  ...fields,
});

export const refundFields = (fields: Fields = {}) => ({
  id: 'rfd-1',
  payment_id: 'py-1',
  payment_request_id: 'pr-1',
  invoice_id: null,
  amount: 30_000,
  channel_code: 'OVO',
  currency: 'IDR',
  status: 'SUCCEEDED',
  created: '2026-11-20T08:59:30Z',
  updated: '2026-11-20T08:59:40Z',
  ...fields,
});

export const refund = (event: string, fields: Fields = {}) => ({
  event,
  business_id: 'biz-1',
  created: '2026-11-20T09:00:00Z',
  data: refundFields(fields),
});

export const dispute = (event: string, fields: Fields = {}) => ({
  event,
  id: 'mi-dspt-1',
  channel_code: 'CARDS',
  status: 'LOST',
  currency: 'IDR',
  amount: { initial: '250000.00', terminal: null },
  created_at: '2026-11-18T19:50:51.724Z',
  updated_at: '2026-11-20T07:50:51.724Z',
  payment_id: 'py-9',
  reference_id: 'DON-9',
  ...fields,
});

export function xenditMessage(body: unknown, token: string | undefined = TOKEN): InboundMessage {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    method: 'POST',
    path: '/webhooks/xendit',
    headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { 'x-callback-token': token }) },
    body: new TextEncoder().encode(text),
  };
}
