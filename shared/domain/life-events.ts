/** What happens to a worker outside the programme, as an operator reports it, and what follows for cover and reminders. */
import type { OperatorId } from './cash-receipt.ts';
import type { Ending, EndReason } from './cover-end.ts';
import {
  addCalendarMonths,
  addDays,
  type CivilDate,
  type CivilMonth,
  firstDayOf,
  type Instant,
  monthOf,
} from './dates.ts';
import type { WorkerId } from './ids.ts';
import type { WorkerState } from './worker.ts';

export const LIFE_EVENT_KINDS = [
  'deceased',
  'withdrawn',
  'claim_opened',
  'claim_closed',
  'wage_earning',
  'government_paid',
] as const;
export type LifeEventKind = (typeof LIFE_EVENT_KINDS)[number];

export interface LifeEvent {
  readonly workerId: WorkerId;
  readonly kind: LifeEventKind;
  /** The day it happened; of `wage_earning` and `government_paid` the first day of the month from which on it holds. */
  readonly on: CivilDate;
  /** The months the government pays and nobody else. */
  readonly months?: readonly CivilMonth[];
  /** How many months it was reported to pay. */
  readonly monthsPaid?: number;
  readonly recordedAt: Instant;
  /** Who reported it. */
  readonly recordedBy: OperatorId;
}

const REASONS: Partial<Record<LifeEventKind, EndReason>> = {
  deceased: 'worker_deceased',
  withdrawn: 'worker_withdrawn',
  wage_earning: 'worker_wage_earning',
  government_paid: 'government_paid',
};

/** The day an event counts from: who pays changes with the month. */
export function effectiveDay(kind: LifeEventKind, on: CivilDate): CivilDate {
  return kind === 'wage_earning' || kind === 'government_paid' ? firstDayOf(monthOf(on)) : on;
}

export function monthsFrom(on: CivilDate, count: number): CivilMonth[] {
  return Array.from({ length: count }, (_, index) => addCalendarMonths(monthOf(on), index));
}

/** How covers end by an event, or null where it ends none. */
export function endingOf({ kind, on }: Pick<LifeEvent, 'kind' | 'on'>): Ending | null {
  const reason = REASONS[kind];
  if (!reason) return null;
  return { endsOn: kind === 'deceased' ? addDays(on, 1) : on, reason };
}

/** What a worker becomes by it: one who left stands in no queue. Null where the state stays. */
export function workerStateAfter(kind: LifeEventKind): WorkerState | null {
  if (kind === 'deceased') return 'deceased';
  return kind === 'withdrawn' || kind === 'wage_earning' ? 'withdrawn' : null;
}
