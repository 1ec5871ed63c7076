import { describe, expect, it } from 'vitest';
import type { CivilDate, CivilMonth } from '../../../shared/domain/dates.ts';
import {
  type Candidate,
  type Earmark,
  type FundDescriptor,
  firstMonthOf,
  fundAllows,
  fundIdOf,
  unrestrictedFund,
} from '../../../shared/domain/fund.ts';
import type { WorkerId } from '../../../shared/domain/ids.ts';

const general = unrestrictedFund('general');
const month = (text: string) => text as CivilMonth;
const restricted = (earmark: Earmark, changes: Partial<FundDescriptor> = {}) => ({ ...general, earmark, ...changes });
const ids = (...names: string[]) => names as unknown as WorkerId[];

describe('the fund of a purpose', () => {
  it('that binds nothing is its class', () => {
    expect(general).toEqual({
      fundClass: 'general',
      package: 'JKK_JKM',
      termMonths: 3,
      startMonth: null,
      earmark: {},
    });
    expect(fundIdOf(general)).toBe('general');
    expect(fundIdOf(unrestrictedFund('zakat'))).toBe('zakat');
    expect(fundIdOf(restricted({ region: undefined }))).toBe('general');
  });

  it('is the same for the same purpose, however it is written', () => {
    const named = fundIdOf(restricted({ workers: ids('wrk_b', 'wrk_a') }));
    expect(named).toMatch(/^general-[0-9a-f]{10}$/);
    expect(fundIdOf(restricted({ workers: ids('wrk_a', 'wrk_b'), region: undefined }))).toBe(named);
  });

  it('keeps the id it had before earmarks could be soft or expire', () => {
    const said = restricted({ region: '33', mode: 'hard', fallback: 'hold' });
    expect(fundIdOf(said)).toBe(fundIdOf(restricted({ region: '33' })));
    expect(fundIdOf(restricted({ region: '33' }))).toBe('general-27513cd2e4');
    expect(fundIdOf(restricted({ region: '33', expiresOn: '2027-01-01' as CivilDate, fallback: 'hold' }))).toBe(
      fundIdOf(restricted({ region: '33', expiresOn: '2027-01-01' as CivilDate })),
    );
  });

  it('is another for every other purpose', () => {
    const descriptors = [
      general,
      unrestrictedFund('csr'),
      restricted({ region: '33' }),
      restricted({ region: '33.72' }),
      restricted({ occupation: '33' }),
      restricted({ disability: true }),
      restricted({ disability: false }),
      restricted({ workers: ids('wrk_a') }),
      restricted({ workers: ids('wrk_b') }),
      restricted({ workers: ids('wrk_a', 'wrk_b') }),
      restricted({}, { startMonth: month('2027-01') }),
      restricted({}, { termMonths: 6 }),
      restricted({}, { package: 'JKK_JKM_JHT' }),
      restricted({ region: '33' }, { fundClass: 'csr' }),
      restricted({ renewalOf: 'GNL-1' }),
      restricted({ renewalOf: 'GNL-2' }),
      restricted({ region: '33', mode: 'soft' }),
      restricted({ region: '33', expiresOn: '2027-01-01' as CivilDate }),
      restricted({ region: '33', expiresOn: '2027-01-01' as CivilDate, fallback: 'widen' }),
    ];
    expect(new Set(descriptors.map(fundIdOf)).size).toBe(descriptors.length);
  });
});

const ojek: Candidate = {
  workerId: 'wrk_a' as WorkerId,
  region: '33.72',
  occupation: 'ojek',
  sector: 'transport',
  disability: false,
  mustahik: false,
  registrableUntilMonth: month('2026-12'),
  waitingSort: '2#…',
  continues: null,
  donatedTerms: 0,
  paidMonths: new Set(['2026-10']),
  coverOrdinal: 0,
  version: 1,
};

describe('money covers a worker', () => {
  it.each<[string, FundDescriptor, Partial<Candidate>, string]>([
    ['from an unrestricted gift', general, {}, '2026-11'],
    ['verified poor, from zakat', unrestrictedFund('zakat'), { mustahik: true }, '2026-11'],
    ['of the region', restricted({ region: '33.72' }), {}, '2026-11'],
    ['of the province', restricted({ region: '33' }), {}, '2026-11'],
    ['of the occupation', restricted({ occupation: 'ojek' }), {}, '2026-11'],
    ['of the disability scheme', restricted({ disability: true }), { disability: true }, '2026-11'],
    ['who is named', restricted({ workers: ids('wrk_b', 'wrk_a') }), {}, '2026-11'],
    ['in the last month of the age limit', general, {}, '2026-12'],
    ['past the age limit, once registered', general, { coverOrdinal: 1 }, '2027-01'],
  ])('%s', (_name, fund, changes, first) => {
    expect(fundAllows(fund, { ...ojek, ...changes }, month(first))).toBe(true);
  });
});

describe('money does not cover a worker', () => {
  it.each<[string, FundDescriptor, Partial<Candidate>, string]>([
    ['not verified poor, from zakat', unrestrictedFund('zakat'), {}, '2026-11'],
    ['of another region', restricted({ region: '33.7' }), {}, '2026-11'],
    ['of another occupation', restricted({ occupation: 'buruh' }), {}, '2026-11'],
    ['outside the disability scheme', restricted({ disability: true }), {}, '2026-11'],
    ['who is not named', restricted({ workers: ids('wrk_b') }), {}, '2026-11'],
    ['whose month somebody paid (I3)', general, {}, '2026-10'],
    ['too old to be registered for the first time', general, {}, '2027-01'],
  ])('%s', (_name, fund, changes, first) => {
    expect(fundAllows(fund, { ...ojek, ...changes }, month(first))).toBe(false);
  });
});

it('cover begins this month, or in the month the donor asked for if that is later', () => {
  const today = '2026-11-20' as CivilDate;
  const startingIn = (text: string) => firstMonthOf({ ...general, startMonth: month(text) }, today);
  expect(firstMonthOf(general, today)).toBe('2026-11');
  expect([startingIn('2027-01'), startingIn('2026-11'), startingIn('2026-10')]).toEqual([
    '2027-01',
    '2026-11',
    '2026-11',
  ]);
});
