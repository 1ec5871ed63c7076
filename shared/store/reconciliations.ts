/** What reconciling left: how far a gateway's list was read, and the report of each day. */
import type { CivilDate, Instant } from '../domain/dates.ts';
import type { AgeBucket, ReconciliationOutcome } from '../domain/reconciliation.ts';
import { getItem, putItem, queryAll, queryPage, type Row } from './table.ts';

export { markSettled } from './settlement-awaited.ts';

/** How far a gateway's list was read: everything changed before an instant, and in a run that broke off up to an item. */
export interface ListCursor {
  readonly readUntil: Instant;
  readonly reading?: { readonly until: Instant; readonly after: string };
  /** What of it matched, of the day of the last run. */
  readonly matched: Total & { readonly date: CivilDate };
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

/** When the last report of a gateway before a day was written; null where there is none. */
export async function reportedBefore(gateway: string, date: CivilDate): Promise<Instant | null> {
  const { items } = await queryPage({
    KeyConditionExpression: 'pk = :pk AND sk < :date',
    ExpressionAttributeValues: { ':pk': pkOf(gateway), ':date': date },
    ScanIndexForward: false,
    Limit: 1,
  });
  return (items[0]?.at as Instant | undefined) ?? null;
}

function reportOf(row: Row): ReconciliationReport {
  const { pk: _pk, sk: _sk, type: _type, ...report } = row;
  return report as unknown as ReconciliationReport;
}
