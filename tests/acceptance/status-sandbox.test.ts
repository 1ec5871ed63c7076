/** Midtrans and Xendit do not sign what they say, so the system asks them before it books: here the engine's own sandbox. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { provenBalances } from './support/books.ts';
import type { QuarantineItem } from './support/contract.ts';
import { newPayment, notify, SERVER_KEY, statusOf } from './support/midtrans.ts';
import { CONFIGURATION, describeEmbedded, type System, startSystem } from './support/system.ts';

const TOKEN = 'xnd_cb_FAKE_acceptance';
const PROJECT = resolve(import.meta.dirname, '../..');

type Fields = Record<string, unknown>;

describeEmbedded('with the status APIs of the sandbox', () => {
  let system: System;
  let now = 0;

  beforeAll(async () => {
    system = await startSystem({ configuration: configurationWith(null) });
    // The sandbox is at the system's own address, which is known only now; nothing was asked yet.
    const configuration = configurationWith(`${system.url}/local/sandbox`);
    writeFileSync(join(system.folder, 'configuration.json'), JSON.stringify({ ...CONFIGURATION, ...configuration }));
    now = await system.nowMilliseconds();
  });
  afterEach(() => Promise.all([behave('midtrans', { mood: 'normal' }), behave('xendit', { mood: 'normal' })]));
  afterAll(() => system.stop());

  function configurationWith(sandbox: string | null) {
    const statusApi = (gateway: string) => sandbox && `${sandbox}/${gateway}`;
    const midtrans = { serverKeys: [SERVER_KEY], statusApi: statusApi('midtrans') };
    const xendit = { callbackTokens: [TOKEN], apiKeys: ['xnd_development_FAKE'], statusApi: statusApi('xendit') };
    return { gateways: { ...CONFIGURATION.gateways, midtrans, xendit } };
  }

  async function behave(gateway: string, behaviour: Fields) {
    expect((await local('PUT', gateway, behaviour)).status).toBe(200);
  }
  const local = (method: string, gateway: string, document: unknown) =>
    system.request(method, `/local/sandbox/${gateway}`, { body: JSON.stringify(document) });

  /** What really happened. */
  async function happens(gateway: string, document: unknown) {
    expect((await local('POST', gateway, document)).status).toBe(201);
  }
  async function tellXendit(document: unknown) {
    const headers = { 'content-type': 'application/json', 'x-callback-token': TOKEN };
    const { status } = await system.request('POST', '/webhooks/xendit', { headers, body: JSON.stringify(document) });
    expect(status).toBe(200);
    await system.settle();
  }

  const at = () => new Date(now).toISOString();
  const invoice = (fields: Fields = {}) => {
    const id = randomUUID().replaceAll('-', '').slice(0, 24);
    const reference = `REF-${id}`;
    const paid = { paid_amount: 75_600, paid_at: at(), payment_method: 'EWALLET', payment_channel: 'OVO' };
    return {
      id,
      external_id: reference,
      status: 'PAID',
      amount: 75_600,
      currency: 'IDR',
      created: at(),
      updated: at(),
      ...paid,
      ...fields,
    };
  };
  const donationsOf = (paymentId: string, gateway = 'xendit') => system.donations({ gateway, paymentId });

  async function heldBy(work: () => Promise<void>): Promise<QuarantineItem[]> {
    const before = new Set((await system.quarantine()).map(({ quarantineId }) => quarantineId));
    await work();
    return (await system.quarantine()).filter(({ quarantineId }) => !before.has(quarantineId));
  }
  async function release(held: QuarantineItem | undefined) {
    expect((await system.operate('POST', `/api/quarantine/${held?.quarantineId}/release`)).status).toBe(202);
    await system.settle();
  }

  it('books an invoice once Xendit bears it out, and once only', async () => {
    const paid = invoice();
    await happens('xendit', paid);
    for (const document of [paid, { ...paid, status: 'SETTLED' }, paid]) await tellXendit(document);
    expect(await donationsOf(paid.id)).toMatchObject([{ receivedRupiah: 75_600, orderReference: paid.external_id }]);
  });

  it('holds a forged amount with both versions, and books what is true once it is released', async () => {
    const paid = invoice();
    await happens('xendit', paid);
    await behave('xendit', { mood: 'wrong', path: `/v2/invoices/${paid.id}` });
    const [held, ...others] = await heldBy(() => tellXendit(paid));
    expect(others).toEqual([]);
    expect(held).toMatchObject({ state: 'held', reason: 'status_contradiction' });
    expect(held?.detail).toContain('notified paid 75600, the gateway says paid 76600');
    expect(await donationsOf(paid.id)).toEqual([]);
    await behave('xendit', { mood: 'normal', path: `/v2/invoices/${paid.id}` });
    await release(held);
    expect(await donationsOf(paid.id)).toMatchObject([{ receivedRupiah: 75_600 }]);
  });

  it('holds a payment Xendit never heard of, and keeps without a person what moves no money', async () => {
    const unknown = invoice();
    expect(await heldBy(() => tellXendit(unknown))).toMatchObject([{ state: 'held', reason: 'not_confirmable' }]);
    const expired = invoice({ status: 'EXPIRED' });
    expect(await heldBy(() => tellXendit(expired))).toMatchObject([{ state: 'kept', reason: 'not_confirmable' }]);
    expect([...(await donationsOf(unknown.id)), ...(await donationsOf(expired.id))]).toEqual([]);
  });

  it('loses nothing while Xendit is down, and books nothing twice when it is back', async () => {
    const paid = invoice();
    await happens('xendit', paid);
    await behave('xendit', { mood: 'down' });
    expect(await heldBy(() => tellXendit(paid))).toEqual([]);
    expect(await donationsOf(paid.id)).toEqual([]);
    const payments = async () => (await system.queues()).find(({ name }) => name === 'payments');
    expect(await payments()).toMatchObject({ ready: 0, dead: 1 });
    await behave('xendit', { mood: 'normal' });
    await system.operate('POST', '/api/queues/payments/redrive');
    await system.settle();
    await tellXendit(paid);
    expect(await donationsOf(paid.id)).toMatchObject([{ receivedRupiah: 75_600 }]);
    expect(await payments()).toMatchObject({ ready: 0, dead: 0 });
  });

  it('waits for an answer that is slow', { timeout: 30_000 }, async () => {
    const paid = invoice();
    await happens('xendit', paid);
    await behave('xendit', { mood: 'slow', seconds: 2 });
    await tellXendit(paid);
    expect(await donationsOf(paid.id)).toMatchObject([{ receivedRupiah: 75_600 }]);
  });

  it('books one payment that two products of Xendit tell of', async () => {
    const paid = invoice();
    const number = {
      id: `cb-${paid.id}`,
      payment_id: `va-${paid.id}`,
      callback_virtual_account_id: `account-${paid.id}`,
      external_id: paid.external_id,
      bank_code: 'BNI',
      amount: 75_600,
      transaction_timestamp: at(),
    };
    for (const document of [number, paid]) {
      await happens('xendit', document);
      await tellXendit(document);
    }
    const booked = await system.donations({ orderReference: paid.external_id });
    expect(booked).toMatchObject([{ receivedRupiah: 75_600, paymentId: number.payment_id }]);
  });

  it('books no captured settlement of Midtrans that was relabelled as a refund', async () => {
    const payment = newPayment(50_400, now);
    await happens('midtrans', statusOf(payment, 'settlement'));
    for (const status of ['settlement', 'refund', 'chargeback']) {
      expect((await notify(system, payment, status)).status).toBe(200);
      await system.settle();
    }
    expect(await donationsOf(payment.transactionId, 'midtrans')).toMatchObject([
      { receivedRupiah: 50_400, refundedRupiah: 0 },
    ]);
  });

  it('keeps the order a payment over SNAP was made for, which the API does not tell', async () => {
    const payment = newPayment(50_400, now, { paymentType: 'dana' });
    await happens('midtrans', { ...statusOf(payment, 'settlement'), order_id: payment.transactionId });
    await notify(system, payment, 'settlement');
    await system.settle();
    expect(await donationsOf(payment.transactionId, 'midtrans')).toMatchObject([
      { receivedRupiah: 50_400, orderReference: payment.orderId },
    ]);
  });

  it('believes what trigger sends, as the sandbox knows of it, but not what is forged', {
    timeout: 60_000,
  }, async () => {
    const lingkaran = (...argv: string[]) =>
      new Promise<{ paymentId: string }>((done, fail) => {
        const flags = ['--config', join(system.folder, 'configuration.json'), '--json'];
        const environment = { ...process.env, LINGKARAN_DATA: join(system.folder, 'data') };
        const child = execFile(
          join(PROJECT, 'infra/cli/lingkaran.mjs'),
          ['trigger', ...argv, ...flags],
          { cwd: PROJECT, env: environment },
          (error, out) => (error ? fail(error) : done(JSON.parse(out))),
        );
        child.stdin?.end();
      });
    for (const gateway of ['midtrans', 'xendit']) {
      const { paymentId } = await lingkaran(gateway, 'paid', '--order', `T-${gateway}`, '--amount', '84000');
      await lingkaran(gateway, 'refunded', '--order', `T-${gateway}`, '--amount', '84000', '--forged');
      await system.settle();
      expect(await donationsOf(paymentId, gateway)).toMatchObject([{ receivedRupiah: 84_000, refundedRupiah: 0 }]);
    }
  });

  it('ends with books that balance', async () => {
    await provenBalances(system);
  });
});
