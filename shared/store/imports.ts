/** A roster import: one row says how many chunks there are, one row per chunk says what became of its lines. */
import type { Instant } from '../domain/dates.ts';
import type { ImportId } from '../domain/ids.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import type { RosterColumn } from '../domain/roster.ts';
import { getItem, type Key, putIfAbsent, queryAll, type Row } from './table.ts';

export interface LineReason {
  /** As an editor counts them; the header is line 1. */
  readonly line: number;
  /** Null where the line as a whole cannot be read. */
  readonly column: RosterColumn | null;
  readonly reason: ReasonCode;
}

export interface RejectedLine extends LineReason {
  /** Further columns of the same line; a line is one entry, so entries can be counted. */
  readonly also?: readonly Omit<LineReason, 'line'>[];
}

export interface ChunkResult {
  readonly accepted: number;
  /** Known people whose cover had lapsed: they stand in line again. */
  readonly reactivated?: number;
  readonly duplicates: number;
  readonly rejected: readonly RejectedLine[];
  readonly warnings: readonly LineReason[];
}

export interface ImportRow {
  readonly importId: ImportId;
  readonly submittedAt: Instant;
  readonly chunks: number;
  readonly lines: number;
}

export interface ImportStatus extends ChunkResult {
  readonly importId: ImportId;
  readonly state: 'running' | 'done';
  readonly submittedAt: Instant;
  readonly lines: number;
}

const HEAD = 'IMPORT';

function importKey(importId: ImportId): string {
  return `IMPORT#${importId}`;
}

function chunkKey(importId: ImportId, chunk: number): Key {
  return { pk: importKey(importId), sk: `CHUNK#${String(chunk).padStart(6, '0')}` };
}

export async function putImport(row: ImportRow): Promise<void> {
  await putIfAbsent({ pk: importKey(row.importId), sk: HEAD, type: 'import', ...row });
}

export async function readImport(importId: ImportId): Promise<ImportRow | null> {
  const row = await getItem({ pk: importKey(importId), sk: HEAD });
  return (row as unknown as ImportRow | undefined) ?? null;
}

export async function readChunkResult(importId: ImportId, chunk: number): Promise<ChunkResult | null> {
  const row = await getItem(chunkKey(importId, chunk));
  return (row as unknown as ChunkResult | undefined) ?? null;
}

/** The first result of a chunk stands: delivered again, it counts the same. */
export async function putChunkResult(importId: ImportId, chunk: number, result: ChunkResult): Promise<void> {
  await putIfAbsent({ ...chunkKey(importId, chunk), type: 'import_chunk', chunk, ...result });
}

/** Everything known of an import so far, or null where there is none of that id. */
export async function importStatus(importId: ImportId): Promise<ImportStatus | null> {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': importKey(importId) },
  });
  const head = rows.find(({ sk }) => sk === HEAD) as unknown as ImportRow | undefined;
  if (!head) return null;
  const chunks = rows.filter(({ sk }) => sk !== HEAD) as (Row & ChunkResult)[];
  return {
    importId,
    state: chunks.length >= head.chunks ? 'done' : 'running',
    submittedAt: head.submittedAt,
    lines: head.lines,
    accepted: sum(chunks.map(({ accepted }) => accepted)),
    reactivated: sum(chunks.map(({ reactivated = 0 }) => reactivated)),
    duplicates: sum(chunks.map(({ duplicates }) => duplicates)),
    rejected: chunks.flatMap(({ rejected }) => rejected),
    warnings: chunks.flatMap(({ warnings }) => warnings),
  };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
