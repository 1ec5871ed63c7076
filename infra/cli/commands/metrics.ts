/** `lingkaran metrics`: who went on alone, months of cover, how long it took; by any group. */
import type { Command } from 'commander';
import { DIMENSIONS } from '../../../shared/domain/group-names.ts';
import type { ConversionShown, MetricsReport } from '../../../shared/domain/metrics.ts';
import type { MetricsTable } from '../../../shared/domain/metrics-table.ts';
import { call } from '../api.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import { type Row, table } from '../format.ts';
import type { CommandContext, Session } from '../session.ts';

const EXAMPLES = `Examples:
  lingkaran metrics
  lingkaran metrics --by region,disability
  lingkaran metrics --by cohort,arm --from 2027-01-01 --to 2027-04-01 --json
`;

interface MetricsOptions {
  readonly by?: string;
  readonly from?: string;
  readonly to?: string;
}

/** `12,3 %`, as Indonesian writes it. */
export function formatShare(share: number | null): string {
  return share === null ? '–' : `${(share * 100).toFixed(1).replace('.', ',')} %`;
}

/** The whole first, then each group under the name people know it by. */
function lines<Shown extends object>(figures: MetricsTable<Shown>, shown: (cell: Shown) => Row): string[] {
  const groups = Object.entries(figures.by).flatMap(([dimension, cells]) =>
    (cells ?? []).map((cell) => ({ by: dimension, group: cell.name.id, ...shown(cell) })),
  );
  const rows: Row[] = [{ by: '', group: 'semua', ...shown(figures.total) }, ...groups];
  return table(rows, Object.keys(rows[0] ?? {}));
}

const conversionRow = ({
  ended,
  selfPaidBeforeEnd,
  selfPaidInGrace,
  selfPaidAfterLapse,
  ...cell
}: ConversionShown) => ({
  ended,
  selfPaid: cell.selfPaid,
  share: formatShare(cell.selfPaidShare),
  beforeEnd: selfPaidBeforeEnd,
  inGrace: selfPaidInGrace,
  afterLapse: selfPaidAfterLapse,
  byDonor: cell.renewedByDonor,
  mayStill: cell.inGrace,
  lapsed: cell.lapsed,
});

function shownReport({ conversion, endedEarly, months, giftToCover, waiting }: MetricsReport): string[] {
  return [
    'Donated covers that ended, and who went on:',
    ...lines(conversion, conversionRow),
    `ended before their time: ${endedEarly}`,
    '',
    'Months of cover:',
    ...lines(months, ({ covers, bought, used, toCome, lapsed, givenBack, usedRupiah }) => {
      return { covers, bought, used, toCome, lapsed, givenBack, usedRupiah };
    }),
    '',
    'Days from gift to cover:',
    ...lines(giftToCover, ({ count, p50Days, p90Days, p99Days }) => ({ covers: count, p50Days, p90Days, p99Days })),
    '',
    'Days of waiting for cover:',
    ...lines(waiting, ({ covered, stillWaiting }) => ({
      covered: covered.count,
      p50Days: covered.p50Days,
      p90Days: covered.p90Days,
      stillWaiting: stillWaiting.count,
      soFarP50Days: stillWaiting.p50Days,
      soFarP90Days: stillWaiting.p90Days,
    })),
  ];
}

async function metrics(session: Session, { by, from, to }: MetricsOptions): Promise<ExitCode> {
  const report = await call<MetricsReport>(session.target(), 'GET', '/api/metrics', { query: { by, from, to } });
  session.print(report, () => shownReport(report));
  return EXIT.done;
}

export function registerMetrics(program: Command, context: CommandContext): void {
  program
    .command('metrics')
    .description('who went on by paying alone, months of cover, and how long it took')
    .addHelpText('before', EXAMPLES)
    .option('--by <groups>', `one or more of ${DIMENSIONS.join(', ')}, with commas between`)
    .option('--from <date>', 'YYYY-MM-DD, the first day counted')
    .option('--to <date>', 'YYYY-MM-DD, the first day not counted')
    .action(context.perform(metrics));
}
