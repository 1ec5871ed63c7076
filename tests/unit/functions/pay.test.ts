import { Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PayDependencies } from '../../../functions/serve-public/pay.ts';
import { payRoutes } from '../../../functions/serve-public/pay-routes.ts';
import type { Cover } from '../../../shared/domain/cover.ts';
import type { CivilMonth, Instant } from '../../../shared/domain/dates.ts';
import { fundIdOf } from '../../../shared/domain/fund.ts';
import { type CoverId, coverIdOf } from '../../../shared/domain/ids.ts';
import { selfFund } from '../../../shared/domain/self-payment.ts';
import { PUBLISHED_TARIFF } from '../../../shared/domain/tariff.ts';
import { newWorker, type WorkerRow } from '../../../shared/domain/worker.ts';
import { Transient } from '../../../shared/errors.ts';
import { SILENT_LOG } from '../../../shared/logger.ts';
import type { FundMessage } from '../../../shared/messages.ts';
import type { PaymentRequest, PaymentRequestPort } from '../../../shared/ports/payment-request.ts';
import { coverRow, coversOfWorker } from '../../../shared/store/covers.ts';
import { readDonations } from '../../../shared/store/donations.ts';
import { ensureFund, readFund } from '../../../shared/store/funds.ts';
import {
  latestOrders,
  putOrder,
  readPayingWorker,
  saveInstruction,
  selfPaymentsOf,
} from '../../../shared/store/self-payments.ts';
import { transact, updateItem } from '../../../shared/store/table.ts';
import { newWorkerPut } from '../../../shared/store/workers.ts';
import { give, PROFILE, workerIdOf } from '../../support/people-and-gifts.ts';
import { TestSystem } from '../../support/test-system.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

const WORKER = workerIdOf(1);
const COVER: Cover = {
  coverId: coverIdOf(WORKER, 1),
  workerId: WORKER,
  fundId: 'general',
  allocationId: 'alc_general_00000001',
  package: 'JKK_JKM',
  sector: 'non_transport',
  region: '33.72',
  state: 'active',
  termMonths: 3,
  months: ['2026-12', '2027-01', '2027-02'].map((month) => ({ month, priceRupiah: 16_800, shares: [] })),
  monthsPaid: 3,
  reservedAt: '2026-12-01T01:00:00.000Z',
  startDate: '2026-12-01',
  endDate: '2027-03-01',
} as unknown as Cover;

interface Gateway {
  readonly asked: PaymentRequest[];
  down: boolean;
}

let gateway: Gateway;
let asked: FundMessage[];
let at: Instant;
let app: Hono;

const port: PaymentRequestPort = {
  methods: ['bri', 'bni'],
  async request(request) {
    gateway.asked.push(request);
    if (gateway.down) throw new Transient('payment_unavailable');
    const accountNumber = `12888${gateway.asked.length}`;
    return { kind: 'virtual_account', method: request.method, accountNumber, payUntil: request.expiresAt };
  },
};

function dependenciesWith(changes: Partial<PayDependencies> = {}): PayDependencies {
  return {
    now: () => at,
    readPayLink: async (token) => (token.startsWith('good-') ? (token.slice('good-'.length) as CoverId) : null),
    readPayingWorker,
    coversOfWorker,
    selfPaymentsOf,
    readDonations: async (ids) => [...(await readDonations(ids)).values()].map(({ donation }) => donation),
    latestOrders,
    putOrder,
    saveInstruction,
    tariffInForce: () => PUBLISHED_TARIFF,
    paymentRequests: async () => port,
    ensureFund,
    sendToFund: async (message) => void asked.push(message),
    log: SILENT_LOG,
    ...changes,
  };
}

function serve(changes: Partial<PayDependencies> = {}): void {
  app = new Hono();
  payRoutes(app, dependenciesWith(changes));
  app.onError((error) => {
    throw error;
  });
}

