/**
 * Once a day the books are held against what gateways say themselves: their lists are read on, what no statement named
 * in time is told, and each gateway gets its report. All of it is harmless to do twice.
 */
import { isDeepStrictEqual } from 'node:util';
import { type CivilDate, civilDateOf } from '../../shared/domain/dates.ts';
import { ageing, RECONCILIATION_OUTCOMES, type ReconciliationOutcome } from '../../shared/domain/reconciliation.ts';
import type { Meter } from '../../shared/logger.ts';
import type { PaymentListPort } from '../../shared/ports/payment-list.ts';
import type { StoredDifference } from '../../shared/store/differences.ts';
import type { ReconciliationReport, Total } from '../../shared/store/reconciliations.ts';
import { type AgeAwaitedDependencies, type Awaited, ageAwaited } from './age-awaited.ts';
import { type ReadListDependencies, readList } from './read-list.ts';

export interface ReconcileGatewaysDependencies extends ReadListDependencies, AgeAwaitedDependencies {
  /** The gateways that have a list and are configured. */
  readonly lists: () => Promise<ReadonlyMap<string, PaymentListPort>>;
  readonly allDifferences: () => Promise<StoredDifference[]>;
  /** The last two up to a day, newest first. */
  readonly lastReports: (gateway: string, date: CivilDate) => Promise<ReconciliationReport[]>;
  readonly saveReport: (report: ReconciliationReport, isFirst: boolean) => Promise<void>;
  readonly meter: Meter;
}

const NOTHING: Total = { count: 0, amountRupiah: 0 };

export async function reconcileGateways(dependencies: ReconcileGatewaysDependencies): Promise<ReconciliationReport[]> {
  const matched = new Map<string, Total>();
  for (const [gateway, list] of await dependencies.lists())
    matched.set(gateway, (await readList(gateway, list, dependencies)).matched);
  const awaited = await ageAwaited(await dependencies.allDifferences(), dependencies);
  const differences = await dependencies.allDifferences();
  const gateways = new Set([...matched.keys(), ...awaited.keys(), ...differences.map(({ gateway }) => gateway)]);
  const reports: ReconciliationReport[] = [];
  for (const gateway of [...gateways].sort()) {
    const own = differences.filter((difference) => difference.gateway === gateway);
    const before = await dependencies.lastReports(gateway, civilDateOf(dependencies.now()));
    const report = reportOf(gateway, matched.get(gateway), awaited.get(gateway), own, { ...dependencies, before });
    if (!saysTheSame(before[0], report)) await dependencies.saveReport(report, before.length === 0);
    reports.push(report);
  }
  measure(differences, awaited, dependencies);
  dependencies.log.info('gateways reconciled', { gateways: gateways.size });
  return reports;
}

/** A quiet day is no news: the report that stands says it already. */
function saysTheSame(standing: ReconciliationReport | undefined, report: ReconciliationReport): boolean {
  if (!standing) return false;
  return isDeepStrictEqual(partsOf(standing), partsOf(report));
}

const partsOf = ({ outcomes, awaited, ageing: buckets, open }: ReconciliationReport) => ({
  outcomes,
  awaited,
  ageing: buckets,
  open,
});

function reportOf(
  gateway: string,
  matched: Total = NOTHING,
  { ageing: buckets }: Pick<Awaited, 'ageing'> = { ageing: ageing([]) },
  differences: readonly StoredDifference[],
  { now, before }: Pick<ReconcileGatewaysDependencies, 'now'> & { readonly before: readonly ReconciliationReport[] },
): ReconciliationReport {
  const at = now();
  const date = civilDateOf(at);
  const since = before.find((report) => report.date < date)?.at;
  const found = differences.filter(({ foundAt }) => since === undefined || foundAt > since);
  const outcomes = RECONCILIATION_OUTCOMES.map((outcome): [ReconciliationOutcome, Total] => [
    outcome,
    outcome === 'matched'
      ? { count: matched.count, amountRupiah: matched.amountRupiah }
      : sumOf(found.filter((difference) => difference.outcome === outcome)),
  ]);
  return {
    gateway,
    date,
    at,
    outcomes: Object.fromEntries(outcomes) as ReconciliationReport['outcomes'],
    awaited: buckets.reduce(added, NOTHING),
    ageing: buckets,
    open: sumOf(differences.filter(({ state }) => state === 'open')),
  };
}

function added(sum: Total, { count, amountRupiah }: Total): Total {
  return { count: sum.count + count, amountRupiah: sum.amountRupiah + amountRupiah };
}

/** By what is at stake: their amount, and ours where they say nothing. */
function sumOf(differences: readonly StoredDifference[]): Total {
  return differences.reduce(
    (sum, { statedAmountRupiah, oursAmountRupiah }) =>
      added(sum, { count: 1, amountRupiah: statedAmountRupiah ?? oursAmountRupiah ?? 0 }),
    NOTHING,
  );
}

/** By gateway for the eye, and of all gateways, zero included, for the alarm. */
function measure(
  differences: readonly StoredDifference[],
  awaited: ReadonlyMap<string, Awaited>,
  { meter }: ReconcileGatewaysDependencies,
): void {
  const open = differences.filter(({ state, outcome }) => state === 'open' && outcome !== 'missing_there');
  meter.count('ReconciliationDifferences', {}, open.length);
  for (const gateway of new Set(open.map((difference) => difference.gateway)))
    meter.count('ReconciliationDifferences', { gateway }, open.filter((one) => one.gateway === gateway).length);
  meter.count(
    'PaymentsUnsettled',
    {},
    [...awaited.values()].reduce((sum, { overdue }) => sum + overdue, 0),
  );
  for (const [gateway, { overdue }] of awaited) if (overdue > 0) meter.count('PaymentsUnsettled', { gateway }, overdue);
}
