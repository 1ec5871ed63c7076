/**
 * Civil dates in Asia/Jakarta. WIB is UTC+7 without daylight saving, so the civil date of an instant is a fixed
 * shift; months are always counted from the original start day and clamped, never from a previous result (pitfalls 8, 9).
 */
import { Permanent } from '../errors.ts';

declare const dateBrand: unique symbol;
declare const monthBrand: unique symbol;
declare const instantBrand: unique symbol;

/** `YYYY-MM-DD`, a day in Asia/Jakarta. Compares as text. */
export type CivilDate = string & { readonly [dateBrand]: true };
/** `YYYY-MM`, a calendar month in Asia/Jakarta. Compares as text. */
export type CivilMonth = string & { readonly [monthBrand]: true };
/** UTC ISO 8601 with milliseconds, `2026-11-20T07:58:20.000Z`. Compares as text. */
export type Instant = string & { readonly [instantBrand]: true };

const MILLISECONDS_PER_DAY = 86_400_000;
const WIB_OFFSET_MILLISECONDS = 7 * 3_600_000;
const WIB_OFFSET = '+07:00';

export function instantFromMilliseconds(milliseconds: number): Instant {
  return new Date(milliseconds).toISOString() as Instant;
}

/** Reads any RFC 3339 time with a zone; a time without one is refused. */
export function parseInstant(value: unknown, field: string): Instant {
  if (
    typeof value !== 'string' ||
    !/^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/.test(value) ||
    Number.isNaN(Date.parse(value))
  )
    throw new Permanent('field_invalid', { field, detail: `${field} must be an RFC 3339 time with a zone` });
  return instantFromMilliseconds(Date.parse(value));
}

export function addSeconds(instant: Instant, seconds: number): Instant {
  return instantFromMilliseconds(Date.parse(instant) + seconds * 1000);
}

/** The first instant of a civil date in Asia/Jakarta, plus an hour of that day if given. */
export function instantOfDate(date: CivilDate, hour = 0): Instant {
  return instantFromMilliseconds(Date.parse(`${date}T00:00:00${WIB_OFFSET}`) + hour * 3_600_000);
}

export function civilDateOf(instant: Instant): CivilDate {
  return new Date(Date.parse(instant) + WIB_OFFSET_MILLISECONDS).toISOString().slice(0, 10) as CivilDate;
}

/** The instant written the way an Indonesian reader's clock shows it, `2026-12-01T08:00:00.000+07:00`. */
export function formatWib(instant: Instant): string {
  return new Date(Date.parse(instant) + WIB_OFFSET_MILLISECONDS).toISOString().replace('Z', WIB_OFFSET);
}

export function isCivilDate(text: string): text is CivilDate {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const milliseconds = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(milliseconds)) return false;
  // Every month has a 28th; what a month has not got is read as a day of the next.
  return text.slice(8) <= '28' || new Date(milliseconds).toISOString().startsWith(text);
}

export function civilDate(text: string): CivilDate {
  if (!isCivilDate(text)) throw new Permanent('field_invalid', { detail: `not a civil date: ${text}` });
  return text;
}

export function civilMonth(text: string): CivilMonth {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) throw new Permanent('field_invalid', { detail: `not a month: ${text}` });
  return text as CivilMonth;
}

export function monthOf(date: CivilDate): CivilMonth {
  return date.slice(0, 7) as CivilMonth;
}

export function firstDayOf(month: CivilMonth): CivilDate {
  return `${month}-01` as CivilDate;
}

export function addDays(date: CivilDate, days: number): CivilDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * MILLISECONDS_PER_DAY)
    .toISOString()
    .slice(0, 10) as CivilDate;
}

export function addCalendarMonths(month: CivilMonth, months: number): CivilMonth {
  const index = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + months;
  return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}` as CivilMonth;
}

function lastDayNumber(month: CivilMonth): number {
  return new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).getUTCDate();
}

function dayOf(date: CivilDate): number {
  return Number(date.slice(8, 10));
}

function onDay(month: CivilMonth, day: number): CivilDate {
  return `${month}-${String(Math.min(day, lastDayNumber(month))).padStart(2, '0')}` as CivilDate;
}

/**
 * The day months are counted from: the anchor, where the start is that day clamped to its month, else the start's own.
 * A renewal of cover that began on a 31st may start on 28 February, and its next month begins on 31 March all the same.
 */
export function anchoredDay(start: CivilDate, anchorDay?: number): number {
  return anchorDay !== undefined && onDay(monthOf(start), anchorDay) === start ? anchorDay : dayOf(start);
}

/** The start day `months` later, clamped to the month's last day: 31 January + 1 month = 28 or 29 February. */
export function addMonths(start: CivilDate, months: number, anchorDay?: number): CivilDate {
  return onDay(addCalendarMonths(monthOf(start), months), anchoredDay(start, anchorDay));
}

/** Whole days from one civil date to another; negative when `to` is earlier. */
export function daysBetween(from: CivilDate, to: CivilDate): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / MILLISECONDS_PER_DAY);
}
