/** An app that only operators reach: every request carries a bearer token; every refusal is a problem document. */
import { Hono } from 'hono';
import type { OperatorId } from '../../shared/domain/cash-receipt.ts';
import { problemDocument } from '../../shared/problem.ts';
import { type Operator, type Operators, operatorOf } from './operators.ts';

/** `fresh`: asked of the store again, unless that was done a moment ago. */
export type ReadOperators = (options?: { readonly fresh: boolean }) => Promise<Operators>;

/** What a route knows of the one who calls. */
export interface OperatorsEnvironment {
  readonly Variables: { readonly operator: OperatorId; readonly mayDecide: boolean };
}

const PROBLEM = { 'content-type': 'application/problem+json' };

/** A token not known may have been added a moment ago. */
async function whoCalls(authorization: string | undefined, operators: ReadOperators): Promise<Operator | null> {
  return operatorOf(authorization, await operators()) ?? operatorOf(authorization, await operators({ fresh: true }));
}

export function operatorsOnly(operators: ReadOperators): Hono<OperatorsEnvironment> {
  const app = new Hono<OperatorsEnvironment>();
  app.use('*', async (context, next) => {
    const operator = await whoCalls(context.req.header('authorization'), operators);
    if (operator !== null) {
      context.set('operator', operator.operatorId);
      context.set('mayDecide', operator.mayDecide);
      return next();
    }
    const problem = problemDocument(401, 'not_allowed', { detail: 'an operator token is needed' });
    return context.body(JSON.stringify(problem), 401, { ...PROBLEM, 'www-authenticate': 'Bearer' });
  });
  app.notFound((context) => context.body(JSON.stringify(problemDocument(404, 'not_found')), 404, PROBLEM));
  // The stack around it answers and logs every error alike.
  app.onError((error) => {
    throw error;
  });
  return app;
}
