/** The windows of a worker's covers, one after the other, and the days of those who live in them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cover, coverWindow, graceEndOf, protectsOn } from '../../shared/domain/cover.ts';
import {
  addCalendarMonths,
  addDays,
  addMonths,
  anchoredDay,
  type CivilDate,
  civilDateOf,
  daysBetween,
  type Instant,
  instantFromMilliseconds,
  instantOfDate,
  isCivilDate,
  monthOf,
} from '../../shared/domain/dates.ts';
import type { CoverId } from '../../shared/domain/ids.ts';
import { cohortClosesOn, cohortOf, phasesOf } from '../../shared/domain/lifecycle.ts';
import { priceTerm } from '../../shared/domain/tariff.ts';

/** Whoever pays, these are the periods that are sold. */
const TERMS = [1, 2, 3, 6, 12] as const;

const starts = fc
  .tuple(
    fc.constantFrom(2026, 2027, 2028, 2031, 2032, 2096, 2099, 2100),
    fc.integer({ min: 1, max: 12 }),
    fc.oneof({ weight: 3, arbitrary: fc.constantFrom(28, 29, 30, 31) }, fc.integer({ min: 1, max: 27 })),
  )
  .map(([year, month, day]) => `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`)
  .filter(isCivilDate);
const chains = fc.array(fc.constantFrom(...TERMS), { minLength: 1, maxLength: 40 });

const sizes = { groups: 1, shards: 1 };
const dayOf = (date: CivilDate) => Number(date.slice(8));
const lastDayOf = (date: CivilDate) => Number(addDays(addMonths(`${monthOf(date)}-01` as CivilDate, 1), -1).slice(8));

type Window = Required<Pick<Cover, 'startDate' | 'endDate'>> & { anchorDay: number | undefined; termMonths: number };

/** Each cover begins where the one before ends, and goes on counting from the same day. */
function renewed(startDate: CivilDate, terms: readonly number[]): Window[] {
  const windows: Window[] = [];
  let [from, anchorDay] = [startDate, undefined as number | undefined];
  for (const termMonths of terms) {
    const window = { ...coverWindow(from, termMonths, anchorDay), anchorDay, termMonths };
    windows.push(window);
    [from, anchorDay] = [window.endDate, anchoredDay(from, anchorDay)];
  }
  return windows;
}

describe('covers renewed from their end, any periods one after the other', () => {
  it('leave no day without cover and cover none twice', () => {
    fc.assert(
      fc.property(starts, chains, (start, terms) => {
        const windows = renewed(start, terms);
        const covers = windows.map((window) => ({ ...window, state: 'active' }) as unknown as Cover);
        for (const [index, { startDate, endDate }] of windows.entries()) {
          expect(startDate).toBe(windows[index - 1]?.endDate ?? start);
          for (const day of [startDate, addDays(endDate, -1)])
            expect(covers.filter((cover) => protectsOn(cover, day))).toEqual([covers[index]]);
        }
        const last = windows.at(-1) as Window;
        expect(covers.some((cover) => protectsOn(cover, last.endDate))).toBe(false);
        expect(covers.some((cover) => protectsOn(cover, addDays(start, -1)))).toBe(false);
      }),
    );
  });

  it('begin and end on the day on which the first began, or the last day of a shorter month: nothing drifts', () => {
    fc.assert(
      fc.property(starts, chains, (start, terms) => {
        let months = 0;
        for (const { startDate, endDate, termMonths } of renewed(start, terms)) {
          expect(startDate).toBe(addMonths(start, months));
          months += termMonths;
          expect(endDate).toBe(addMonths(start, months));
          expect(dayOf(endDate)).toBe(Math.min(dayOf(start), lastDayOf(endDate)));
        }
      }),
    );
  });

  it('pay every calendar month once, the first of each in the month of its start', () => {
    fc.assert(
      fc.property(starts, chains, (start, terms) => {
        const months = renewed(start, terms).flatMap(({ startDate, termMonths }) =>
          priceTerm('JKK_JKM', 'non_transport', monthOf(startDate), termMonths).map(({ month }) => month),
        );
        expect(months).toEqual(months.map((_, index) => addCalendarMonths(monthOf(start), index)));
      }),
    );
  });

  it('have their months, end, grace and close where they would without the renewal in between', () => {
    fc.assert(
      fc.property(starts, chains, (start, terms) => {
        let before = 0;
        for (const { startDate, endDate, anchorDay, termMonths } of renewed(start, terms)) {
          const cohort = cohortOf('cov_0_1' as CoverId, startDate, termMonths, sizes, anchorDay);
          const on = new Map(phasesOf(cohort).map((phase) => [phase.name, phase.on]));
          for (let month = 2; month <= termMonths; month += 1)
            expect(on.get(`month-${month}`)).toBe(addMonths(start, before + month - 1));
          expect([on.get('end'), on.get('lapse')]).toEqual([endDate, addMonths(start, before + termMonths + 3)]);
          expect(graceEndOf(startDate, termMonths, anchorDay)).toBe(on.get('lapse'));
          expect(cohortClosesOn(cohort)).toBe(addDays(on.get('lapse') as CivilDate, 1));
          before += termMonths;
        }
      }),
    );
  });

  it('share a cohort only with those that count from the same day', () => {
    fc.assert(
      fc.property(starts, starts, chains, (one, other, terms) => {
        const cohorts = [one, other].map((start) => {
          const { startDate, termMonths, anchorDay } = renewed(start, terms).at(-1) as Window;
          return cohortOf('cov_0_1' as CoverId, startDate, termMonths, sizes, anchorDay);
        });
        if (cohorts[0]?.cohortId === cohorts[1]?.cohortId) expect(cohorts[0]).toEqual(cohorts[1]);
      }),
    );
  });
});

