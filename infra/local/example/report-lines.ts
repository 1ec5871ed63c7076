/** The report of the example for a person. */
import { formatCount, formatRupiah, formatTime, type Row, table } from '../../cli/format.ts';
import type { ExampleReport } from './report.ts';

type Counts = Readonly<Record<string, number>>;

function counts(title: string, of: Counts): string[] {
  const entries = Object.entries(of);
  const total = entries.reduce((sum, [, count]) => sum + count, 0);
  const parts = entries.map(([name, count]) => `${formatCount(count)} ${name}`);
  return [`${title.padEnd(12)} ${formatCount(total)}${parts.length > 0 ? ` = ${parts.join(' + ')}` : ''}`];
}

function section(title: string, rows: readonly Row[], columns: readonly string[]): string[] {
  return ['', title, ...(rows.length > 0 ? table(rows, columns) : ['none']).map((line) => `  ${line}`)];
}

/** `T-30` before `T-1` before `T+7`; what is no step comes last. */
function byDay([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  const day = (step: string) => (step.startsWith('T') ? Number(step.slice(1)) : Number.MAX_SAFE_INTEGER);
  return day(left) - day(right);
}

function nudgeRows(nudges: ExampleReport['nudges']): Row[] {
  return Object.entries(nudges)
    .sort(byDay)
    .map(([step, outcomes]) => ({
      step,
      outcomes: Object.entries(outcomes)
        .map(([outcome, count]) => `${formatCount(count)} ${outcome}`)
        .join(', '),
    }));
}

export function reportLines(report: ExampleReport, seconds: number): string[] {
  const { trialBalance, checks, proof } = report;
  const months = Object.entries(report.contributions).map(([month, paid]) => ({ month, ...paid }));
  return [
    `Lingkaran, example campaign as of ${formatTime(Date.parse(report.now))}`,
    '',
    ...counts('workers', report.workers),
    ...counts('covers', report.covers),
    ...counts('donations', report.donations),
    ...counts('quarantine', report.quarantine),
    ...section(
      'money of all donations',
      Object.entries(report.totals).map(([part, amountRupiah]) => ({ part, amountRupiah })),
      ['part', 'amountRupiah'],
    ),
    ...section('contributions handed to the registrar', months, ['month', 'covers', 'amountRupiah']),
    ...section('reminders', nudgeRows(report.nudges), ['step', 'outcomes']),
    ...section('trial balance', trialBalance.accounts as readonly Row[], ['account', 'balanceRupiah']),
    `  sum ${formatRupiah(trialBalance.sumRupiah)}`,
    '',
    'checks',
    ...checks.map(
      ({ says, holds, expectedRupiah, foundRupiah }) =>
        `  ${holds ? 'ok  ' : 'FAIL'}  ${says}: ${formatRupiah(foundRupiah)}${holds ? '' : `, expected ${formatRupiah(expectedRupiah)}`}`,
    ),
    `  ${proof.holds ? 'ok  ' : 'FAIL'}  proof over ${Object.entries(proof.checked)
      .map(([what, count]) => `${formatCount(count)} ${what}`)
      .join(', ')}`,
    ...proof.violations.map((violation) => `        ${JSON.stringify(violation)}`),
    '',
    `${report.holds ? 'every invariant holds' : 'AN INVARIANT DOES NOT HOLD'}; ${seconds.toFixed(1)} seconds`,
  ];
}
