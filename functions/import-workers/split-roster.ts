/**
 * A roster file into lines. What one line does wrong stays in that line: a quote that is never closed would otherwise
 * swallow the rest of the file, so a record may only run over a few lines, and only if it then has every column.
 */
import { parse } from 'csv-parse/sync';
import { ROSTER_COLUMNS, type RosterColumn } from '../../shared/domain/roster.ts';
import { Permanent } from '../../shared/errors.ts';

/** Fields stand in the order of `ROSTER_COLUMNS`, whatever the order of the file. */
export type SplitLine =
  | { readonly line: number; readonly fields: readonly string[] }
  | { readonly line: number; readonly reason: 'line_malformed' | 'line_too_long' };

interface Header {
  readonly delimiter: string;
  /** For each roster column its place in the file. */
  readonly places: readonly number[];
  readonly columnCount: number;
}

const LONGEST_RECORD_CHARACTERS = 2_000;
const LONGEST_RECORD_LINES = 8;
const COLUMN_NAMES: ReadonlySet<string> = new Set(ROSTER_COLUMNS);

/**
 * @throws Permanent `line_malformed` where the header is not the one of the contract, naming the columns
 */
export function splitRoster(csv: Uint8Array): SplitLine[] {
  const [headerLine = '', ...lines] = decode(csv).split(/\r\n|\n|\r/);
  const header = readHeader(headerLine);
  const split: SplitLine[] = [];
  for (let index = 0; index < lines.length; ) {
    const text = lines[index] as string;
    const { record, used } = readRecord(lines, index, header);
    const line = index + 2;
    index += used;
    if (isBlank(text, header)) continue;
    split.push(
      record.length > 0
        ? { line, fields: header.places.map((place) => record[place] as string) }
        : { line, reason: faultOf(text) },
    );
  }
  return split;
}

/** UTF-8; what is not can only be the old Windows form of a spreadsheet. */
function decode(csv: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(csv);
  } catch {
    return new TextDecoder('windows-1252').decode(csv);
  }
}

function isBlank(text: string, { delimiter }: Header): boolean {
  return text.replaceAll(delimiter, '').trim() === '';
}

function faultOf(text: string): 'line_malformed' | 'line_too_long' {
  return text.length > LONGEST_RECORD_CHARACTERS ? 'line_too_long' : 'line_malformed';
}

/** The fields of the record that begins at a line, none if it cannot be read, and how many lines it took. */
function readRecord(lines: readonly string[], first: number, header: Header): { record: string[]; used: number } {
  let text = '';
  for (let used = 1; used <= LONGEST_RECORD_LINES && first + used <= lines.length; used += 1) {
    const next = lines[first + used - 1] as string;
    text = used === 1 ? next : `${text}\n${next}`;
    if (text.length > LONGEST_RECORD_CHARACTERS) break;
    const record = readFields(text, header.delimiter, header.columnCount);
    if (record) return { record, used };
    if (!text.includes('"')) break;
  }
  return { record: [], used: 1 };
}

/** The fields, if they are as many as the header has; a spreadsheet's empty columns at the end are dropped. */
function readFields(text: string, delimiter: string, columnCount: number): string[] | undefined {
  const fields = text.includes('"') ? parseQuoted(text, delimiter) : text.split(delimiter);
  if (!fields) return undefined;
  const extra = fields.slice(columnCount);
  return fields.length >= columnCount && extra.every((field) => field.trim() === '')
    ? fields.slice(0, columnCount)
    : undefined;
}

function parseQuoted(text: string, delimiter: string): string[] | undefined {
  try {
    const options = { delimiter, relax_column_count: true, relax_quotes: true, record_delimiter: '\n' };
    const records = parse(text, options) as string[][];
    return records.length === 1 ? records[0] : undefined;
  } catch {
    return undefined;
  }
}

function readHeader(text: string): Header {
  const delimiter = text.includes(';') && !text.includes(',') ? ';' : ',';
  const names = (parseQuoted(text, delimiter) ?? []).map((name) =>
    name
      .replace(/^\uFEFF/, '')
      .trim()
      .toLowerCase(),
  );
  while (names.at(-1) === '') names.pop();
  checkHeader(names);
  return { delimiter, columnCount: names.length, places: ROSTER_COLUMNS.map((column) => names.indexOf(column)) };
}

/** A first line without most of our columns is no header but somebody's data, and is not repeated in an error (I9). */
function checkHeader(names: readonly string[]): void {
  const missing = ROSTER_COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > ROSTER_COLUMNS.length / 2)
    throw new Permanent('line_malformed', {
      field: 'header',
      detail: `the first line must be: ${ROSTER_COLUMNS.join(',')}`,
    });
  const unknown = names.filter((name) => !COLUMN_NAMES.has(name));
  if (unknown.length > 0) throw headerFault('unknown columns', unknown);
  if (missing.length > 0) throw headerFault('missing columns', missing);
  const repeated = names.filter((name, index) => names.indexOf(name) !== index) as RosterColumn[];
  if (repeated.length > 0) throw headerFault('repeated columns', repeated);
}

function headerFault(problem: string, columns: readonly string[]): Permanent {
  return new Permanent('line_malformed', { field: columns[0], detail: `${problem}: ${columns.join(', ')}` });
}
