/** What operators reported of workers. Recorded with what follows from it for the worker, in one transaction. */
import type { OperatorId } from '../domain/cash-receipt.ts';
import type { CivilDate, Instant } from '../domain/dates.ts';
import type { CoverId, ImportId, WorkerId } from '../domain/ids.ts';
import { endingOf, type LifeEvent, type LifeEventKind, workerStateAfter } from '../domain/life-events.ts';
import type { WorkerRow } from '../domain/worker.ts';
import { coverKey } from './covers.ts';
import { dueBefore } from './due.ts';
import { getItem, type Key, queryAll, type Row, type TransactItem, transact, updateItem } from './table.ts';
import { workerKey } from './workers.ts';

/** An event as it is kept; being put back in line is one too. */
export interface RecordedEvent extends Omit<LifeEvent, 'kind' | 'recordedBy'> {
  readonly kind: LifeEventKind | 'reactivated';
  /** An operator, or the roster that brought a worker back. */
  readonly recordedBy: OperatorId | ImportId;
  /** The covers that a claim holds. */
  readonly coverIds?: readonly CoverId[];
}

export interface EventName {
  readonly workerId: WorkerId;
  readonly on: CivilDate;
  readonly kind: RecordedEvent['kind'];
}

const DUE_KEY = 'DUE#lifeevent';
const CLAIMS = 'CLAIMS';

function eventKey({ workerId, on, kind }: EventName): Key {
  return { pk: `WORKER#${workerId}`, sk: `LIFEEVENT#${on}#${kind}` };
}

function eventOf(row: Row): RecordedEvent {
  const { pk: _pk, sk: _sk, type: _type, dueKey: _dueKey, dueSort: _dueSort, ...event } = row;
  return event as unknown as RecordedEvent;
}

export function eventPut(event: RecordedEvent, condition?: string): TransactItem {
  return {
    Put: {
      Item: { ...eventKey(event), type: 'life_event', ...event, ...dueKeys(event) },
      ...(condition ? { ConditionExpression: condition } : {}),
    },
  };
}

/** Covers are to end: due until the sweeper finds them ended (I8). */
function dueKeys({ kind, on, workerId, recordedAt }: RecordedEvent): Row {
  if (kind === 'reactivated' || !endingOf({ kind, on })) return {};
  return { dueKey: DUE_KEY, dueSort: `${recordedAt}#${workerId}#${on}#${kind}` };
}

export async function readLifeEvent(name: EventName): Promise<RecordedEvent | null> {
  const row = await getItem(eventKey(name));
  return row ? eventOf(row) : null;
}

/** Everything reported of a worker, by the day it happened. */
export async function lifeEventsOf(workerId: WorkerId): Promise<RecordedEvent[]> {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :events)',
    ExpressionAttributeValues: { ':pk': `WORKER#${workerId}`, ':events': 'LIFEEVENT#' },
  });
  return rows.map(eventOf);
}

/** @returns false where the worker changed since it was read, or the event was recorded in the meantime */
export async function recordLifeEvent(event: RecordedEvent & LifeEvent, worker: WorkerRow): Promise<boolean> {
  const { ok } = await transact([
    eventPut(event, 'attribute_not_exists(pk)'),
    workerItem(event, worker),
    ...claimItems(event, worker),
  ]);
  return ok;
}

/** A worker who left stands in no queue; months the government pays are paid (I3). */
function workerItem({ kind, on, months = [] }: RecordedEvent & LifeEvent, worker: WorkerRow): TransactItem {
  const left = worker.state === 'deceased' ? null : workerStateAfter(kind);
  const ending = endingOf({ kind, on });
  const set: Row = { version: worker.version + 1, ...(left ? { state: left, reason: ending?.reason } : {}) };
  if (kind === 'claim_opened' && !worker.claimOpenSince) set.claimOpenSince = on;
  const remove = [
    ...(left ? ['waitingKey', 'waitingSort'] : []),
    ...(kind === 'claim_closed' ? ['claimOpenSince'] : []),
  ];
  const names = [...Object.keys(set), ...remove];
  return {
    Update: {
      Key: workerKey(worker.workerId),
      UpdateExpression: [
        `SET ${Object.keys(set)
          .map((name) => `#${name} = :${name}`)
          .join(', ')}`,
        ...(remove.length > 0 ? [`REMOVE ${remove.map((name) => `#${name}`).join(', ')}`] : []),
        ...(months.length > 0 ? ['ADD paidMonths :months, governmentMonths :months'] : []),
      ].join(' '),
      ConditionExpression: '#version = :before',
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ':before': worker.version,
        ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
        ...(months.length > 0 ? { ':months': new Set(months) } : {}),
      },
    },
  };
}

/** A claim holds the covers it finds, and is listed until it is closed. */
function claimItems(
  { kind, workerId, on, coverIds = [] }: RecordedEvent,
  { claimOpenSince = on }: WorkerRow,
): TransactItem[] {
  if (kind !== 'claim_opened' && kind !== 'claim_closed') return [];
  const opens = kind === 'claim_opened';
  const Key = { pk: CLAIMS, sk: workerId };
  return [
    opens ? { Put: { Item: { ...Key, type: 'open_claim', workerId, since: claimOpenSince } } } : { Delete: { Key } },
    ...coverIds.map((coverId) => ({
      Update: {
        Key: coverKey(coverId),
        UpdateExpression: opens ? 'SET claimOpenSince = :on' : 'REMOVE claimOpenSince',
        ConditionExpression: opens ? '#state = :active' : 'attribute_exists(pk)',
        ...(opens
          ? {
              ExpressionAttributeNames: { '#state': 'state' },
              ExpressionAttributeValues: { ':on': on, ':active': 'active' },
            }
          : {}),
      },
    })),
  ];
}

export interface OpenClaim {
  readonly workerId: WorkerId;
  readonly since: CivilDate;
}

export async function openClaims(): Promise<OpenClaim[]> {
  const rows = await queryAll({ KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': CLAIMS } });
  return rows as unknown as OpenClaim[];
}

/** Events by which covers are to end, recorded before an instant and not yet found done. */
export async function lifeEventsDue(before: Instant): Promise<EventName[]> {
  const due = await dueBefore(DUE_KEY, before);
  return due.map(([, workerId, on, kind]) => ({ workerId, on, kind }) as EventName);
}

export async function markEventDone(name: EventName): Promise<void> {
  await updateItem({
    Key: eventKey(name),
    UpdateExpression: 'REMOVE dueKey, dueSort',
    ConditionExpression: 'attribute_exists(pk)',
  });
}
