/** The operators' API (contract): every request carries a bearer token; every refusal is a problem document. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import type { Instant } from '../../shared/domain/dates.ts';
import { problemDocument } from '../../shared/problem.ts';
import type { StartImportDependencies } from '../import-workers/start-import.ts';
import { bookRoutes } from './routes/books.ts';
import { coverRoutes } from './routes/covers.ts';
import { operationRoutes } from './routes/operations.ts';

export interface QueueState {
  readonly name: string;
  readonly ready: number;
  readonly inFlight: number;
  readonly dead: number;
}

export interface OperatorsDependencies {
  readonly now: () => Instant;
  readonly tokens: () => Promise<readonly string[]>;
  readonly importing: StartImportDependencies;
  readonly queues: {
    readonly list: () => Promise<QueueState[]>;
    readonly redrive: (name: string) => Promise<{ name: string; messages: number }>;
  };
  /** Puts a released message back into the queue it came from. */
  readonly sendBack: (source: string, body: string, occasion: string) => Promise<void>;
}

/** Constant time whatever the lengths: digests are compared, not tokens. */
function sameToken(given: string, known: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(known));
}

async function isOperator(authorization: string | undefined, dependencies: OperatorsDependencies): Promise<boolean> {
  const given = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  if (given === undefined) return false;
  const known = await dependencies.tokens();
  return known.filter((token) => sameToken(given, token)).length > 0;
}

const PROBLEM = { 'content-type': 'application/problem+json' };

export function operatorsApp(dependencies: OperatorsDependencies): Hono {
  const app = new Hono();
  app.use('*', async (context, next) => {
    if (await isOperator(context.req.header('authorization'), dependencies)) return next();
    const problem = problemDocument(401, 'not_allowed', { detail: 'an operator token is needed' });
    return context.body(JSON.stringify(problem), 401, { ...PROBLEM, 'www-authenticate': 'Bearer' });
  });
  app.route('/api', bookRoutes(dependencies));
  app.route('/api', coverRoutes(dependencies));
  app.route('/api', operationRoutes(dependencies));
  app.notFound((context) => context.body(JSON.stringify(problemDocument(404, 'not_found')), 404, PROBLEM));
  // The stack around it answers and logs every error alike.
  app.onError((error) => {
    throw error;
  });
  return app;
}
