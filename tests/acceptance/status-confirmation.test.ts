/** Midtrans signs neither status nor refunds, so with a status API configured its answer is booked, not the notification. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { provenBalances } from './support/books.ts';
import type { QuarantineItem } from './support/contract.ts';
import { type MidtransPayment, newPayment, notify, SERVER_KEY, statusOf } from './support/midtrans.ts';
import { StatusServer } from './support/status-server.ts';
import { CONFIGURATION, describeEmbedded, type System, startSystem } from './support/system.ts';

describeEmbedded('with a status API', () => {
  const statusServer = new StatusServer();
  let system: System;
  let now = 0;

  beforeAll(async () => {
    const statusApi = await statusServer.listen();
    const gateways = { ...CONFIGURATION.gateways, midtrans: { serverKeys: [SERVER_KEY], statusApi } };
    system = await startSystem({ configuration: { gateways } });
    now = await system.nowMilliseconds();
  });
  afterAll(async () => {
    await system.stop();
    statusServer.close();
  });

  const says = (payment: MidtransPayment, status: string, refunds: Parameters<typeof statusOf>[2] = []) =>
    statusServer.say(payment.transactionId, { code: 200, body: statusOf(payment, status, refunds) });
  const donationsOf = ({ transactionId }: MidtransPayment) =>
    system.donations({ gateway: 'midtrans', paymentId: transactionId });

  async function tell(payment: MidtransPayment, status: string, refunds: Parameters<typeof statusOf>[2] = []) {
    expect((await notify(system, payment, status, refunds)).status).toBe(200);
    await system.settle();
  }

  /** What is newly held since the work began. */
  async function heldBy(work: () => Promise<void>): Promise<QuarantineItem[]> {
    const before = new Set((await system.quarantine()).map(({ quarantineId }) => quarantineId));
    await work();
    return (await system.quarantine()).filter(({ quarantineId }) => !before.has(quarantineId));
  }

  async function release({ quarantineId }: QuarantineItem): Promise<void> {
    expect((await system.operate('POST', `/api/quarantine/${quarantineId}/release`)).status).toBe(202);
    await system.settle();
  }

  it('asks about the transaction with the server key before it books', async () => {
    const payment = newPayment(50_400, now);
    says(payment, 'settlement');
    await tell(payment, 'settlement');
    expect(await donationsOf(payment)).toMatchObject([{ receivedRupiah: 50_400 }]);
    const asked = statusServer.questions.filter(({ path }) => path === `/v2/${payment.transactionId}/status`);
    const authorization = `Basic ${Buffer.from(`${SERVER_KEY}:`).toString('base64')}`;
    expect(asked[0]).toMatchObject({ authorization });
  });

  it('holds a settlement that the gateway still calls pending, and books it once it agrees and is released', async () => {
    const payment = newPayment(50_400, now);
    says(payment, 'pending');
    const [held, ...others] = await heldBy(() => tell(payment, 'settlement'));
    expect(others).toEqual([]);
    expect(held).toMatchObject({ source: 'payments', state: 'held', reason: 'status_contradiction' });
    expect((await donationsOf(payment)).filter(({ receivedRupiah }) => receivedRupiah > 0)).toEqual([]);
    says(payment, 'settlement');
    await release(held!);
    expect(await donationsOf(payment)).toMatchObject([{ receivedRupiah: 50_400 }]);
    expect((await system.quarantine()).find(({ quarantineId }) => quarantineId === held?.quarantineId)).toMatchObject({
      state: 'released',
    });
  });

  it('holds it again when it is released too early', async () => {
    const payment = newPayment(50_400, now);
    says(payment, 'pending');
    const [held] = await heldBy(() => tell(payment, 'settlement'));
    await release(held!);
    expect(await donationsOf(payment)).toEqual([]);
    expect((await system.quarantine()).find(({ quarantineId }) => quarantineId === held?.quarantineId)).toMatchObject({
      state: 'held',
      reason: 'status_contradiction',
    });
  });

  it('books no settlement that was relabelled as a refund on its way', async () => {
    const payment = newPayment(50_400, now);
    says(payment, 'settlement');
    await tell(payment, 'settlement');
    await tell(payment, 'refund', [{ refundKey: 'forged', amountRupiah: 50_400 }]);
    expect(await donationsOf(payment)).toMatchObject([{ receivedRupiah: 50_400, refundedRupiah: 0 }]);
  });

  it('books a payment whose settlement was lost, from the refund the gateway tells of', async () => {
    const payment = newPayment(50_400, now);
    const refunds = [{ refundKey: 'real', amountRupiah: 20_400 }];
    says(payment, 'partial_refund', refunds);
    await tell(payment, 'partial_refund', refunds);
    expect(await donationsOf(payment)).toMatchObject([{ receivedRupiah: 50_400, refundedRupiah: 20_400 }]);
  });

  it('holds a payment the gateway does not know, and books it when it is released and known', async () => {
    const payment = newPayment(50_400, now);
    const [held] = await heldBy(() => tell(payment, 'settlement'));
    expect(held).toMatchObject({ state: 'held', reason: 'not_confirmable' });
    expect(await donationsOf(payment)).toEqual([]);
    says(payment, 'settlement');
    await release(held!);
    expect(await donationsOf(payment)).toMatchObject([{ receivedRupiah: 50_400 }]);
  });

  it('holds an answer about another amount', async () => {
    const payment = newPayment(50_400, now);
    says({ ...payment, grossAmount: '5040.00' }, 'settlement');
    expect(await heldBy(() => tell(payment, 'settlement'))).toMatchObject([{ reason: 'status_contradiction' }]);
    expect(await donationsOf(payment)).toEqual([]);
  });

  it('tries again while the gateway fails, gives up into the dead letters, and books when they are redriven', async () => {
    const payment = newPayment(50_400, now);
    statusServer.say(payment.transactionId, { code: 500 });
    expect(await heldBy(() => tell(payment, 'settlement'))).toEqual([]);
    expect(await donationsOf(payment)).toEqual([]);
    const path = `/v2/${payment.transactionId}/status`;
    expect(statusServer.questions.filter((question) => question.path === path).length).toBeGreaterThanOrEqual(5);
    const payments = async () => (await system.queues()).find(({ name }) => name === 'payments');
    expect(await payments()).toMatchObject({ ready: 0, inFlight: 0, dead: 1 });
    says(payment, 'settlement');
    const redriven = await system.operate('POST', '/api/queues/payments/redrive');
    expect(redriven).toMatchObject({ status: 202, body: { name: 'payments', messages: 1 } });
    await system.settle();
    expect(await donationsOf(payment)).toMatchObject([{ receivedRupiah: 50_400 }]);
    expect(await payments()).toMatchObject({ ready: 0, inFlight: 0, dead: 0 });
    await provenBalances(system);
  });

  it('needs only one good answer after bad ones', async () => {
    const payment = newPayment(50_400, now);
    statusServer.say(payment.transactionId, { code: 503 });
    expect((await notify(system, payment, 'settlement')).status).toBe(200);
    while (!statusServer.questions.some(({ path }) => path.includes(payment.transactionId)))
      await new Promise((resume) => setTimeout(resume, 5));
    says(payment, 'settlement');
    await system.settle();
    expect(await donationsOf(payment)).toMatchObject([{ receivedRupiah: 50_400 }]);
  });
});
