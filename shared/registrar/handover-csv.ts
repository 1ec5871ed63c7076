/** The list by which cards are handed to people, and the same list brought back with the day on which each got theirs. */
import { type CivilDate, civilDateOf, type Instant } from '../domain/dates.ts';
import type { CoverId } from '../domain/ids.ts';
import { Permanent } from '../errors.ts';
import { cellId, cellInstant } from '../statements/cells.ts';
import type { LineFault } from '../statements/statement.ts';
import { type Chunks, type Columns, type TableRow, tableRows } from '../statements/table-rows.ts';
import { COVER_ID } from './answers-csv.ts';
import { safeCsv } from './safe-csv.ts';

const TITLES = ['cover_id', 'name', 'region', 'card_number', 'handed_over_on'] as const;
type Column = 'coverId' | 'handedOverOn';
const COLUMNS: Columns<Column> = {
  coverId: { titles: ['cover_id', 'id perlindungan'] },
  handedOverOn: { titles: ['handed_over_on', 'tanggal penyerahan'] },
};

export interface HandoverLine {
  readonly coverId: CoverId;
  readonly name: string | null;
  readonly region: string;
  readonly cardNumber: string | null;
  readonly handedOverOn: CivilDate | null;
}

export function handoverCsv(lines: readonly HandoverLine[]): string {
  const cells = lines.map(({ coverId, name, region, cardNumber, handedOverOn }) => ({
    cover_id: coverId,
    name,
    region,
    card_number: cardNumber,
    handed_over_on: handedOverOn,
  }));
  return safeCsv(TITLES, cells);
}

export interface Handover {
  readonly line: number;
  readonly coverId: CoverId;
  readonly handedOverOn: CivilDate;
  readonly titleOf: (column: Column) => string;
}

export type ReadHandover =
  | { readonly ok: true; readonly handover: Handover }
  /** The list brought back as it was: not everybody came. */
  | { readonly ok: true; readonly handover: null }
  | { readonly ok: false; readonly fault: LineFault };

/** @throws Permanent `columns_unknown`, `line_too_long`: the file as a whole cannot be read */
export async function* readHandovers(chunks: Chunks, now: Instant): AsyncGenerator<ReadHandover> {
  for await (const item of tableRows(chunks, COLUMNS)) {
    if (item.ok) yield readLine(item.row, now);
    else yield item;
  }
}

function readLine(row: TableRow<Column>, now: Instant): ReadHandover {
  try {
    const coverId = cellId(row.cell('coverId'), row.titleOf('coverId'), COVER_ID) as CoverId;
    if (row.cell('handedOverOn') === '') return { ok: true, handover: null };
    const field = row.titleOf('handedOverOn');
    const handedOverOn = civilDateOf(cellInstant(row.cell('handedOverOn'), field));
    if (handedOverOn > civilDateOf(now)) throw new Permanent('field_invalid', { field });
    return { ok: true, handover: { line: row.line, coverId, handedOverOn, titleOf: (column) => row.titleOf(column) } };
  } catch (error) {
    if (!(error instanceof Permanent)) throw error;
    return { ok: false, fault: { line: row.line, column: error.field ?? null, reason: error.reason } };
  }
}
