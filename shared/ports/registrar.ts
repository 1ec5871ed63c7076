/** The office that makes people members. Money allocated is not cover: cover starts when it accepts (decision 7). */
import type { Instant } from '../domain/dates.ts';
import type { AllocationId } from '../domain/ids.ts';
import type { Enrolment, RegistrarAnswer } from '../domain/registrar.ts';

export type { Enrolment, RegistrarAnswer } from '../domain/registrar.ts';

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
