import { describe, expect, it } from 'vitest';
import {
  continuationOf,
  firstMonthFor,
  isInContinuityWindow,
  leastTermPrice,
} from '../../../shared/domain/continuation.ts';
import type { Cover } from '../../../shared/domain/cover.ts';
import type { CivilDate, CivilMonth } from '../../../shared/domain/dates.ts';
import { type FundDescriptor, unrestrictedFund } from '../../../shared/domain/fund.ts';
import type { CoverId, FundId, WorkerId } from '../../../shared/domain/ids.ts';
import { BUILT_IN_POLICY } from '../../../shared/domain/policy.ts';
import { PUBLISHED_TARIFF } from '../../../shared/domain/tariff.ts';

const day = (text: string) => text as CivilDate;
const month = (text: string) => text as CivilMonth;
const worker = { workerId: 'wrk_a' as WorkerId, state: 'waiting', coverOrdinal: 1 };
const coverId = 'cov_a_1' as CoverId;
/** From 10 May to 10 August, in grace until 10 November. */
const cover = {
  coverId,
  workerId: 'wrk_a',
  fundId: 'general' as FundId,
  state: 'active',
  months: [{}, {}, {}],
  startDate: '2027-05-10',
  endDate: '2027-08-10',
} as unknown as Cover;

describe('a cover goes on', () => {
  it.each(['2027-05-10', '2027-08-09', '2027-08-10', '2027-11-09'])('from its end, bought on %s', (today) => {
    expect(continuationOf(cover, worker, null, day(today))).toEqual({ coverId, from: '2027-08-10', anchorDay: 10 });
  });

  it('from acceptance after its grace', () => {
    expect(continuationOf(cover, worker, null, day('2027-11-10'))).toEqual({ coverId, from: null });
  });

  it('from its end while a claim is open, however long', () => {
    const claimed = { ...cover, claimOpenSince: day('2027-08-01') };
    expect(continuationOf(claimed, worker, null, day('2028-03-01'))).toMatchObject({ from: '2027-08-10' });
  });

  it('counting from the day its line began', () => {
    const clamped = { ...cover, startDate: day('2027-11-30'), endDate: day('2028-02-29'), anchorDay: 31 };
    expect(continuationOf(clamped, worker, null, day('2028-02-01'))).toMatchObject({ anchorDay: 31 });
  });

  it.each([
    ['2027-08', '2027-07-20', { coverId, from: '2027-08-10', anchorDay: 10 }],
    ['2027-09', '2027-07-20', null],
    ['2027-09', '2027-09-01', { coverId, from: null }],
  ])('no earlier than the donor’s month %s, bought on %s', (startMonth, today, expected) => {
    expect(continuationOf(cover, worker, month(startMonth), day(today))).toEqual(expected);
  });

  it.each<[string, Partial<Cover>, object]>([
    ['of a worker who died', {}, { state: 'deceased' }],
    ['of a worker who left', {}, { state: 'withdrawn' }],
    ['that was renewed', { renewedBy: 'cov_a_2' as CoverId }, {}],
    ['whose renewal waits for its answer or was rejected', {}, { coverOrdinal: 2 }],
    ['that the registrar has not accepted', { state: 'reserved' }, {}],
    ['that ended early', { state: 'cancelled' }, {}],
    ['without dates', { endDate: undefined as never }, {}],
  ])('but not one %s', (_name, changes, changed) => {
    expect(continuationOf({ ...cover, ...changes }, { ...worker, ...changed }, null, day('2027-07-20'))).toBeNull();
  });
});

describe('the continuity share', () => {
  it.each([
    ['2027-07-10', false],
    ['2027-07-11', true],
    ['2027-08-10', true],
    ['2027-11-09', true],
    ['2027-11-10', false],
  ])('renews a cover that ends on 10 August on %s: %s', (today, expected) => {
    expect(isInContinuityWindow(cover, BUILT_IN_POLICY, day(today))).toBe(expected);
  });

  it('renews nobody who pays alone, and nothing without dates', () => {
    const today = day('2027-08-01');
    expect(isInContinuityWindow({ ...cover, fundId: 'self-1' as FundId }, BUILT_IN_POLICY, today)).toBe(false);
    expect(isInContinuityWindow({ ...cover, endDate: undefined as never }, BUILT_IN_POLICY, today)).toBe(false);
  });
});

it('the first month of cover that goes on is that of its first day, and else that of the purchase', () => {
  const fund: FundDescriptor = unrestrictedFund('general');
  const today = day('2027-07-20');
  const first = (from: CivilDate | null) => firstMonthFor({ continues: { coverId, from } }, fund, today);
  expect([first(day('2027-08-10')), first(null), firstMonthFor({ continues: null }, fund, today)]).toEqual([
    '2027-08',
    '2027-07',
    '2027-07',
  ]);
});

it('costs no less than its cheapest month, as often as it has months', () => {
  const least = (today: string, purpose: Partial<FundDescriptor> = {}) =>
    leastTermPrice({ ...unrestrictedFund('general'), ...purpose }, day(today), PUBLISHED_TARIFF);
  expect(least('2026-12-01')).toBe(3 * 8_400);
  expect(least('2026-12-01', { termMonths: 1, package: 'JKK_JKM_JHT' })).toBe(28_400);
  // The discount of March 2027 is four months behind, the longest a cover in grace may go back to.
  expect(least('2027-07-31')).toBe(3 * 8_400);
  expect(least('2027-08-01')).toBe(3 * 16_800);
});
