import { describe, expect, it } from 'vitest';
import { planAllocation } from '../../../shared/domain/allocation.ts';
import type { CanonicalEvent } from '../../../shared/domain/canonical-event.ts';
import type { CivilMonth } from '../../../shared/domain/dates.ts';
import { applyEvent, assertDonationBalances, type Donation, donationState } from '../../../shared/domain/donation.ts';
import type { WorkerId } from '../../../shared/domain/ids.ts';
import type { LedgerTransaction } from '../../../shared/domain/ledger.ts';
import { rupiah } from '../../../shared/domain/money.ts';
import { priceTerm } from '../../../shared/domain/tariff.ts';
import { InvariantBroken, Permanent } from '../../../shared/errors.ts';
import { AT, eventOf, opened } from '../../support/events.ts';

const paid = eventOf('paid', 100_000, { fee: 5_000 });
const refund = (amount: number, key = '1') => eventOf('refunded', amount, { effect: `refund:${key}` });
const chargeback = eventOf('charged_back', 100_000, { effect: 'chargeback:full' });
const reinstated = (amount: number) => eventOf('reinstated', amount);
const voided = eventOf('failed', null, { effect: 'void', voidsPayment: true });

function fold(events: readonly CanonicalEvent[], start: Donation = opened(events[0]!)) {
  const postings: LedgerTransaction[] = [];
  const donation = events.reduce((before, event) => {
    const folded = applyEvent(before, event, AT);
    postings.push(...folded.postings);
    return folded.donation;
  }, start);
  return { donation, postings };
}

/** As the fund's writer leaves a donation that bought cover. */
function having(donation: Donation, allocated: number): Donation {
  const remainingRupiah = rupiah(donation.remainingRupiah - allocated);
  return { ...donation, allocatedRupiah: rupiah(donation.allocatedRupiah + allocated), remainingRupiah };
}

function balances(postings: readonly LedgerTransaction[]) {
  const sums: Record<string, number> = {};
  for (const { entries } of postings)
    for (const { account, amountRupiah } of entries) sums[account] = (sums[account] ?? 0) + amountRupiah;
  return sums;
}

describe('a payment', () => {
  it('comes in, less what the channel kept', () => {
    const { donation, postings } = fold([paid]);
    expect(donation).toMatchObject({
      receivedRupiah: 100_000,
      feeRupiah: 5_000,
      remainingRupiah: 95_000,
      refundedRupiah: 0,
      status: 'paid',
      paidAt: AT,
    });
    expect(balances(postings)).toEqual({
      'gateway:partner:kitabisa': -100_000,
      'fees:partner:kitabisa': 5_000,
      'fund:general': 95_000,
    });
  });

  it('is pending until somebody says more', () => {
    const start = opened(paid);
    expect([start.status, donationState(start), start.claims]).toEqual(['pending', 'pending', {}]);
  });

  it('that is late, expired or failed does not undo one that was paid, in either order', () => {
    for (const kind of ['pending', 'expired', 'failed'] as const) {
      const late = fold([paid, eventOf(kind, 100_000)]);
      expect(late.donation).toEqual(fold([paid]).donation);
      expect(late.postings).toHaveLength(1);
      expect(fold([eventOf(kind, 100_000), paid]).donation).toEqual(late.donation);
    }
  });

  it('keeps the highest word it heard while it is not paid', () => {
    const states = [
      [eventOf('pending', 100)],
      [eventOf('expired', 100), eventOf('pending', 100)],
      [eventOf('failed', 100), eventOf('expired', 100)],
    ].map((events) => donationState(fold(events).donation));
    expect(states).toEqual(['pending', 'expired', 'failed']);
  });

  it('told twice is booked once, and told with another amount is refused', () => {
    expect(fold([paid, paid]).postings).toHaveLength(1);
    expect(() => fold([paid, eventOf('paid', 99_999)])).toThrow(
      new Permanent('payment_contradiction', { field: 'amount' }),
    );
  });

  it('names a fee that fits in its amount', () => {
    expect(() => fold([eventOf('paid', 100, { fee: 101 })])).toThrow(
      new Permanent('fee_exceeds_amount', { field: 'fee' }),
    );
    expect(fold([eventOf('paid', 100, { fee: 100 })]).donation).toMatchObject({ receivedRupiah: 100, feeRupiah: 10 });
  });

  it('keeps an order that only an earlier notice named', () => {
    const pending = eventOf('pending', 100_000, { orderReference: 'order-1' });
    expect(fold([pending, paid]).donation.orderReference).toBe('order-1');
    expect(fold([pending, { ...paid, orderReference: 'order-2' }]).donation.orderReference).toBe('order-2');
  });

  it('of 53,053 reaches one term through a channel that keeps 5 % (domain 5.2)', () => {
    const months = priceTerm('JKK_JKM', 'non_transport', '2027-01' as CivilMonth, 3);
    const covers = [53_052, 53_053].map((gift) => {
      const { donation } = fold([eventOf('paid', gift, { fee: Math.ceil(gift * 0.05) })]);
      return planAllocation([donation], [{ workerId: 'w' as WorkerId }], () => months).purchases.length;
    });
    expect(covers).toEqual([0, 1]);
  });
});

