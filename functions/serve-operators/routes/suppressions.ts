/** Who must not be written to: by hash, so that nobody's number is shown. A person may lift it, and says why. */
import { Hono } from 'hono';
import * as z from 'zod';
import { CHANNELS } from '../../../shared/domain/channels.ts';
import { standingTemplates } from '../../../shared/domain/message-templates.ts';
import { parseContract, parseJson } from '../../../shared/parse.ts';
import { limitOf } from '../../../shared/store/listing.ts';
import { liftSuppression, listSuppressions } from '../../../shared/store/suppressions.ts';
import type { OperatorsDependencies, OperatorsEnvironment } from '../serve-operators.ts';

/** A note is kept outside the vault's seals, so it holds no number of a person (I9). */
const liftSchema = z.lazy(() =>
  z.strictObject({
    scope: z.enum([...CHANNELS, 'all']),
    note: z
      .string()
      .trim()
      .min(3)
      .max(500)
      .refine((note) => !/\d{9}/.test(note.replace(/[\s-]/g, '')), 'without a number of a person'),
  }),
);

export function suppressionRoutes({ now }: OperatorsDependencies): Hono<OperatorsEnvironment> {
  const routes = new Hono<OperatorsEnvironment>();
  routes.get('/suppressions', async (context) => {
    const { limit, cursor } = context.req.query();
    return context.json(await listSuppressions(limitOf(limit), cursor));
  });
  routes.post('/suppressions/:contactHash/lift', async (context) => {
    const { scope, note } = parseContract(liftSchema, parseJson(await context.req.text()));
    const lifted = { by: context.get('operator'), at: now(), note };
    return context.json(await liftSuppression(context.req.param('contactHash'), scope, lifted));
  });
  routes.get('/message-templates', (context) => context.json({ items: standingTemplates(), nextCursor: null }));
  return routes;
}