async function addWorker(changes: Partial<WorkerRow> = {}, covers: readonly Cover[] = [COVER]): Promise<void> {
  const worker = newWorker(PROFILE, WORKER, '2026-11-01T00:00:00.000Z' as Instant);
  const paidMonths = new Set(['2026-12', '2027-01', '2027-02'] as CivilMonth[]);
  await transact([newWorkerPut({ ...worker, paidMonths, coverOrdinal: covers.length, ...changes })]);
  // Covered, so in no line.
  const Key = { pk: `WORKER#${WORKER}`, sk: 'WORKER' };
  await updateItem({ Key, UpdateExpression: 'REMOVE waitingKey, waitingSort' });
  for (const cover of covers) await transact([{ Put: { Item: coverRow(cover) } }]);
}

beforeEach(async () => {
  system.newWorld();
  gateway = { asked: [], down: false };
  asked = [];
  at = '2027-02-15T03:00:00.000Z' as Instant;
  serve();
});

const PATH = `/pay/good-${COVER.coverId}`;
const page = async (path = PATH) => {
  const response = await app.request(path);
  return { status: response.status, headers: response.headers, text: await response.text() };
};
const json = async (path = PATH) => (await app.request(path, { headers: { accept: 'application/json' } })).json();
const firstOffer = async () => {
  const { from, offers } = (await json()) as { from: string | null; offers: { tariff: { month: string }[] }[] };
  return [from, offers[0]?.tariff[0]?.month];
};
const press = (fields: Record<string, string>, path = PATH) =>
  app.request(path, { method: 'POST', body: new URLSearchParams(fields) });
const order = (fields: object, path = PATH) =>
  app.request(path, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  });
const pay = async (orderReference: string, amount: number, paymentId = 'p1') => {
  await give(system, { paymentId, amount, orderReference });
  await system.deliver('payments');
};

describe('the page of a link', () => {
  it('says until when cover runs and what each month costs, Indonesian first, and names nobody', async () => {
    await addWorker();
    const { status, headers, text } = await page();
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(text).toContain('<html lang="id">');
    expect(text).toContain('berlaku sampai dengan 28 Februari 2027');
    for (const said of ['1 bulan, Maret 2027: Rp16.800', '3 bulan, Maret 2027 – Mei 2027: Rp50.400', 'Februari 2028'])
      expect(text).toContain(said);
    expect(text).toContain('baru penuh setelah sedikitnya tiga bulan');
    for (const kept of [WORKER, COVER.coverId, '33.72', 'buruh']) expect(text).not.toContain(kept);
  });

  it('is complete in English', async () => {
    await addWorker();
    const { text } = await page(`${PATH}?lang=en`);
    expect(text).toContain('<html lang="en">');
    for (const said of [
      'runs up to and including 28 February 2027',
      'How many months?',
      '12 months, March 2027 – February 2028: Rp201.600',
    ])
      expect(text).toContain(said);
    expect(text).not.toMatch(/bulan|Berapa|Iuran/);
  });

  it('has one button, and a label for each choice', async () => {
    await addWorker();
    const { text } = await page();
    expect(text.match(/<button /g)).toHaveLength(1);
    expect(text.match(/<label><input type="radio" name="months"/g)).toHaveLength(5);
    expect(text.match(/<label><input type="radio" name="via"/g)).toHaveLength(2);
  });

  it('says in grace that cover is not assured, and after a lapse that it starts anew', async () => {
    await addWorker();
    at = '2027-03-20T03:00:00.000Z' as Instant;
    expect((await page()).text).toContain('perlindungan tidak dapat dipastikan');
    expect(await firstOffer()).toEqual(['2027-03-01', '2027-03']);
    at = '2027-06-05T03:00:00.000Z' as Instant;
    expect((await page()).text).toContain('kepesertaan tidak aktif lagi');
    expect(await firstOffer()).toEqual([null, '2027-06']);
  });

  it('is the same missing page for a forged link and for nobody’s', async () => {
    const [forged, nobodys] = [await page('/pay/forged'), await page(PATH)];
    expect([forged.status, nobodys.status]).toEqual([404, 404]);
    expect(forged.text).toBe(nobodys.text);
    expect((await press({ months: '1' }, '/pay/forged')).status).toBe(404);
  });

  it('takes no money of who died, and says why', async () => {
    await addWorker({ state: 'deceased' });
    const { text } = await page();
    expect(text).toContain('Pekerja meninggal dunia.');
    expect(text).not.toContain('<form');
    await press({ months: '1', via: 'bri' });
    expect([gateway.asked, system.rows('self_payment_order')]).toEqual([[], []]);
  });

  it('says until when cover is renewed already', async () => {
    const next = { ...COVER, coverId: coverIdOf(WORKER, 2), startDate: '2027-03-01', endDate: '2027-06-01' } as Cover;
    await addWorker({}, [COVER, next]);
    const { text } = await page();
    expect(text).toContain('Perlindungan sudah diperpanjang.');
    expect(text).toContain('31 Mei 2027');
    expect(text).not.toContain('<form');
    expect(await json()).toMatchObject({ refusal: { reason: 'cover_renewed', coveredUntil: '2027-06-01' } });
  });
});

