/** What happened to workers: reported by an operator, listed for the branch that follows up. */
import { Hono } from 'hono';
import { operatorIdOf } from '../../../shared/domain/cash-receipt.ts';
import { civilDateOf } from '../../../shared/domain/dates.ts';
import type { FundId, WorkerId } from '../../../shared/domain/ids.ts';
import { Permanent } from '../../../shared/errors.ts';
import type { FundMessage } from '../../../shared/messages.ts';
import { parseContract, parseJson } from '../../../shared/parse.ts';
import { reactivate } from '../../../shared/reactivation.ts';
import { coversOfWorker } from '../../../shared/store/covers.ts';
import { lifeEventsOf, type RecordedEvent, readLifeEvent, recordLifeEvent } from '../../../shared/store/life-events.ts';
import { readWorker } from '../../../shared/store/workers.ts';
import { lifeEventSchema, reportLifeEvent } from '../report-life-event.ts';
import type { OperatorsDependencies, OperatorsEnvironment } from '../serve-operators.ts';
import { seeCovers } from '../views.ts';

/** What the routes of workers need beside the rows. */
export interface WorkerEventsDependencies {
  readonly sendToFund: (message: FundMessage, occasion: string) => Promise<void>;
  readonly listFundIds: () => Promise<FundId[]>;
}

type Dependencies = Pick<OperatorsDependencies, 'now' | 'operators'> & WorkerEventsDependencies;

/** Whoever recorded it: by name where operators are named. */
async function namesOf({
  operators,
}: Dependencies): Promise<(recordedBy: RecordedEvent['recordedBy']) => string | null> {
  const { people } = await operators();
  const names = new Map<string, string>(people.map(({ name }) => [operatorIdOf({ name }), name]));
  return (recordedBy) => names.get(recordedBy) ?? null;
}

function eventView({ kind, on, months, recordedAt, recordedBy }: RecordedEvent, name: string | null) {
  return { kind, on, ...(months ? { months } : {}), recordedAt, recordedBy, recordedByName: name };
}

async function standing(workerId: WorkerId, { now }: Dependencies) {
  const seen = await seeCovers(await coversOfWorker(workerId), civilDateOf(now()));
  return seen.map(({ cover: { coverId }, state }) => ({ coverId, state }));
}

export function workerEventRoutes(dependencies: Dependencies): Hono<OperatorsEnvironment> {
  const { now, sendToFund, listFundIds } = dependencies;
  const rows = { now, readWorker, coversOfWorker, readLifeEvent, recordLifeEvent, sendToFund };
  const routes = new Hono<OperatorsEnvironment>();
  routes.post('/workers/:id/events', async (context) => {
    const workerId = context.req.param('id') as WorkerId;
    const reported = parseContract(lifeEventSchema, parseJson(await context.req.text()));
    const { event, isNew } = await reportLifeEvent(workerId, reported, context.get('operator'), rows);
    const view = eventView(event, (await namesOf(dependencies))(event.recordedBy));
    return context.json({ workerId, ...view, covers: await standing(workerId, dependencies) }, isNew ? 201 : 200);
  });
  routes.get('/workers/:id/events', async (context) => {
    const nameOf = await namesOf(dependencies);
    const events = await lifeEventsOf(context.req.param('id') as WorkerId);
    return context.json({ items: events.map((event) => eventView(event, nameOf(event.recordedBy))), nextCursor: null });
  });
  routes.post('/workers/:id/reactivations', async (context) => {
    const workerId = context.req.param('id') as WorkerId;
    const [at, recordedBy] = [now(), context.get('operator')];
    const done = await reactivate(workerId, { at, by: `${recordedBy}:${at}`, recordedBy, alsoWithdrawn: true });
    if (done.outcome === 'refused') throw new Permanent(done.reason, { detail: `worker ${workerId}` });
    if (done.outcome === 'reactivated')
      for (const fundId of await listFundIds())
        await sendToFund({ contractVersion: 1, kind: 'fill', fundId }, `reactivated:${workerId}:${at}`);
    return context.json({ workerId, state: 'waiting' }, done.outcome === 'reactivated' ? 202 : 200);
  });
  return routes;
}
