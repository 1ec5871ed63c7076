/** Which reminders there are and whether one may go out. Steps are policy data, relative to the end date. */
import type { Cover } from './cover.ts';
import { addDays, type CivilDate } from './dates.ts';
import type { ReasonCode } from './reasons.ts';

export interface NudgeStep {
  readonly name: string;
  /** Days from the end date; negative is before. */
  readonly offsetDays: number;
}

export const NUDGE_STEPS: readonly NudgeStep[] = [
  { name: 'T-30', offsetDays: -30 },
  { name: 'T-14', offsetDays: -14 },
  { name: 'T-7', offsetDays: -7 },
  { name: 'T-1', offsetDays: -1 },
  { name: 'T+0', offsetDays: 0 },
  { name: 'T+7', offsetDays: 7 },
  { name: 'T+30', offsetDays: 30 },
  { name: 'T+60', offsetDays: 60 },
];

export function stepDate(endDate: CivilDate, step: NudgeStep): CivilDate {
  return addDays(endDate, step.offsetDays);
}

/** True where a later step of the same end date is due as well: reminders catch up, they never come in a flood. */
export function isStale(endDate: CivilDate, stepName: string, today: CivilDate): boolean {
  const index = NUDGE_STEPS.findIndex(({ name }) => name === stepName);
  const next = NUDGE_STEPS[index + 1];
  return next !== undefined && stepDate(endDate, next) <= today;
}

const ENDED: Partial<Record<Cover['state'], ReasonCode>> = {
  deceased: 'worker_deceased',
  withdrawn: 'worker_withdrawn',
  cancelled: 'cover_ended_early',
  rejected: 'cover_ended_early',
  reserved: 'cover_ended_early',
};

/** Why this reminder must not go out now, or null when it may (I7). Asked again just before sending. */
export function nudgeRefusal(
  cover: Cover,
  endDate: CivilDate,
  stepName: string,
  worker: { readonly consentMessaging: boolean },
  today: CivilDate,
): ReasonCode | null {
  const ended = ENDED[cover.state];
  if (ended) return ended;
  if (cover.renewedBy) return 'cover_renewed';
  if (cover.claimOpenSince) return 'claim_open';
  if (cover.endDate !== endDate) return 'end_date_changed';
  if (isStale(endDate, stepName, today)) return 'step_stale';
  return worker.consentMessaging ? null : 'no_consent';
}
