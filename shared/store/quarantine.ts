/** What was stopped on purpose: kept with its reason until a person releases it. */
import type { Instant } from '../domain/dates.ts';
import { digest, type QuarantineId } from '../domain/ids.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import type { Quarantine } from '../middleware/quarantine.ts';
import { getItem, putIfAbsent, queryPage, type Row, updateItem } from './table.ts';

export interface QuarantineRecord {
  readonly quarantineId: QuarantineId;
  /** The queue it goes back to when it is released. */
  readonly source: string;
  /** `held` waits for a person; `kept` is authentic and means nothing to the books; `released` went back. */
  readonly state: 'held' | 'kept' | 'released';
  readonly reason: ReasonCode;
  readonly field?: string;
  readonly detail: string;
  /** The queue message as it came; personal data in it is sealed (I9). */
  readonly body: string;
  readonly receiveCount: number;
  readonly keptAt: Instant;
  readonly releasedAt?: Instant;
}

function key(quarantineId: QuarantineId) {
  return { pk: 'QUARANTINE', sk: quarantineId };
}

/** The same message always lands on the same row. A message that fails again after its release is held again. */
export async function keepInQuarantine(
  record: Omit<QuarantineRecord, 'quarantineId' | 'state'> & { readonly state?: 'held' | 'kept' },
  identity: string = record.body,
): Promise<QuarantineId> {
  const quarantineId = `qrt_${digest(`${record.source}:${identity}`)}` as QuarantineId;
  await putIfAbsent({ ...key(quarantineId), type: 'quarantine', quarantineId, state: 'held', ...record });
  return quarantineId;
}

export async function readQuarantine(quarantineId: QuarantineId): Promise<QuarantineRecord | null> {
  return ((await getItem(key(quarantineId))) as unknown as QuarantineRecord | undefined) ?? null;
}

export async function markReleased(quarantineId: QuarantineId, at: Instant): Promise<boolean> {
  const { ok } = await updateItem({
    Key: key(quarantineId),
    UpdateExpression: 'SET #state = :released, releasedAt = :at',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':released': 'released', ':at': at },
  });
  return ok;
}

/** A released message that was stopped again. */
export async function holdAgain(quarantineId: QuarantineId, reason: ReasonCode, detail: string): Promise<void> {
  await updateItem({
    Key: key(quarantineId),
    UpdateExpression: 'SET #state = :held, reason = :reason, detail = :detail REMOVE releasedAt',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':held': 'held', ':reason': reason, ':detail': detail },
  });
}

export async function listQuarantine(limit: number, start: Row | undefined) {
  return queryPage({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': 'QUARANTINE' },
    Limit: limit,
    ExclusiveStartKey: start,
  });
}

/** The quarantine of a queue consumer, as the queue stack wants it. */
export function quarantineRecord(now: () => Instant): Quarantine {
  return async ({ messageId: _messageId, ...input }) => {
    const releasedFrom = releasedFromOf(input.body);
    if (releasedFrom) await holdAgain(releasedFrom, input.reason, input.detail);
    else await keepInQuarantine({ ...input, keptAt: now() });
  };
}

function releasedFromOf(body: string): QuarantineId | undefined {
  try {
    return (JSON.parse(body) as { releasedFrom?: QuarantineId }).releasedFrom;
  } catch {
    return undefined;
  }
}
