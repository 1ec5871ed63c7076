/**
 * A CSV as rows of named cells, line after line in constant memory. Channels write their titles in two languages, put
 * lines of their own above them and add columns as they please: a column is found by any of its titles, others are left.
 */
import { parse } from 'csv-parse/sync';
import { Permanent } from '../errors.ts';
import { type TextLine, textLines } from './lines.ts';
import type { LineFault } from './statement.ts';

export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export interface Column {
  /** Any of these, in any case; a note in brackets behind it, such as `(Rp)`, does not count. */
  readonly titles: readonly string[];
  readonly isOptional?: true;
}
export type Columns<Name extends string> = Readonly<Record<Name, Column>>;

export interface TableRow<Name extends string> {
  readonly line: number;
  /** The first cell that holds anything, whatever its column. */
  readonly first: string;
  /** Trimmed; empty where the file has no such column. */
  cell(name: Name): string;
  /** The title as the file writes it, for people to find the column by. */
  titleOf(name: Name): string;
}

export type TableItem<Name extends string> =
  | { readonly ok: true; readonly row: TableRow<Name> }
  | { readonly ok: false; readonly fault: LineFault };

interface Header<Name extends string> {
  readonly delimiter: string;
  readonly titles: readonly string[];
  readonly places: Readonly<Record<Name, number>>;
}

const DELIMITERS = [',', ';', '\t'];
/** Above the titles stand the shop's name, a period, a summary: never more than this. */
const MAXIMUM_LINES_ABOVE = 30;
/** Of one record: a cell may hold line ends, and a quote that is never closed must not swallow the file. */
const LONGEST_RECORD_LINES = 8;

/**
 * @throws Permanent `columns_unknown` where no line holds every column that must be there, `line_too_long`
 */
export async function* tableRows<Name extends string>(
  chunks: Chunks,
  columns: Columns<Name>,
): AsyncGenerator<TableItem<Name>> {
  const held: TextLine[] = [];
  let header: Header<Name> | undefined;
  for await (const line of linesOf(chunks)) {
    if (!header) {
      header = headerIn(line.text, columns);
      if (!header && line.number > MAXIMUM_LINES_ABOVE) throw unknownColumns(columns);
      continue;
    }
    held.push(line);
    yield* rowsOf(held, header, false);
  }
  if (!header) throw unknownColumns(columns);
  yield* rowsOf(held, header, true);
}

async function* linesOf(chunks: Chunks): AsyncGenerator<TextLine> {
  try {
    yield* textLines(chunks);
  } catch (error) {
    if (error instanceof RangeError) throw new Permanent('line_too_long', { detail: error.message });
    throw error;
  }
}

function unknownColumns(columns: Columns<string>): Permanent {
  const required = Object.values(columns).filter(({ isOptional }) => !isOptional);
  const titles = required.map(({ titles: [title] }) => title).join(', ');
  return new Permanent('columns_unknown', { detail: `no line has the columns ${titles}` });
}

const comparable = (title: string) =>
  title
    .replaceAll(/\([^)]*\)/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .toLowerCase();

function headerIn<Name extends string>(text: string, columns: Columns<Name>): Header<Name> | undefined {
  for (const delimiter of DELIMITERS) {
    const titles = recordsIn(text, delimiter)?.[0] ?? [];
    const known = titles.map(comparable);
    const names = Object.keys(columns) as Name[];
    const places = names.map((name) => [name, placeOf(columns[name], known)] as const);
    if (places.every(([name, place]) => place >= 0 || columns[name].isOptional))
      return { delimiter, titles, places: Object.fromEntries(places) as Record<Name, number> };
  }
  return undefined;
}

function placeOf({ titles }: Column, known: readonly string[]): number {
  const places = titles.map((title) => known.indexOf(comparable(title))).filter((place) => place >= 0);
  return places[0] ?? -1;
}

/** Undefined where the quotes of a text do not match. A quote inside an unquoted cell is a quote. */
function recordsIn(text: string, delimiter: string): string[][] | undefined {
  // Most lines have no quotes, and a parser for each of them takes ten times as long.
  if (!text.includes('"')) return [text.split(delimiter)];
  try {
    return parse(text, { delimiter, relaxQuotes: true, relaxColumnCount: true, skipEmptyLines: true });
  } catch {
    return undefined;
  }
}

/** Takes from the lines held what is complete; a record whose quote is open waits for the lines that close it. */
function* rowsOf<Name extends string>(
  held: TextLine[],
  header: Header<Name>,
  isEnd: boolean,
): Generator<TableItem<Name>> {
  while (held.length > 0) {
    const closed = linesUntilClosed(held);
    if (closed === 0 && !isEnd && held.length < LONGEST_RECORD_LINES) return;
    const lines = held.splice(0, closed || 1);
    const line = lines[0]?.number ?? 0;
    const text = lines.map((each) => each.text).join('\n');
    const records = recordsIn(text, header.delimiter);
    if (!records) yield malformed(line);
    for (const [index, cells] of (records ?? []).entries()) {
      if (cells.some((cell) => cell.trim() !== '')) yield rowOf(line + index, cells, header);
    }
  }
}

/** 0: still open at the end of what is held. */
function linesUntilClosed(held: readonly TextLine[]): number {
  let quotes = 0;
  for (const [index, { text }] of held.entries()) {
    quotes += text.split('"').length - 1;
    if (quotes % 2 === 0) return index + 1;
  }
  return 0;
}

function malformed<Name extends string>(line: number): TableItem<Name> {
  return { ok: false, fault: { line, column: null, reason: 'line_malformed' } };
}

/** Cells beyond the last title, or cells missing, mean that the others stand under the wrong title. */
function rowOf<Name extends string>(
  line: number,
  cells: readonly string[],
  { titles, places }: Header<Name>,
): TableItem<Name> {
  const last = cells.findLastIndex((cell) => cell.trim() !== '');
  if (
    last >= titles.length ||
    (cells.length < titles.length && cells.length <= Math.max(...Object.values<number>(places)))
  )
    return malformed(line);
  return {
    ok: true,
    row: {
      line,
      first: cells.find((cell) => cell.trim() !== '')?.trim() ?? '',
      cell: (name) => (cells[places[name]] ?? '').trim(),
      titleOf: (name) => (titles[places[name]] ?? name).trim(),
    },
  };
}
