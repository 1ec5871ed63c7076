/** Small gifts together: who paid which month of whose cover, and what becomes of it when a gift is taken back. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectAddsUp, expectSharesSum, provenAccounts, sharesOf } from './support/books.ts';
import type { DonationLife } from './support/contract.ts';
import { type Gift, give, newGift } from './support/partner.ts';
import { importRoster, person, roster } from './support/roster.ts';
import { describeEmbedded, type System, startSystem } from './support/system.ts';
import { at } from './support/wib.ts';

const TERM_RUPIAH = 50_400;

/** From April 2027 on no discount applies: every month is Rp16.800. */
async function startAtFullTariff(): Promise<System> {
  return startSystem({ now: at('2027-04-05', '08:00') });
}

async function booked(system: System, gift: Gift): Promise<DonationLife> {
  const partner = gift.partner ?? 'kitabisa';
  const donation = await system.donationOf(`partner:${partner}`, gift.paymentId);
  expectAddsUp(donation);
  return donation;
}

/** Gives, or takes back, a minute after whatever was before, and waits until it is booked. */
async function send(system: System, gift: Gift, kind = 'paid'): Promise<DonationLife> {
  await system.advanceBy('PT1M');
  expect((await give(system, gift, kind, await system.nowMilliseconds())).status).toBe(200);
  await system.settle();
  return booked(system, gift);
}

describeEmbedded('three gifts of Rp20.000 for one worker', () => {
  let system: System;
  let gifts: Gift[] = [];
  const names = new Map<string, string>();

  beforeAll(async () => {
    system = await startAtFullTariff();
    await importRoster(system, roster([person(1)]));
    const now = await system.nowMilliseconds();
    gifts = [1, 2, 3].map((number) => newGift(20_000, now, { paymentId: `pool-${number}` }));
  });
  afterAll(() => system.stop());

  const onlyCover = async () => {
    const [cover, ...others] = await system.covers();
    expect(others).toEqual([]);
    return cover!;
  };

  it('wait together until they reach the price of a term', async () => {
    for (const [index, gift] of gifts.slice(0, 2).entries()) {
      const donation = await send(system, gift);
      expect(donation).toMatchObject({ state: 'received', remainingRupiah: 20_000 });
      names.set(donation.donationId, `donor ${index + 1}`);
    }
    expect(await system.covers()).toEqual([]);
  });

  it('are spent first in, first out, month by month', async () => {
    const third = await send(system, gifts[2]!);
    names.set(third.donationId, 'donor 3');
    expect(third).toMatchObject({ state: 'partly_allocated', allocatedRupiah: 10_400, remainingRupiah: 9_600 });
    for (const gift of gifts.slice(0, 2)) expect(await booked(system, gift)).toMatchObject({ state: 'allocated' });
    const cover = await onlyCover();
    expectSharesSum(cover);
    expect(sharesOf(cover, names)).toEqual({
      '2027-04': { 'donor 1': 16_800 },
      '2027-05': { 'donor 1': 3_200, 'donor 2': 13_600 },
      '2027-06': { 'donor 2': 6_400, 'donor 3': 10_400 },
    });
    expect(third.coverMonths).toMatchObject([{ coverId: cover.coverId, month: '2027-06', amountRupiah: 10_400 }]);
    expect(await provenAccounts(system)).toMatchObject({ 'fund:general': 9_600, 'cover:committed': TERM_RUPIAH });
  });

  it('leave the worker covered when the second one is taken back; the guarantee fund carries it', async () => {
    await system.advanceBy('PT15M');
    const refunded = await send(system, { ...gifts[1]!, refundId: 'r-1' }, 'refunded');
    expect(refunded).toMatchObject({ state: 'refunded', refundedRupiah: 20_000, allocatedRupiah: 0, coverMonths: [] });
    const cover = await onlyCover();
    expect(cover).toMatchObject({ state: 'active', startDate: '2027-04-05', endDate: '2027-07-05' });
    expectSharesSum(cover);
    expect(sharesOf(cover, names)).toEqual({
      '2027-04': { 'donor 1': 16_800 },
      '2027-05': { 'donor 1': 3_200, guarantee: 13_600 },
      '2027-06': { 'donor 3': 10_400, guarantee: 6_400 },
    });
    expect(await provenAccounts(system)).toEqual({
      'contributions:paid': 16_800,
      'cover:committed': 33_600,
      'fund:general': 9_600,
      guarantee: -20_000,
      'gateway:partner:kitabisa': -40_000,
    });
  });

  it('give back what is left first, and only then what the guarantee fund must carry', async () => {
    const partly = { ...gifts[2]!, amountRupiah: 12_000, refundId: 'r-2' };
    expect(await send(system, partly, 'refunded')).toMatchObject({
      state: 'partly_refunded',
      refundedRupiah: 12_000,
      remainingRupiah: 0,
      allocatedRupiah: 8_000,
    });
    expect(await provenAccounts(system)).toMatchObject({ guarantee: -22_400 });
    expect(sharesOf(await onlyCover(), names)['2027-06']).toEqual({ 'donor 3': 8_000, guarantee: 8_800 });
  });
});