describe('money back', () => {
  it('is taken from what is left of the gift first', () => {
    const { donation, postings } = fold([paid, refund(30_000)]);
    expect(donation).toMatchObject({ remainingRupiah: 65_000, refundedRupiah: 30_000, feeRupiah: 5_000 });
    expect(balances(postings)['fund:general']).toBe(65_000);
  });

  it('before its payment waits for it', () => {
    const early = fold([refund(30_000)]);
    expect([early.postings, early.donation.refundedRupiah]).toEqual([[], 0]);
    expect(fold([refund(30_000), paid]).donation).toEqual(fold([paid, refund(30_000)]).donation);
  });

  it('after cover was bought leaves the cover: the guarantee fund carries it (domain 5.2)', () => {
    const bought = having(fold([eventOf('paid', 20_000)]).donation, 20_000);
    const { donation, postings } = fold([refund(20_000)], bought);
    expect(donation).toMatchObject({ allocatedRupiah: 0, reattributeRupiah: 20_000, refundedRupiah: 20_000 });
    expect(balances(postings)).toEqual({ guarantee: -20_000, 'gateway:partner:kitabisa': 20_000 });
  });

  it('reaches the fee last', () => {
    const { donation, postings } = fold([refund(100_000)], having(fold([paid]).donation, 60_000));
    expect(donation).toMatchObject({
      remainingRupiah: 0,
      allocatedRupiah: 0,
      feeRupiah: 0,
      reattributeRupiah: 60_000,
      feeCarriedRupiah: 5_000,
    });
    expect(balances(postings)).toEqual({
      'fund:general': -35_000,
      guarantee: -65_000,
      'gateway:partner:kitabisa': 100_000,
    });
  });

  it('is never more than came in, however often it is claimed', () => {
    const { donation } = fold([paid, refund(60_000), refund(60_000, '2'), chargeback]);
    expect(donation.refundedRupiah).toBe(100_000);
    expect(fold([refund(60_000)], donation).postings).toEqual([]);
  });

  it('without an amount waits until a statement names one', () => {
    for (const kind of ['refunded', 'charged_back', 'reinstated'] as const)
      expect(() => fold([paid, eventOf(kind, null)])).toThrow(new Permanent('amount_awaited', { field: 'amount' }));
  });

  it('is the whole payment where it was voided, before or after it was paid', () => {
    const { donation } = fold([paid, voided]);
    expect(donation).toMatchObject({ refundedRupiah: 100_000, remainingRupiah: 0 });
    expect(fold([voided, paid]).donation).toEqual(donation);
    expect(donation.claims).toEqual({ [voided.effectKey]: { kind: 'voided', amountRupiah: null } });
  });

  it('is not claimed by a notice that is no failure', () => {
    expect(fold([paid, eventOf('pending', 100_000, { voidsPayment: true })]).donation).toEqual(fold([paid]).donation);
  });
});

it('every movement is posted by its name, at its time', () => {
  const { postings } = fold([paid, chargeback, reinstated(100_000)]);
  expect(postings.map(({ kind, at }) => [kind, at])).toEqual([
    ['payment', AT],
    ['money_out', AT],
    ['reinstatement', AT],
  ]);
});

describe('money that comes back again', () => {
  it('makes good the fee first, so that the order of both does not matter (I5)', () => {
    const later = fold([paid, chargeback, reinstated(100_000)]);
    const sooner = fold([paid, reinstated(100_000), chargeback]);
    expect(later.donation).toMatchObject({ feeRupiah: 5_000, remainingRupiah: 95_000, feeCarriedRupiah: 0 });
    for (const part of ['feeRupiah', 'remainingRupiah', 'refundedRupiah', 'feeCarriedRupiah'] as const)
      expect(sooner.donation[part]).toBe(later.donation[part]);
    expect(balances(later.postings)).toEqual({ ...balances(sooner.postings), guarantee: 0 });
  });

  it('in part goes as far as it goes', () => {
    const { donation } = fold([paid, chargeback, reinstated(2_000)]);
    expect(donation).toMatchObject({ feeRupiah: 2_000, feeCarriedRupiah: 3_000, remainingRupiah: 0 });
  });
});

describe('a person sees a donation as', () => {
  const gift = fold([paid]).donation;
  it.each<[string, Donation]>([
    ['received', gift],
    ['partly_allocated', having(gift, 1)],
    ['allocated', having(gift, 95_000)],
    ['partly_refunded', fold([paid, refund(1)]).donation],
    ['refunded', fold([paid, refund(100_000)]).donation],
    ['charged_back', fold([paid, refund(1), chargeback]).donation],
    ['received', fold([paid, chargeback, reinstated(100_000)]).donation],
  ])('%s', (state, donation) => {
    expect(donationState(donation)).toBe(state);
  });
});

describe('the parts of a donation', () => {
  const gift = fold([paid]).donation;

  it('always make up what was received (I2)', () => {
    const short = { ...gift, remainingRupiah: rupiah(94_999) };
    expect(() => assertDonationBalances(short)).toThrow(`I2: donation ${gift.donationId} does not add up`);
    expect(() => fold([eventOf('pending', 100_000)], short)).toThrow(/^I2/);
  });

  it('are never negative (I1)', () => {
    const parts = { remainingRupiah: rupiah(95_001), allocatedRupiah: rupiah(-1) };
    expect(() => assertDonationBalances({ ...gift, ...parts })).toThrow(InvariantBroken);
    expect(() => assertDonationBalances({ ...gift, ...parts })).toThrow(
      `I1: donation ${gift.donationId} has a negative part`,
    );
  });

  it('that do not add up take no further event', () => {
    const crooked = { ...gift, remainingRupiah: rupiah(1) };
    expect(() => applyEvent(crooked, eventOf('pending', 100_000), AT)).toThrow(/^I2/);
  });
});
