/** Which reminders there are and whether one may go out. Steps are policy data, relative to the end date. */
import type { Cover } from './cover.ts';
import { addDays, type CivilDate } from './dates.ts';
import type { CoverId } from './ids.ts';
import type { ReasonCode } from './reasons.ts';

export interface NudgeStep {
  readonly name: string;
  /** Days from the end date; negative is before. */
  readonly offsetDays: number;
}

/** The name of a step is its day, so that a (cover, end date, step) means the same in every campaign (I7). */
export function stepAt(offsetDays: number): NudgeStep {
  return { name: `T${offsetDays < 0 ? '-' : '+'}${Math.abs(offsetDays)}`, offsetDays };
}

/** The step of a name that `stepAt` gave. */
export function stepNamed(name: string): NudgeStep {
  return stepAt(Number(name.slice(1)));
}

/** Those of the standing campaign, which every cover belongs to that no other campaign claims. */
export const NUDGE_STEPS: readonly NudgeStep[] = [-30, -14, -7, -1, 0, 7, 30, 60].map(stepAt);

export function stepDate(endDate: CivilDate, step: NudgeStep): CivilDate {
  return addDays(endDate, step.offsetDays);
}

/** True where a later step of the same end date is due as well: reminders catch up, they never come in a flood. */
export function isStale(
  endDate: CivilDate,
  stepName: string,
  today: CivilDate,
  steps: readonly NudgeStep[] = NUDGE_STEPS,
): boolean {
  const step = steps.find(({ name }) => name === stepName);
  const later = steps.filter(({ offsetDays }) => step && offsetDays > step.offsetDays);
  return later.some((next) => stepDate(endDate, next) <= today);
}

const ENDED: Partial<Record<Cover['state'], ReasonCode>> = {
  deceased: 'worker_deceased',
  withdrawn: 'worker_withdrawn',
  cancelled: 'cover_ended_early',
  rejected: 'cover_ended_early',
  reserved: 'cover_ended_early',
};

/** What of a worker decides. */
export interface RemindedWorker {
  readonly consentMessaging: boolean;
  readonly needsReview?: boolean;
  readonly currentCoverId?: CoverId | undefined;
}

/** Why this reminder must not go out now, or null when it may (I7). Asked again just before sending. */
export function nudgeRefusal(
  cover: Cover,
  endDate: CivilDate,
  stepName: string,
  worker: RemindedWorker,
  today: CivilDate,
  steps: readonly NudgeStep[] = NUDGE_STEPS,
): ReasonCode | null {
  const ended = ENDED[cover.state];
  if (ended) return ended;
  // From the day it is bought, not only once the registrar has accepted it.
  const goesOn = worker.currentCoverId !== undefined && worker.currentCoverId !== cover.coverId;
  if (cover.renewedBy || goesOn) return 'cover_renewed';
  if (cover.claimOpenSince) return 'claim_open';
  if (cover.endDate !== endDate) return 'end_date_changed';
  if (isStale(endDate, stepName, today, steps)) return 'step_stale';
  if (!worker.consentMessaging) return 'no_consent';
  return worker.needsReview ? 'child_data' : null;
}
