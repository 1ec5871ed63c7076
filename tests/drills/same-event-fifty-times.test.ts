/** A gateway sends the same event fifty times in one moment: each is acknowledged, and it takes effect once (I4). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAddsUp, provenBalances } from '../acceptance/support/books.ts';
import { newPayment, notify } from '../acceptance/support/midtrans.ts';
import { give, newGift } from '../acceptance/support/partner.ts';
import { type System, startSystem } from '../acceptance/support/system.ts';

let system: System;
let now = 0;

beforeAll(async () => {
  system = await startSystem();
  now = await system.nowMilliseconds();
});
afterAll(() => system.stop());

const gatewayBalance = async (gateway: string) => (await provenBalances(system)).get(`gateway:${gateway}`) ?? 0;

describe('the same notification fifty times at once', () => {
  it('is booked once when Midtrans sends it', async () => {
    const before = await gatewayBalance('midtrans');
    const payment = newPayment(50_400, now);
    const answers = await Promise.all(Array.from({ length: 50 }, () => notify(system, payment, 'settlement')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await system.settle();
    const donation = await system.donationOf('midtrans', payment.transactionId);
    expectAddsUp(donation);
    expect(donation).toMatchObject({ receivedRupiah: 50_400, refundedRupiah: 0 });
    expect(donation.timeline.filter(({ kind }) => kind === 'payment')).toHaveLength(1);
    expect(await gatewayBalance('midtrans')).toBe(before - 50_400);
  });

  it('is booked once when a partner sends it under fifty message ids', async () => {
    const before = await gatewayBalance('partner:kitabisa');
    const gift = newGift(33_000, now, { feeRupiah: 1_650 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => give(system, gift)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await system.settle();
    const donation = await system.donationOf('partner:kitabisa', gift.paymentId);
    expect(donation).toMatchObject({ receivedRupiah: 33_000, feesRupiah: 1_650 });
    expect(donation.timeline.filter(({ kind }) => kind === 'payment')).toHaveLength(1);
    expect(await gatewayBalance('partner:kitabisa')).toBe(before - 33_000);
  });

  it('gives money back once when a refund is told fifty times', async () => {
    const before = await gatewayBalance('midtrans');
    const payment = newPayment(60_000, now);
    await notify(system, payment, 'settlement');
    await system.settle();
    const refunds = [{ refundKey: 'once', amountRupiah: 25_000 }];
    await Promise.all(Array.from({ length: 50 }, () => notify(system, payment, 'partial_refund', refunds)));
    await system.settle();
    const donation = await system.donationOf('midtrans', payment.transactionId);
    expectAddsUp(donation);
    expect(donation).toMatchObject({ state: 'partly_refunded', refundedRupiah: 25_000 });
    expect(await gatewayBalance('midtrans')).toBe(before - 35_000);
  });
});