describe('an order', () => {
  it('shows the account to pay to, and is the same however often it is asked for', async () => {
    await addWorker();
    const answer = await press({ months: '3', via: 'bri' }, `${PATH}?lang=en`);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '?lang=en']);
    await Promise.all([press({ months: '3', via: 'bri' }), press({ months: '3', via: 'bri' })]);
    expect(system.rows('self_payment_order')).toHaveLength(1);
    const [made] = system.rows('self_payment_order');
    expect(made).toMatchObject({ amountRupiah: 50_400, termMonths: 3, instruction: { accountNumber: '128881' } });
    expect(gateway.asked).toMatchObject([
      { orderReference: made?.orderReference, amountRupiah: 50_400, method: 'bri' },
    ]);
    const { text } = await page();
    for (const said of [
      'Menunggu pembayaran Anda',
      '128881',
      made?.orderReference as string,
      '22 Februari 2027, 10.00 WIB',
    ])
      expect(text).toContain(said);
  });

  it('asked for twice at once is one order', async () => {
    await addWorker();
    const answers = await Promise.all([order({ months: 1 }), order({ months: 1 })]);
    const made = await Promise.all(answers.map(async (answer) => (await answer.json()) as { orderReference: string }));
    expect(made[0]?.orderReference).toBe(made[1]?.orderReference);
    expect(system.rows('self_payment_order')).toHaveLength(1);
  });

  it('of another period, or by another bank, is another', async () => {
    await addWorker();
    await order({ months: 1, via: 'bri' });
    await order({ months: 2, via: 'bri' });
    await order({ months: 1, via: 'bni' });
    expect(gateway.asked.map(({ amountRupiah, method }) => [amountRupiah, method])).toEqual([
      [16_800, 'bri'],
      [33_600, 'bri'],
      [16_800, 'bni'],
    ]);
    expect(new Set(gateway.asked.map(({ orderReference }) => orderReference)).size).toBe(3);
  });

  it('expires, and the next has another reference', async () => {
    await addWorker();
    const first = (await (await order({ months: 1 })).json()) as { orderReference: string };
    at = '2027-02-22T03:00:00.000Z' as Instant;
    expect(await json()).toMatchObject({ orders: [] });
    const second = (await (await order({ months: 1 })).json()) as { orderReference: string };
    expect(second.orderReference).not.toBe(first.orderReference);
  });

  it('stands where the gateway is down, and the next request asks it again', async () => {
    await addWorker();
    gateway.down = true;
    expect((await press({ months: '1', via: 'bri' })).status).toBe(303);
    expect((await page()).text).toContain('Tekan tombol sekali lagi');
    gateway.down = false;
    await press({ months: '1', via: 'bri' });
    expect((await page()).text).toContain('128882');
    expect(gateway.asked[0]?.orderReference).toBe(gateway.asked[1]?.orderReference);
  });

  it('without a gateway names the reference to pay under', async () => {
    serve({ paymentRequests: async () => null });
    await addWorker();
    await press({ months: '1' });
    const { text } = await page();
    expect(text).toContain(system.rows('self_payment_order')[0]?.orderReference as string);
    expect(text).toContain('Tulis nomor pesanan ini pada pembayaran Anda.');
  });

  it('of a period that nobody may buy is refused with its reason', async () => {
    await addWorker({ paidMonths: new Set(['2027-04'] as CivilMonth[]) });
    await expect(order({ months: 2 })).rejects.toMatchObject({ name: 'Permanent', reason: 'already_covered' });
    await expect(order({ months: 4 })).rejects.toMatchObject({ name: 'Permanent', reason: 'field_invalid' });
    await expect(order({ months: 1, via: 'gold' })).rejects.toMatchObject({ name: 'Permanent' });
    expect(system.rows('self_payment_order')).toEqual([]);
    expect((await page()).text).toContain('Bulan ini sudah dibayar pihak lain.');
  });
});

