/** How long something took, counted in fixed buckets: any number of cases in constant memory, the same in any order. */

/** The last day of each bucket but the last, which has no end. */
export const DAY_BOUNDS = [0, 1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180, 270, 365, 730] as const;

export interface DaysSummary {
  readonly count: number;
  /** So many of a hundred took at most so many days; null: longer than the last bound, or there are no cases. */
  readonly p50Days: number | null;
  readonly p90Days: number | null;
  readonly p99Days: number | null;
  /** `upToDays` null: longer than the last bound. Only those with cases. */
  readonly buckets: readonly { readonly upToDays: number | null; readonly count: number }[];
}

export class Days {
  readonly #counts = new Array<number>(DAY_BOUNDS.length + 1).fill(0);
  #count = 0;

  add(days: number): void {
    const found = DAY_BOUNDS.findIndex((bound) => days <= bound);
    const index = found < 0 ? DAY_BOUNDS.length : found;
    this.#counts[index] = (this.#counts[index] as number) + 1;
    this.#count += 1;
  }

  summary(): DaysSummary {
    const buckets = this.#counts.map((count, index) => ({ upToDays: DAY_BOUNDS[index] ?? null, count }));
    return {
      count: this.#count,
      p50Days: this.#percentile(50),
      p90Days: this.#percentile(90),
      p99Days: this.#percentile(99),
      buckets: buckets.filter(({ count }) => count > 0),
    };
  }

  /** Nearest rank: the bound within which at least so many of a hundred cases lie. */
  #percentile(percent: number): number | null {
    const rank = Math.ceil((this.#count * percent) / 100);
    let reached = 0;
    const index = this.#counts.findIndex((count) => {
      reached += count;
      return reached >= rank && reached > 0;
    });
    return DAY_BOUNDS[index] ?? null;
  }
}
