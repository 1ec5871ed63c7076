/** Starts the execution of every cohort that began before today. A double start is harmless: its name is its date. */
import { civilDateOf, type Instant } from '../../shared/domain/dates.ts';
import type { CohortId } from '../../shared/domain/ids.ts';
import type { Cohort } from '../../shared/domain/lifecycle.ts';
import type { Log } from '../../shared/logger.ts';
import type { StoredCohort } from '../../shared/store/cohorts.ts';

export interface StartCohortsDependencies {
  readonly now: () => Instant;
  readonly listCohorts: () => Promise<StoredCohort[]>;
  readonly startLifecycle: (cohort: Cohort) => Promise<void>;
  readonly markStarted: (cohortId: CohortId, at: Instant) => Promise<void>;
  readonly log: Log;
}

export async function startCohorts(dependencies: StartCohortsDependencies): Promise<{ started: number }> {
  const at = dependencies.now();
  const today = civilDateOf(at);
  const waiting = (await dependencies.listCohorts()).filter(
    ({ startedAt, startDate }) => !startedAt && startDate < today,
  );
  for (const cohort of waiting) {
    await dependencies.startLifecycle(cohort);
    await dependencies.markStarted(cohort.cohortId, at);
    dependencies.log.info('cohort started', { cohortId: cohort.cohortId });
  }
  return { started: waiting.length };
}
