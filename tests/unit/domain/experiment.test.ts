import { describe, expect, it } from 'vitest';
import {
  compareArms,
  HOLD_OUT,
  newcombeDifference,
  type Outcome,
  verdictOf,
  wilsonInterval,
} from '../../../shared/domain/experiment.ts';

function outcome(succeeded: number, workers: number): Outcome {
  return { workers, succeeded };
}
const outcomes = (given: Record<string, Outcome>) => new Map(Object.entries(given));

/** R. G. Newcombe, Two-sided confidence intervals for the single proportion, Stat. Med. 17 (1998) 857–872, table I, method 3. */
const SINGLE: readonly [succeeded: number, workers: number, low: number, high: number][] = [
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
];

/** R. G. Newcombe, Interval estimation for the difference between independent proportions, ibid. 873–890, table II, method 10. */
const DIFFERENCES: readonly [first: [number, number], second: [number, number], low: number, high: number][] = [
  [[56, 70], [48, 80], 0.0524, 0.3339],
  [[9, 10], [3, 10], 0.1705, 0.809],
  [[6, 7], [2, 7], 0.0582, 0.8062],
  [[5, 56], [0, 29], -0.0381, 0.1926],
  [[0, 10], [0, 20], -0.1611, 0.2775],
  [[0, 10], [0, 10], -0.2775, 0.2775],
  [[10, 10], [0, 20], 0.6791, 1],
  [[10, 10], [0, 10], 0.6075, 1],
];

describe('the interval of a share', () => {
  it.each(SINGLE)('of %i in %i is the published one', (succeeded, workers, low, high) => {
    const interval = wilsonInterval(outcome(succeeded, workers));
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('is everything where nobody was asked, and never leaves what a share can be', () => {
    expect(wilsonInterval(outcome(0, 0))).toEqual({ low: 0, high: 1 });
    for (const workers of [1, 2, 9, 1_000])
      for (const succeeded of [0, workers]) {
        const { low, high } = wilsonInterval(outcome(succeeded, workers));
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThan(high);
      }
  });
});

describe('the interval of a difference', () => {
  it.each(DIFFERENCES)('of %j and %j is the published one', (first, second, low, high) => {
    const interval = newcombeDifference(outcome(...first), outcome(...second));
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('is the same from the other side, with the signs turned', () => {
    const [there, back] = [
      newcombeDifference(outcome(30, 40), outcome(9, 50)),
      newcombeDifference(outcome(9, 50), outcome(30, 40)),
    ];
    expect(there.difference).toBeCloseTo(-back.difference, 12);
    expect(there.low).toBeCloseTo(-back.high, 12);
    expect(there.high).toBeCloseTo(-back.low, 12);
  });
});

describe('a campaign', () => {
  it('is told plainly what an arm did, and where it is too small to tell', () => {
    expect(verdictOf(outcome(300, 1_000), outcome(200, 1_000))).toBe('more');
    expect(verdictOf(outcome(200, 1_000), outcome(300, 1_000))).toBe('fewer');
    expect(verdictOf(outcome(2_010, 10_000), outcome(2_000, 10_000))).toBe('none_seen');
    expect(verdictOf(outcome(3, 10), outcome(2, 10))).toBe('too_small');
    expect(verdictOf(outcome(0, 0), outcome(2, 10))).toBe('too_small');
    expect(verdictOf(outcome(2, 10), outcome(0, 0))).toBe('too_small');
  });

  it('is measured against those who got no message', () => {
    const results = compareArms(
      outcomes({ warm: outcome(300, 1_000), plain: outcome(205, 1_000), [HOLD_OUT]: outcome(200, 1_000) }),
    );
    expect(results.map(({ arm, isControl }) => [arm, isControl])).toEqual([
      ['warm', false],
      ['plain', false],
      [HOLD_OUT, true],
    ]);
    expect(results[0]).toMatchObject({ workers: 1_000, succeeded: 300, share: 0.3 });
    expect(results[0]?.against).toMatchObject({
      difference: 0.1,
      verdict: 'more',
      says: { id: 'Lebih banyak daripada pembanding.', en: 'More than in the control group.' },
    });
    expect(results[1]?.against).toMatchObject({ verdict: 'none_seen' });
    expect(results[2]?.against).toBeNull();
    for (const { interval, share } of results) {
      expect(interval.low).toBeLessThan(share);
      expect(interval.high).toBeGreaterThan(share);
    }
  });

  it('without anybody held out is measured against its first arm', () => {
    const results = compareArms(outcomes({ plain: outcome(1, 4), warm: outcome(2, 4), [HOLD_OUT]: outcome(0, 0) }));
    expect(results.map(({ isControl }) => isControl)).toEqual([true, false, false]);
    expect(results[1]?.against?.verdict).toBe('too_small');
    expect(results[2]?.against?.verdict).toBe('too_small');
  });

  it('nobody was in yet says so and no more', () => {
    expect(compareArms(outcomes({ [HOLD_OUT]: outcome(0, 0) }))).toMatchObject([
      { arm: HOLD_OUT, isControl: false, share: 0, interval: { low: 0, high: 1 }, against: { verdict: 'too_small' } },
    ]);
    expect(compareArms(new Map())).toEqual([]);
  });
});
