/** Starting lifecycle executions. A name is used once: starting it again, open or closed, is success. */
import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { alarmTime } from '../clock.ts';
import { type Cohort, executionNameOf, phasesOf } from '../domain/lifecycle.ts';

let sfnClient: SFNClient | undefined;

/** What the state machine carries: dates of the cohort and when to ring; no worker is named in it (I9). */
export function executionInput(cohort: Cohort) {
  const phases = phasesOf(cohort);
  const later = phases.filter(({ monthNumber = 0 }) => monthNumber > 3);
  return {
    contractVersion: 1,
    cohortId: cohort.cohortId,
    startDate: cohort.startDate,
    termMonths: cohort.termMonths,
    shards: Array.from({ length: cohort.shards }, (_, shard) => ({ shard })),
    at: Object.fromEntries(
      phases.filter((phase) => !later.includes(phase)).map(({ name, at }) => [name, alarmTime(at)]),
    ),
    laterMonths: later.map(({ name, at }) => ({ phase: name, at: alarmTime(at) })),
  };
}

export async function startLifecycle(cohort: Cohort): Promise<void> {
  sfnClient ??= new SFNClient({});
  try {
    await sfnClient.send(
      new StartExecutionCommand({
        stateMachineArn: process.env.LIFECYCLE_ARN,
        name: executionNameOf(cohort.cohortId),
        input: JSON.stringify(executionInput(cohort)),
      }),
    );
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
}
