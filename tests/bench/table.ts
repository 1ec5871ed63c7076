/** The result of a run as people read it. */
import { type Figure, type PartResult, verdictOf } from './figures.ts';

export interface Report {
  readonly startedAt: string;
  readonly machine: { readonly cpu: string; readonly cpus: number; readonly node: string };
  readonly scale: number;
  readonly missed: readonly string[];
  readonly failed: readonly string[];
  readonly parts: readonly PartResult[];
}

const VERDICTS = { met: 'met', missed: 'MISSED', informative: '' } as const;

export function tableOf(report: Report): string {
  const { cpu, cpus, node } = report.machine;
  const head = `${report.startedAt}  ${cpus} x ${cpu}, Node ${node}, scale ${report.scale}`;
  return [head, ...report.parts.flatMap(partLines), '', lastLine(report)].join('\n');
}

function partLines({ part, title, seconds, loadBefore, loadAfter, figures, failure }: PartResult): string[] {
  const head = `(${part}) ${title} — ${seconds} s, load ${loadBefore} before, ${loadAfter} after`;
  return ['', head, ...figures.map(figureLine), ...(failure === undefined ? [] : [`    FAILED: ${failure}`])];
}

function figureLine(figure: Figure): string {
  const { name, value, unit, note } = figure;
  const verdict = VERDICTS[verdictOf(figure)];
  const line = `    ${name.padEnd(58)} ${readable(value).padStart(12)} ${unit.padEnd(12)} ${targetOf(figure).padEnd(12)} ${verdict}`;
  return note === undefined ? line.trimEnd() : `${line.trimEnd()}\n        ${note}`;
}

function targetOf({ atMost, atLeast }: Figure): string {
  if (atMost !== undefined) return `<= ${readable(atMost)}`;
  return atLeast === undefined ? '' : `>= ${readable(atLeast)}`;
}

function readable(value: number): string {
  if (!Number.isFinite(value)) return 'none';
  if (value !== 0 && Math.abs(value) < 0.01) return value.toPrecision(3);
  return value.toLocaleString('en', { maximumFractionDigits: Math.abs(value) < 100 ? 2 : 0 });
}

function lastLine({ missed, failed }: Report): string {
  if (missed.length + failed.length === 0) return 'every target was met';
  const parts = [
    ...(missed.length > 0 ? [`missed: ${missed.join('; ')}`] : []),
    ...(failed.length > 0 ? [`failed: ${failed.join(', ')}`] : []),
  ];
  return parts.join('\n');
}
