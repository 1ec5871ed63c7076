import { describe, expect, it } from 'vitest';
import {
  addCalendarMonths,
  addDays,
  addMonths,
  addSeconds,
  type CivilDate,
  civilDate,
  civilDateOf,
  civilMonth,
  daysBetween,
  firstDayOf,
  formatWib,
  type Instant,
  instantFromMilliseconds,
  instantOfDate,
  isCivilDate,
  monthOf,
  parseInstant,
} from '../../../shared/domain/dates.ts';
import { Permanent } from '../../../shared/errors.ts';

const instant = (text: string) => text as Instant;

describe('an instant', () => {
  it('is read from any time with a zone and kept in UTC', () => {
    expect(parseInstant('2026-11-20T14:58:20+07:00', 'paid_at')).toBe('2026-11-20T07:58:20.000Z');
    expect(parseInstant('2026-11-20T07:58:20Z', 'paid_at')).toBe('2026-11-20T07:58:20.000Z');
    expect(instantFromMilliseconds(0)).toBe('1970-01-01T00:00:00.000Z');
  });

  it.each(['2026-11-20T14:58:20', '2026-11-20', '20 Nov 2026 14:58 +07:00', '2026-13-20T14:58:20Z', 1, null])(
    'is not %o: nobody guesses a zone',
    (value) => {
      expect(() => parseInstant(value, 'paid_at')).toThrow(Permanent);
    },
  );

  it.each(['12026-11-20T14:58:20Z', 'on 2026-11-20T14:58:20Z', '2026-11-20T14:58:20Z (WIB)', ['2026-11-20T14:58:20Z']])(
    'is not %o: nothing stands around it',
    (value) => {
      expect(() => parseInstant(value, 'paid_at')).toThrow(
        expect.objectContaining({
          reason: 'field_invalid',
          field: 'paid_at',
          message: 'paid_at must be an RFC 3339 time with a zone',
        }),
      );
    },
  );

  it('counts seconds', () => {
    expect(addSeconds(instant('2026-11-20T23:59:30.000Z'), 45)).toBe('2026-11-21T00:00:15.000Z');
  });

  it('belongs to the day it is in Jakarta', () => {
    expect(civilDateOf(instant('2026-11-30T16:59:59.999Z'))).toBe('2026-11-30');
    expect(civilDateOf(instant('2026-11-30T17:00:00.000Z'))).toBe('2026-12-01');
    expect(formatWib(instant('2026-12-01T01:00:00.000Z'))).toBe('2026-12-01T08:00:00.000+07:00');
  });

  it('begins a day at midnight in Jakarta, or at an hour of it', () => {
    expect(instantOfDate(civilDate('2026-12-01'))).toBe('2026-11-30T17:00:00.000Z');
    expect(instantOfDate(civilDate('2026-12-01'), 9)).toBe('2026-12-01T02:00:00.000Z');
  });
});

describe('a civil date', () => {
  it('is a day that exists', () => {
    expect(civilDate('2028-02-29')).toBe('2028-02-29');
    expect(isCivilDate('2026-02-28')).toBe(true);
  });

  it.each([
    '2026-02-29',
    '2026-04-31',
    '2026-00-10',
    '2026-1-1',
    '2026-13-01',
    '',
    '2026',
    '2026-02',
    '2026-02-28T00:00',
    '-000001-01-01',
  ])('is not %s', (text) => {
    expect(isCivilDate(text)).toBe(false);
    expect(() => civilDate(text)).toThrow(
      expect.objectContaining({ name: 'Permanent', reason: 'field_invalid', message: `not a civil date: ${text}` }),
    );
  });

  it('lies in a month that exists', () => {
    expect(civilMonth('2026-12')).toBe('2026-12');
    for (const text of ['2026-13', '2026-00', '2026-1', '2026', '2026-12-01', '12026-12', ''])
      expect(() => civilMonth(text)).toThrow(
        expect.objectContaining({ name: 'Permanent', reason: 'field_invalid', message: `not a month: ${text}` }),
      );
    expect(monthOf(civilDate('2026-12-31'))).toBe('2026-12');
    expect(firstDayOf(civilMonth('2026-12'))).toBe('2026-12-01');
  });

  it('moves by days and tells the days between', () => {
    expect(addDays(civilDate('2026-12-31'), 1)).toBe('2027-01-01');
    expect(addDays(civilDate('2028-03-01'), -1)).toBe('2028-02-29');
    expect(daysBetween(civilDate('2026-12-01'), civilDate('2027-03-01'))).toBe(90);
    expect(daysBetween(civilDate('2027-03-01'), civilDate('2026-12-01'))).toBe(-90);
  });
});

describe('months', () => {
  it('cross the year both ways', () => {
    expect(addCalendarMonths(civilMonth('2026-11'), 2)).toBe('2027-01');
    expect(addCalendarMonths(civilMonth('2026-01'), -1)).toBe('2025-12');
  });

  it.each([
    ['2027-01-31', 1, '2027-02-28'],
    ['2028-01-31', 1, '2028-02-29'],
    ['2027-01-31', 2, '2027-03-31'],
    ['2026-11-30', 3, '2027-02-28'],
    ['2028-02-29', 12, '2029-02-28'],
    ['2028-02-29', 48, '2032-02-29'],
    ['2026-12-01', 3, '2027-03-01'],
    ['2027-03-31', -1, '2027-02-28'],
  ])('%s and %d months is %s: clamped, and counted from the start', (start, months, end) => {
    expect(addMonths(start as CivilDate, months)).toBe(end);
  });
});
