import { outboxMessenger } from '../../shared/adapters/outbox-messenger.ts';
import { vault } from '../../shared/adapters/vault.ts';
import { now } from '../../shared/clock.ts';
import { loggerFor, meterFor } from '../../shared/logger.ts';
import { nudgeMessageSchema } from '../../shared/messages.ts';
import { queueHandler } from '../../shared/middleware/queue.ts';
import { readCovers } from '../../shared/store/covers.ts';
import { holdNudgePage } from '../../shared/store/nudge-pages.ts';
import { claimNudge, finishNudgeBatch, readNudgeBatch } from '../../shared/store/nudges.ts';
import { quarantineRecord } from '../../shared/store/quarantine.ts';
import { readWorkers } from '../../shared/store/workers.ts';
import { type SendNudgesDependencies, sendNudges } from './send-nudges.ts';

const log = loggerFor('send-nudges');

/** Open to tests, so that a messenger can misbehave. */
export const dependencies: SendNudgesDependencies = {
  now,
  // Nobody can tell a reminder from one sent a second earlier, and the claims keep it from going out twice.
  readCovers: (coverIds) => readCovers(coverIds, { consistent: false }),
  readWorkers: (workerIds) => readWorkers(workerIds, { consistent: false }),
  readPeople: (workerIds) => vault.readPeople(workerIds),
  holdNudgePage,
  claimNudge,
  readNudgeBatch,
  finishNudgeBatch,
  messaging: outboxMessenger(now),
  log,
};

export const handler = queueHandler({
  source: 'nudges',
  schema: nudgeMessageSchema,
  handle: (message, delivery) => sendNudges(message, delivery, dependencies),
  quarantine: quarantineRecord(now),
  log,
  meter: meterFor('send-nudges'),
});
