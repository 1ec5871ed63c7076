/** The operators' API (contract): every request carries a bearer token; every refusal is a problem document. */
import { Hono } from 'hono';
import type { OperatorId } from '../../shared/domain/cash-receipt.ts';
import type { Instant } from '../../shared/domain/dates.ts';
import type { PaymentMessage } from '../../shared/messages.ts';
import { problemDocument } from '../../shared/problem.ts';
import type { StartImportDependencies } from '../import-workers/start-import.ts';
import { type Operator, type Operators, operatorOf } from './operators.ts';
import { bookRoutes } from './routes/books.ts';
import { coverRoutes } from './routes/covers.ts';
import { donorRoutes } from './routes/donors.ts';
import { type FilesDependencies, fileRoutes } from './routes/files.ts';
import { operationRoutes } from './routes/operations.ts';
import { receiptRoutes } from './routes/receipts.ts';
import { reconciliationRoutes } from './routes/reconciliations.ts';
import { type UnassignedDependencies, unassignedRoutes } from './routes/unassigned.ts';

export interface QueueState {
  readonly name: string;
  readonly ready: number;
  readonly inFlight: number;
  readonly dead: number;
}

export interface OperatorsDependencies extends FilesDependencies, UnassignedDependencies {
  readonly now: () => Instant;
  /** `fresh`: asked of the store again, unless that was done a moment ago. */
  readonly operators: (options?: { readonly fresh: boolean }) => Promise<Operators>;
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

/** What a route knows of the one who calls. */
export interface OperatorsEnvironment {
  readonly Variables: { readonly operator: OperatorId; readonly mayDecide: boolean };
}

/** A token not known may have been added a moment ago. */
async function whoCalls(
  authorization: string | undefined,
  { operators }: OperatorsDependencies,
): Promise<Operator | null> {
  return operatorOf(authorization, await operators()) ?? operatorOf(authorization, await operators({ fresh: true }));
}

const PROBLEM = { 'content-type': 'application/problem+json' };

export function operatorsApp(dependencies: OperatorsDependencies): Hono<OperatorsEnvironment> {
  const app = new Hono<OperatorsEnvironment>();
  app.use('*', async (context, next) => {
    const operator = await whoCalls(context.req.header('authorization'), dependencies);
    if (operator !== null) {
      context.set('operator', operator.operatorId);
      context.set('mayDecide', operator.mayDecide);
      return next();
    }
    const problem = problemDocument(401, 'not_allowed', { detail: 'an operator token is needed' });
    return context.body(JSON.stringify(problem), 401, { ...PROBLEM, 'www-authenticate': 'Bearer' });
  });
  app.route('/api', bookRoutes(dependencies));
  app.route('/api', coverRoutes(dependencies));
  app.route('/api', operationRoutes(dependencies));
  app.route('/api', reconciliationRoutes(dependencies));
  app.route('/api', receiptRoutes(dependencies));
  app.route('/api', donorRoutes(dependencies));
  app.route('/api', fileRoutes(dependencies));
  app.route('/api', unassignedRoutes(dependencies));
  app.notFound((context) => context.body(JSON.stringify(problemDocument(404, 'not_found')), 404, PROBLEM));
  // The stack around it answers and logs every error alike.
  app.onError((error) => {
    throw error;
  });
  return app;
}
