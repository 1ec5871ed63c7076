/** Things that happen at the same time, or while another is still under way. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectAddsUp, expectSharesSum, provenAccounts, provenBalances } from './support/books.ts';
import { newPayment, notify } from './support/midtrans.ts';
import { type Gift, give, newGift } from './support/partner.ts';
import { importRoster, people, roster } from './support/roster.ts';
import { describeEmbedded, type System, startSystem, startSystemForTest } from './support/system.ts';
import { at } from './support/wib.ts';

const TERM_RUPIAH = 42_000;

describeEmbedded('a gift taken back while its cover is with the registrar', () => {
  async function refundWhileSubmitted(system: System): Promise<Gift> {
    await importRoster(system, roster(people(1, 1)));
    const gift = newGift(TERM_RUPIAH, await system.nowMilliseconds());
    await give(system, gift);
    await system.settle();
    expect(await system.covers()).toMatchObject([{ state: 'submitted' }]);
    await give(system, { ...gift, refundId: 'meanwhile' }, 'refunded');
    await system.settle();
    expect(await provenAccounts(system)).toMatchObject({ 'cover:committed': TERM_RUPIAH, guarantee: -TERM_RUPIAH });
    await system.advanceBy('PT15M');
    return gift;
  }

  it('leaves the worker covered by the guarantee fund when the registrar accepts', async () => {
    const system = await startSystemForTest();
    const gift = await refundWhileSubmitted(system);
    const [cover] = await system.covers();
    expect(cover).toMatchObject({ state: 'active' });
    expectSharesSum(cover!);
    expect(new Set(cover!.months.flatMap(({ shares }) => shares.map(({ donationId }) => donationId)))).toEqual(
      new Set(['guarantee']),
    );
    expect(await system.donationOf('partner:kitabisa', gift.paymentId)).toMatchObject({ state: 'refunded' });
    await provenBalances(system);
  });

  it('costs the guarantee fund nothing when the registrar refuses', async () => {
    const system = await startSystemForTest({ configuration: { registrar: { kind: 'simulator', rejectEvery: 1 } } });
    const gift = await refundWhileSubmitted(system);
    expect(await system.covers()).toMatchObject([{ state: 'rejected' }]);
    expect(await system.donationOf('partner:kitabisa', gift.paymentId)).toMatchObject({
      state: 'refunded',
      allocatedRupiah: 0,
      remainingRupiah: 0,
    });
    expect(await provenAccounts(system)).toEqual({});
  });

  it('is helped over a dearer month by the fund, its own share carried by the guarantee fund', async () => {
    const system = await startSystemForTest({ now: at('2026-12-31', '23:55') });
    const spare = newPayment(20_000, await system.nowMilliseconds());
    await notify(system, spare, 'settlement');
    await refundWhileSubmitted(system);
    const [cover] = await system.covers();
    expect(cover).toMatchObject({ state: 'active', startDate: '2027-01-01', endDate: '2027-04-01' });
    expectSharesSum(cover!);
    const accounts = await provenAccounts(system);
    expect(accounts).toMatchObject({ 'fund:general': 20_000 - 8_400, guarantee: -TERM_RUPIAH });
  });
});

describeEmbedded('several funds after the same workers at the same time', () => {
  const WORKERS = 30;
  let system: System;
  let now = 0;
  beforeAll(async () => {
    system = await startSystem();
    now = await system.nowMilliseconds();
  });
  afterAll(() => system.stop());

  it('cover every worker once, and keep what is left in the fund it came to', async () => {
    const donor = { kind: 'corporate' };
    const pledges = await Promise.all([
      system.pledge({ donor, amountRupiah: 1, earmark: { region: '33.72' } }),
      system.pledge({ donor, amountRupiah: 1, earmark: { region: '33' } }),
      system.pledge({ donor, amountRupiah: 1, earmark: { occupation: 'pedagang' } }),
    ]);
    const orders = ['nobody', ...pledges.map(({ body }) => body.orderReference)];
    const gifts = Array.from({ length: 40 }, (_, index) =>
      newPayment(50_000, now, { orderId: orders[index % orders.length]! }),
    );
    const zakat = Array.from({ length: 10 }, () => newGift(50_000, now, { partner: 'baznas' }));
    await Promise.all([
      importRoster(system, roster(people(1, WORKERS, { source: 'baznas:surakarta' }))),
      ...gifts.map((payment) => notify(system, payment, 'settlement')),
      ...zakat.map((gift) => give(system, gift)),
    ]);
    await system.settle();
    const covers = await system.covers();
    expect(covers).toHaveLength(WORKERS);
    expect(new Set(covers.map(({ workerId }) => workerId)).size).toBe(WORKERS);
    covers.forEach(expectSharesSum);
    const balances = await provenBalances(system);
    const held = [...balances].filter(([account]) => account.startsWith('fund:'));
    expect(held.reduce((sum, [, balance]) => sum + balance, 0)).toBe(50 * 50_000 - WORKERS * TERM_RUPIAH);
  });

  it('start every one of them, whoever refunds meanwhile', async () => {
    const donations = await system.donations({ gateway: 'partner:baznas' });
    // The registrar answers after ten minutes; the refunds are signed one minute before.
    await system.advanceBy('PT9M');
    const signedMilliseconds = await system.nowMilliseconds();
    const refunds = donations.map(({ paymentId }) => {
      const gift = newGift(20_000, signedMilliseconds, { partner: 'baznas', paymentId, refundId: `r-${paymentId}` });
      return give(system, gift, 'refunded');
    });
    await system.advanceBy('PT3M');
    expect(new Set((await Promise.all(refunds)).map(({ status }) => status))).toEqual(new Set([200]));
    await system.settle();
    expect(await system.covers({ state: 'active' })).toHaveLength(WORKERS);
    for (const donation of await system.donations({ gateway: 'partner:baznas' })) {
      expectAddsUp(donation);
      expect(donation).toMatchObject({ state: 'partly_refunded', refundedRupiah: 20_000 });
    }
    await provenBalances(system);
  });
});
