/** How the command line writes for people: Indonesian money and time, plain text tables, never an escape sequence. */
import { type CivilDate, formatWib, instantFromMilliseconds } from '../../shared/domain/dates.ts';
import type { Rupiah } from '../../shared/domain/money.ts';
import { formatDay, formatRupiah as formatRupiahOf } from '../../shared/domain/nudge-texts.ts';

/** `Rp50.400`, `-Rp50.400`. */
export function formatRupiah(amount: number): string {
  return formatRupiahOf(amount as Rupiah);
}

/** `1.204`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, '.');
}

/** `2026-12-01` as `1 Desember 2026`. */
export function formatDate(date: string): string {
  return formatDay(date.slice(0, 10) as CivilDate, 'id');
}

/** `20 November 2026 pukul 14.05 WIB`. */
export function formatTime(milliseconds: number): string {
  const wib = formatWib(instantFromMilliseconds(milliseconds));
  return `${formatDate(wib)} pukul ${wib.slice(11, 13)}.${wib.slice(14, 16)} WIB`;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*(Z|[+-]\d{2}:\d{2})$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** One field of an API answer; what it holds is told by its name, as the API promises. */
export function formatField(name: string, value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'number') return name.endsWith('Rupiah') ? formatRupiah(value) : formatCount(value);
  if (typeof value === 'string') {
    if (INSTANT.test(value)) return formatTime(Date.parse(value));
    return DATE.test(value) ? formatDate(value) : value;
  }
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : JSON.stringify(value);
}

export type Row = Readonly<Record<string, unknown>>;

const MOST_COLUMNS = 9;

/** The fields that fit on a line: those that are neither lists nor documents. */
export function columnsOf(rows: readonly Row[]): string[] {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  return [...names]
    .filter((name) => rows.every((row) => typeof row[name] !== 'object' || row[name] === null))
    .slice(0, MOST_COLUMNS);
}

/** A table with one header line; numbers stand to the right. */
export function table(rows: readonly Row[], columns: readonly string[]): string[] {
  const cells = rows.map((row) => columns.map((column) => formatField(column, row[column])));
  const isNumber = columns.map((column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const lay = (line: readonly string[]) =>
    line
      .map((cell, index) => (isNumber[index] ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd();
  return [lay(columns), ...cells.map(lay)];
}

/** Any JSON answer as indented text, for `show`. */
export function outline(value: unknown, name = '', depth = 0): string[] {
  const indent = '  '.repeat(depth);
  if (Array.isArray(value)) {
    if (value.length === 0) return [`${indent}${name}: none`];
    return [`${indent}${name}:`, ...value.flatMap((item, index) => outline(item, `[${index + 1}]`, depth + 1))];
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value);
    if (fields.length === 0 && name !== '') return [`${indent}${name}: none`];
    const inner = fields.flatMap(([key, field]) => outline(field, key, name === '' ? depth : depth + 1));
    return name === '' ? inner : [`${indent}${name}:`, ...inner];
  }
  return [`${indent}${name}: ${formatField(name, value)}`];
}
