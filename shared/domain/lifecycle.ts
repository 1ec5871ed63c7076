/**
 * What happens to a cohort and when. A cohort is all covers of one start date, term and group; its execution is only an
 * alarm clock over these dates (I8).
 */
import { GRACE_MONTHS } from './cover.ts';
import { addDays, addMonths, anchoredDay, type CivilDate, type Instant, instantOfDate } from './dates.ts';
import { type CohortId, type CoverId, shardOf } from './ids.ts';
import { NUDGE_STEPS, stepDate } from './nudge.ts';

export interface Cohort {
  readonly cohortId: CohortId;
  readonly startDate: CivilDate;
  readonly termMonths: number;
  readonly group: number;
  readonly shards: number;
  /** Where its months are counted from another day than its start's: see `anchoredDay`. */
  readonly anchorDay?: number;
}

/** The hour in Asia/Jakarta at which each kind of phase begins; reminders keep to the day. */
const PHASE_HOURS = { contribution: 6, nudge: 9, end: 0, lapse: 0 } as const;

export type PhaseKind = keyof typeof PHASE_HOURS;

export interface Phase {
  /** `month-2`, `T-30`, `end`, `lapse`. */
  readonly name: string;
  readonly kind: PhaseKind;
  readonly on: CivilDate;
  readonly at: Instant;
  /** Which month a contribution pays, counted from 1. */
  readonly monthNumber?: number;
}

/**
 * `2026-12-01-g00`; a term other than three months is named: `2026-12-01-m06-g00`, and so is the day its months are
 * counted from where that is not the start's: `2027-02-28-d31-g00`.
 */
export function cohortIdOf(startDate: CivilDate, termMonths: number, group: number, anchorDay?: number): CohortId {
  const term = termMonths === 3 ? '' : `-m${String(termMonths).padStart(2, '0')}`;
  const anchor = anchorDay === undefined ? '' : `-d${anchorDay}`;
  return `${startDate}${term}${anchor}-g${String(group).padStart(2, '0')}` as CohortId;
}

/** The cohort a cover belongs to once it has a start date. */
export function cohortOf(
  coverId: CoverId,
  startDate: CivilDate,
  termMonths: number,
  sizes: { groups: number; shards: number },
  anchorDay?: number,
): Cohort {
  const group = shardOf(`group:${coverId}`, sizes.groups);
  return { ...cohortInGroup(startDate, termMonths, group, anchorDay), shards: sizes.shards };
}

/** The cohort of a group: where a cover goes on whose term a tariff changed. */
export function cohortInGroup(
  startDate: CivilDate,
  termMonths: number,
  group: number,
  anchorDay?: number,
): Omit<Cohort, 'shards'> {
  const anchor = anchoredDay(startDate, anchorDay);
  const other = anchor === anchoredDay(startDate) ? undefined : anchor;
  const cohort = { cohortId: cohortIdOf(startDate, termMonths, group, other), startDate, termMonths, group };
  return other === undefined ? cohort : { ...cohort, anchorDay: other };
}

export function groupOf(cohortId: CohortId): number {
  return Number(cohortId.slice(cohortId.lastIndexOf('-g') + 2));
}

export function shardOfCover(coverId: CoverId, shards: number): number {
  return shardOf(`shard:${coverId}`, shards);
}

export function cohortKeyOf(cohortId: CohortId, shard: number): string {
  return `COHORT#${cohortId}#${shard}`;
}

/** `cover-2026-12-01-g00`: deterministic, so a double start is harmless. */
export function executionNameOf(cohortId: CohortId): string {
  return `cover-${cohortId}`;
}

function phase(name: string, kind: PhaseKind, on: CivilDate, monthNumber?: number): Phase {
  const base = { name, kind, on, at: instantOfDate(on, PHASE_HOURS[kind]) };
  return monthNumber === undefined ? base : { ...base, monthNumber };
}

/** Nobody is reminded of an end in the first days: who paid for a month of 31 days would hear of T-30 the day after. */
const QUIET_DAYS = 7;

type CohortDates = Pick<Cohort, 'startDate' | 'termMonths' | 'anchorDay'>;

/** Every phase of a cohort after its first month (paid with the enrolment), in order of time. */
export function phasesOf({ startDate, termMonths, anchorDay }: CohortDates): Phase[] {
  const after = (count: number) => addMonths(startDate, count, anchorDay);
  const endDate = after(termMonths);
  const months = Array.from({ length: termMonths - 1 }, (_, index) =>
    phase(`month-${index + 2}`, 'contribution', after(index + 1), index + 2),
  );
  const nudges = NUDGE_STEPS.map((step) => phase(step.name, 'nudge', stepDate(endDate, step))).filter(
    ({ on }) => on >= addDays(startDate, QUIET_DAYS),
  );
  const ends = [phase('end', 'end', endDate), phase('lapse', 'lapse', after(termMonths + GRACE_MONTHS))];
  // No two begin at the same instant: kinds have their own hours, and each kind its own days.
  return [...months, ...nudges, ...ends].sort((a, b) => (a.at < b.at ? -1 : 1));
}

/** The last instant at which anything of a cohort is due, with a day for the sweeper. */
export function cohortClosesOn({ startDate, termMonths, anchorDay }: CohortDates): CivilDate {
  return addDays(addMonths(startDate, termMonths + GRACE_MONTHS, anchorDay), 1);
}
