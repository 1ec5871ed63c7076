import { describe, expect, it } from 'vitest';
import type { CoverMonth } from '../../../shared/domain/allocation.ts';
import {
  assertSharesSum,
  type Cover,
  type CoverState,
  coverState,
  coverWindow,
  GUARANTEE_DONOR,
  graceEndOf,
  moveSharesFromGuarantee,
  moveSharesToGuarantee,
  paidPriceOf,
  priceOf,
  protectsOn,
  type StoredCoverState,
  sharesOf,
} from '../../../shared/domain/cover.ts';
import type { CivilDate, CivilMonth } from '../../../shared/domain/dates.ts';
import type { CoverId, DonationId, WorkerId } from '../../../shared/domain/ids.ts';
import { coverIdOf, workerIdOfCover } from '../../../shared/domain/ids.ts';
import { rupiah } from '../../../shared/domain/money.ts';

const day = (text: string) => text as CivilDate;
const NEXT = 'cov_1_2' as CoverId;
const month = (name: string, shares: Record<string, number>): CoverMonth => ({
  month: name as CivilMonth,
  priceRupiah: rupiah(Object.values(shares).reduce((sum, amount) => sum + amount, 0)),
  shares: Object.entries(shares).map(([donationId, amount]) => ({ donationId, amountRupiah: rupiah(amount) })),
});
/** The three donors of domain 5.2. */
const MONTHS = [
  month('2027-01', { d1: 16_800 }),
  month('2027-02', { d1: 3_200, d2: 13_600 }),
  month('2027-03', { d2: 6_400, d3: 10_400 }),
];
const cover = {
  coverId: 'cov_a_1' as CoverId,
  workerId: 'wrk_a' as WorkerId,
  state: 'active',
  months: MONTHS,
  monthsPaid: 2,
  startDate: day('2026-12-01'),
  endDate: day('2027-03-01'),
} as unknown as Cover;

describe('a cover', () => {
  it('of three months ends on the same day of the third month, clamped', () => {
    expect(coverWindow(day('2026-12-01'), 3)).toEqual({ startDate: '2026-12-01', endDate: '2027-03-01' });
    expect(coverWindow(day('2026-11-30'), 3).endDate).toBe('2027-02-28');
    expect(graceEndOf(day('2026-11-30'), 3)).toBe('2027-05-30');
  });

  it.each<[string, CoverState]>([
    ['2026-12-01', 'active'],
    ['2027-01-29', 'active'],
    ['2027-01-30', 'expiring'],
    ['2027-02-28', 'expiring'],
    ['2027-03-01', 'expired_in_grace'],
    ['2027-05-31', 'expired_in_grace'],
    ['2027-06-01', 'lapsed'],
  ])('on %s is %s, by its dates alone (I8)', (today, state) => {
    expect(coverState(cover, day(today), true)).toBe(state);
  });

  it.each<[StoredCoverState, boolean, CoverState]>([
    ['reserved', false, 'reserved'],
    ['reserved', true, 'submitted'],
    ['rejected', true, 'rejected'],
    ['cancelled', true, 'cancelled'],
    ['deceased', true, 'deceased'],
    ['withdrawn', true, 'withdrawn'],
  ])('that is %s (with the registrar: %s) is seen as %s', (stored, submitted, seen) => {
    expect(coverState({ ...cover, state: stored }, day('2027-09-01'), submitted)).toBe(seen);
  });

  it('is seen as renewed once another cover goes on from it, and runs on to its own end', () => {
    const renewed = { ...cover, renewedBy: NEXT };
    expect(coverState(renewed, day('2027-01-10'), true)).toBe('renewed');
    expect(coverState(renewed, day('2027-09-01'), true)).toBe('renewed');
    expect(coverState({ ...renewed, state: 'deceased' }, day('2027-01-10'), true)).toBe('deceased');
  });

  it('never lapses while a claim is open', () => {
    const claimed = { ...cover, claimOpenSince: day('2027-02-10') };
    expect(coverState(claimed, day('2027-09-01'), true)).toBe('expired_in_grace');
    expect(coverState(cover, day('2027-09-01'), true)).toBe('lapsed');
  });

  it('without dates has no state but its own', () => {
    const { startDate: _start, endDate: _end, ...undated } = cover;
    expect(coverState(undated, day('2027-09-01'), true)).toBe('active');
    expect(protectsOn(undated, day('2027-01-01'))).toBe(false);
  });

  it('protects from its first day to its last and not on the day after', () => {
    const days = ['2026-11-30', '2026-12-01', '2027-02-28', '2027-03-01'];
    expect(days.map((text) => protectsOn(cover, day(text)))).toEqual([false, true, true, false]);
    expect(protectsOn({ ...cover, renewedBy: NEXT }, day('2027-01-01'))).toBe(true);
    expect(protectsOn({ ...cover, state: 'reserved' }, day('2027-01-01'))).toBe(false);
  });

  it('tells its price, the part already paid and who gave it', () => {
    expect([priceOf(cover), paidPriceOf(cover)]).toEqual([50_400, 33_600]);
    expect([...sharesOf(cover)]).toEqual([
      ['d1', 20_000],
      ['d2', 20_000],
      ['d3', 10_400],
    ]);
  });

  it('names its worker', () => {
    const workerId = 'wrk_0123456789abcdef0123' as WorkerId;
    expect(workerIdOfCover(coverIdOf(workerId, 2))).toBe(workerId);
  });
});

