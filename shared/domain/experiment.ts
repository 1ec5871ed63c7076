/**
 * What the arms of a campaign came to, each against those who got no message (the hold-out) or, where there are none,
 * against the first arm. Proportions carry Wilson's score interval, differences Newcombe's (his method 10: R. G. Newcombe,
 * Statistics in Medicine 17 (1998) 873–890), both at 95 %. Wald's interval is not used: it is wrong for small arms.
 */
export interface Outcome {
  readonly workers: number;
  /** Of these, how many did what the campaign named before its start. */
  readonly succeeded: number;
}

/** Proportions, 0 to 1; of a difference -1 to 1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The 97.5 % quantile of the normal distribution: 95 % lie within, on both sides of the middle. */
const Z = 1.959963984540054;
/** An interval that reaches further than this to each side, and over zero, tells nothing: the arm is too small. */
export const TELLING_HALF_WIDTH = 0.05;

/** Wilson's score interval, without continuity correction. Nobody asked: anything is possible. */
export function wilsonInterval({ workers, succeeded }: Outcome): Interval {
  if (workers === 0) return { low: 0, high: 1 };
  const share = succeeded / workers;
  const divisor = 1 + Z ** 2 / workers;
  const middle = (share + Z ** 2 / (2 * workers)) / divisor;
  const half = (Z * Math.sqrt((share * (1 - share)) / workers + Z ** 2 / (4 * workers ** 2))) / divisor;
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

export interface Difference extends Interval {
  /** The share of the first less the share of the second. */
  readonly difference: number;
}

export function newcombeDifference(first: Outcome, second: Outcome): Difference {
  const [p, q] = [shareOf(first), shareOf(second)];
  const [ofFirst, ofSecond] = [wilsonInterval(first), wilsonInterval(second)];
  return {
    difference: p - q,
    low: p - q - Math.hypot(p - ofFirst.low, ofSecond.high - q),
    high: p - q + Math.hypot(ofFirst.high - p, q - ofSecond.low),
  };
}

export function shareOf({ workers, succeeded }: Outcome): number {
  return workers === 0 ? 0 : succeeded / workers;
}

/** `none_seen`: if there is a difference, it is smaller than anybody would act on. `too_small`: nobody can tell. */
export type Verdict = 'more' | 'fewer' | 'none_seen' | 'too_small';

export function verdictOf(arm: Outcome, control: Outcome): Verdict {
  if (arm.workers === 0 || control.workers === 0) return 'too_small';
  const { low, high } = newcombeDifference(arm, control);
  if (low > 0) return 'more';
  if (high < 0) return 'fewer';
  return (high - low) / 2 > TELLING_HALF_WIDTH ? 'too_small' : 'none_seen';
}

const SENTENCES: Readonly<Record<Verdict, { readonly id: string; readonly en: string }>> = {
  more: { id: 'Lebih banyak daripada pembanding.', en: 'More than in the control group.' },
  fewer: { id: 'Lebih sedikit daripada pembanding.', en: 'Fewer than in the control group.' },
  none_seen: {
    id: 'Tidak tampak perbedaan; bila ada, kurang dari lima poin persen.',
    en: 'No difference seen; if there is one, it is smaller than about five percentage points.',
  },
  too_small: {
    id: 'Kelompok ini masih terlalu kecil untuk mengatakan apa pun.',
    en: 'This arm is still too small to tell.',
  },
};

export interface ArmResult extends Outcome {
  readonly arm: string;
  readonly isControl: boolean;
  readonly share: number;
  readonly interval: Interval;
  /** Null for the control group itself. */
  readonly against: (Difference & { readonly verdict: Verdict; readonly says: { id: string; en: string } }) | null;
}

/** The name under which those who get no message are counted. */
export const HOLD_OUT = 'hold_out';

/** Four digits behind the point: more would promise what no arm can keep. */
function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000 + 0;
}

function roundedInterval({ low, high }: Interval): Interval {
  return { low: rounded(low), high: rounded(high) };
}

/**
 * Each arm against the control: the hold-out where there is one with anybody in it, else the first arm named.
 *
 * @param outcomes by arm, in the order of the campaign; the hold-out under `HOLD_OUT`
 */
export function compareArms(outcomes: ReadonlyMap<string, Outcome>): ArmResult[] {
  const held = outcomes.get(HOLD_OUT);
  const control = held && held.workers > 0 ? HOLD_OUT : [...outcomes.keys()].find((arm) => arm !== HOLD_OUT);
  return [...outcomes].map(([arm, outcome]) => {
    const isControl = arm === control;
    const against = isControl ? null : againstControl(outcome, outcomes.get(control ?? arm) as Outcome);
    const interval = roundedInterval(wilsonInterval(outcome));
    return { arm, ...outcome, isControl, share: rounded(shareOf(outcome)), interval, against };
  });
}

function againstControl(arm: Outcome, control: Outcome): NonNullable<ArmResult['against']> {
  const { difference, ...interval } = newcombeDifference(arm, control);
  const verdict = verdictOf(arm, control);
  return { difference: rounded(difference), ...roundedInterval(interval), verdict, says: SENTENCES[verdict] };
}
