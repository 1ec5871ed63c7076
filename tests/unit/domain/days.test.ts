import { describe, expect, it } from 'vitest';
import { DAY_BOUNDS, Days } from '../../../shared/domain/days.ts';

function summaryOf(...days: number[]) {
  const counted = new Days();
  for (const day of days) counted.add(day);
  return counted.summary();
}

describe('how long something took', () => {
  it('is told by the bound within which so many of a hundred lie', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(summaryOf(...hundred)).toMatchObject({ count: 100, p50Days: 60, p90Days: 90, p99Days: 120 });
    expect(summaryOf(0, 0, 0, 400)).toMatchObject({ p50Days: 0, p90Days: 730, p99Days: 730 });
  });

  it('is open above the last bound, and unknown of nothing', () => {
    expect(summaryOf(731)).toEqual({
      count: 1,
      p50Days: null,
      p90Days: null,
      p99Days: null,
      buckets: [{ upToDays: null, count: 1 }],
    });
    expect(summaryOf()).toMatchObject({ count: 0, p50Days: null, buckets: [] });
  });

  it('falls into the bucket whose last day it is', () => {
    for (const bound of DAY_BOUNDS) expect(summaryOf(bound).buckets).toEqual([{ upToDays: bound, count: 1 }]);
  });
});
