/**
 * Which steps a campaign runs on which days. What a run does follows from dates and how far the last one came, so a run
 * that was missed, doubled or stopped half-way is made good by the next (I8).
 */
import type { Campaign } from './campaign.ts';
import { addDays, type CivilDate, civilDateOf, type Instant, instantOfDate } from './dates.ts';
import { isStale, type NudgeStep } from './nudge.ts';

export interface DueStep {
  readonly step: NudgeStep;
  readonly endDate: CivilDate;
  /** The day on which it was due. */
  readonly on: CivilDate;
  /** Passed: recorded with a count and sent to nobody, for reminders catch up but never come in a flood. */
  readonly stale: boolean;
}

/** A last step has none that overtakes it; after so many days nobody expects it any more. */
const LATEST_DAYS = 30;
const LOOKED_BACK_DAYS = 7;

/** The last day whose hour of sending has come. */
export function lastDayDue(sendHour: number, at: Instant): CivilDate {
  const today = civilDateOf(at);
  return instantOfDate(today, sendHour) <= at ? today : addDays(today, -1);
}

/** The first day of a campaign launched at an instant: the day whose hour is still to come, or the start if later. */
export function firstDayOf({ sendHour, startsOn }: Pick<Campaign, 'sendHour' | 'startsOn'>, at: Instant): CivilDate {
  const next = addDays(lastDayDue(sendHour, at), 1);
  return startsOn === null ? next : laterOf(startsOn, next);
}

type Progress = Pick<Campaign, 'steps' | 'sendHour' | 'endsOn' | 'firstDay' | 'ranThrough'>;

/** The last day a run made now reaches; null where there is none to run. */
export function runsThrough({ sendHour, endsOn, firstDay, ranThrough }: Progress, at: Instant): CivilDate | null {
  if (firstDay === null) return null;
  const due = lastDayDue(sendHour, at);
  const last = endsOn !== null && endsOn <= due ? addDays(endsOn, -1) : due;
  return last >= firstDay && (ranThrough === null || last > ranThrough) ? last : null;
}

/**
 * The steps of every day since the last run, oldest day first, and of a week before it: a cover may join its cohort after
 * a step was run.
 */
export function dueSteps(campaign: Progress, at: Instant): DueStep[] {
  const last = runsThrough(campaign, at);
  const { firstDay, ranThrough } = campaign;
  if (last === null || firstDay === null) return [];
  const first = ranThrough === null ? firstDay : laterOf(firstDay, addDays(ranThrough, 1 - LOOKED_BACK_DAYS));
  const due: DueStep[] = [];
  for (let on = first; on <= last; on = addDays(on, 1)) due.push(...stepsOn(campaign.steps, on, civilDateOf(at)));
  return due;
}

function laterOf(a: CivilDate, b: CivilDate): CivilDate {
  return a > b ? a : b;
}

/** What is due on one day, seen from another. */
export function stepsOn(steps: readonly NudgeStep[], on: CivilDate, today: CivilDate): DueStep[] {
  return steps.map((step) => {
    const endDate = addDays(on, -step.offsetDays);
    const stale = isStale(endDate, step.name, today, steps) || addDays(on, LATEST_DAYS) < today;
    return { step, endDate, on, stale };
  });
}

/** Its last day has come, and every step of it was run. */
export function isOver({ endsOn, ranThrough }: Pick<Campaign, 'endsOn' | 'ranThrough'>, today: CivilDate): boolean {
  if (endsOn === null || today < endsOn) return false;
  return ranThrough !== null && ranThrough >= addDays(endsOn, -1);
}
