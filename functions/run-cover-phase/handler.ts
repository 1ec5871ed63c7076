import { sendNudges, sendToFund } from '../../shared/adapters/queues.ts';
import { now } from '../../shared/clock.ts';
import { loggerFor } from '../../shared/logger.ts';
import { phaseTaskSchema } from '../../shared/messages.ts';
import { taskHandler } from '../../shared/middleware/task.ts';
import { markPhaseDone, readCohort } from '../../shared/store/cohorts.ts';
import { payMonth } from '../../shared/store/contributions.ts';
import { coversOfShard, readCovers } from '../../shared/store/covers.ts';
import { putNudgePages } from '../../shared/store/nudge-pages.ts';
import { tariffInForce } from '../../shared/tariff-in-force.ts';
import { type RunCoverPhaseDependencies, runCoverPhase } from './run-cover-phase.ts';

const log = loggerFor('run-cover-phase');

const dependencies: RunCoverPhaseDependencies = {
  now,
  readCohort,
  coversOfShard,
  readCovers,
  payMonth,
  tariffInForce,
  sendToFund,
  putNudgePages,
  sendNudges,
  markPhaseDone,
  log,
};

export const handler = taskHandler({
  schema: phaseTaskSchema,
  handle: (task) => runCoverPhase(task, dependencies),
  log,
});
