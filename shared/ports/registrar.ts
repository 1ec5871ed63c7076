/** The office that makes people members. Money allocated is not cover: cover starts when it accepts (decision 7). */
import type { CivilDate, Instant } from '../domain/dates.ts';
import type { AllocationId, CoverId, WorkerId } from '../domain/ids.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import type { Package } from '../domain/tariff.ts';

export interface Enrolment {
  readonly coverId: CoverId;
  readonly workerId: WorkerId;
  readonly package: Package;
  readonly termMonths: number;
  /** Not before this day. */
  readonly earliestStartDate: CivilDate;
  /** A renewal: it starts on this day, the end of the cover before, where it is accepted in time. */
  readonly continuesFrom: CivilDate | null;
  /** The grace of the cover before is over on this day: what is accepted from then on starts with its acceptance. */
  readonly graceEndsOn: CivilDate | null;
}

export type RegistrarAnswer =
  | {
      readonly coverId: CoverId;
      readonly outcome: 'accepted';
      readonly startDate: CivilDate;
      readonly acceptedAt: Instant;
    }
  | { readonly coverId: CoverId; readonly outcome: 'rejected'; readonly reason: ReasonCode };

export interface Answers {
  readonly answers: readonly RegistrarAnswer[];
  /**
   * When it is worth asking again; null where nothing is outstanding. `when_told`: something is, and who takes it in
   * asks then.
   */
  readonly askAgainAt: Instant | 'when_told' | null;
}

export interface Registrar {
  /** Hands in a batch; the same batch handed in again is the same batch. Returns the registrar's reference. */
  submit(allocationId: AllocationId, enrolments: readonly Enrolment[], at: Instant): Promise<string>;
  /** What the registrar has said by now about a batch. Answers already given may come again. */
  collect(batch: SubmittedBatch, now: Instant): Promise<Answers>;
}

export interface SubmittedBatch {
  readonly allocationId: AllocationId;
  readonly reference: string;
  readonly submittedAt: Instant;
  readonly enrolments: readonly Enrolment[];
}
