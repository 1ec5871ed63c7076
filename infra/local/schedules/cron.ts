/** When a schedule of EventBridge Scheduler is due next. */
import { Cron } from 'croner';

const UNIT_MILLISECONDS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** The first time after the given one, undefined if there is none. */
export function nextTime(expression: string, timezone: string, afterMilliseconds: number): number | undefined {
  const [, kind, body = ''] = /^(cron|rate|at)\((.*)\)$/.exec(expression.trim()) ?? [];
  if (kind === 'rate') return afterMilliseconds + rateMilliseconds(body, expression);
  if (kind === 'cron') {
    const cron = new Cron(cronPattern(body, expression), {
      timezone,
      mode: '7-part',
      alternativeWeekdays: true,
      sloppyRanges: true,
      paused: true,
    });
    return cron.nextRun(new Date(afterMilliseconds))?.getTime();
  }
  throw new Error(`the embedded engine cannot read the schedule ${expression}`);
}

/** AWS: minutes hours day-of-month month day-of-week year; `?` where the other of the two day fields decides. */
export function cronPattern(body: string, expression: string): string {
  const fields = body.trim().split(/\s+/);
  if (fields.length !== 6) throw new Error(`a cron schedule has six fields, not ${fields.length}: ${expression}`);
  const [minute, hour, dayOfMonth, month, dayOfWeek, year] = fields.map((field) => (field === '?' ? '*' : field));
  return `0 ${minute} ${hour} ${dayOfMonth} ${month} ${dayOfWeek} ${year}`;
}

function rateMilliseconds(body: string, expression: string): number {
  const [, count, unit = ''] = /^(\d+)\s+(minute|hour|day)s?$/.exec(body.trim()) ?? [];
  const milliseconds = UNIT_MILLISECONDS[unit];
  if (!milliseconds || Number(count) === 0) throw new Error(`not a rate: ${expression}`);
  return Number(count) * milliseconds;
}
