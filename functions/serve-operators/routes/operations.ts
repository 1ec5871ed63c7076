/** What operators mend: imports, quarantine, queues. */
import { Hono } from 'hono';
import type { ImportId, QuarantineId } from '../../../shared/domain/ids.ts';
import { reasonText } from '../../../shared/domain/reasons.ts';
import { Permanent } from '../../../shared/errors.ts';
import { importStatus } from '../../../shared/store/imports.ts';
import { cursorOf, limitOf, startOf } from '../../../shared/store/listing.ts';
import {
  listQuarantine,
  markReleased,
  type QuarantineRecord,
  readQuarantine,
} from '../../../shared/store/quarantine.ts';
import type { Row } from '../../../shared/store/table.ts';
import { startImport } from '../../import-workers/start-import.ts';
import type { OperatorsDependencies } from '../serve-operators.ts';

/** Which payment a stopped message is about, as its sender names it; nothing personal is in it (I9). */
function subjectOf(body: string): { gateway: string | null; deliveryKey: string | null } {
  try {
    const { gateway = null, deliveryKey = null } = JSON.parse(body) as { gateway?: string; deliveryKey?: string };
    return { gateway, deliveryKey };
  } catch {
    return { gateway: null, deliveryKey: null };
  }
}

function quarantineView(row: Row) {
  const { quarantineId, source, body, state, reason, field, detail, receiveCount, keptAt, releasedAt } =
    row as unknown as QuarantineRecord;
  return {
    quarantineId,
    source,
    state,
    reason,
    sentence: { id: reasonText(reason, 'id'), en: reasonText(reason, 'en') },
    ...subjectOf(body),
    field: field ?? null,
    detail,
    receiveCount,
    keptAt,
    releasedAt: releasedAt ?? null,
  };
}

async function release(quarantineId: QuarantineId, { now, sendBack }: OperatorsDependencies) {
  const record = await readQuarantine(quarantineId);
  if (!record) throw new Permanent('not_found', { detail: `quarantine ${quarantineId}` });
  const at = now();
  const message = { ...(JSON.parse(record.body) as Row), releasedFrom: quarantineId };
  await markReleased(quarantineId, at);
  await sendBack(record.source, JSON.stringify(message), `${quarantineId}:${at}`);
  return { quarantineId, state: 'released', releasedAt: at };
}

export function operationRoutes(dependencies: OperatorsDependencies): Hono {
  const routes = new Hono();
  routes.post('/worker-imports', async (context) => {
    const importId = await startImport(dependencies.importing, new Uint8Array(await context.req.arrayBuffer()));
    return context.json({ importId }, 202);
  });
  routes.get('/worker-imports/:id', async (context) => {
    const status = await importStatus(context.req.param('id') as ImportId);
    if (!status) throw new Permanent('not_found', { detail: `import ${context.req.param('id')}` });
    return context.json(status);
  });
  routes.get('/quarantine', async (context) => {
    const { limit, cursor, state } = context.req.query();
    const { items, lastKey } = await listQuarantine(limitOf(limit), startOf(cursor, 'QUARANTINE'));
    const seen = items.map(quarantineView).filter((each) => state === undefined || each.state === state);
    return context.json({ items: seen, nextCursor: cursorOf(lastKey) });
  });
  routes.post('/quarantine/:id/release', async (context) =>
    context.json(await release(context.req.param('id') as QuarantineId, dependencies), 202),
  );
  routes.get('/queues', async (context) => context.json({ items: await dependencies.queues.list(), nextCursor: null }));
  routes.post('/queues/:name/redrive', async (context) =>
    context.json(await dependencies.queues.redrive(context.req.param('name')), 202),
  );
  return routes;
}
