/** A thousand gifts at once, all into one fund: every one is acknowledged, booked once and spent to the rupiah. */
import { expect, it } from 'vitest';
import { expectAddsUp, expectSharesSum, provenAccounts } from '../acceptance/support/books.ts';
import { newPayment, notify } from '../acceptance/support/midtrans.ts';
import { importRoster, people, roster } from '../acceptance/support/roster.ts';
import { describeEmbedded, startSystemForTest } from '../acceptance/support/system.ts';

const GIFTS = 1_000;
const GIFT_RUPIAH = 42_000;
const WORKERS = 200;

describeEmbedded('a thousand gifts into one fund at once', () => {
  it('are each booked once and cover each worker once, and what is left is in the fund', async () => {
    const system = await startSystemForTest();
    await importRoster(system, roster(people(1, WORKERS)));
    const now = await system.nowMilliseconds();
    const payments = Array.from({ length: GIFTS }, () => newPayment(GIFT_RUPIAH, now));
    const answers = await Promise.all(payments.map((payment) => notify(system, payment, 'settlement')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await system.settle();

    const donations = await system.donations({ limit: '1000' });
    expect(new Set(donations.map(({ paymentId }) => paymentId)).size).toBe(GIFTS);
    expect(donations).toHaveLength(GIFTS);
    donations.forEach(expectAddsUp);
    const covers = await system.covers({ limit: '1000' });
    expect(covers).toHaveLength(WORKERS);
    expect(new Set(covers.map(({ workerId }) => workerId)).size).toBe(WORKERS);
    covers.forEach(expectSharesSum);
    // A trader's term costs Rp42.000: one gift each.
    expect(await provenAccounts(system)).toEqual({
      'cover:committed': WORKERS * GIFT_RUPIAH,
      'fund:general': (GIFTS - WORKERS) * GIFT_RUPIAH,
      'gateway:midtrans': -GIFTS * GIFT_RUPIAH,
    });
    expect(await system.quarantine()).toEqual([]);
    for (const queue of await system.queues()) expect(queue).toMatchObject({ ready: 0, inFlight: 0, dead: 0 });
  }, 240_000);
});
