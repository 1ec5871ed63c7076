/** A gift's whole way: from the notification over cover, months and reminders to the day the cover lapses. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectAddsUp, expectSharesSum, paidMonths, pricesOf, provenAccounts } from './support/books.ts';
import type { Cover } from './support/contract.ts';
import { newPayment, notify } from './support/midtrans.ts';
import { importRoster, person, roster } from './support/roster.ts';
import { describeEmbedded, type System, startSystem } from './support/system.ts';
import { at } from './support/wib.ts';

/** Reminders go out at nine; the end date is 1 March 2027. */
const NUDGE_DAYS = {
  'T-30': '2027-01-30',
  'T-14': '2027-02-15',
  'T-7': '2027-02-22',
  'T-1': '2027-02-28',
  'T+0': '2027-03-01',
  'T+7': '2027-03-08',
  'T+30': '2027-03-31',
  'T+60': '2027-04-30',
} as const;

const TRADER_PHONE = '081210000001';

describeEmbedded('a settled Midtrans payment of Rp50.400', () => {
  let system: System;
  let paymentId = '';

  beforeAll(async () => {
    // In UTC this is still November: days are those of Asia/Jakarta.
    system = await startSystem({ now: at('2026-12-01', '00:20') });
  });
  afterAll(() => system.stop());

  const donation = () => system.donationOf('midtrans', paymentId);
  async function coverOf(occupation: string): Promise<Cover> {
    const [worker] = await system.workers({ occupation });
    return system.cover(worker?.coverId ?? '');
  }

  it('is received and waits while nobody is in line', async () => {
    const payment = newPayment(50_400, await system.nowMilliseconds());
    paymentId = payment.transactionId;
    expect((await notify(system, payment, 'settlement')).status).toBe(200);
    await system.settle();
    expect(await donation()).toMatchObject({
      state: 'received',
      receivedRupiah: 50_400,
      remainingRupiah: 50_400,
      allocatedRupiah: 0,
      fundId: 'general',
    });
    expect(await provenAccounts(system)).toEqual({ 'fund:general': 50_400, 'gateway:midtrans': -50_400 });
  });

  it('buys a non-transport worker three months at their own tariffs, and keeps the rest', async () => {
    await importRoster(system, roster([person(1, { phone: TRADER_PHONE })]));
    await system.settle();
    const bought = await donation();
    expect(bought).toMatchObject({ state: 'partly_allocated', allocatedRupiah: 42_000, remainingRupiah: 8_400 });
    expectAddsUp(bought);
    const cover = await coverOf('pedagang');
    expect(cover).toMatchObject({ state: 'submitted', startDate: null, endDate: null });
    expect(pricesOf(cover)).toEqual({ '2026-12': 8_400, '2027-01': 16_800, '2027-02': 16_800 });
    expectSharesSum(cover);
    expect(await provenAccounts(system)).toMatchObject({ 'cover:committed': 42_000, 'fund:general': 8_400 });
  });

  it('becomes cover on the day the registrar accepts, not before', async () => {
    await system.advanceBy('PT9M');
    expect((await coverOf('pedagang')).state).toBe('submitted');
    await system.advanceBy('PT6M');
    const cover = await coverOf('pedagang');
    expect(cover).toMatchObject({ state: 'active', startDate: '2026-12-01', endDate: '2027-03-01' });
    expect(paidMonths(cover)).toEqual(['2026-12']);
    expect(await provenAccounts(system)).toMatchObject({ 'contributions:paid': 8_400, 'cover:committed': 33_600 });
    expect((await system.workers({ occupation: 'pedagang' }))[0]).toMatchObject({ state: 'covered' });
  });

  it('costs a transport worker Rp25.200, consent to messages or not', async () => {
    for (const [number, consentMessaging] of [[2, 'ya'] as const, [3, 'tidak'] as const])
      await importRoster(
        system,
        roster([person(number, { occupation: number === 2 ? 'ojek' : 'kurir', consentMessaging })]),
      );
    await notify(system, newPayment(50_400, await system.nowMilliseconds()), 'settlement');
    await system.settle();
    await system.advanceBy('PT15M');
    const cover = await coverOf('ojek');
    expect(pricesOf(cover)).toEqual({ '2026-12': 8_400, '2027-01': 8_400, '2027-02': 8_400 });
    expect(cover).toMatchObject({ state: 'active', startDate: '2026-12-01', endDate: '2027-03-01' });
    expect(await coverOf('kurir')).toMatchObject({ state: 'active', endDate: '2027-03-01' });
    expect(await provenAccounts(system)).toMatchObject({ 'fund:general': 8_400 });
  });

  it('pays the second and the third month on their days', async () => {
    await system.advanceTo(at('2027-01-01', '05:59'));
    expect(paidMonths(await coverOf('pedagang'))).toEqual(['2026-12']);
    await system.advanceTo(at('2027-01-01', '06:01'));
    expect(paidMonths(await coverOf('pedagang'))).toEqual(['2026-12', '2027-01']);
    // Three first months of 8.400, then 16.800 and twice 8.400.
    expect(await provenAccounts(system)).toMatchObject({ 'contributions:paid': 58_800, 'cover:committed': 33_600 });
    await system.advanceTo(at('2027-01-29', '23:59'));
    expect((await coverOf('pedagang')).state).toBe('active');
    await system.advanceTo(at('2027-01-30', '00:01'));
    expect((await coverOf('pedagang')).state).toBe('expiring');
    await system.advanceTo(at('2027-02-01', '06:01'));
    expect(paidMonths(await coverOf('pedagang'))).toEqual(['2026-12', '2027-01', '2027-02']);
    const accounts = await provenAccounts(system);
    expect(accounts).toMatchObject({ 'contributions:paid': 92_400 });
    expect(accounts).not.toHaveProperty('cover:committed');
  });

  it('ends on the first day no longer covered, and lapses three months later', async () => {
    await system.advanceTo(at('2027-02-28', '23:59'));
    expect(await coverOf('pedagang')).toMatchObject({ state: 'expiring', protectionAssured: true });
    await system.advanceTo(at('2027-03-01', '00:01'));
    expect(await coverOf('pedagang')).toMatchObject({ state: 'expired_in_grace', protectionAssured: false });
    await system.advanceTo(at('2027-05-31', '23:59'));
    expect(await coverOf('pedagang')).toMatchObject({ state: 'expired_in_grace' });
    expect((await system.workers({ occupation: 'pedagang' }))[0]).toMatchObject({ state: 'covered' });
    await system.advanceTo(at('2027-06-01', '00:01'));
    expect(await coverOf('pedagang')).toMatchObject({ state: 'lapsed', endDate: '2027-03-01' });
    expect((await system.workers({ occupation: 'pedagang' }))[0]).toMatchObject({ state: 'lapsed' });
    expect(await provenAccounts(system)).toMatchObject({ 'contributions:paid': 92_400, 'fund:general': 8_400 });
  });

  it('has reminded the worker of every step on its day, once', async () => {
    const { coverId } = await coverOf('pedagang');
    const nudges = await system.nudges(coverId);
    expect(nudges.map(({ step, at: sentAt, state }) => [step, sentAt, state])).toEqual(
      Object.entries(NUDGE_DAYS).map(([step, day]) => [step, expect.stringContaining(`${day}T02:0`), 'sent']),
    );
    const messages = (await system.outbox()).filter((message) => message.coverId === coverId);
    expect(messages.map(({ step }) => step).sort()).toEqual(Object.keys(NUDGE_DAYS).sort());
    expect(new Set(messages.map(({ to }) => to))).toEqual(new Set([`+62${TRADER_PHONE.slice(1)}`]));
  });

  it('has sent nothing to a worker who did not consent, and says so of every step', async () => {
    const { coverId } = await coverOf('kurir');
    const nudges = await system.nudges(coverId);
    expect(nudges.map(({ step }) => step)).toEqual(Object.keys(NUDGE_DAYS));
    expect(new Set(nudges.map(({ state, reason }) => `${state}: ${reason}`))).toEqual(new Set(['skipped: no_consent']));
    expect((await system.outbox()).filter((message) => message.coverId === coverId)).toEqual([]);
  });
});
