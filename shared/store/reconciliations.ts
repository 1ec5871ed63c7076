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

/** The day's report; a second run of a day replaces it. With its first one a gateway joins the list of those that have any. */
export async function saveReport(report: ReconciliationReport, isFirst: boolean): Promise<void> {
  const { gateway, date } = report;
  await putItem({ Item: { pk: pkOf(gateway), sk: date, type: 'reconciliation', ...report } });
  if (isFirst) await putItem({ Item: { pk: REPORTS, sk: gateway, type: 'reconciled_gateway' } });
}

/** The last two reports up to a day, newest first. What has not changed since is not written again. */
export async function lastReports(gateway: string, date: CivilDate): Promise<ReconciliationReport[]> {
  const { items } = await queryPage({
    KeyConditionExpression: 'pk = :pk AND sk <= :date',
    ExpressionAttributeValues: { ':pk': pkOf(gateway), ':date': date },
    ScanIndexForward: false,
    Limit: 2,
  });
  return items.map(reportOf);
}

const NO_END = '9999-12-31' as CivilDate;

/** By gateway the report that stood on a day; the last one where no day is named. */
export async function readReports(gateway?: string, date: CivilDate = NO_END): Promise<ReconciliationReport[]> {
  const known = await queryAll({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': REPORTS },
  });
  const wanted = known.filter(({ sk }) => gateway === undefined || sk === gateway);
  const reports = await Promise.all(wanted.map(({ sk }) => lastReports(sk as string, date)));
  return reports.flatMap(([last]) => last ?? []);
}

function reportOf(row: Row): ReconciliationReport {
  const { pk: _pk, sk: _sk, type: _type, ...report } = row;
  return report as unknown as ReconciliationReport;
}
