import { describe, expect, it } from 'vitest';
import { addDuration, DURATION } from '../../../infra/local/durations.ts';

describe('ISO 8601 durations', () => {
  it.each([
    ['2026-12-01T01:00:00.000Z', 'P30D', '2026-12-31T01:00:00.000Z'],
    ['2026-12-01T01:00:00.000Z', 'PT15M', '2026-12-01T01:15:00.000Z'],
    ['2026-12-01T01:00:00.000Z', 'P3M', '2027-03-01T01:00:00.000Z'],
    // 31 January in Jakarta is still 30 January in London.
    ['2027-01-30T20:00:00.000Z', 'P1M', '2027-02-27T20:00:00.000Z'],
    ['2028-02-29T00:00:00.000Z', 'P1Y', '2029-02-28T00:00:00.000Z'],
    ['2026-12-01T00:00:00.000Z', 'P1W2DT3H4M5.5S', '2026-12-10T03:04:05.500Z'],
  ])('%s + %s', (from, duration, expected) => {
    expect(new Date(addDuration(Date.parse(from), duration)).toISOString()).toBe(expected);
  });

  it.each(['P', 'PT', '3M', 'P-1D', 'P1H', ''])('%j is none', (text) => {
    expect(DURATION.test(text)).toBe(false);
  });
});