describeEmbedded('one gift by itself', () => {
  let system: System;
  let now = 0;

  beforeAll(async () => {
    system = await startAtFullTariff();
    now = await system.nowMilliseconds();
  });
  afterAll(() => system.stop());

  it('goes back in full when it is refunded before it bought anything', async () => {
    const gift = newGift(20_000, now);
    await send(system, gift);
    expect(await send(system, { ...gift, refundId: 'r-3' }, 'refunded')).toMatchObject({
      state: 'refunded',
      receivedRupiah: 20_000,
      refundedRupiah: 20_000,
      remainingRupiah: 0,
    });
    expect(await provenAccounts(system)).toEqual({});
  });

  it('buys nothing when its refund was told first', async () => {
    await importRoster(system, roster([person(2)]));
    const gift = newGift(TERM_RUPIAH, now);
    expect(await send(system, { ...gift, refundId: 'r-4' }, 'refunded')).toMatchObject({ state: 'pending' });
    expect(await send(system, gift)).toMatchObject({ state: 'refunded', allocatedRupiah: 0, remainingRupiah: 0 });
    expect(await system.covers()).toEqual([]);
    expect(await provenAccounts(system)).toEqual({});
  });

  it('needs Rp53.053 to buy a term through a channel that keeps five percent', async () => {
    const short = await send(system, newGift(53_052, now, { feeRupiah: 2_653 }));
    expect(short).toMatchObject({ feesRupiah: 2_653, remainingRupiah: 50_399, state: 'received' });
    const enough = await send(system, newGift(53_053, now, { feeRupiah: 2_653 }));
    expect(enough).toMatchObject({ feesRupiah: 2_653, allocatedRupiah: TERM_RUPIAH, state: 'allocated' });
    expect(await provenAccounts(system)).toMatchObject({ 'fees:partner:kitabisa': 5_306, 'fund:general': 50_399 });
  });

  it('of Rp100.000 buys one term and pools Rp49.600, which then help the next worker', async () => {
    await importRoster(system, roster([person(3), person(4)]));
    await system.settle();
    // The lone Rp50.399 in the fund reach no term of Rp50.400.
    expect(await system.covers()).toHaveLength(1);
    // On a clock that stands still two gifts would be received at once, and neither be first in.
    await system.advanceBy('PT1M');
    const gift = newGift(100_000, now);
    await send(system, gift);
    // The gift's own money buys first; 49.600 of it and the 50.399 before it then buy the second.
    const covers = await system.covers();
    expect(covers).toHaveLength(3);
    expect(await booked(system, gift)).toMatchObject({ allocatedRupiah: TERM_RUPIAH + 1, remainingRupiah: 49_599 });
    covers.forEach(expectSharesSum);
    expect(await provenAccounts(system)).toMatchObject({ 'fund:general': 49_599 });
  });

  it('charged back after it bought cover leaves the cover, and the books say who carries it', async () => {
    await importRoster(system, roster([person(5)]));
    await system.settle();
    const gift = newGift(TERM_RUPIAH, now);
    await send(system, gift);
    const before = await system.covers();
    expect(before).toHaveLength(4);
    const taken = await send(system, { ...gift, refundId: 'dispute-1' }, 'charged_back');
    expect(taken).toMatchObject({ state: 'charged_back', refundedRupiah: TERM_RUPIAH });
    expect(await system.covers()).toHaveLength(4);
    const accounts = await provenAccounts(system);
    expect(accounts.guarantee).toBeLessThan(0);
    expect(accounts['fund:general']).toBeGreaterThanOrEqual(0);
  });
});
