/** A registrar that answers by rule: after a fixed time, and rejecting every so many-th person it is given. */
import { addSeconds, civilDateOf } from '../domain/dates.ts';
import type { AllocationId } from '../domain/ids.ts';
import type { Enrolment, Registrar, RegistrarAnswer, SubmittedBatch } from '../ports/registrar.ts';
import { durationSeconds } from '../settings.ts';

export interface SimulatorSettings {
  readonly acceptAfter: string;
  /** 0 rejects nobody, 1 everybody, 3 the third, the sixth, … */
  readonly rejectEvery: number;
}

/** Gives a batch its places in the registrar's count, from 1; the same batch gets the same places again. */
export type ClaimPlaces = (allocationId: AllocationId, count: number) => Promise<number>;

export function simulatedRegistrar(
  { acceptAfter, rejectEvery }: SimulatorSettings,
  claimPlaces: ClaimPlaces,
): Registrar {
  const answerOf = (enrolment: Enrolment, place: number, { submittedAt }: SubmittedBatch): RegistrarAnswer => {
    const { coverId, earliestStartDate } = enrolment;
    if (rejectEvery > 0 && place % rejectEvery === 0)
      return { coverId, outcome: 'rejected', reason: 'registrar_rejected' };
    const acceptedAt = addSeconds(submittedAt, durationSeconds(acceptAfter));
    const acceptedOn = civilDateOf(acceptedAt);
    const startDate = acceptedOn > earliestStartDate ? acceptedOn : earliestStartDate;
    return { coverId, outcome: 'accepted', acceptedAt, startDate };
  };
  return {
    submit: async (allocationId, enrolments) => `simulated:${await claimPlaces(allocationId, enrolments.length)}`,
    collect: async (batch, now) => {
      const answeredAt = addSeconds(batch.submittedAt, durationSeconds(acceptAfter));
      if (now < answeredAt) return { answers: [], askAgainAt: answeredAt };
      const firstPlace = Number(batch.reference.split(':')[1]);
      const inOrder = batch.enrolments.toSorted((a, b) => (a.coverId < b.coverId ? -1 : 1));
      return {
        answers: inOrder.map((enrolment, index) => answerOf(enrolment, firstPlace + index, batch)),
        askAgainAt: null,
      };
    },
  };
}
