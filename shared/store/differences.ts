/** Where a channel's word and our books differ, until a person has settled it. */
import type { Instant } from '../domain/dates.ts';
import type { FileId } from '../domain/ids.ts';
import type { ReconciliationOutcome } from '../domain/reconciliation.ts';
import { Permanent } from '../errors.ts';
import { cursorOf, type Page, startOf } from './listing.ts';
import { putIfAbsent, queryAll, queryPage, type Row, updateItem } from './table.ts';

export interface Difference {
  readonly gateway: string;
  readonly paymentId: string;
  /** `withdrawn`: an older file named it, the one that corrects it does not. */
  readonly outcome: Exclude<ReconciliationOutcome, 'matched'> | 'withdrawn';
  /** What the channel says; null where it says nothing. */
  readonly statedAmountRupiah: number | null;
  readonly statedFeeRupiah: number | null;
  readonly oursAmountRupiah: number | null;
  readonly oursFeeRupiah: number | null;
  /** Of the file; null where no file was read. */
  readonly line: number | null;
}

/** `open`: a person must settle it. `booked`: it was missing here, and was booked at once. */
export const DIFFERENCE_STATES = ['open', 'booked', 'settled'] as const;
export type DifferenceState = (typeof DIFFERENCE_STATES)[number];

export interface StoredDifference extends Difference {
  readonly differenceId: string;
  readonly state: DifferenceState;
  readonly foundAt: Instant;
  /** Null: found in the gateway's list, or because it waited too long. */
  readonly fileId: FileId | null;
  readonly settledAt?: Instant;
  readonly note?: string;
}

const PARTITION = 'DIFFERENCES';

export function differenceId({
  gateway,
  paymentId,
  outcome,
}: Pick<Difference, 'gateway' | 'paymentId' | 'outcome'>): string {
  return `${gateway}#${paymentId}#${outcome}`;
}

/** Written once: found again it is the same, and what a person settled stays settled. */
export async function putDifference(difference: Difference, fileId: FileId | null, at: Instant): Promise<void> {
  const state: DifferenceState = difference.outcome === 'missing_here' ? 'booked' : 'open';
  const sk = differenceId(difference);
  await putIfAbsent({ pk: PARTITION, sk, type: 'difference', ...difference, fileId, state, foundAt: at });
}

/** @throws Permanent `not_found` where none of that name is open */
export async function settleDifference(id: string, note: string, at: Instant): Promise<void> {
  const { ok } = await updateItem({
    Key: { pk: PARTITION, sk: id },
    UpdateExpression: 'SET #state = :settled, note = :note, settledAt = :at',
    ConditionExpression: '#state = :open',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':settled': 'settled', ':open': 'open', ':note': note, ':at': at },
  });
  if (!ok) throw new Permanent('not_found', { detail: `no open difference ${id}` });
}

export async function allDifferences(): Promise<StoredDifference[]> {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': PARTITION },
  });
  return rows.map(differenceOf);
}

export interface DifferencesWanted {
  readonly gateway: string | undefined;
  readonly state: string | undefined;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** Pages may be short; the last has no cursor. */
export async function listDifferences(wanted: DifferencesWanted): Promise<Page<StoredDifference>> {
  const { gateway = '', state, limit, cursor } = wanted;
  const ofGateway = gateway === '' ? '' : ' AND begins_with(sk, :gateway)';
  const page = await queryPage({
    KeyConditionExpression: `pk = :pk${ofGateway}`,
    ...(state && { FilterExpression: '#state = :state', ExpressionAttributeNames: { '#state': 'state' } }),
    ExpressionAttributeValues: {
      ':pk': PARTITION,
      ...(gateway && { ':gateway': `${gateway}#` }),
      ...(state && { ':state': state }),
    },
    Limit: limit,
    ExclusiveStartKey: startOf(cursor, PARTITION),
  });
  return { items: page.items.map(differenceOf), nextCursor: cursorOf(page.lastKey) };
}

function differenceOf(row: Row): StoredDifference {
  const { pk: _pk, sk, type: _type, ...difference } = row;
  return { differenceId: sk, ...difference } as unknown as StoredDifference;
}