describe('what was paid', () => {
  const reference = async (months: number) =>
    ((await (await order({ months })).json()) as { orderReference: string }).orderReference;

  it('too little waits for that period, and the page says what is missing', async () => {
    await addWorker();
    await pay(await reference(3), 40_000);
    const { text } = await page();
    expect(text).toContain('sudah masuk Rp40.000, kurang Rp10.400');
    expect(text).toContain('1 bulan, Maret 2027: Rp16.800 (sudah masuk Rp40.000, cukup)');
    expect(await json()).toMatchObject({ orders: [], waitingRupiah: 40_000 });
    const missing = (await (await order({ months: 3 })).json()) as { amountRupiah: number };
    expect(missing.amountRupiah).toBe(10_400);
  });

  it('too little for one period buys a shorter one, where the worker chooses that', async () => {
    await addWorker();
    await pay(await reference(3), 40_000);
    const answer = await order({ months: 2 });
    expect([answer.status, await answer.json()]).toEqual([202, { paidFromCredit: true }]);
    const fundId = fundIdOf(selfFund(WORKER, 'JKK_JKM', 2));
    expect(asked).toEqual([{ contractVersion: 1, kind: 'fill', fundId }]);
    expect(await readFund(fundId)).toMatchObject({ descriptor: { fundClass: 'self', termMonths: 2 } });
    expect((await press({ months: '1', via: 'bri' })).status).toBe(303);
    expect(system.rows('self_payment_order')).toHaveLength(1);
  });

  it('in full is received: nobody is asked to pay a second time', async () => {
    await addWorker();
    await pay(await reference(1), 16_800);
    expect(await json()).toMatchObject({ refusal: { reason: 'payment_received' }, offers: [], orders: [] });
    const { text } = await page();
    expect(text).toContain('Pembayaran sudah diterima dan sedang diproses.');
    expect(text).toMatch(/belum terpakai<\/th><td class="amount">Rp16\.800</);
    await expect(order({ months: 3 })).rejects.toMatchObject({ reason: 'payment_received' });
  });

  it('and went back is missing again', async () => {
    await addWorker();
    const orderReference = await reference(1);
    await pay(orderReference, 16_800);
    await give(system, { paymentId: 'p1', amount: 16_800, kind: 'refunded', refundId: 'r1', orderReference });
    await system.deliver('payments');
    expect(await json()).toMatchObject({
      refusal: null,
      offers: [{ creditRupiah: 0, dueRupiah: 16_800 }, {}, {}, {}, {}],
    });
  });
});
