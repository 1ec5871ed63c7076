import { openFile } from '../../shared/adapters/file-store.ts';
import { sendStatement } from '../../shared/adapters/queues.ts';
import { intakeSealing } from '../../shared/adapters/sealing.ts';
import { now } from '../../shared/clock.ts';
import { loggerFor, meterFor } from '../../shared/logger.ts';
import { fileMessageSchema } from '../../shared/messages.ts';
import { queueHandler } from '../../shared/middleware/queue.ts';
import { putDifference } from '../../shared/store/differences.ts';
import {
  announcedAs,
  filesOfBatch,
  markCut,
  markSuperseded,
  putAnnouncement,
  putBatch,
  putCheckedFile,
  putWaiting,
  readAnnouncement,
  readFileRow,
  waitingAs,
} from '../../shared/store/files.ts';
import { quarantineRecord } from '../../shared/store/quarantine.ts';
import { type CheckFileDependencies, checkFile } from './check-file.ts';

const log = loggerFor('check-file');

const dependencies: CheckFileDependencies = {
  now,
  open: openFile,
  seal: intakeSealing.seal,
  unseal: intakeSealing.unseal,
  sendStatement,
  readFileRow,
  putCheckedFile,
  markCut,
  markSuperseded,
  putBatch,
  putAnnouncement,
  readAnnouncement,
  announcedAs,
  putWaiting,
  waitingAs,
  filesOfBatch,
  putDifference,
  log,
};

export const handler = queueHandler({
  source: 'files',
  schema: fileMessageSchema,
  handle: (message) => checkFile(message, dependencies),
  quarantine: quarantineRecord(now),
  log,
  meter: meterFor('check-file'),
});
