import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverWindow } from '../../shared/domain/cover.ts';
import {
  addCalendarMonths,
  addDays,
  addMonths,
  type CivilDate,
  type CivilMonth,
  civilDateOf,
  daysBetween,
  instantFromMilliseconds,
  instantOfDate,
  isCivilDate,
  monthOf,
} from '../../shared/domain/dates.ts';
import { phasesOf } from '../../shared/domain/lifecycle.ts';

const dates = fc
  .date({ min: new Date('2016-01-01'), max: new Date('2060-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10) as CivilDate);
/** Ends of months are where months go wrong. */
const lateDates = fc
  .tuple(fc.integer({ min: 2016, max: 2060 }), fc.integer({ min: 1, max: 12 }), fc.constantFrom(28, 29, 30, 31))
  .map(([year, month, day]) => `${year}-${String(month).padStart(2, '0')}-${day}`)
  .filter(isCivilDate);
const starts = fc.oneof(dates, lateDates);
const terms = fc.integer({ min: 1, max: 36 });

function lastDayOf(month: CivilMonth): number {
  return Number(addDays(`${addCalendarMonths(month, 1)}-01` as CivilDate, -1).slice(8));
}

describe('months counted from a start day', () => {
  it('fall in the month they are counted to, on the start day or the last day there is', () => {
    fc.assert(
      fc.property(starts, fc.integer({ min: -48, max: 48 }), (start, months) => {
        const date = addMonths(start, months);
        expect(isCivilDate(date)).toBe(true);
        expect(monthOf(date)).toBe(addCalendarMonths(monthOf(start), months));
        expect(Number(date.slice(8))).toBe(Math.min(Number(start.slice(8)), lastDayOf(monthOf(date))));
      }),
    );
  });

  it('never drift: after a February the start day is back', () => {
    fc.assert(
      fc.property(starts, fc.integer({ min: 0, max: 60 }), (start, years) => {
        const sameMonth = addMonths(start, years * 12);
        expect(sameMonth.slice(8)).toBe(
          start.endsWith('02-29') && lastDayOf(monthOf(sameMonth)) === 28 ? '28' : start.slice(8),
        );
      }),
    );
  });

  it('make windows without a gap or an overlap, of 28 to 31 days each', () => {
    fc.assert(
      fc.property(starts, terms, (start, months) => {
        for (let index = 0; index < months; index += 1) {
          const [from, to] = [addMonths(start, index), addMonths(start, index + 1)];
          expect(daysBetween(from, to)).toBeGreaterThanOrEqual(28);
          expect(daysBetween(from, to)).toBeLessThanOrEqual(31);
        }
        expect(coverWindow(start, months)).toEqual({ startDate: start, endDate: addMonths(start, months) });
      }),
    );
  });
});

describe('days', () => {
  it('count the same forth and back', () => {
    fc.assert(
      fc.property(dates, fc.integer({ min: -2000, max: 2000 }), (date, days) => {
        expect(daysBetween(date, addDays(date, days))).toBe(days);
        expect(addDays(addDays(date, days), -days)).toBe(date);
      }),
    );
  });

  it('begin at midnight in Jakarta and end a millisecond before the next', () => {
    fc.assert(
      fc.property(dates, (date) => {
        const begin = Date.parse(instantOfDate(date));
        expect(civilDateOf(instantFromMilliseconds(begin))).toBe(date);
        expect(civilDateOf(instantFromMilliseconds(begin - 1))).toBe(addDays(date, -1));
      }),
    );
  });
});

it('I8: the phases of a cover are in order of time, after its start, none at the same instant, and lapse is last', () => {
  fc.assert(
    fc.property(starts, fc.integer({ min: 1, max: 12 }), (startDate, termMonths) => {
      const phases = phasesOf({ startDate, termMonths });
      const instants = phases.map(({ at }) => at);
      expect(instants).toEqual([...new Set(instants)].sort());
      expect(phases.every(({ on }) => on > startDate)).toBe(true);
      expect(phases.at(-1)).toMatchObject({ name: 'lapse', on: addMonths(startDate, termMonths + 3) });
      expect(phases.filter(({ kind }) => kind === 'contribution')).toHaveLength(termMonths - 1);
    }),
  );
});
