/** Workers as the books know them. A row in the waiting index is a place in line; without those keys there is none. */
import type { CivilMonth, Instant } from '../domain/dates.ts';
import type { CoverId, WorkerId } from '../domain/ids.ts';
import { type WorkerRow, waitingKeys } from '../domain/worker.ts';
import { batchGet, getItem, type Key, type Row, type TransactItem } from './table.ts';

export function workerKey(workerId: WorkerId): Key {
  return { pk: `WORKER#${workerId}`, sk: 'WORKER' };
}

/** Puts a new worker in line. DynamoDB knows no empty set, so nothing paid yet is an attribute that is not there. */
export function newWorkerPut(worker: WorkerRow): TransactItem {
  const paidMonths = worker.paidMonths.size > 0 ? worker.paidMonths : undefined;
  return {
    Put: {
      Item: { ...workerKey(worker.workerId), type: 'worker', ...worker, paidMonths, ...waitingKeys(worker) },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
}

export function workerOf(row: Row): WorkerRow {
  const { pk: _pk, sk: _sk, type: _type, waitingKey: _waitingKey, waitingSort: _waitingSort, ...worker } = row;
  const paidMonths = (worker.paidMonths as ReadonlySet<CivilMonth> | undefined) ?? new Set<CivilMonth>();
  return { ...(worker as unknown as WorkerRow), paidMonths };
}

export async function readWorker(workerId: WorkerId): Promise<WorkerRow | null> {
  const row = await getItem(workerKey(workerId));
  return row ? workerOf(row) : null;
}

/** Those that exist, by id. */
export async function readWorkers(
  workerIds: readonly WorkerId[],
  { consistent = true } = {},
): Promise<Map<WorkerId, WorkerRow>> {
  const rows = await batchGet(workerIds.map(workerKey), { consistent });
  return new Map(rows.map(workerOf).map((worker) => [worker.workerId, worker]));
}

/** A worker, and whether there is a place in line. */
export interface PlacedWorker {
  readonly worker: WorkerRow;
  readonly isInLine: boolean;
  /** What put the worker back in line last. */
  readonly reactivatedBy: string | null;
}

export async function readPlacedWorker(workerId: WorkerId): Promise<PlacedWorker | null> {
  const row = await getItem(workerKey(workerId));
  if (!row) return null;
  const reactivatedBy = (row.reactivatedBy as string | undefined) ?? null;
  return { worker: workerOf(row), isInLine: row.waitingSort !== undefined, reactivatedBy };
}

/**
 * Puts a worker back in line, as the same person, behind all who wait since earlier.
 *
 * @param lapsedCoverId the cover that the next one renews
 */
export function backInLine(worker: WorkerRow, at: Instant, by: string, lapsedCoverId: CoverId | null): TransactItem {
  const { waitingKey, waitingSort } = waitingKeys({ ...worker, waitingSince: at });
  return {
    Update: {
      Key: workerKey(worker.workerId),
      UpdateExpression:
        'SET #state = :waiting, waitingSince = :at, waitingKey = :key, waitingSort = :sort, #version = :next, ' +
        `reactivatedBy = :by${lapsedCoverId ? ', lapsedCoverId = :lapsed REMOVE reason' : ' REMOVE reason, lapsedCoverId'}`,
      ConditionExpression: '#version = :before AND attribute_not_exists(waitingSort)',
      ExpressionAttributeNames: { '#state': 'state', '#version': 'version' },
      ExpressionAttributeValues: {
        ':waiting': 'waiting',
        ':at': at,
        ':key': waitingKey,
        ':sort': waitingSort,
        ':before': worker.version,
        ':next': worker.version + 1,
        ':by': by,
        ...(lapsedCoverId ? { ':lapsed': lapsedCoverId } : {}),
      },
    },
  };
}