it('the guarantee fund has a name that no donation has', () => {
  expect(GUARANTEE_DONOR).toBe('guarantee');
});

describe('a gift taken back after the purchase', () => {
  const moved = (donationId: string, amount: number, months: readonly CoverMonth[] = MONTHS) =>
    moveSharesToGuarantee(months, donationId as DonationId, rupiah(amount));

  it('leaves the guarantee fund with all its shares (domain 5.2)', () => {
    const { months, movedRupiah } = moved('d2', 20_000);
    expect(movedRupiah).toBe(20_000);
    expect(months).toEqual([
      MONTHS[0],
      month('2027-02', { d1: 3_200, [GUARANTEE_DONOR]: 13_600 }),
      month('2027-03', { d3: 10_400, [GUARANTEE_DONOR]: 6_400 }),
    ]);
  });

  it('in part leaves it with the last months', () => {
    const { months } = moved('d2', 8_000);
    expect(months[1]).toEqual(month('2027-02', { d1: 3_200, d2: 12_000, [GUARANTEE_DONOR]: 1_600 }));
    expect(months[2]).toEqual(month('2027-03', { d3: 10_400, [GUARANTEE_DONOR]: 6_400 }));
  });

  it('adds to what the guarantee fund carries already, and never to the price', () => {
    const { months } = moved('d3', 10_400, moved('d2', 20_000).months);
    expect(months[2]).toEqual(month('2027-03', { [GUARANTEE_DONOR]: 16_800 }));
    expect(() => assertSharesSum(months)).not.toThrow();
  });

  it('comes back whole as it went, and in part the first month first', () => {
    const back = (amount: number) =>
      moveSharesFromGuarantee(moved('d2', 20_000).months, 'd2' as DonationId, rupiah(amount));
    const named = ({ shares }: CoverMonth) => new Set(shares);
    expect(back(20_000).months.map(named)).toEqual(MONTHS.map(named));
    expect(back(99_000).movedRupiah).toBe(20_000);
    expect(back(14_000).months[2]).toEqual(month('2027-03', { d3: 10_400, [GUARANTEE_DONOR]: 6_000, d2: 400 }));
  });

  it('moves no more than it gave', () => {
    expect(moved('d1', 50_000).movedRupiah).toBe(20_000);
    expect(moved('d9', 50_000)).toEqual({ months: MONTHS, movedRupiah: 0 });
  });
});

it('a month whose shares do not make up its price is refused (I6)', () => {
  expect(() => assertSharesSum(MONTHS)).not.toThrow();
  expect(() => assertSharesSum([{ ...MONTHS[0]!, priceRupiah: rupiah(16_801) }])).toThrow(/^I6.*2027-01/);
});
