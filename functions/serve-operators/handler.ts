import { handle } from 'hono/aws-lambda';
import { putFile, uploadUrl } from '../../shared/adapters/file-store.ts';
import { listQueues, redriveQueue, sendBack } from '../../shared/adapters/operations-queues.ts';
import { sendImports, sendPayments, sendToFund } from '../../shared/adapters/queues.ts';
import { intakeSealing } from '../../shared/adapters/sealing.ts';
import { secrets } from '../../shared/adapters/secrets.ts';
import { now } from '../../shared/clock.ts';
import { loggerFor } from '../../shared/logger.ts';
import { type HttpHandler, httpHandler } from '../../shared/middleware/http.ts';
import { listFundIds } from '../../shared/store/funds.ts';
import { putImport } from '../../shared/store/imports.ts';
import { operatorsSchema } from './operators.ts';
import { operatorsApp } from './serve-operators.ts';

const log = loggerFor('serve-operators');
const NOBODY = { tokens: [], people: [] };

const app = operatorsApp({
  now,
  operators: async (options) => (await secrets.read('operators', operatorsSchema, options)) ?? NOBODY,
  importing: { now, seal: intakeSealing.seal, putImport, sendImports },
  queues: { list: listQueues, redrive: redriveQueue },
  sendBack,
  sealing: intakeSealing,
  files: { put: putFile, uploadUrl },
  sendPayment: (message) => sendPayments([message]),
  sendToFund,
  listFundIds,
});

export const handler = httpHandler({ handle: handle(app) as unknown as HttpHandler, log });
