/** A registrar that answers by rule: after a fixed time, rejecting one in so many. It keeps no state of its own. */
import { addSeconds, civilDateOf } from '../domain/dates.ts';
import { shardOf } from '../domain/ids.ts';
import type { Enrolment, Registrar, RegistrarAnswer, SubmittedBatch } from '../ports/registrar.ts';
import { durationSeconds } from '../settings.ts';

export interface SimulatorSettings {
  readonly acceptAfter: string;
  readonly rejectEvery: number;
}

export function simulatedRegistrar({ acceptAfter, rejectEvery }: SimulatorSettings): Registrar {
  const answerOf = ({ coverId, earliestStartDate }: Enrolment, { submittedAt }: SubmittedBatch): RegistrarAnswer => {
    if (rejectEvery > 0 && shardOf(`registrar:${coverId}`, rejectEvery) === 0)
      return { coverId, outcome: 'rejected', reason: 'registrar_rejected' };
    const acceptedAt = addSeconds(submittedAt, durationSeconds(acceptAfter));
    const acceptedOn = civilDateOf(acceptedAt);
    return {
      coverId,
      outcome: 'accepted',
      acceptedAt,
      startDate: acceptedOn > earliestStartDate ? acceptedOn : earliestStartDate,
    };
  };
  return {
    submit: async (allocationId) => `simulated:${allocationId}`,
    collect: async (batch, now) => {
      const answeredAt = addSeconds(batch.submittedAt, durationSeconds(acceptAfter));
      if (now < answeredAt) return { answers: [], askAgainAt: answeredAt };
      return { answers: batch.enrolments.map((enrolment) => answerOf(enrolment, batch)), askAgainAt: null };
    },
  };
}
