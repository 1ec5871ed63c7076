import { describe, expect, it } from 'vitest';
import { midtransPaymentRequest } from '../../../shared/adapters/payment-request-midtrans.ts';
import type { Instant } from '../../../shared/domain/dates.ts';
import { rupiah } from '../../../shared/domain/money.ts';
import type { PaymentMethod } from '../../../shared/ports/payment-request.ts';

const REQUEST = {
  orderReference: 'GNS-20270301-0123456789',
  amountRupiah: rupiah(50_400),
  method: 'bri' as PaymentMethod,
  requestedAt: '2027-03-01T01:00:00.000Z' as Instant,
  expiresAt: '2027-03-08T01:00:00.000Z' as Instant,
};

const MADE = {
  status_code: '201',
  transaction_id: 'tx-1',
  order_id: REQUEST.orderReference,
  gross_amount: '50400.00',
  payment_type: 'bank_transfer',
  transaction_status: 'pending',
  expiry_time: '2027-03-08 08:00:00',
};
const BRI = { ...MADE, va_numbers: [{ bank: 'bri', va_number: '128880000000001' }] };

interface Asked {
  readonly method: string | undefined;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

/** Answers as told, one after the other; the last one again and again. */
function gatewayThatSays(...answers: readonly { status?: number; body: unknown }[]) {
  const asked: Asked[] = [];
  const fetch = async (url: string | URL | Request, init: RequestInit = {}) => {
    const body = init.body === undefined ? undefined : JSON.parse(init.body as string);
    asked.push({ method: init.method, url: String(url), headers: init.headers as Record<string, string>, body });
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    if (!answer) throw new TypeError('fetch failed');
    return new Response(JSON.stringify(answer.body), { status: answer.status ?? 200 });
  };
  const secrets = { serverKeys: ['key-1'], statusApi: null, chargeApi: 'https://api.example.org' };
  const port = midtransPaymentRequest(secrets, { fetch: fetch as typeof globalThis.fetch });
  if (!port) throw new Error('no port');
  return { port, asked };
}

describe('asking Midtrans for a way to pay', () => {
  it('is not done where no charge API is configured', () => {
    expect(midtransPaymentRequest({ serverKeys: ['key-1'], statusApi: null })).toBeNull();
  });

  it('names order, amount, bank and until when, under a key that makes a second request harmless', async () => {
    const { port, asked } = gatewayThatSays({ status: 201, body: BRI });
    expect(await port.request(REQUEST)).toEqual({
      kind: 'virtual_account',
      method: 'bri',
      accountNumber: '128880000000001',
      payUntil: '2027-03-08T01:00:00.000Z',
    });
    expect(asked).toEqual([
      {
        method: 'POST',
        url: 'https://api.example.org/v2/charge',
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          authorization: `Basic ${Buffer.from('key-1:').toString('base64')}`,
          'idempotency-key': 'GNS-20270301-0123456789-charge',
        },
        body: {
          payment_type: 'bank_transfer',
          bank_transfer: { bank: 'bri' },
          transaction_details: { order_id: 'GNS-20270301-0123456789', gross_amount: 50_400 },
          custom_expiry: { order_time: '2027-03-01 08:00:00 +0700', expiry_duration: 10_080, unit: 'minute' },
        },
      },
    ]);
  });

  it('reads what was made before where the order is taken', async () => {
    const { port, asked } = gatewayThatSays({ body: { status_code: '406' } }, { body: BRI });
    expect(await port.request(REQUEST)).toMatchObject({ accountNumber: '128880000000001' });
    expect(asked.map(({ method, url }) => [method, url])).toEqual([
      ['POST', 'https://api.example.org/v2/charge'],
      [undefined, 'https://api.example.org/v2/GNS-20270301-0123456789/status'],
    ]);
  });

  it('says which bank it was where another was asked for', async () => {
    const { port } = gatewayThatSays({ body: { status_code: '406' } }, { body: BRI });
    expect(await port.request({ ...REQUEST, method: 'bni' })).toMatchObject({ method: 'bri' });
  });

  it.each<[PaymentMethod, object, object]>([
    ['permata', { permata_va_number: '8778000002332015' }, { accountNumber: '8778000002332015' }],
    [
      'mandiri',
      { bill_key: '990000000260', biller_code: '70012' },
      { accountNumber: '990000000260', billerCode: '70012' },
    ],
    [
      'qris',
      { actions: [{ name: 'generate-qr-code', method: 'GET', url: 'https://api.example.org/qr' }] },
      { kind: 'link', url: 'https://api.example.org/qr' },
    ],
  ])('of %s', async (method, fields, instruction) => {
    const { expiry_time: _none, ...made } = MADE;
    const { port } = gatewayThatSays({ status: 201, body: { ...made, ...fields } });
    expect(await port.request({ ...REQUEST, method })).toMatchObject({
      method,
      payUntil: REQUEST.expiresAt,
      ...instruction,
    });
  });

  it.each([
    ['HTTP 500', { status: 500, body: {} }],
    ['a refusal in the body', { body: { status_code: '402', status_message: 'no access for this payment channel' } }],
    ['a refused key', { status: 401, body: {} }],
    ['asks for rest', { status: 429, body: {} }],
    ['another order', { status: 201, body: { ...BRI, order_id: 'GNS-1' } }],
    ['a transaction that is over', { body: { ...BRI, transaction_status: 'expire' } }],
    ['no number', { status: 201, body: MADE }],
    [
      'a link that is none',
      { status: 201, body: { ...MADE, actions: [{ name: 'generate-qr-code', url: 'javascript:x' }] } },
    ],
  ])('%s: no way to pay now', async (_, answer) => {
    const { port } = gatewayThatSays(answer);
    await expect(port.request(REQUEST)).rejects.toMatchObject({ name: 'Transient', reason: 'payment_unavailable' });
  });

  it('cannot reach it: no way to pay now', async () => {
    await expect(gatewayThatSays().port.request(REQUEST)).rejects.toMatchObject({ reason: 'payment_unavailable' });
  });
});
