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
  /** When it is worth asking again; null where nothing is outstanding. */
  readonly askAgainAt: Instant | null;
}

export interface Registrar {
  /** Hands in a batch; the same batch handed in again is the same batch. Returns the registrar's reference. */
  submit(allocationId: AllocationId, enrolments: readonly Enrolment[], at: Instant): Promise<string>;
  /** What the registrar has said by now about a batch. Answers already given may come again. */
  collect(batch: SubmittedBatch, now: Instant): Promise<Answers>;
}

export interface SubmittedBatch {
  readonly reference: string;
  readonly submittedAt: Instant;
  readonly enrolments: readonly Enrolment[];
}
