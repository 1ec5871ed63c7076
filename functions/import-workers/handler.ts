import { sendToFund } from '../../shared/adapters/queues.ts';
import { intakeSealing } from '../../shared/adapters/sealing.ts';
import { vault } from '../../shared/adapters/vault.ts';
import { now } from '../../shared/clock.ts';
import { loggerFor, meterFor } from '../../shared/logger.ts';
import { importMessageSchema } from '../../shared/messages.ts';
import { queueHandler } from '../../shared/middleware/queue.ts';
import { reactivate } from '../../shared/reactivation.ts';
import { settings } from '../../shared/settings.ts';
import { listFundIds } from '../../shared/store/funds.ts';
import { putChunkResult, readChunkResult, readImport } from '../../shared/store/imports.ts';
import { quarantineRecord } from '../../shared/store/quarantine.ts';
import { noteRegion } from '../../shared/store/waiting.ts';
import { type ImportWorkersDependencies, importWorkers } from './import-workers.ts';

const log = loggerFor('import-workers');

const dependencies: ImportWorkersDependencies = {
  unseal: intakeSealing.unseal,
  vault,
  workerSettings: () => settings().workers,
  readImport,
  readChunkResult,
  putChunkResult,
  reactivate,
  noteRegion,
  listFundIds,
  sendToFund,
  log,
};

export const handler = queueHandler({
  source: 'imports',
  schema: importMessageSchema,
  handle: (message) => importWorkers(message, dependencies),
  quarantine: quarantineRecord(now),
  log,
  meter: meterFor('import-workers'),
});
