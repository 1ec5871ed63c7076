/** One message in ten cannot be booked: it keeps no other back, and nobody loses it. */
import { expect, it } from 'vitest';
import { provenAccounts } from '../acceptance/support/books.ts';
import { newPayment, notify, postMidtrans, SERVER_KEY, statusOf } from '../acceptance/support/midtrans.ts';
import { StatusServer } from '../acceptance/support/status-server.ts';
import { CONFIGURATION, describeEmbedded, type System, startSystemForTest } from '../acceptance/support/system.ts';

const TENS = 5;
const AMOUNT_RUPIAH = 40_000;
const BOOKED_RUPIAH = TENS * 9 * AMOUNT_RUPIAH;

const paymentsQueue = async (system: System) => (await system.queues()).find(({ name }) => name === 'payments');

function fifty(nowMilliseconds: number, badAmount: string) {
  return Array.from({ length: TENS * 10 }, (_, index) =>
    newPayment(AMOUNT_RUPIAH, nowMilliseconds, index % 10 === 6 ? { grossAmount: badAmount } : {}),
  );
}

describeEmbedded('one bad notification in ten', () => {
  it('that no retry can help is held with its reason, and the nine are booked', async () => {
    const system = await startSystemForTest();
    const payments = fifty(await system.nowMilliseconds(), `${AMOUNT_RUPIAH}.50`);
    const answers = await Promise.all(payments.map((payment) => notify(system, payment, 'settlement')));
    expect(answers.map(({ status }) => status)).toEqual(Array(TENS * 10).fill(200));
    await system.settle();
    expect(await system.donations()).toHaveLength(TENS * 9);
    const held = await system.quarantine();
    expect(held.map(({ state, reason, field }) => [state, reason, field])).toEqual(
      Array(TENS).fill(['held', 'amount_has_sen', 'gross_amount']),
    );
    expect(await paymentsQueue(system)).toMatchObject({ ready: 0, inFlight: 0, dead: 0 });
    expect(await provenAccounts(system)).toEqual({
      'fund:general': BOOKED_RUPIAH,
      'gateway:midtrans': -BOOKED_RUPIAH,
    });
  });

  it('that fails each time dies alone, and is booked when its cause is mended and it is redriven', async () => {
    const gateway = new StatusServer();
    const statusApi = await gateway.listen();
    const gateways = { ...CONFIGURATION.gateways, midtrans: { serverKeys: [SERVER_KEY], statusApi } };
    const system = await startSystemForTest({ configuration: { gateways } });
    const payments = fifty(await system.nowMilliseconds(), `${AMOUNT_RUPIAH}.00`);
    const good = (payment: (typeof payments)[number]) => ({ code: 200, body: statusOf(payment, 'settlement') });
    payments.forEach((payment, index) => {
      gateway.say(payment.transactionId, index % 10 === 6 ? { code: 500 } : good(payment));
    });
    await Promise.all(payments.map((payment) => notify(system, payment, 'settlement')));
    await system.settle();
    expect(await system.donations()).toHaveLength(TENS * 9);
    expect(await paymentsQueue(system)).toMatchObject({ ready: 0, inFlight: 0, dead: TENS });
    expect((await provenAccounts(system))['gateway:midtrans']).toBe(-BOOKED_RUPIAH);

    for (const payment of payments) gateway.say(payment.transactionId, good(payment));
    await system.operate('POST', '/api/queues/payments/redrive');
    await system.settle();
    gateway.close();
    expect(await system.donations()).toHaveLength(TENS * 10);
    expect(await paymentsQueue(system)).toMatchObject({ ready: 0, inFlight: 0, dead: 0 });
    expect((await provenAccounts(system))['gateway:midtrans']).toBe(-TENS * 10 * AMOUNT_RUPIAH);
    expect(await system.quarantine()).toEqual([]);
  });

  it('that is no message at all is refused at the door, and the nine are booked', async () => {
    const system = await startSystemForTest();
    const payments = fifty(await system.nowMilliseconds(), `${AMOUNT_RUPIAH}.00`);
    const answers = await Promise.all(
      payments.map((payment, index) =>
        index % 10 === 6 ? postMidtrans(system, '{"transaction_id":') : notify(system, payment, 'settlement'),
      ),
    );
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused).toHaveLength(TENS);
    for (const answer of refused) expect(answer).toMatchObject({ status: 400, body: { reason: 'malformed_body' } });
    await system.settle();
    expect((await provenAccounts(system))['gateway:midtrans']).toBe(-BOOKED_RUPIAH);
    expect(await system.quarantine()).toEqual([]);
  });
});
