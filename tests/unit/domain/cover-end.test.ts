import { describe, expect, it } from 'vitest';
import type { Cover } from '../../../shared/domain/cover.ts';
import { coverState, protectsOn } from '../../../shared/domain/cover.ts';
import { type EndReason, endCover } from '../../../shared/domain/cover-end.ts';
import type { CivilDate } from '../../../shared/domain/dates.ts';

const day = (text: string) => text as CivilDate;
const months = ['2026-12', '2027-01', '2027-02'].map((month) => ({ month, priceRupiah: 16_800, shares: [] }));
/** From 10 December to 10 March, its first month paid. */
const cover = {
  coverId: 'cov_a_1',
  state: 'active',
  termMonths: 3,
  months,
  monthsPaid: 1,
  startDate: '2026-12-10',
  endDate: '2027-03-10',
} as unknown as Cover;
const reserved = {
  ...cover,
  state: 'reserved',
  monthsPaid: 0,
  startDate: undefined,
  endDate: undefined,
} as unknown as Cover;

const end = (one: Cover, endsOn: string, reason: EndReason, today = endsOn) =>
  endCover(one, { endsOn: day(endsOn), reason }, day(today));
const monthsOf = (one: Cover | null) => one?.months.map(({ month }) => month);

describe('a cover that runs', () => {
  it.each<[string, string, string[], number]>([
    ['in its first month', '2026-12-20', ['2026-12'], 1],
    ['on the last day of its first month', '2027-01-10', ['2026-12'], 1],
    ['a day into its second', '2027-01-11', ['2026-12', '2027-01'], 2],
    ['in its last', '2027-03-09', ['2026-12', '2027-01', '2027-02'], 3],
  ])('and ends %s keeps the months that had begun, and these are paid', (_when, endsOn, kept, paid) => {
    const after = end(cover, endsOn, 'worker_withdrawn');
    expect(monthsOf(after)).toEqual(kept);
    expect(after).toMatchObject({ state: 'withdrawn', monthsPaid: paid, endDate: endsOn, endedOn: endsOn });
  });

  it('keeps a month that was handed over before it began', () => {
    const after = end({ ...cover, monthsPaid: 2 }, '2026-12-20', 'worker_withdrawn');
    expect(monthsOf(after)).toEqual(['2026-12', '2027-01']);
  });

  it('protects on the day of death still, and says so', () => {
    const after = end(cover, '2027-01-16', 'worker_deceased', '2027-01-15') as Cover;
    expect(after).toMatchObject({ state: 'deceased', endedOn: '2027-01-15', endDate: '2027-01-16' });
    expect([protectsOn(after, day('2027-01-15')), protectsOn(after, day('2027-01-16'))]).toEqual([true, false]);
    expect(coverState(after, day('2027-01-15'), true)).toBe('deceased');
  });

  it('runs on until an end that was announced', () => {
    const after = end(cover, '2027-02-01', 'worker_wage_earning', '2026-12-15') as Cover;
    expect(monthsOf(after)).toEqual(['2026-12', '2027-01']);
    expect(after).toMatchObject({ state: 'cancelled', reason: 'worker_wage_earning', monthsPaid: 2 });
    const states = ['2026-12-20', '2027-01-20', '2027-02-01'].map((today) => coverState(after, day(today), true));
    expect(states).toEqual(['active', 'expiring', 'cancelled']);
    expect([protectsOn(after, day('2027-01-31')), protectsOn(after, day('2027-02-01'))]).toEqual([true, false]);
  });

  it('is left alone by an end that lies behind its own', () => {
    expect(end(cover, '2027-06-01', 'worker_wage_earning', '2026-12-20')).toBeNull();
    expect(end(cover, '2027-03-10', 'worker_wage_earning', '2026-12-20')).toBeNull();
  });

  it('begins and ends on one day where the end lies before it', () => {
    const after = end(cover, '2026-12-01', 'worker_withdrawn') as Cover;
    expect(after).toMatchObject({ startDate: '2026-12-10', endDate: '2026-12-10', monthsPaid: 1 });
    expect(protectsOn(after, day('2026-12-10'))).toBe(false);
  });
});

describe('a cover in grace', () => {
  it('is closed, its dates stay and its last months are paid', () => {
    const after = end({ ...cover, monthsPaid: 2 }, '2027-04-02', 'worker_deceased', '2027-04-01');
    expect(after).toMatchObject({ state: 'deceased', endDate: '2027-03-10', endedOn: '2027-04-01', monthsPaid: 3 });
  });

  it('and one that lapsed before is left alone, unless a claim holds it', () => {
    expect(end(cover, '2027-06-10', 'worker_withdrawn')).toBeNull();
    expect(end(cover, '2027-01-20', 'worker_withdrawn', '2027-07-01')).toBeNull();
    const claimed = { ...cover, claimOpenSince: day('2027-01-05') };
    expect(end(claimed, '2027-06-10', 'worker_withdrawn')).toMatchObject({ state: 'withdrawn', endDate: '2027-03-10' });
  });
});

describe('a cover that the registrar has not answered', () => {
  it.each<EndReason>(['worker_deceased', 'worker_withdrawn'])('gives every month back: %s', (reason) => {
    const after = end(reserved, '2026-12-01', reason);
    expect(after).toMatchObject({ months: [], monthsPaid: 0, reason });
    expect(coverState(after as Cover, day('2026-12-01'), true)).toBe(after?.state);
  });

  it('gives them back where somebody else pays one of them, and goes on where nobody does', () => {
    expect(end(reserved, '2027-02-01', 'government_paid')).toMatchObject({ state: 'cancelled', months: [] });
    expect(end(reserved, '2027-03-01', 'government_paid')).toBeNull();
  });
});

it.each(['rejected', 'deceased', 'withdrawn', 'cancelled'])('a cover that is %s ends no more', (state) => {
  expect(end({ ...cover, state } as Cover, '2026-12-20', 'worker_deceased')).toBeNull();
});
it('nor does one without dates', () => {
  expect(end({ ...reserved, state: 'active' }, '2026-12-20', 'worker_deceased')).toBeNull();
});
