import { describe, expect, it } from 'vitest';
import { nextTime } from '../../../infra/local/schedules/cron.ts';

const next = (expression: string, after: string, timezone = 'Asia/Jakarta') => {
  const time = nextTime(expression, timezone, Date.parse(after));
  return time === undefined ? undefined : new Date(time).toISOString();
};

describe('schedules of EventBridge Scheduler', () => {
  it.each([
    ['cron(5 0 * * ? *)', '2026-12-01T08:00:00+07:00', '2026-12-01T17:05:00.000Z'],
    ['cron(5 0 ? * * *)', '2026-12-02T00:05:00+07:00', '2026-12-02T17:05:00.000Z'],
    ['cron(0/15 8-9 * * ? *)', '2026-12-01T08:01:00+07:00', '2026-12-01T01:15:00.000Z'],
    // Sunday is 1 here, not 0.
    ['cron(0 6 ? * 2 *)', '2026-12-01T08:00:00+07:00', '2026-12-06T23:00:00.000Z'],
    ['cron(0 6 ? * MON-FRI *)', '2026-12-04T08:00:00+07:00', '2026-12-06T23:00:00.000Z'],
    ['cron(0 0 L * ? *)', '2027-02-01T00:00:00+07:00', '2027-02-27T17:00:00.000Z'],
    ['cron(0 0 1 1 ? 2028)', '2026-12-01T00:00:00+07:00', '2027-12-31T17:00:00.000Z'],
    ['rate(5 minutes)', '2026-12-01T00:00:00Z', '2026-12-01T00:05:00.000Z'],
    ['rate(1 day)', '2026-12-01T00:00:00Z', '2026-12-02T00:00:00.000Z'],
  ])('%s after %s', (expression, after, expected) => {
    expect(next(expression, after)).toBe(expected);
  });

  it('is over when its years are', () => {
    expect(next('cron(0 0 1 1 ? 2020)', '2026-12-01T00:00:00Z')).toBeUndefined();
  });

  it.each(['cron(5 0 * * *)', 'rate(0 days)', 'rate(3 fortnights)', 'at(2026-12-01T00:00:00)', 'daily'])(
    'refuses %s',
    (expression) => {
      expect(() => next(expression, '2026-12-01T00:00:00Z')).toThrow(expression);
    },
  );
});
