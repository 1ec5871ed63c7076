/**
 * A broken release lets every notification die. Two days later, long after their signatures grew too old to be let in
 * at the door, they are sent through again: their age was checked once, when they came.
 */
import { expect, it } from 'vitest';
import { expectAddsUp, provenAccounts } from '../acceptance/support/books.ts';
import { newPayment, notify } from '../acceptance/support/midtrans.ts';
import { give, newGift } from '../acceptance/support/partner.ts';
import { describeEmbedded, type System } from '../acceptance/support/system.ts';
import { Systems } from './support/start.ts';

const paymentsQueue = async (system: System) => (await system.queues()).find(({ name }) => name === 'payments');

describeEmbedded('dead letters that are redriven after 48 hours', () => {
  it('are booked once, at the time they were paid, though a new message signed as long ago is refused', async () => {
    const systems = new Systems();
    const broken = await systems.start({ changed: { functionFolder: 'record-payment', release: 'fails' } });
    const then = await broken.nowMilliseconds();
    const gifts = Array.from({ length: 5 }, () => newGift(30_000, then, { feeRupiah: 1_500 }));
    const payments = Array.from({ length: 5 }, () => newPayment(40_000, then));
    const answers = await Promise.all([
      ...gifts.map((gift) => give(broken, gift)),
      ...payments.map((payment) => notify(broken, payment, 'settlement')),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    await broken.settle();
    expect(await paymentsQueue(broken)).toMatchObject({ ready: 0, inFlight: 0, dead: 10 });
    expect(await broken.donations()).toEqual([]);
    await broken.advanceBy('PT48H');
    expect(await paymentsQueue(broken)).toMatchObject({ dead: 10 });

    const system = await systems.start();
    const refused = await give(system, newGift(30_000, then), 'paid', then);
    expect(refused).toMatchObject({ status: 401, body: { reason: 'stale_timestamp' } });
    const redriven = await system.operate('POST', '/api/queues/payments/redrive');
    expect(redriven).toMatchObject({ status: 202, body: { name: 'payments', messages: 10 } });
    await system.settle();

    expect(await paymentsQueue(system)).toMatchObject({ ready: 0, inFlight: 0, dead: 0 });
    const donations = await system.donations();
    expect(donations).toHaveLength(10);
    donations.forEach(expectAddsUp);
    for (const donation of donations) expect(donation.paidAt).toContain('2026-12-01T01:00:0');
    expect(await system.quarantine()).toEqual([]);
    const booked = {
      'fees:partner:kitabisa': 7_500,
      'fund:general': 342_500,
      'gateway:midtrans': -200_000,
      'gateway:partner:kitabisa': -150_000,
    };
    expect(await provenAccounts(system)).toEqual(booked);

    await Promise.all(gifts.map((gift) => give(system, gift, 'paid', then + 48 * 3_600_000)));
    await Promise.all(payments.map((payment) => notify(system, payment, 'settlement')));
    await system.settle();
    expect(await provenAccounts(system)).toEqual(booked);
  });
});
