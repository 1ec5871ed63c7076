/** `lingkaran reconcile`: what the last reconciliation found, and what a person must still settle. */
import type { Command } from 'commander';
import { call, listAll, type Page } from '../api.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import { formatRupiah, type Row, table } from '../format.ts';
import type { CommandContext, Session } from '../session.ts';

const EXAMPLES = `Examples:
  lingkaran reconcile
  lingkaran reconcile --date 2026-12-02 --gateway xendit
  lingkaran reconcile settle 'xendit#py-123#amount_differs' --note 'refunded by hand on 3 December'
`;

interface Total {
  readonly count: number;
  readonly amountRupiah: number;
}

interface Report {
  readonly gateway: string;
  readonly date: string;
  readonly outcomes: Readonly<Record<string, Total>>;
  readonly awaited: Total;
  readonly ageing: readonly (Total & { readonly fromDays: number })[];
  readonly open: Total;
}

interface ReconcileOptions {
  readonly gateway?: string;
  readonly date?: string;
}

const shown = ({ count, amountRupiah }: Total) => (count === 0 ? '–' : `${count} (${formatRupiah(amountRupiah)})`);

function reportRow({ gateway, date, outcomes, awaited, ageing, open }: Report): Row {
  const oldest = ageing.findLast(({ count }) => count > 0);
  return {
    gateway,
    date,
    ...Object.fromEntries(Object.entries(outcomes).map(([outcome, total]) => [outcome, shown(total)])),
    awaited: shown(awaited),
    oldest: oldest ? `${oldest.fromDays}+ days` : '–',
    open: shown(open),
  };
}

function reportTable(reports: readonly Report[]): string[] {
  const rows = reports.map(reportRow);
  return table(rows, Object.keys(rows[0] ?? {}));
}

/** Ends with 1 while differences are open. */
async function report(session: Session, { gateway, date }: ReconcileOptions): Promise<ExitCode> {
  const target = session.target();
  const { items } = await call<Page<Report>>(target, 'GET', '/api/reconciliations', { query: { gateway, date } });
  const differences = await listAll<Row>(target, '/api/differences', { gateway, state: 'open' });
  session.print({ reports: items, differences }, () => [
    ...(items.length > 0 ? reportTable(items) : ['nothing was reconciled yet']),
    ...(differences.length > 0
      ? ['', 'to be settled by a person:', ...table(differences, DIFFERENCE_COLUMNS)]
      : ['no open differences']),
  ]);
  return differences.length > 0 ? EXIT.failed : EXIT.done;
}

const DIFFERENCE_COLUMNS = [
  'differenceId',
  'statedAmountRupiah',
  'oursAmountRupiah',
  'statedFeeRupiah',
  'oursFeeRupiah',
  'foundAt',
];

async function settle(session: Session, { note }: { note: string }, [id = '']: readonly string[]): Promise<ExitCode> {
  const path = `/api/differences/${encodeURIComponent(id)}/settle`;
  const answer = await call(session.target(), 'POST', path, { json: { note } });
  session.print(answer, () => [`settled ${id}`]);
  return EXIT.done;
}

export function registerReconcile(program: Command, context: CommandContext): void {
  const reconcile = program
    .command('reconcile')
    .description('the report of each gateway, and what differs')
    .addHelpText('before', EXAMPLES)
    .option('--gateway <gateway>', 'xendit, partner:kitabisa')
    .option('--date <date>', 'YYYY-MM-DD; the last one unless given')
    .action(context.perform(report));
  reconcile
    .command('settle')
    .description('settle a difference, saying how')
    .argument('<differenceId>')
    .requiredOption('--note <note>', 'what was found and done')
    .action(context.perform(settle));
}
