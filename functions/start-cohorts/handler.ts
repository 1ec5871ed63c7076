import { startLifecycle } from '../../shared/adapters/executions.ts';
import { now } from '../../shared/clock.ts';
import { loggerFor } from '../../shared/logger.ts';
import { scheduleHandler } from '../../shared/middleware/schedule.ts';
import { listCohorts, markStarted } from '../../shared/store/cohorts.ts';
import { startCohorts } from './start-cohorts.ts';

const log = loggerFor('start-cohorts');

export const handler = scheduleHandler({
  handle: () => startCohorts({ now, listCohorts, startLifecycle, markStarted, log }),
  log,
});
