/** What reconciling left: how far a gateway's list was read, the report of each day, and what a person must look at. */
import type { CivilDate, Instant } from '../domain/dates.ts';
import type { DonationId } from '../domain/ids.ts';
import type { AgeBucket, ReconciliationOutcome } from '../domain/reconciliation.ts';
import { Permanent } from '../errors.ts';
import { cursorOf, type Page, startOf } from './listing.ts';
import { getItem, putIfAbsent, putItem, queryAll, queryPage, type Row, updateItem } from './table.ts';

export { markSettled } from './settlement-awaited.ts';

/** `open`: a person must settle it. `booked`: found in the channel's word and booked. */
export const DIFFERENCE_STATES = ['open', 'booked', 'settled'] as const;
export type DifferenceState = (typeof DIFFERENCE_STATES)[number];

export interface Amounts {
  readonly amountRupiah: number;
  readonly feeRupiah: number | null;
}

export interface Difference {
  readonly gateway: string;
  readonly paymentId: string;
  readonly outcome: Exclude<ReconciliationOutcome, 'matched'>;
  readonly donationId: DonationId;
  /** What the channel says; null where it says nothing. */
  readonly theirs: Amounts | null;
  readonly ours: Amounts | null;
  /** Where it was found: `list`, `file:<id>`, `ageing`. */
  readonly source: string;
  readonly foundAt: Instant;
  readonly state: DifferenceState;
  readonly settledAt?: Instant;
  readonly note?: string;
}

const DIFFERENCES = 'DIFFERENCES';

type DifferenceName = Pick<Difference, 'gateway' | 'paymentId' | 'outcome'>;

export function differenceId({ gateway, paymentId, outcome }: DifferenceName): string {
  return `${gateway}#${paymentId}#${outcome}`;
}

/** Written once: found again it is the same, and what a person settled stays settled. @returns whether it is new */
export async function putDifference(difference: Difference): Promise<boolean> {
  const sk = differenceId(difference);
  return (await putIfAbsent({ pk: DIFFERENCES, sk, type: 'difference', ...difference })).ok;
}

/** @throws Permanent `not_found` where none of that name is open */
export async function settleDifference(id: string, note: string, at: Instant): Promise<void> {
  const { ok } = await updateItem({
    Key: { pk: DIFFERENCES, sk: id },
    UpdateExpression: 'SET #state = :settled, note = :note, settledAt = :at',
    ConditionExpression: '#state = :open',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':settled': 'settled', ':open': 'open', ':note': note, ':at': at },
  });
  if (!ok) throw new Permanent('not_found', { detail: `no open difference ${id}` });
}

/** All of them, of one gateway if named. */
export async function allDifferences(gateway?: string): Promise<Difference[]> {
  const rows = await queryAll({
    KeyConditionExpression: `pk = :pk${gateway === undefined ? '' : ' AND begins_with(sk, :gateway)'}`,
    ExpressionAttributeValues: {
      ':pk': DIFFERENCES,
      ...(gateway === undefined ? {} : { ':gateway': `${gateway}#` }),
    },
  });
  return rows.map(differenceOf);
}

export interface DifferencesWanted {
  readonly gateway: string | undefined;
  readonly state: string | undefined;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** Pages may be short, and the last has no cursor. */
export async function listDifferences({
  gateway,
  state,
  limit,
  cursor,
}: DifferencesWanted): Promise<Page<Difference & { readonly differenceId: string }>> {
  const wanted = await queryPage({
    KeyConditionExpression: `pk = :pk${gateway === undefined ? '' : ' AND begins_with(sk, :gateway)'}`,
    ...(state === undefined
      ? {}
      : { FilterExpression: '#state = :state', ExpressionAttributeNames: { '#state': 'state' } }),
    ExpressionAttributeValues: {
      ':pk': DIFFERENCES,
      ...(gateway === undefined ? {} : { ':gateway': `${gateway}#` }),
      ...(state === undefined ? {} : { ':state': state }),
    },
    Limit: limit,
    ExclusiveStartKey: startOf(cursor, DIFFERENCES),
  });
  const items = wanted.items.map((row) => ({ differenceId: row.sk as string, ...differenceOf(row) }));
  return { items, nextCursor: cursorOf(wanted.lastKey) };
}

function differenceOf(row: Row): Difference {
  const { pk: _pk, sk: _sk, type: _type, ...difference } = row;
  return difference as unknown as Difference;
}

/** How far a gateway's list was read: everything changed before an instant, and in a run that broke off up to an item. */
export interface ListCursor {
  readonly readUntil: Instant;
  readonly reading?: { readonly until: Instant; readonly after: string };
}

const pkOf = (gateway: string) => `RECONCILIATION#${gateway}`;

export async function readListCursor(gateway: string): Promise<ListCursor | null> {
  const row = await getItem({ pk: pkOf(gateway), sk: 'CURSOR' });
  return row ? (row.cursor as ListCursor) : null;
}

export async function saveListCursor(gateway: string, cursor: ListCursor): Promise<void> {
  await putItem({ Item: { pk: pkOf(gateway), sk: 'CURSOR', type: 'reconciliation_cursor', cursor } });
}

export interface Total {
  readonly count: number;
  readonly amountRupiah: number;
}

export interface ReconciliationReport {
  readonly gateway: string;
  readonly date: CivilDate;
  readonly at: Instant;
  /** What was held against the books since the day before, by outcome. */
  readonly outcomes: Readonly<Record<ReconciliationOutcome, Total>>;
  /** Everything that waits for its settlement. */
  readonly awaited: Total;
  readonly ageing: readonly AgeBucket[];
  /** Differences a person must settle, whenever they were found. */
  readonly open: Total;
}

const REPORTS = 'RECONCILIATIONS';

/** The day's report, and the gateway's place in the list of those that have one. A second run of a day replaces it. */
export async function saveReport(report: ReconciliationReport): Promise<void> {
  const { gateway, date } = report;
  await putItem({ Item: { pk: pkOf(gateway), sk: date, type: 'reconciliation', ...report } });
  await putItem({ Item: { pk: REPORTS, sk: gateway, type: 'reconciled_gateway', lastDate: date } });
}

/** The reports of a day, of the last one of each gateway where no day is named. */
export async function readReports(gateway?: string, date?: CivilDate): Promise<ReconciliationReport[]> {
  const known = await queryAll({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': REPORTS },
  });
  const wanted = known.filter(({ sk }) => gateway === undefined || sk === gateway);
  const rows = await Promise.all(
    wanted.map(({ sk, lastDate }) => getItem({ pk: pkOf(sk as string), sk: date ?? (lastDate as string) })),
  );
  return rows.flatMap((row) => (row ? [reportOf(row)] : []));
}

export async function readReport(gateway: string, date: CivilDate): Promise<ReconciliationReport | null> {
  const row = await getItem({ pk: pkOf(gateway), sk: date });
  return row ? reportOf(row) : null;
}

function reportOf(row: Row): ReconciliationReport {
  const { pk: _pk, sk: _sk, type: _type, ...report } = row;
  return report as unknown as ReconciliationReport;
}
