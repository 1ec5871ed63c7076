import { describe, expect, it } from 'vitest';
import type { CivilDate, Instant } from '../../../shared/domain/dates.ts';
import { unrestrictedFund } from '../../../shared/domain/fund.ts';
import type { DonationId } from '../../../shared/domain/ids.ts';
import { rupiah } from '../../../shared/domain/money.ts';
import {
  dueDateOf,
  invoiceReferenceOf,
  type PledgePayment,
  type PledgeTerms,
  periodsOf,
  progressOf,
  type Recurrence,
  unitPriceRupiah,
} from '../../../shared/domain/pledge.ts';

const instant = (text: string) => text as Instant;
const terms: PledgeTerms = {
  amountRupiah: rupiah(84_000),
  createdAt: instant('2026-12-01T01:00:00.000Z'),
  expiresAt: instant('2026-12-15T01:00:00.000Z'),
};
const before = instant('2026-12-10T00:00:00.000Z');
const after = instant('2026-12-20T00:00:00.000Z');
const paid = (keptRupiah: number, paidAt = '2026-12-05T01:00:00.000Z', id = 'don_1'): PledgePayment => ({
  donationId: id as DonationId,
  paidAt: instant(paidAt),
  keptRupiah: rupiah(keptRupiah),
});

describe('a promise', () => {
  it.each([
    ['open', [], before, { receivedRupiah: 0, outstandingRupiah: 84_000 }],
    ['expired', [], after, { receivedRupiah: 0, outstandingRupiah: 84_000 }],
    ['partly_paid', [paid(30_000)], before, { receivedRupiah: 30_000, outstandingRupiah: 54_000 }],
    ['partly_paid', [paid(30_000)], after, { outstandingRupiah: 54_000 }],
    ['paid', [paid(30_000), paid(54_000)], before, { outstandingRupiah: 0, overRupiah: 0 }],
    ['paid', [paid(84_000, '2026-12-19T01:00:00.000Z')], after, { receivedRupiah: 84_000 }],
    ['overpaid', [paid(100_000)], before, { outstandingRupiah: 0, overRupiah: 16_000 }],
    ['open', [paid(0)], before, { receivedRupiah: 0 }],
  ] as const)('is %s with %j', (state, payments, at, money) => {
    expect(progressOf(terms, payments, at)).toMatchObject({ state, promisedRupiah: 84_000, ...money });
  });

  it('is billed under a reference of its own, until the price no longer holds', () => {
    expect(invoiceReferenceOf('GNL-20261201-1F2E')).toBe('INV-20261201-1F2E');
    expect(dueDateOf(terms)).toBe('2026-12-15');
  });

  it('quotes the dearer work unless it names one, at the tariff of its months', () => {
    const today = '2026-12-01' as CivilDate;
    const fund = unrestrictedFund('csr');
    expect(unitPriceRupiah(fund, today)).toBe(42_000);
    expect(unitPriceRupiah({ ...fund, earmark: { occupation: 'ojek' } }, today)).toBe(25_200);
    expect(unitPriceRupiah(fund, '2027-04-01' as CivilDate)).toBe(50_400);
    expect(unitPriceRupiah({ ...fund, earmark: { renewalOf: 'GNL-1' } }, today)).toBe(50_400);
  });
});

describe('a promise that recurs', () => {
  const monthly = (count: number | null): PledgeTerms => ({
    ...terms,
    recurrence: { every: 'P1M', count } satisfies Recurrence,
  });
  const day = (text: string) => text as CivilDate;

  it('is nothing where it does not recur', () => {
    expect(periodsOf(terms, [paid(84_000)], day('2026-12-05'))).toEqual([]);
  });

  it('counts each payment to the first period not paid yet, in the order of the payments', () => {
    const late = paid(84_000, '2027-02-02T01:00:00.000Z', 'don_2');
    const periods = periodsOf(monthly(null), [late, paid(84_000)], day('2027-02-03'));
    expect(periods.map(({ number, expectedOn, state, donationId }) => [number, expectedOn, state, donationId])).toEqual(
      [
        [1, '2026-12-01', 'paid', 'don_1'],
        [2, '2027-01-01', 'paid', 'don_2'],
        [3, '2027-02-01', 'due', null],
        [4, '2027-03-01', 'awaited', null],
      ],
    );
    expect(periods[1]).toMatchObject({ paidOn: '2027-02-02', receivedRupiah: 84_000 });
  });

  it('shows the periods that were missed, and those that were paid short', () => {
    const periods = periodsOf(monthly(3), [paid(50_000)], day('2027-06-01'));
    expect(periods.map(({ state }) => state)).toEqual(['short', 'missed', 'missed']);
  });

  it('takes payments of the same instant in one order, and none that went back', () => {
    const payments = [paid(84_000, undefined, 'don_b'), paid(0), paid(84_000, undefined, 'don_a')];
    const ids = (given: PledgePayment[]) =>
      periodsOf(monthly(2), given, day('2026-12-05')).map((each) => each.donationId);
    expect(ids(payments)).toEqual(['don_a', 'don_b']);
    expect(ids([...payments].reverse())).toEqual(['don_a', 'don_b']);
  });

  it('counts months from its first day', () => {
    const last = { ...monthly(3), createdAt: instant('2027-01-31T01:00:00.000Z') };
    const dates = periodsOf(last, [], day('2027-04-30')).map(({ expectedOn }) => expectedOn);
    expect(dates).toEqual(['2027-01-31', '2027-02-28', '2027-03-31']);
  });

  it('promises all its periods, or as many as have come', () => {
    const at = instant('2027-02-03T00:00:00.000Z');
    expect(progressOf(monthly(12), [], at)).toMatchObject({ promisedRupiah: 1_008_000, state: 'expired' });
    expect(progressOf(monthly(null), [paid(84_000)], at)).toMatchObject({
      promisedRupiah: 252_000,
      outstandingRupiah: 168_000,
      state: 'partly_paid',
    });
    expect(progressOf(monthly(1), [paid(90_000)], at)).toMatchObject({ overRupiah: 6_000, state: 'overpaid' });
  });

  it('without end is paid ahead, never over', () => {
    expect(progressOf(monthly(null), [paid(900_000)], before)).toMatchObject({ overRupiah: 0, state: 'paid' });
  });
});
