/** History once more under another policy. It reads all books and answers within the time of one request. */
import { Hono } from 'hono';
import { assertWholeShares } from '../../../shared/domain/policy.ts';
import { parseContract, parseJson } from '../../../shared/parse.ts';
import { allocationPolicySchema } from '../../../shared/policy-schema.ts';
import { settings } from '../../../shared/settings.ts';
import { listPolicies } from '../../../shared/store/policies.ts';
import { scanTypes } from '../../../shared/store/table.ts';
import { tariffInForce } from '../../../shared/tariff-in-force.ts';
import type { OperatorsDependencies } from '../serve-operators.ts';
import { whatIf } from '../what-if/what-if.ts';

export function whatIfRoutes({ now }: OperatorsDependencies): Hono {
  const routes = new Hono();
  routes.post('/policies/what-if', async (context) => {
    const policy = parseContract(allocationPolicySchema, parseJson(await context.req.text()));
    assertWholeShares(policy);
    const cohortSizes = () => settings().lifecycle;
    return context.json(await whatIf(policy, { now, scanRows: scanTypes, listPolicies, tariffInForce, cohortSizes }));
  });
  return routes;
}
