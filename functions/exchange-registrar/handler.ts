import { handle } from 'hono/aws-lambda';
import { sendEnrolment } from '../../shared/adapters/queues.ts';
import { cardVault } from '../../shared/adapters/registrar-cards.ts';
import { intakeSealing } from '../../shared/adapters/sealing.ts';
import { secrets } from '../../shared/adapters/secrets.ts';
import { vault } from '../../shared/adapters/vault.ts';
import { now } from '../../shared/clock.ts';
import { loggerFor } from '../../shared/logger.ts';
import { type HttpHandler, httpHandler } from '../../shared/middleware/http.ts';
import { operatorsSchema } from '../serve-operators/operators.ts';
import { registrarApp } from './exchange-registrar.ts';

const log = loggerFor('exchange-registrar');
const NOBODY = { tokens: [], people: [] };

const app = registrarApp({
  now,
  operators: async (options) => (await secrets.read('operators', operatorsSchema, options)) ?? NOBODY,
  readPeople: (workerIds) => vault.readPeople(workerIds),
  cards: cardVault,
  sealing: intakeSealing,
  sendEnrolment: (message) => sendEnrolment(message),
  log,
});

export const handler = httpHandler({ handle: handle(app) as unknown as HttpHandler, log });
