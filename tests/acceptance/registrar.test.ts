/** Money is not cover: cover begins when the registrar accepts, costs what its real months cost, and may be refused. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectSharesSum, paidMonths, pricesOf, provenAccounts, provenBalances } from './support/books.ts';
import type { Cover } from './support/contract.ts';
import { newPayment, notify } from './support/midtrans.ts';
import { importRoster, people, person, roster } from './support/roster.ts';
import { describeEmbedded, type System, startSystem } from './support/system.ts';
import { at } from './support/wib.ts';

const TRADER_TERM_RUPIAH = 42_000;

async function pay(system: System, amountRupiah: number, orderId?: string): Promise<string> {
  const given = orderId === undefined ? {} : { orderId };
  const payment = newPayment(amountRupiah, await system.nowMilliseconds(), given);
  expect((await notify(system, payment, 'settlement')).status).toBe(200);
  await system.settle();
  return payment.transactionId;
}

describeEmbedded('a registrar that refuses every third worker', () => {
  let system: System;
  beforeAll(async () => {
    const registrar = { kind: 'simulator', acceptAfter: 'PT10M', rejectEvery: 3 };
    system = await startSystem({ configuration: { registrar } });
    await importRoster(system, roster(people(1, 12)));
  });
  afterAll(() => system.stop());

  it('gives their money back to the fund, and the next in line get it', async () => {
    const paymentId = await pay(system, 6 * TRADER_TERM_RUPIAH);
    expect(await system.covers()).toHaveLength(6);
    await system.advanceBy('PT1H');
    const covers = await system.covers();
    const states = Map.groupBy(covers, ({ state }) => state);
    expect(states.get('active')).toHaveLength(6);
    const rejected = states.get('rejected') ?? [];
    expect(rejected.length).toBeGreaterThanOrEqual(2);
    expect(covers).toHaveLength(6 + rejected.length);
    expect(new Set(rejected.map(({ reason }) => reason))).toEqual(new Set(['registrar_rejected']));
    const donation = await system.donationOf('midtrans', paymentId);
    expect(donation).toMatchObject({ state: 'allocated', allocatedRupiah: 6 * TRADER_TERM_RUPIAH, remainingRupiah: 0 });
    expect(donation.coverMonths.some(({ coverId }) => rejected.some((each) => each.coverId === coverId))).toBe(false);
  });

  it('keeps books that prove it', async () => {
    expect(await provenAccounts(system)).toEqual({
      'contributions:paid': 6 * 8_400,
      'cover:committed': 6 * 33_600,
      'gateway:midtrans': -6 * TRADER_TERM_RUPIAH,
    });
  });

  it('leaves a refused worker without cover and without a paid month', async () => {
    for (const { workerId } of await system.covers({ state: 'rejected' })) {
      const worker = (await system.workers()).find((each) => each.workerId === workerId);
      expect(worker?.paidMonths).toEqual([]);
      expect(worker?.state).not.toBe('covered');
    }
  });

  it('never asks for a refused worker again', async () => {
    await pay(system, 12 * TRADER_TERM_RUPIAH);
    await system.advanceBy('PT1H');
    const covers = await system.covers();
    expect(new Set(covers.map(({ workerId }) => workerId)).size).toBe(covers.length);
    expect(covers).toHaveLength(12);
    expect(covers.filter(({ state }) => state === 'active')).toHaveLength(8);
    await provenBalances(system);
  });
});

describeEmbedded('cover bought at 23.55 on 31 December and accepted at 00.05 on 1 January', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ now: at('2026-12-31', '23:55') });
    await importRoster(
      system,
      roster([person(1), person(2, { region: '35.78' }), person(3, { region: '35.79', occupation: 'ojek' })]),
    );
  });
  afterAll(() => system.stop());

  async function pledge(region: string): Promise<string> {
    const { body } = await system.pledge({ donor: { kind: 'individual' }, amountRupiah: 10_000, earmark: { region } });
    return body.orderReference;
  }
  async function coverIn(region: string): Promise<Cover> {
    const [worker] = await system.workers({ region });
    return system.cover(worker?.coverId ?? '');
  }

  it('is first priced for the months it was bought for', async () => {
    await pay(system, 60_000, await pledge('33.72'));
    await pay(system, TRADER_TERM_RUPIAH, await pledge('35.78'));
    await pay(system, 25_200, await pledge('35.79'));
    for (const region of ['33.72', '35.78'])
      expect(pricesOf(await coverIn(region))).toEqual({ '2026-12': 8_400, '2027-01': 16_800, '2027-02': 16_800 });
    expect(pricesOf(await coverIn('35.79'))).toEqual({ '2026-12': 8_400, '2027-01': 8_400, '2027-02': 8_400 });
  });

  it('is priced anew for January to March, with money of the same fund', async () => {
    await system.advanceBy('PT15M');
    const cover = await coverIn('33.72');
    expect(cover).toMatchObject({ state: 'active', startDate: '2027-01-01', endDate: '2027-04-01' });
    expect(pricesOf(cover)).toEqual({ '2027-01': 16_800, '2027-02': 16_800, '2027-03': 16_800 });
    expect(paidMonths(cover)).toEqual(['2027-01']);
    expectSharesSum(cover);
    const balances = await provenBalances(system);
    expect(balances.get(`fund:${cover.fundId}`)).toBe(60_000 - 50_400);
  });

  it('costs a transport worker the same, as the discount of transport goes on', async () => {
    const cover = await coverIn('35.79');
    expect(cover).toMatchObject({ state: 'active', startDate: '2027-01-01', endDate: '2027-04-01' });
    expect(pricesOf(cover)).toEqual({ '2027-01': 8_400, '2027-02': 8_400, '2027-03': 8_400 });
  });

  it('is as long as the money reaches where the fund has no more, and not a rupiah is lost', async () => {
    const cover = await coverIn('35.78');
    expect(cover).toMatchObject({ state: 'active', startDate: '2027-01-01', endDate: '2027-03-01' });
    expect(pricesOf(cover)).toEqual({ '2027-01': 16_800, '2027-02': 16_800 });
    expectSharesSum(cover);
    const balances = await provenBalances(system);
    expect(balances.get(`fund:${cover.fundId}`)).toBe(8_400);
    expect([...balances.values()].filter((balance) => balance > 0).reduce((sum, balance) => sum + balance, 0)).toBe(
      60_000 + TRADER_TERM_RUPIAH + 25_200,
    );
  });

  it('pays and ends each of them by its own months', async () => {
    await system.advanceTo(at('2027-03-01', '07:00'));
    expect(paidMonths(await coverIn('33.72'))).toEqual(['2027-01', '2027-02', '2027-03']);
    expect((await coverIn('35.78')).state).toBe('expired_in_grace');
    const accounts = await provenAccounts(system);
    expect(accounts).toMatchObject({ 'contributions:paid': 50_400 + 33_600 + 25_200 });
    expect(accounts).not.toHaveProperty('cover:committed');
  });
});
