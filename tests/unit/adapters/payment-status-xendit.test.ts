import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { xenditStatus } from '../../../shared/adapters/payment-status-xendit.ts';
import { xendit } from '../../../shared/gateways/xendit.ts';
import {
  dispute,
  ewallet,
  invoice,
  qrFlat,
  qrNested,
  refund,
  TOKEN,
  v2,
  v3,
  virtualAccount,
  xenditMessage,
} from '../gateways/xendit-signing.ts';

const secrets = { callbackTokens: [TOKEN], statusApi: null };

function told(body: unknown) {
  const [event] = xendit.interpret(xenditMessage(body), secrets).events;
  if (!event) throw new Error('no event');
  return event;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Reply = { status?: number; body?: unknown; headers?: Record<string, string> };

async function gatewayThatSays(reply: (authorization: string) => Reply, apiKeys: readonly string[] = ['key-1']) {
  const asked: Record<string, string | undefined>[] = [];
  const server = createServer((request, response) => {
    const { authorization, 'api-version': version } = request.headers;
    asked.push({ path: request.url, authorization, version: version as string | undefined });
    const { status = 200, body, headers = {} } = reply(authorization ?? '');
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const statusApi = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const port = xenditStatus({
    callbackTokens: [TOKEN],
    statusApi,
    ...(apiKeys.length > 0 ? { apiKeys: [...apiKeys] } : {}),
  });
  if (!port) throw new Error('no port');
  return { port, asked };
}

const withoutRequest = { payment_request_id: null, payment_method: { id: 'pm-1', type: 'EWALLET' } };

const FAMILIES: [string, unknown, unknown, string][] = [
  ['a payment v3', v3('payment.capture'), v3('').data, '/v3/payments/py-1'],
  ['a payment request v2', v2('payment.succeeded'), { ...v2('').data, id: 'pr-2' }, '/payment_requests/pr-2'],
  [
    'a payment of a method',
    v2('payment.succeeded', withoutRequest),
    { data: [v2('', { id: 'other' }).data, v2('', withoutRequest).data] },
    '/v2/payment_methods/pm-1/payments',
  ],
  ['an invoice', invoice(), invoice({ status: 'SETTLED' }), '/v2/invoices/inv-1'],
  ['a virtual account', virtualAccount(), virtualAccount(), '/callback_virtual_account_payments/payment_id=va-pay-1'],
  ['an e-wallet', ewallet(), ewallet().data, '/ewallets/charges/ewc_1'],
  ['a QR code', qrNested(), { data: [qrNested().data] }, '/qr_codes/qr_2/payments'],
  ['a QR code of the flat form', qrFlat(), [qrFlat()], '/qr_codes/payments?external_id=DON-5'],
  ['a refund', refund('refund.succeeded'), refund('').data, '/refunds/rfd-1'],
  ['a dispute', dispute('dispute.lost'), dispute(''), '/v1/disputes/mi-dspt-1'],
];

describe('asking Xendit', () => {
  it('is not done where no status API is configured', () => {
    expect(xenditStatus(secrets)).toBeNull();
  });

  it.each(FAMILIES)('about %s bears out what was told', async (_, message, answer, path) => {
    const event = told(message);
    const { port, asked } = await gatewayThatSays(() => ({ body: answer }));
    const confirmation = await port.confirm(event);
    expect(confirmation).toMatchObject({
      known: true,
      events: [{ effectKey: event.effectKey, amountRupiah: event.amountRupiah, paymentId: event.paymentId }],
    });
    expect(asked).toMatchObject([{ path, authorization: `Basic ${Buffer.from('key-1:').toString('base64')}` }]);
  });

  it('names the version where there is more than one', async () => {
    const { port, asked } = await gatewayThatSays(() => ({ status: 404 }));
    for (const message of [v3('payment.capture'), qrNested(), invoice()]) await port.confirm(told(message));
    expect(asked.map(({ version }) => version)).toEqual(['2024-11-11', '2022-07-31', undefined]);
  });

  it.each<[string, unknown, unknown, unknown[]]>([
    ['a captured payment that failed', v3('payment.capture'), v3('', { status: 'FAILED' }).data, ['failed']],
    ['an invoice still unpaid', invoice(), invoice({ status: 'PENDING' }), ['pending']],
    ['another amount', invoice(), invoice({ paid_amount: 5 }), ['paid']],
    ['a refund still under way', refund('refund.succeeded'), refund('', { status: 'PENDING' }).data, []],
    ['a dispute still open', dispute('dispute.lost'), dispute('', { status: 'UNDER_REVIEW' }), []],
    ['a charge that was voided', ewallet(), ewallet({ status: 'VOIDED' }).data, ['failed']],
    ['a word nobody knows', ewallet(), ewallet({ status: 'NEW' }).data, []],
  ])('tells what it knows of %s', async (_, message, answer, kinds) => {
    const { port } = await gatewayThatSays(() => ({ body: answer }));
    const confirmation = await port.confirm(told(message));
    expect(confirmation.known && confirmation.events.map(({ kind }) => kind)).toEqual(kinds);
  });

  it('a void undoes the payment, whichever is heard first', async () => {
    const { port } = await gatewayThatSays(() => ({ body: ewallet({ status: 'VOIDED' }).data }));
    expect(await port.confirm(told(ewallet()))).toMatchObject({
      events: [{ effectKey: 'xendit:ewc_1:void', voidsPayment: true }],
    });
  });

  it('an expired request is expired, and one that was paid has its money elsewhere', async () => {
    const message = v3('payment_request.expiry', { payment_id: undefined });
    const expired = await gatewayThatSays(() => ({ body: v3('', { status: 'EXPIRED' }).data }));
    expect(await expired.port.confirm(told(message))).toMatchObject({
      events: [{ kind: 'expired', paymentId: 'pr-1' }],
    });
    const paid = await gatewayThatSays(() => ({ body: v3('').data }));
    expect(await paid.port.confirm(told(message))).toEqual({ known: true, events: [] });
  });

  it.each([
    [404, invoice(), {}],
    [400, invoice(), { error_code: 'API_VALIDATION_ERROR' }],
    [200, qrFlat(), []],
    [200, qrNested(), { data: [] }],
  ])('%i: not known', async (status, message, body) => {
    const { port } = await gatewayThatSays(() => ({ status, body }));
    expect(await port.confirm(told(message))).toEqual({ known: false });
  });

  it('knows nothing of an event that names no place to ask', async () => {
    const { port, asked } = await gatewayThatSays(() => ({ body: invoice() }));
    const { statusPath: _nowhere, ...event } = told(invoice());
    expect(await port.confirm(event)).toEqual({ known: false });
    expect(await port.confirm({ ...event, statusPath: '/elsewhere' })).toEqual({ known: false });
    expect(asked).toHaveLength(1);
  });

  it.each([500, 503, 403, 302])('%i: later', async (status) => {
    const { port } = await gatewayThatSays(() => ({ status, body: {} }));
    await expect(port.confirm(told(invoice()))).rejects.toMatchObject({
      name: 'Transient',
      reason: 'status_unavailable',
    });
  });

  it('rests when it is told to, without asking', async () => {
    const { port, asked } = await gatewayThatSays(() => ({ status: 429, headers: { 'rate-limit-reset': '30.5' } }));
    await expect(port.confirm(told(invoice()))).rejects.toThrow('asks for 30.5 s of rest');
    await expect(port.confirm(told(ewallet()))).rejects.toThrow('asked for rest');
    expect(asked).toHaveLength(1);
  });

  it('tries the previous key where the current one is refused, and no key where there is none', async () => {
    const reply = (authorization: string) =>
      authorization === `Basic ${btoa('old:')}` ? { body: invoice() } : { status: 401, body: {} };
    const { port, asked } = await gatewayThatSays(reply, ['new', 'old']);
    expect(await port.confirm(told(invoice()))).toMatchObject({ known: true });
    expect(asked).toHaveLength(2);
    const open = await gatewayThatSays(() => ({ body: invoice() }), []);
    expect(await open.port.confirm(told(invoice()))).toMatchObject({ known: true });
    expect(open.asked[0]?.authorization).toBeUndefined();
    const closed = await gatewayThatSays(() => ({ status: 401, body: {} }));
    await expect(closed.port.confirm(told(invoice()))).rejects.toThrow('our keys are refused');
  });

  it('takes no answer about another payment', async () => {
    const { port } = await gatewayThatSays(() => ({ body: invoice({ id: 'inv-2' }) }));
    await expect(port.confirm(told(invoice()))).rejects.toMatchObject({
      name: 'Permanent',
      reason: 'status_contradiction',
    });
  });

  it('escapes an id, so that it cannot lead to another path', async () => {
    const { port, asked } = await gatewayThatSays(() => ({ status: 404 }));
    await port.confirm(told(invoice({ id: '../x?y=/z' })));
    expect(asked[0]?.path).toBe('/v2/invoices/..%2Fx%3Fy%3D%2Fz');
  });
});
