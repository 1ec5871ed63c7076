/** Gateways repeat themselves, mix up the order and change their mind: the books end the same (I4, I5). */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAddsUp, provenBalances } from './support/books.ts';
import type { DonationLife } from './support/contract.ts';
import { type MidtransPayment, newPayment, notify } from './support/midtrans.ts';
import { type System, startSystem } from './support/system.ts';

type Step = readonly [status: string, refunds?: readonly { refundKey: string; amountRupiah: number }[]];

let system: System;
let now = 0;

beforeAll(async () => {
  system = await startSystem();
  now = await system.nowMilliseconds();
});
afterAll(() => system.stop());

async function bookedOf(payment: MidtransPayment): Promise<DonationLife> {
  const donation = await system.donationOf('midtrans', payment.transactionId);
  expectAddsUp(donation);
  return donation;
}

/** Tells one step after the other, each booked before the next is told. */
async function tell(payment: MidtransPayment, ...steps: readonly Step[]): Promise<DonationLife> {
  for (const [status, refunds] of steps) {
    expect((await notify(system, payment, status, refunds)).status).toBe(200);
    await system.settle();
  }
  return bookedOf(payment);
}

const gatewayBalance = async (gateway: string) => (await provenBalances(system)).get(`gateway:${gateway}`) ?? 0;

describe('notifications out of order', () => {
  it('refund before its payment: parked, then both are booked', async () => {
    const payment = newPayment(40_000, now);
    const refund: Step = ['partial_refund', [{ refundKey: 'early', amountRupiah: 15_000 }]];
    expect(await tell(payment, refund)).toMatchObject({ state: 'pending', receivedRupiah: 0, refundedRupiah: 0 });
    expect(await tell(payment, ['settlement'])).toMatchObject({
      state: 'partly_refunded',
      receivedRupiah: 40_000,
      refundedRupiah: 15_000,
    });
  });

  it('pending or expire after settlement changes nothing', async () => {
    const payment = newPayment(40_000, now);
    const donation = await tell(payment, ['settlement'], ['pending'], ['expire']);
    expect(donation).toMatchObject({ receivedRupiah: 40_000, refundedRupiah: 0 });
    expect(donation.timeline.filter(({ kind }) => kind !== 'allocation')).toMatchObject([{ kind: 'payment' }]);
  });

  it('expire and then settlement is paid after all', async () => {
    const payment = newPayment(40_000, now);
    expect(await tell(payment, ['pending'], ['expire'])).toMatchObject({ state: 'expired', receivedRupiah: 0 });
    expect(await tell(payment, ['settlement'])).toMatchObject({ receivedRupiah: 40_000, refundedRupiah: 0 });
  });

  it('deny after settlement of a bank transfer means that the money went back', async () => {
    const payment = newPayment(40_000, now, { paymentType: 'bank_transfer', bank: 'bca' });
    const donation = await tell(payment, ['pending'], ['settlement'], ['deny']);
    expect(donation).toMatchObject({ state: 'refunded', receivedRupiah: 40_000, refundedRupiah: 40_000 });
  });

  it('deny of a card before anything was paid is a failure without money', async () => {
    const donation = await tell(newPayment(40_000, now, { paymentType: 'credit_card' }), ['deny']);
    expect(donation).toMatchObject({ state: 'failed', receivedRupiah: 0, refundedRupiah: 0 });
  });

  it('two refunds in one message count both, and again with the bank’s confirmation count nothing', async () => {
    const payment = newPayment(12_000, now);
    const both = [
      { refundKey: 'a', amountRupiah: 5_000 },
      { refundKey: 'b', amountRupiah: 7_000 },
    ];
    const donation = await tell(payment, ['settlement'], ['refund', both], ['refund', both]);
    expect(donation).toMatchObject({ state: 'refunded', refundedRupiah: 12_000 });
  });

  it('never gives back more than came in', async () => {
    const payment = newPayment(30_000, now);
    const tooMuch = ['x', 'y', 'z'].map((refundKey) => ({ refundKey, amountRupiah: 20_000 }));
    expect(await tell(payment, ['settlement'], ['refund', tooMuch])).toMatchObject({ refundedRupiah: 30_000 });
  });
});

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}

const STORY: readonly Step[] = [
  ['pending'],
  ['settlement'],
  ['partial_refund', [{ refundKey: 'first', amountRupiah: 11_000 }]],
  ['partial_refund', [{ refundKey: 'second', amountRupiah: 6_000 }]],
];

describe('any order of the same notifications', () => {
  it('ends in the same donation and the same totals, duplicates included', async () => {
    const before = await gatewayBalance('midtrans');
    const orders = permutations(STORY);
    const payments = orders.map(() => newPayment(50_000, now, { transactionId: randomUUID() }));
    await Promise.all(
      orders.map(async (order, index) => {
        for (const [status, refunds] of [...order, order[index % order.length]!])
          await notify(system, payments[index]!, status, refunds);
      }),
    );
    await system.settle();
    const ends = await Promise.all(payments.map(bookedOf));
    for (const { state, receivedRupiah, refundedRupiah } of ends)
      expect({ state, receivedRupiah, refundedRupiah }).toEqual({
        state: 'partly_refunded',
        receivedRupiah: 50_000,
        refundedRupiah: 17_000,
      });
    expect(await gatewayBalance('midtrans')).toBe(before - orders.length * 33_000);
  });

  it('ends the same when all of them arrive in the same moment', async () => {
    const payments = Array.from({ length: 6 }, () => newPayment(50_000, now));
    await Promise.all(
      payments.flatMap((payment) => STORY.map(([status, refunds]) => notify(system, payment, status, refunds))),
    );
    await system.settle();
    for (const payment of payments)
      expect(await bookedOf(payment)).toMatchObject({ receivedRupiah: 50_000, refundedRupiah: 17_000 });
    await provenBalances(system);
  });
});
