/** What the programme achieved, for operators: every group, however small. */
import { Hono } from 'hono';
import * as z from 'zod';
import { type CivilDate, civilDateOf, isCivilDate } from '../../../shared/domain/dates.ts';
import { DIMENSIONS, type Dimension } from '../../../shared/domain/group-names.ts';
import type { CampaignId } from '../../../shared/domain/ids.ts';
import { parseContract } from '../../../shared/parse.ts';
import { countMetrics, countResults } from '../count-metrics.ts';
import type { OperatorsDependencies } from '../serve-operators.ts';

const day = z
  .string()
  .refine(isCivilDate, 'a day such as 2026-12-01')
  .transform((text) => text as CivilDate);
function namesIn(text: string): string[] {
  return [...new Set(text.split(',').filter((name) => name !== ''))];
}

const questionSchema = z.lazy(() =>
  z.strictObject({
    /** `region,arm` */
    by: z
      .string()
      .default('')
      .refine((text) => namesIn(text).every((name) => (DIMENSIONS as readonly string[]).includes(name)))
      .transform((text) => namesIn(text) as Dimension[]),
    from: day.nullable().default(null),
    /** First day not counted. */
    to: day.nullable().default(null),
  }),
);

export function metricsRoutes({ now }: Pick<OperatorsDependencies, 'now'>): Hono {
  const routes = new Hono();
  const today = () => civilDateOf(now());
  routes.get('/metrics', async (context) => {
    const { by, ...period } = parseContract(questionSchema, context.req.query());
    return context.json(await countMetrics({ by, period, today: today() }));
  });
  routes.get('/campaigns/:id/results', async (context) =>
    context.json(await countResults(context.req.param('id') as CampaignId, today())),
  );
  return routes;
}
