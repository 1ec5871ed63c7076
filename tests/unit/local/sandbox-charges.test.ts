import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sandboxAnswer } from '../../../infra/local/sandbox/routes.ts';
import { openSandbox } from '../../../infra/local/sandbox/sandbox.ts';
import { midtransPaymentRequest } from '../../../shared/adapters/payment-request-midtrans.ts';
import type { Instant } from '../../../shared/domain/dates.ts';
import { rupiah } from '../../../shared/domain/money.ts';
import { PAYMENT_METHODS, type PaymentMethod } from '../../../shared/ports/payment-request.ts';

const sandbox = openSandbox(mkdtempSync(join(tmpdir(), 'lingkaran-sandbox-')));
afterAll(() => sandbox.close());

const ask = (method: string, below: string, document?: unknown) =>
  sandboxAnswer(sandbox, method, `/local/sandbox/midtrans${below}`, Buffer.from(JSON.stringify(document ?? '')));
const charge = (fields: object) =>
  ask('POST', '/v2/charge', {
    payment_type: 'bank_transfer',
    bank_transfer: { bank: 'bri' },
    transaction_details: { order_id: 'GNS-1', gross_amount: 16_800 },
    ...fields,
  });

/** The product's own adapter, with the sandbox at the other end. */
async function requested(orderReference: string, method: PaymentMethod) {
  const fetch = async (url: string | URL | Request, { method: verb = 'GET', body }: RequestInit = {}) => {
    const below = String(url).slice('http://sandbox'.length);
    const answer = await ask(verb, below, body ? JSON.parse(body as string) : undefined);
    return new Response(JSON.stringify(answer.body), { status: answer.status });
  };
  const secrets = { serverKeys: ['key'], statusApi: null, chargeApi: 'http://sandbox' };
  const port = midtransPaymentRequest(secrets, { fetch: fetch as typeof globalThis.fetch });
  const requestedAt = '2027-02-15T03:00:00.000Z' as Instant;
  const expiresAt = '2027-02-22T03:00:00.000Z' as Instant;
  return port?.request({ orderReference, amountRupiah: rupiah(16_800), method, requestedAt, expiresAt });
}

describe('the charge API of the sandbox', () => {
  it.each(PAYMENT_METHODS)('gives %s the way the product reads it, and the same when asked again', async (method) => {
    const made = await requested(`GNS-${method}`, method);
    expect(made).toMatchObject({ method, payUntil: '2027-02-22T03:00:00.000Z' });
    if (method !== 'qris') expect(await requested(`GNS-${method}`, method)).toEqual(made);
  });

  it('knows the order as a payment that is awaited', async () => {
    await charge({});
    const pending = { transaction_status: 'pending', order_id: 'GNS-1', gross_amount: '16800.00' };
    expect(await ask('GET', '/v2/GNS-1/status')).toMatchObject({ status: 200, body: pending });
  });

  it.each([
    ['no order', { transaction_details: { gross_amount: 1 } }],
    ['no amount', { transaction_details: { order_id: 'GNS-2' } }],
    ['parts of a rupiah', { transaction_details: { order_id: 'GNS-2', gross_amount: 1.5 } }],
    ['no bank', { bank_transfer: {} }],
    ['a way nobody knows', { payment_type: 'gold' }],
  ])('refuses %s', async (_, fields) => {
    expect(await charge({ transaction_details: { order_id: 'GNS-2', gross_amount: 1 }, ...fields })).toMatchObject({
      status: 400,
    });
  });

  it('can be down', async () => {
    sandbox.behave('midtrans', 'down');
    expect(await charge({ transaction_details: { order_id: 'GNS-3', gross_amount: 1 } })).toMatchObject({
      status: 503,
    });
    sandbox.behave('midtrans', 'normal');
    expect(await ask('GET', '/v2/GNS-3/status')).toMatchObject({ status: 404 });
  });
});
