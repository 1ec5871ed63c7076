/**
 * Reminders: one row each, claimed before it is sent and never twice (I7). What became of a whole page is one row of
 * its own, so that a reminder costs a single write.
 */
import type { CivilDate, Instant } from '../domain/dates.ts';
import { type CoverId, digest, type WorkerId, workerIdOfCover } from '../domain/ids.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import type { Channel } from '../ports/messaging.ts';
import { type MessageReceipt, readReceipts } from './message-receipts.ts';
import {
  batchGet,
  getItem,
  type Key,
  putIfAbsent,
  putItem,
  queryAll,
  type Row,
  remindersTableName,
  scanTypes,
} from './table.ts';

export interface NudgeName {
  readonly coverId: CoverId;
  readonly endDate: CivilDate;
  readonly step: string;
  readonly channel: Channel;
}

export interface NudgeClaim extends NudgeName {
  readonly batchId: string;
  readonly at: Instant;
  /** Why it does not go out; absent where it does. */
  readonly skipped?: ReasonCode;
}

/**
 * `ours`: send it. `again`: this very page claimed it before and did not finish, so nobody knows whether it went out.
 * `settled`: it was skipped, or belongs to another page.
 */
export type ClaimOutcome =
  | { readonly outcome: 'ours' | 'settled' }
  | { readonly outcome: 'again'; readonly claimedAt: Instant };

/** What became of a page. */
export interface NudgeBatch {
  /** Absent while some of the page wait, for their morning or for a provider. */
  readonly finishedAt?: Instant;
  /** Whom the account is about, while it is not finished; then it is about all. */
  readonly coverIds?: readonly CoverId[];
  readonly sent: number;
  /** By nudge id. */
  readonly failed: Readonly<Record<string, ReasonCode>>;
  /** By reason, how many of the page another page is for. */
  readonly passedOver?: Readonly<Partial<Record<ReasonCode, number>>>;
}

export interface Nudge extends NudgeName {
  readonly nudgeId: string;
  /** `claimed`: its page has not finished, it may have gone out. */
  readonly state: 'claimed' | 'sent' | 'failed' | 'skipped';
  readonly reason: ReasonCode | null;
  readonly at: Instant;
  /** What the provider told of it; null where it told nothing yet. */
  readonly delivery: Pick<MessageReceipt, 'state' | 'at' | 'reason' | 'providerCode'> | null;
}

/** Our name for a reminder towards the provider. */
export function nudgeIdOf({ coverId, endDate, step, channel }: NudgeName): string {
  return `ndg_${digest(`${coverId}#${endDate}#${step}#${channel}`)}`;
}

function nudgeKey({ coverId, endDate, step, channel }: NudgeName): Key {
  return { pk: `WORKER#${workerIdOfCover(coverId)}`, sk: `NUDGE#${coverId}#${endDate}#${step}#${channel}` };
}

export function batchKey(batchId: string): Key {
  return { pk: `NUDGEBATCH#${batchId}`, sk: 'BATCH' };
}

export async function claimNudge(claim: NudgeClaim): Promise<ClaimOutcome> {
  const { skipped, ...name } = claim;
  const state = skipped ? 'skipped' : 'claimed';
  const { ok, item } = await putIfAbsent(
    { ...nudgeKey(claim), type: 'nudge', ...name, state, reason: skipped },
    remindersTableName(),
  );
  if (ok) return { outcome: skipped ? 'settled' : 'ours' };
  return item?.state === 'claimed' && item.batchId === claim.batchId
    ? { outcome: 'again', claimedAt: item.at as Instant }
    : { outcome: 'settled' };
}

export async function readNudgeBatch(batchId: string): Promise<NudgeBatch | null> {
  return (
    ((await getItem(batchKey(batchId), { table: remindersTableName() })) as unknown as NudgeBatch | undefined) ?? null
  );
}

/** The first account of a page stands. */
export function finishNudgeBatch(batchId: string, batch: NudgeBatch & { readonly finishedAt: Instant }): Promise<void> {
  return keepBatch(batchId, batch);
}

/** What became of a part of a page, so that whoever takes the page in hand next leaves that part alone. */
export function keepUnfinishedBatch(
  batchId: string,
  batch: NudgeBatch & { readonly coverIds: readonly CoverId[] },
): Promise<void> {
  return keepBatch(batchId, batch);
}

async function keepBatch(batchId: string, batch: NudgeBatch): Promise<void> {
  await putItem({
    TableName: remindersTableName(),
    Item: { ...batchKey(batchId), type: 'nudge_batch', batchId, ...batch },
    ConditionExpression: 'attribute_not_exists(finishedAt)',
  });
}

/** Every reminder of a worker that was claimed to be sent, of all covers. */
export async function claimsOf(workerId: WorkerId): Promise<NudgeClaim[]> {
  const rows = await queryAll({
    TableName: remindersTableName(),
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :nudges)',
    ExpressionAttributeValues: { ':pk': `WORKER#${workerId}`, ':nudges': 'NUDGE#' },
  });
  return rows.filter(({ state }) => state === 'claimed') as unknown as NudgeClaim[];
}

/** Every reminder of a cover that was claimed or skipped, oldest first. */
export async function listNudges(coverId: CoverId): Promise<Nudge[]> {
  const rows = await queryAll({
    TableName: remindersTableName(),
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :nudges)',
    ExpressionAttributeValues: { ':pk': `WORKER#${workerIdOfCover(coverId)}`, ':nudges': `NUDGE#${coverId}#` },
  });
  const batchIds = rows.filter(({ state }) => state === 'claimed').map(({ batchId }) => batchId as string);
  const batches = await batchGet(batchIds.map(batchKey), { table: remindersTableName() });
  const batchOf = new Map(batches.map((batch) => [batch.batchId as string, batch as unknown as NudgeBatch]));
  const nudges = rows.map((row) => resolve(row, batchOf.get(row.batchId as string)));
  const receipts = await readReceipts(nudges.map(({ nudgeId }) => nudgeId));
  return nudges
    .map((nudge) => ({ ...nudge, delivery: deliveryOf(receipts.get(nudge.nudgeId)) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}

function deliveryOf(receipt: MessageReceipt | undefined): Nudge['delivery'] {
  if (!receipt) return null;
  const { state, at, reason, providerCode } = receipt;
  return { state, at, ...(reason ? { reason } : {}), ...(providerCode ? { providerCode } : {}) };
}

function resolve(row: Row, batch: NudgeBatch | undefined): Omit<Nudge, 'delivery'> {
  const { coverId, endDate, step, channel, at } = row as unknown as NudgeClaim;
  const name = { coverId, endDate, step, channel };
  const nudge = { nudgeId: nudgeIdOf(name), ...name, at, reason: null };
  if (row.state === 'skipped') return { ...nudge, state: 'skipped', reason: row.reason as ReasonCode };
  const isTold = batch && (batch.finishedAt !== undefined || batch.coverIds?.includes(coverId));
  if (!batch || !isTold) return { ...nudge, state: 'claimed' };
  const failure = batch.failed[nudge.nudgeId];
  return failure ? { ...nudge, state: 'failed', reason: failure } : { ...nudge, state: 'sent' };
}

/** Every reminder and every account of a page, in no order. */
export function scanReminders(): AsyncGenerator<Row[]> {
  return scanTypes({ types: ['nudge', 'nudge_batch'], table: remindersTableName() });
}
