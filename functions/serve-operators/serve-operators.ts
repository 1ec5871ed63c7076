/** The operators' API (contract). */
import type { Hono } from 'hono';
import type { Instant } from '../../shared/domain/dates.ts';
import type { PaymentMessage } from '../../shared/messages.ts';
import type { StartImportDependencies } from '../import-workers/start-import.ts';
import { type OperatorsEnvironment, operatorsOnly, type ReadOperators } from './operators-only.ts';
import { bookRoutes } from './routes/books.ts';
import { coverRoutes } from './routes/covers.ts';
import { donorRoutes } from './routes/donors.ts';
import { type FilesDependencies, fileRoutes } from './routes/files.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { operationRoutes } from './routes/operations.ts';
import { policyRoutes } from './routes/policies.ts';
import { receiptRoutes } from './routes/receipts.ts';
import { reconciliationRoutes } from './routes/reconciliations.ts';
import { suppressionRoutes } from './routes/suppressions.ts';
import { type UnassignedDependencies, unassignedRoutes } from './routes/unassigned.ts';
import { whatIfRoutes } from './routes/what-if.ts';
import { type WorkerEventsDependencies, workerEventRoutes } from './routes/workers-events.ts';

export type { OperatorsEnvironment } from './operators-only.ts';

export interface QueueState {
  readonly name: string;
  readonly ready: number;
  readonly inFlight: number;
  readonly dead: number;
}

export interface OperatorsDependencies extends FilesDependencies, UnassignedDependencies, WorkerEventsDependencies {
  readonly now: () => Instant;
  readonly operators: ReadOperators;
  readonly importing: StartImportDependencies;
  readonly queues: {
    readonly list: () => Promise<QueueState[]>;
    readonly redrive: (name: string) => Promise<{ name: string; messages: number }>;
  };
  /** Puts a released message back into the queue it came from. */
  readonly sendBack: (source: string, body: string, occasion: string) => Promise<void>;
  /** Hands a payment that people vouch for to the books. */
  readonly sendPayment: (message: PaymentMessage) => Promise<void>;
}

export function operatorsApp(dependencies: OperatorsDependencies): Hono<OperatorsEnvironment> {
  const app = operatorsOnly(dependencies.operators);
  app.route('/api', bookRoutes(dependencies));
  app.route('/api', coverRoutes(dependencies));
  app.route('/api', workerEventRoutes(dependencies));
  app.route('/api', operationRoutes(dependencies));
  app.route('/api', policyRoutes(dependencies));
  app.route('/api', whatIfRoutes(dependencies));
  app.route('/api', reconciliationRoutes(dependencies));
  app.route('/api', receiptRoutes(dependencies));
  app.route('/api', donorRoutes(dependencies));
  app.route('/api', fileRoutes(dependencies));
  app.route('/api', unassignedRoutes(dependencies));
  app.route('/api', metricsRoutes(dependencies));
  app.route('/api', suppressionRoutes(dependencies));
  return app;
}
