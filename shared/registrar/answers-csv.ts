/**
 * Answers of an office: `cover_id,outcome,start_date,accepted_at,reason,card_number`, or the same titles in Indonesian.
 * A bad line names its column and stops no other.
 */
import { type CivilDate, civilDateOf, type Instant } from '../domain/dates.ts';
import type { CoverId } from '../domain/ids.ts';
import type { Said, SaidColumn } from '../domain/registrar.ts';
import { Permanent } from '../errors.ts';
import { cellId, cellInstant } from '../statements/cells.ts';
import type { LineFault } from '../statements/statement.ts';
import { type Chunks, type Columns, type TableRow, tableRows } from '../statements/table-rows.ts';

export type AnswerColumn = SaidColumn | 'acceptedAt';

const COLUMNS: Columns<AnswerColumn> = {
  coverId: { titles: ['cover_id', 'id perlindungan'] },
  outcome: { titles: ['outcome', 'hasil'] },
  startDate: { titles: ['start_date', 'tanggal mulai'], isOptional: true },
  acceptedAt: { titles: ['accepted_at', 'waktu diterima'], isOptional: true },
  reason: { titles: ['reason', 'alasan'], isOptional: true },
  cardNumber: { titles: ['card_number', 'kpj', 'nomor kartu'], isOptional: true },
};

const OUTCOMES: Readonly<Record<string, Said['outcome']>> = {
  accepted: 'accepted',
  diterima: 'accepted',
  rejected: 'rejected',
  ditolak: 'rejected',
};

export const COVER_ID = /^cov_[0-9a-z]{1,40}_\d{1,4}$/;
/** Eleven characters nowadays, others from earlier: what an office writes is taken as it is. */
const CARD_NUMBER = /^[0-9A-Za-z-]{6,20}$/;

export interface AnswerLine {
  readonly line: number;
  readonly said: Said;
  readonly cardNumber: string | null;
  /** The line as it came, for a person who has to decide about it. */
  readonly cells: Readonly<Record<AnswerColumn, string>>;
  readonly titleOf: (column: SaidColumn) => string;
}

export type ReadAnswer =
  | { readonly ok: true; readonly answer: AnswerLine }
  | { readonly ok: false; readonly fault: LineFault };

/**
 * @param now where a line does not say when it was accepted; nothing was accepted later
 * @throws Permanent `columns_unknown`, `line_too_long`: the file as a whole cannot be read
 */
export async function* readAnswerLines(chunks: Chunks, now: Instant): AsyncGenerator<ReadAnswer> {
  for await (const item of tableRows(chunks, COLUMNS)) {
    if (item.ok) yield readLine(item.row, now);
    else yield item;
  }
}

function readLine(row: TableRow<AnswerColumn>, now: Instant): ReadAnswer {
  try {
    const cells = Object.fromEntries(
      (Object.keys(COLUMNS) as AnswerColumn[]).map((name) => [name, row.cell(name)]),
    ) as Record<AnswerColumn, string>;
    const [said, cardNumber] = [saidIn(row, now), cardIn(row)];
    return { ok: true, answer: { line: row.line, said, cardNumber, cells, titleOf: (column) => row.titleOf(column) } };
  } catch (error) {
    if (!(error instanceof Permanent)) throw error;
    return { ok: false, fault: { line: row.line, column: error.field ?? null, reason: error.reason } };
  }
}

function saidIn(row: TableRow<AnswerColumn>, now: Instant): Said {
  const coverId = cellId(row.cell('coverId'), row.titleOf('coverId'), COVER_ID) as CoverId;
  const outcome = OUTCOMES[required(row, 'outcome').toLowerCase()];
  if (outcome === undefined) throw new Permanent('field_invalid', { field: row.titleOf('outcome') });
  if (outcome === 'rejected') return { coverId, outcome, reason: required(row, 'reason').toLowerCase() };
  return { coverId, outcome, startDate: startIn(row), acceptedAt: acceptedIn(row, now) };
}

function required(row: TableRow<AnswerColumn>, column: AnswerColumn): string {
  const cell = row.cell(column);
  if (cell === '') throw new Permanent('field_missing', { field: row.titleOf(column) });
  return cell;
}

function startIn(row: TableRow<AnswerColumn>): CivilDate {
  return civilDateOf(cellInstant(required(row, 'startDate'), row.titleOf('startDate')));
}

function acceptedIn(row: TableRow<AnswerColumn>, now: Instant): Instant {
  if (row.cell('acceptedAt') === '') return now;
  const acceptedAt = cellInstant(row.cell('acceptedAt'), row.titleOf('acceptedAt'));
  if (acceptedAt > now) throw new Permanent('field_invalid', { field: row.titleOf('acceptedAt') });
  return acceptedAt;
}

function cardIn(row: TableRow<AnswerColumn>): string | null {
  return row.cell('cardNumber') === '' ? null : cellId(row.cell('cardNumber'), row.titleOf('cardNumber'), CARD_NUMBER);
}
