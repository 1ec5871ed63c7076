/**
 * A roster file into lines. What one line does wrong stays in that line: a quote that is never closed would otherwise
 * swallow the rest of the file, so a record may only run over a few lines, and only if it then has every column.
 */
import { isUtf8 } from 'node:buffer';
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
 * Line after line, so that a great roster takes no memory beside its own bytes.
 *
 * @throws Permanent `line_malformed` where the header is not the one of the contract, naming the columns
 */
export function* splitRoster(csv: Uint8Array): Generator<SplitLine> {
  const lines = new LinesAhead(linesOf(csv));
  const header = readHeader(lines.ahead[0] ?? '');
  lines.advance(1);
  for (let line = 2; lines.ahead.length > 0; ) {
    const text = lines.ahead[0] as string;
    const { record, used } = readRecord(lines.ahead, header);
    if (!isBlank(text, header))
      yield record.length > 0
        ? { line, fields: header.places.map((place) => record[place] as string) }
        : { line, reason: faultOf(text) };
    lines.advance(used);
    line += used;
  }
}

/** As many of the lines to come as one record may run over. */
class LinesAhead {
  readonly ahead: string[] = [];
  readonly #lines: Iterator<string>;

  constructor(lines: Iterator<string>) {
    this.#lines = lines;
    this.advance(0);
  }

  advance(count: number): void {
    this.ahead.splice(0, count);
    while (this.ahead.length < LONGEST_RECORD_LINES) {
      const next = this.#lines.next();
      if (next.done) return;
      this.ahead.push(next.value);
    }
  }
}

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const [CARRIAGE_RETURN, LINE_FEED] = [0x0d, 0x0a];

/** The text between line ends of any system. */
function* linesOf(csv: Uint8Array): Generator<string> {
  const decode = decoderOf(csv);
  const hasMark = BYTE_ORDER_MARK.every((byte, index) => csv[index] === byte);
  let first = hasMark ? BYTE_ORDER_MARK.length : 0;
  for (let index = first; index < csv.length; index += 1) {
    if (csv[index] !== LINE_FEED && csv[index] !== CARRIAGE_RETURN) continue;
    yield decode(first, index);
    if (csv[index] === CARRIAGE_RETURN && csv[index + 1] === LINE_FEED) index += 1;
    first = index + 1;
  }
  yield decode(first, csv.length);
}

/** UTF-8; what is not can only be the old Windows form of a spreadsheet. */
function decoderOf(csv: Uint8Array): (first: number, end: number) => string {
  const bytes = Buffer.from(csv.buffer, csv.byteOffset, csv.byteLength);
  if (isUtf8(bytes)) return (first, end) => bytes.toString('utf8', first, end);
  const windows = new TextDecoder('windows-1252');
  return (first, end) => windows.decode(bytes.subarray(first, end));
}

function isBlank(text: string, { delimiter }: Header): boolean {
  return text.replaceAll(delimiter, '').trim() === '';
}

function faultOf(text: string): 'line_malformed' | 'line_too_long' {
  return text.length > LONGEST_RECORD_CHARACTERS ? 'line_too_long' : 'line_malformed';
}

/** The fields of the record that begins these lines, none if it cannot be read, and how many lines it took. */
function readRecord(lines: readonly string[], header: Header): { record: string[]; used: number } {
  let text = '';
  for (const [index, next] of lines.entries()) {
    text = index === 0 ? next : `${text}\n${next}`;
    if (text.length > LONGEST_RECORD_CHARACTERS) break;
    const record = readFields(text, header.delimiter, header.columnCount);
    if (record) return { record, used: index + 1 };
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
