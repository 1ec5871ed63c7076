/** What gateways say themselves is held against the books every day: nothing that was paid stays unknown, nothing unpaid stays unseen. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectAddsUp, provenBalances } from './support/books.ts';
import type { Donation } from './support/contract.ts';
import { newPayment, notify } from './support/midtrans.ts';
import { give, newGift } from './support/partner.ts';
import { CONFIGURATION, describeEmbedded, type System, startSystem } from './support/system.ts';

const TOKEN = 'xnd_cb_FAKE_acceptance';

interface Total {
  readonly count: number;
  readonly amountRupiah: number;
}
interface Report {
  readonly gateway: string;
  readonly date: string;
  readonly outcomes: Readonly<Record<string, Total>>;
  readonly awaited: Total;
  readonly ageing: readonly (Total & { readonly fromDays: number })[];
  readonly open: Total;
}
interface Difference {
  readonly differenceId: string;
  readonly gateway: string;
  readonly paymentId: string;
  readonly outcome: string;
  readonly state: string;
  readonly statedAmountRupiah: number | null;
  readonly oursAmountRupiah: number | null;
}

interface Payment {
  readonly id: string;
  readonly amountRupiah: number;
  readonly at: string;
}

const NOTHING: Total = { count: 0, amountRupiah: 0 };

describeEmbedded('reconciliation', () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem({ configuration: configurationWith(null), now: '2026-12-01T08:00:00+07:00' });
    const configuration = configurationWith(`${system.url}/local/sandbox/xendit`);
    writeFileSync(join(system.folder, 'configuration.json'), JSON.stringify({ ...CONFIGURATION, ...configuration }));
  });
  afterAll(() => system.stop());

  function configurationWith(statusApi: string | null) {
    const xendit = { callbackTokens: [TOKEN], apiKeys: ['xnd_development_FAKE'], statusApi };
    return { gateways: { ...CONFIGURATION.gateways, xendit } };
  }

  const nowIso = async () => new Date(await system.nowMilliseconds()).toISOString();
  async function newXenditPayment(amountRupiah = 50_400): Promise<Payment> {
    return { id: `py-${randomUUID()}`, amountRupiah, at: await nowIso() };
  }

  function captureOf({ id, amountRupiah, at }: Payment) {
    const capture = { capture_timestamp: at, capture_id: `cptr-${id}`, capture_amount: amountRupiah };
    return {
      event: 'payment.capture',
      business_id: 'fake',
      created: at,
      data: {
        payment_id: id,
        payment_request_id: `pr-${id}`,
        reference_id: `REF-${id}`,
        type: 'PAY',
        country: 'ID',
        currency: 'IDR',
        request_amount: amountRupiah,
        capture_method: 'AUTOMATIC',
        channel_code: 'OVO',
        status: 'SUCCEEDED',
        captures: [capture],
        created: at,
        updated: at,
      },
    };
  }
  const refundOf = ({ id, at }: Payment, amountRupiah: number) => ({
    event: 'refund.succeeded',
    business_id: 'fake',
    created: at,
    data: {
      id: `rfd-${randomUUID()}`,
      payment_id: id,
      currency: 'IDR',
      amount: amountRupiah,
      channel_code: 'OVO',
      status: 'SUCCEEDED',
      created: at,
      updated: at,
    },
  });

  async function sandbox(path: string, document: unknown, status: number) {
    const parts = { body: JSON.stringify(document) };
    expect((await system.request('POST', `/local/sandbox/xendit${path}`, parts)).status).toBe(status);
  }
  const happens = (document: unknown) => sandbox('', document, 201);
  const listSays = ({ id }: Payment, fields: Record<string, unknown>) =>
    sandbox('/transactions', { product_id: id, ...fields }, 200);

  async function isTold(document: unknown) {
    const headers = { 'content-type': 'application/json', 'x-callback-token': TOKEN };
    const { status } = await system.request('POST', '/webhooks/xendit', { headers, body: JSON.stringify(document) });
    expect(status).toBe(200);
    await system.settle();
  }

  const donationsOf = ({ id }: Payment) =>
    system.list<Donation & { feeCarriedRupiah: number; feeBeyondRupiah: number }>('/api/donations', {
      gateway: 'xendit',
      paymentId: id,
    });
  const differencesOf = async (paymentId: string) =>
    (await system.list<Difference>('/api/differences')).filter((each) => each.paymentId === paymentId);
  const reportsOf = (gateway: string, date?: string) =>
    system.list<Report>('/api/reconciliations', { gateway, ...(date ? { date } : {}) });

  /** Past six in the morning of the next day. */
  async function nextMorning(): Promise<string> {
    const today = new Date((await system.nowMilliseconds()) + 7 * 3_600_000).toISOString().slice(0, 10);
    const day = new Date(Date.parse(`${today}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
    await system.advanceTo(`${day}T06:30:00+07:00`);
    await system.settle();
    return day;
  }

  it('finds the one of fifty payments whose notice never came, and books it the same day with its fee', async () => {
    const payments = await Promise.all(Array.from({ length: 50 }, (_, index) => newXenditPayment(50_400 + index)));
    for (const payment of payments) await happens(captureOf(payment));
    const [lost, ...told] = payments as [Payment, ...Payment[]];
    await listSays(lost, { net_amount: lost.amountRupiah - 2_000 });
    for (const payment of told) await isTold(captureOf(payment));
    expect(await donationsOf(lost)).toEqual([]);
    const date = await nextMorning();
    expect(await donationsOf(lost)).toMatchObject([{ receivedRupiah: 50_400, feesRupiah: 2_000 }]);
    const [report, ...others] = await reportsOf('xendit', date);
    expect(others).toEqual([]);
    const matchedRupiah = told.reduce((sum, { amountRupiah }) => sum + amountRupiah, 0);
    expect(report?.outcomes).toEqual({
      matched: { count: 49, amountRupiah: matchedRupiah },
      missing_here: { count: 1, amountRupiah: 50_400 },
      amount_differs: NOTHING,
      fee_differs: NOTHING,
      missing_there: NOTHING,
    });
    expect(report).toMatchObject({ awaited: NOTHING, open: NOTHING });
    expect(await differencesOf(lost.id)).toMatchObject([{ outcome: 'missing_here', state: 'booked' }]);
    for (const { id } of told) expect(await differencesOf(id)).toEqual([]);
    // Its notice comes after all: nothing more happens.
    await isTold(captureOf(lost));
    expect(await donationsOf(lost)).toMatchObject([{ receivedRupiah: 50_400, feesRupiah: 2_000 }]);
  });

  it('takes over the fee it could not know, and what of it no gift may bear the guarantee fund carries', async () => {
    const payment = await newXenditPayment(100_000);
    await happens(captureOf(payment));
    await isTold(captureOf(payment));
    await listSays(payment, { net_amount: 88_000 });
    await nextMorning();
    const [donation] = await donationsOf(payment);
    expect(donation).toMatchObject({ feesRupiah: 10_000, feeBeyondRupiah: 2_000, receivedRupiah: 100_000 });
    expectAddsUp(donation!);
    const { items } = await system.must<{ items: Record<string, unknown>[] }>('GET', '/api/fees?by=gateway');
    for (const each of items) expect(each.sharePercent).toBeLessThanOrEqual(10);
    expect(items.find(({ group }) => group === 'xendit')).toMatchObject({ feeBeyondRupiah: 2_000 });
  });

  it('books no other amount than the one we know, and tells a person until that one has settled it', async () => {
    const payment = await newXenditPayment();
    await happens(captureOf(payment));
    await isTold(captureOf(payment));
    await listSays(payment, { amount: 60_000, net_amount: 60_000 });
    const before = await provenBalances(system);
    const date = await nextMorning();
    expect(await donationsOf(payment)).toMatchObject([{ receivedRupiah: 50_400 }]);
    expect((await provenBalances(system)).get('gateway:xendit')).toBe(before.get('gateway:xendit'));
    const [difference] = await differencesOf(payment.id);
    expect(difference).toMatchObject({
      outcome: 'amount_differs',
      state: 'open',
      statedAmountRupiah: 60_000,
      oursAmountRupiah: 50_400,
    });
    expect((await reportsOf('xendit', date))[0]).toMatchObject({
      open: { count: 1, amountRupiah: 60_000 },
      outcomes: { amount_differs: { count: 1, amountRupiah: 60_000 } },
      awaited: { count: 1, amountRupiah: 50_400 },
    });
    const path = `/api/differences/${encodeURIComponent(difference!.differenceId)}/settle`;
    expect((await system.operate('POST', path, {})).status).toBe(400);
    await system.must('POST', path, { note: 'their typing mistake' });
    expect((await system.operate('POST', path, { note: 'once more' })).status).toBe(404);
    await nextMorning();
    expect((await reportsOf('xendit'))[0]?.open).toEqual(NOTHING);
  });

  it('finds a refund whose notice never came', async () => {
    const payment = await newXenditPayment();
    await happens(captureOf(payment));
    await isTold(captureOf(payment));
    await happens(refundOf(payment, 20_400));
    await nextMorning();
    expect(await donationsOf(payment)).toMatchObject([{ receivedRupiah: 50_400, refundedRupiah: 20_400 }]);
  });

  it('does not settle what the gateway has not paid out yet, until it has', async () => {
    const payment = await newXenditPayment();
    await happens(captureOf(payment));
    await isTold(captureOf(payment));
    await listSays(payment, { settlement_status: 'PENDING' });
    const awaitedBefore = (await reportsOf('xendit'))[0]!.awaited.count;
    await nextMorning();
    expect((await reportsOf('xendit'))[0]?.awaited.count).toBe(awaitedBefore + 1);
    await listSays(payment, { settlement_status: 'SETTLED', updated: await nowIso() });
    await nextMorning();
    expect((await reportsOf('xendit'))[0]?.awaited.count).toBe(awaitedBefore);
  });

  it('tells of payments no statement names once their days are over, and not before', async () => {
    const payment = newPayment(50_400, await system.nowMilliseconds());
    expect((await notify(system, payment, 'settlement')).status).toBe(200);
    const gift = newGift(75_600, await system.nowMilliseconds());
    expect((await give(system, gift)).status).toBe(200);
    await system.settle();
    for (let day = 0; day < 7; day += 1) {
      await nextMorning();
      expect(await differencesOf(payment.transactionId)).toEqual([]);
    }
    const date = await nextMorning();
    expect(await differencesOf(payment.transactionId)).toMatchObject([
      { outcome: 'missing_there', state: 'open', statedAmountRupiah: null, oursAmountRupiah: 50_400 },
    ]);
    const [midtrans] = await reportsOf('midtrans', date);
    expect(midtrans).toMatchObject({
      awaited: { count: 1, amountRupiah: 50_400 },
      outcomes: { missing_there: { count: 1, amountRupiah: 50_400 } },
      open: { count: 1, amountRupiah: 50_400 },
    });
    expect(midtrans?.ageing.filter(({ count }) => count > 0)).toEqual([
      { fromDays: 7, count: 1, amountRupiah: 50_400 },
    ]);
    expect(await reportsOf('partner:kitabisa', date)).toMatchObject([{ awaited: { count: 1, amountRupiah: 75_600 } }]);
    // Told once.
    await nextMorning();
    expect((await reportsOf('midtrans'))[0]?.outcomes.missing_there).toEqual(NOTHING);
    expect((await reportsOf('midtrans'))[0]?.open.count).toBe(1);
  });

  it('waits for no settlement of a payment that went back whole', async () => {
    const payment = newPayment(50_400, await system.nowMilliseconds());
    expect((await notify(system, payment, 'settlement')).status).toBe(200);
    await system.settle();
    const refunds = [{ refundKey: 'whole', amountRupiah: 50_400 }];
    expect((await notify(system, payment, 'refund', refunds)).status).toBe(200);
    await system.settle();
    for (let day = 0; day < 9; day += 1) await nextMorning();
    expect(await differencesOf(payment.transactionId)).toEqual([]);
  });

  it('leaves books that prove', async () => {
    await provenBalances(system);
  });
});
