/** ISO 8601 durations on the stage's clock. Years and months are those of the calendar in Asia/Jakarta. */
import { addMonths, civilDateOf, instantFromMilliseconds, instantOfDate } from '../../shared/domain/dates.ts';

export const DURATION =
  /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

const HOURS_PER_DAY = 24;
const DAYS_PER_WEEK = 7;
const MILLISECONDS_PER_HOUR = 3_600_000;

export function addDuration(milliseconds: number, duration: string): number {
  const match = DURATION.exec(duration);
  if (!match) throw new Error(`not a duration: ${duration}`);
  const [years, months, weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const wholeHours = (weeks * DAYS_PER_WEEK + days) * HOURS_PER_DAY + hours;
  const rest = wholeHours * MILLISECONDS_PER_HOUR + minutes * 60_000 + seconds * 1000;
  return addCalendarMonths(milliseconds, years * 12 + months) + rest;
}

/** The same time of day; from the 31st to a shorter month, that month's last day. */
function addCalendarMonths(milliseconds: number, months: number): number {
  const date = civilDateOf(instantFromMilliseconds(milliseconds));
  const timeOfDay = milliseconds - Date.parse(instantOfDate(date));
  return Date.parse(instantOfDate(addMonths(date, months))) + timeOfDay;
}
