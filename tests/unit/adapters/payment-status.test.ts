import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { midtransStatus } from '../../../shared/adapters/payment-status-midtrans.ts';
import { midtrans } from '../../../shared/gateways/midtrans.ts';
import { midtransBody, midtransMessage, SERVER_KEY, SETTLEMENT } from '../gateways/signing.ts';

const secrets = { serverKeys: [SERVER_KEY], statusApi: null };
const [event] = midtrans.interpret(midtransMessage(midtransBody()), secrets).events;
if (!event) throw new Error('no event');

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Reply = { status?: number; body?: unknown } | 'silence';

async function gatewayThatSays(
  reply: (authorization: string) => Reply,
  timeoutSeconds = 10,
  serverKeys = [SERVER_KEY],
) {
  const asked: { url: string | undefined; authorization: string }[] = [];
  const server = createServer((request, response) => {
    const authorization = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
    asked.push({ url: request.url, authorization });
    const said = reply(authorization);
    if (said === 'silence') return;
    response.statusCode = said.status ?? 200;
    response.end(typeof said.body === 'string' ? said.body : JSON.stringify(said.body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const statusApi = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const port = midtransStatus({ serverKeys, statusApi }, { timeoutSeconds });
  if (!port) throw new Error('no port');
  return { port, asked };
}

describe('asking Midtrans', () => {
  it('is not done where no status API is configured', () => {
    expect(midtransStatus(secrets)).toBeNull();
  });

  it('names the transaction and the server key, and reads the answer like a notification', async () => {
    const { port, asked } = await gatewayThatSays(() => ({ body: SETTLEMENT }));
    expect(await port.confirm(event)).toEqual({ known: true, events: [event] });
    expect(asked).toEqual([{ url: '/v2/tx-1/status', authorization: `${SERVER_KEY}:` }]);
  });

  it('escapes an id, so that it cannot lead to another path', async () => {
    const { port, asked } = await gatewayThatSays(() => ({ status: 404 }));
    await port.confirm({ ...event, paymentId: '../a?b/c' });
    expect(asked[0]?.url).toBe('/v2/..%2Fa%3Fb%2Fc/status');
  });

  it('tells the whole story: what went back had come in', async () => {
    const refunds = [{ refund_key: 'a', refund_amount: '1000.00', created_at: '2026-11-20 15:20:00' }];
    const { port } = await gatewayThatSays(() => ({
      body: { ...SETTLEMENT, transaction_status: 'partial_refund', refunds },
    }));
    const answer = await port.confirm(event);
    expect(answer.known && answer.events.map(({ effectKey, amountRupiah }) => [effectKey, amountRupiah])).toEqual([
      ['midtrans:tx-1:paid', 154_600],
      ['midtrans:tx-1:refund:a', 1_000],
    ]);
  });

  it('does not book a label the gateway knows nothing of', async () => {
    const relabelled = midtrans.interpret(midtransMessage(midtransBody({ transaction_status: 'refund' })), secrets);
    const { port } = await gatewayThatSays(() => ({ body: SETTLEMENT }));
    const answer = await port.confirm(relabelled.events[0] ?? event);
    expect(answer.known && answer.events.map(({ kind }) => kind)).toEqual(['paid']);
  });

  it.each([
    ['HTTP 404', { status: 404, body: {} }],
    ['404 in the body', { body: { status_code: '404', status_message: "Transaction doesn't exist." } }],
  ])('%s: not known', async (_, reply) => {
    const { port } = await gatewayThatSays(() => reply);
    expect(await port.confirm(event)).toEqual({ known: false });
  });

  it.each<[string, Reply]>([
    ['HTTP 500', { status: 500, body: {} }],
    ['HTTP 429', { status: 429, body: {} }],
    ['a refused key', { status: 401, body: {} }],
    ['a refused key in the body', { body: { status_code: '401' } }],
    ['500 in the body', { body: { status_code: '500' } }],
    ['no JSON', { body: '<html>' }],
    ['a body without a status', { body: {} }],
    ['silence', 'silence'],
  ])('%s: later', async (_, reply) => {
    const { port } = await gatewayThatSays(() => reply, 0.2);
    await expect(port.confirm(event)).rejects.toMatchObject({ name: 'Transient', reason: 'status_unavailable' });
  });

  it('cannot reach it: later', async () => {
    const port = midtransStatus({ serverKeys: [SERVER_KEY], statusApi: 'http://127.0.0.1:1' });
    await expect(port?.confirm(event)).rejects.toMatchObject({ name: 'Transient', reason: 'status_unavailable' });
  });

  it('tries the previous key where the current one is refused', async () => {
    const reply = (authorization: string) =>
      authorization === `${SERVER_KEY}:` ? { body: SETTLEMENT } : { status: 401, body: {} };
    const { port, asked } = await gatewayThatSays(reply, 10, ['new', SERVER_KEY]);
    expect(await port.confirm(event)).toMatchObject({ known: true });
    expect(asked).toHaveLength(2);
  });

  it('takes no answer about another payment', async () => {
    const { port } = await gatewayThatSays(() => ({ body: { ...SETTLEMENT, transaction_id: 'tx-2' } }));
    await expect(port.confirm(event)).rejects.toMatchObject({ name: 'Permanent', reason: 'status_contradiction' });
  });

  it.each([
    ['the transaction’s id, as of payments over SNAP: the notification’s order is kept', 'tx-1', 'DON-1'],
    ['another order: the answer is booked', 'DON-2', 'DON-2'],
  ])('answers for an order with %s', async (_, orderId, orderReference) => {
    const { port } = await gatewayThatSays(() => ({ body: { ...SETTLEMENT, order_id: orderId } }));
    expect(await port.confirm(event)).toMatchObject({ known: true, events: [{ orderReference }] });
  });
});
