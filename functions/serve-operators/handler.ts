import { handle } from 'hono/aws-lambda';
import * as z from 'zod';
import { listQueues, redriveQueue, sendBack } from '../../shared/adapters/operations-queues.ts';
import { sendImports } from '../../shared/adapters/queues.ts';
import { intakeSealing } from '../../shared/adapters/sealing.ts';
import { secrets } from '../../shared/adapters/secrets.ts';
import { now } from '../../shared/clock.ts';
import { loggerFor } from '../../shared/logger.ts';
import { type HttpHandler, httpHandler } from '../../shared/middleware/http.ts';
import { putImport } from '../../shared/store/imports.ts';
import { operatorsApp } from './serve-operators.ts';

const log = loggerFor('serve-operators');
const operatorsSchema = z.strictObject({ tokens: z.array(z.string().min(16)).min(1) });

const app = operatorsApp({
  now,
  tokens: async () => (await secrets.read('operators', operatorsSchema))?.tokens ?? [],
  importing: { now, seal: intakeSealing.seal, putImport, sendImports },
  queues: { list: listQueues, redrive: redriveQueue },
  sendBack,
});

export const handler = httpHandler({ handle: handle(app) as unknown as HttpHandler, log });
