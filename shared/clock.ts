/**
 * Time is data (architecture, decision 8): nothing in the product asks the machine for the time but this file.
 * A stage other than production may run on a scaled clock given in `LINGKARAN_CLOCK`:
 * `{"realEpochMs":…,"stageEpochMs":…,"speed":60,"alarms":"real"}`.
 */
import * as z from 'zod';
import { type Instant, instantFromMilliseconds } from './domain/dates.ts';

const scaledClockSchema = z.lazy(() =>
  z.strictObject({
    realEpochMs: z.number(),
    stageEpochMs: z.number(),
    /** Stage milliseconds per real millisecond; 0 stands still. */
    speed: z.number().min(0),
    /** `stage`: timers of this stage obey the stage clock themselves (embedded engine). `real`: they do not (AWS). */
    alarms: z.enum(['real', 'stage']),
  }),
);
export type ScaledClock = z.infer<typeof scaledClockSchema>;

let parsed: { text: string; clock: ScaledClock } | undefined;

function scaledClock(): ScaledClock | undefined {
  const text = process.env.LINGKARAN_CLOCK;
  if (!text) return undefined;
  if (process.env.STAGE === 'production') throw new Error('LINGKARAN_CLOCK is refused in production');
  if (parsed?.text !== text) parsed = { text, clock: scaledClockSchema.parse(JSON.parse(text)) };
  return parsed.clock;
}

export function stageTimeMilliseconds(clock: ScaledClock, realMilliseconds: number): number {
  return Math.round(clock.stageEpochMs + (realMilliseconds - clock.realEpochMs) * clock.speed);
}

/** The stage's present instant. */
export function now(): Instant {
  const real = Date.now();
  const clock = scaledClock();
  return instantFromMilliseconds(clock ? stageTimeMilliseconds(clock, real) : real);
}

/** The real time at which an alarm must ring so that it rings at this stage time. */
export function alarmTime(stageInstant: Instant): Instant {
  const clock = scaledClock();
  if (!clock || clock.alarms === 'stage') return stageInstant;
  if (clock.speed === 0) throw new Error('a clock that stands still can set no alarm');
  const stageMilliseconds = Date.parse(stageInstant);
  return instantFromMilliseconds(clock.realEpochMs + (stageMilliseconds - clock.stageEpochMs) / clock.speed);
}

/** The real seconds for which something must be held back so that it comes after so many seconds of the stage. */
export function alarmDelaySeconds(stageSeconds: number): number {
  const clock = scaledClock();
  if (!clock || clock.alarms === 'stage') return stageSeconds;
  if (clock.speed === 0) throw new Error('a clock that stands still can set no alarm');
  return stageSeconds / clock.speed;
}

const MINUTES_PER_DAY = 24 * 60;

/** How many real minutes a day of a clock takes that timers of the stage cannot follow; null where they can. */
export function minutesOfDay({ alarms, speed }: ScaledClock): number | null {
  return alarms === 'real' && speed > 1 ? Math.max(1, Math.round(MINUTES_PER_DAY / speed)) : null;
}

/** The same of this stage's clock. */
export function dayOfClockMinutes(): number | null {
  const clock = scaledClock();
  return clock ? minutesOfDay(clock) : null;
}

export type Now = () => Instant;