describe('a cover that began on 31 January 2027 and is renewed month by month', () => {
  it('ends on the last day of February and on the 31st of March', () => {
    expect(renewed('2027-01-31' as CivilDate, [1, 1, 1, 1]).map(({ endDate }) => endDate)).toEqual([
      '2027-02-28',
      '2027-03-31',
      '2027-04-30',
      '2027-05-31',
    ]);
  });

  it('is in another cohort from the last of February than one that began there', () => {
    const [, second] = renewed('2027-01-31' as CivilDate, [1, 1]) as [Window, Window];
    const cohortIds = [second.anchorDay, undefined, 28].map(
      (anchorDay) => cohortOf('cov_0_1' as CoverId, second.startDate, 1, sizes, anchorDay).cohortId,
    );
    expect(cohortIds).toEqual(['2027-02-28-m01-d31-g00', '2027-02-28-m01-g00', '2027-02-28-m01-g00']);
  });

  it('counts from the day the registrar gave where that is another than the end before', () => {
    expect(coverWindow('2027-03-03' as CivilDate, 1, 31)).toEqual({ startDate: '2027-03-03', endDate: '2027-04-03' });
  });
});

describe('a day in Jakarta', () => {
  const instants = fc
    .date({ min: new Date('2026-01-01'), max: new Date('2100-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString() as Instant);

  it('has every instant from midnight to midnight, and cover changes with it, not with that of UTC', () => {
    fc.assert(
      fc.property(instants, (at) => {
        const today = civilDateOf(at);
        expect(instantOfDate(today) <= at && at < instantOfDate(addDays(today, 1))).toBe(true);
      }),
    );
  });

  it.each([
    ['2027-02-28T16:59:59.999Z', '2027-02-28'],
    ['2027-02-28T17:00:00.000Z', '2027-03-01'],
    ['2028-02-28T17:00:00.000Z', '2028-02-29'],
    ['2026-12-31T16:59:59.999Z', '2026-12-31'],
    ['2026-12-31T17:00:00.000Z', '2027-01-01'],
  ])('at %s it is %s', (at, date) => {
    expect(civilDateOf(at as Instant)).toBe(date);
  });

  it('is as long as any other, whatever the length of its month', () => {
    fc.assert(
      fc.property(starts, (date) => {
        const [begin, end] = [date, addDays(date, 1)].map((day) => Date.parse(instantOfDate(day))) as [number, number];
        expect(end - begin).toBe(86_400_000);
        expect(
          daysBetween(civilDateOf(instantFromMilliseconds(begin)), civilDateOf(instantFromMilliseconds(end))),
        ).toBe(1);
      }),
    );
  });
});
