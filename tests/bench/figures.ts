/** What a part of the bench hands back: named figures, some with a target. A missed target is said, never left out. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  /** How it was measured, where the name does not say it. */
  readonly note?: string;
}

export interface PartOptions {
  /** 1 is the size of the targets; less is for trying the bench out. */
  readonly scale: number;
}

export type Part = (options: PartOptions) => Promise<Figure[]>;

export interface PartResult {
  readonly part: string;
  readonly title: string;
  readonly scale: number;
  readonly seconds: number;
  /** Runnable processes of the whole machine, averaged over a minute: above the number of CPUs, others were at work. */
  readonly loadBefore: number;
  readonly loadAfter: number;
  readonly figures: readonly Figure[];
  readonly failure?: string;
}

export type Verdict = 'met' | 'missed' | 'informative';

export function verdictOf({ value, atMost, atLeast }: Figure): Verdict {
  if (atMost === undefined && atLeast === undefined) return 'informative';
  return value <= (atMost ?? Infinity) && value >= (atLeast ?? -Infinity) ? 'met' : 'missed';
}

export function quantile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return Number.NaN;
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] as number;
}

export function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((left, right) => left - right),
    0.5,
  );
}

/** A size of the targets at this scale, at least `least`. */
export function scaled(size: number, scale: number, least = 1): number {
  return Math.max(least, Math.round(size * scale));
}
