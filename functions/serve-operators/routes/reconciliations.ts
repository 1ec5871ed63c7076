/** What reconciling found: reports by gateway and day, differences a person settles, and fees by campaign. */
import { Hono } from 'hono';
import * as z from 'zod';
import { type CivilDate, civilDate } from '../../../shared/domain/dates.ts';
import { parseContract, parseJson } from '../../../shared/parse.ts';
import { listDifferences, settleDifference } from '../../../shared/store/differences.ts';
import { limitOf } from '../../../shared/store/listing.ts';
import { readReports } from '../../../shared/store/reconciliations.ts';
import { scanTypes } from '../../../shared/store/table.ts';
import { campaignFees } from '../campaign-fees.ts';
import type { OperatorsDependencies } from '../serve-operators.ts';

const noteSchema = z.lazy(() => z.strictObject({ note: z.string().trim().min(3).max(500) }));

function dateOf(text: string | undefined): CivilDate | undefined {
  return text === undefined ? undefined : civilDate(text);
}

export function reconciliationRoutes({ now }: OperatorsDependencies): Hono {
  const routes = new Hono();
  routes.get('/reconciliations', async (context) => {
    const { gateway, date } = context.req.query();
    return context.json({ items: await readReports(gateway, dateOf(date)), nextCursor: null });
  });
  routes.get('/differences', async (context) => {
    const { gateway, state, limit, cursor } = context.req.query();
    return context.json(await listDifferences({ gateway, state, limit: limitOf(limit), cursor }));
  });
  routes.post('/differences/:id/settle', async (context) => {
    const { note } = parseContract(noteSchema, parseJson(await context.req.text()));
    const [differenceId, settledAt] = [context.req.param('id'), now()];
    await settleDifference(differenceId, note, settledAt);
    return context.json({ differenceId, state: 'settled', settledAt, note });
  });
  routes.get('/fees', async (context) => context.json(await campaignFees(scanTypes, context.req.query('by'))));
  return routes;
}
