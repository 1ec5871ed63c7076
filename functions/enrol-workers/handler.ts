import { sendEnrolment, sendToFund } from '../../shared/adapters/queues.ts';
import { fileRegistrar } from '../../shared/adapters/registrar-file.ts';
import { simulatedRegistrar } from '../../shared/adapters/registrar-simulator.ts';
import { now } from '../../shared/clock.ts';
import { loggerFor, meterFor } from '../../shared/logger.ts';
import { enrolmentMessageSchema } from '../../shared/messages.ts';
import { queueHandler } from '../../shared/middleware/queue.ts';
import type { Registrar } from '../../shared/ports/registrar.ts';
import { settings } from '../../shared/settings.ts';
import { acceptCovers } from '../../shared/store/acceptances.ts';
import { markAnswered, markSubmitted, noteAsking, readAllocation } from '../../shared/store/allocations.ts';
import { joinCohort } from '../../shared/store/cohorts.ts';
import { readCovers } from '../../shared/store/covers.ts';
import { quarantineRecord } from '../../shared/store/quarantine.ts';
import { claimPlaces } from '../../shared/store/registrar-places.ts';
import { type EnrolWorkersDependencies, enrolWorkers } from './enrol-workers.ts';

const log = loggerFor('enrol-workers');

function registrar(): Registrar {
  const chosen = settings().registrar;
  return chosen.kind === 'file' ? fileRegistrar : simulatedRegistrar(chosen, claimPlaces);
}

/** Open to tests, so that a registrar can misbehave. */
export const dependencies: EnrolWorkersDependencies = {
  now,
  registrar,
  readAllocation,
  readCovers,
  markSubmitted,
  noteAsking,
  markAnswered,
  cohortSizes: () => settings().lifecycle,
  joinCohort,
  acceptCovers,
  sendEnrolment,
  sendToFund,
  log,
};

export const handler = queueHandler({
  source: 'enrolments',
  schema: enrolmentMessageSchema,
  handle: (message) => enrolWorkers(message, dependencies),
  quarantine: quarantineRecord(now),
  log,
  meter: meterFor('enrol-workers'),
});
