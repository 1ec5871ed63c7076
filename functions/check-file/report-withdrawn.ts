/**
 * A corrected file takes the place of an older one. What the older named and the newer does not is told to people: it
 * may be in the books, and money is never undone in silence.
 */
import type { Instant } from '../../shared/domain/dates.ts';
import { digest, type FileId } from '../../shared/domain/ids.ts';
import { fileItems } from '../../shared/statements/file-items.ts';
import type { FileOrigin } from '../../shared/statements/file-kinds.ts';
import type { StatementRow } from '../../shared/statements/statement.ts';
import type { Difference } from '../../shared/store/differences.ts';
import type { FileRow } from '../../shared/store/files.ts';

export interface SupersedeDependencies {
  readonly now: () => Instant;
  readonly open: (key: string, version?: string) => Promise<{ chunks: AsyncIterable<Uint8Array>; version: string }>;
  readonly readFileRow: (fileId: FileId) => Promise<FileRow | null>;
  readonly markSuperseded: (fileId: FileId, by: FileId) => Promise<void>;
  readonly putDifference: (difference: Difference, fileId: FileId, at: Instant) => Promise<void>;
}

interface Corrected extends FileOrigin {
  readonly fileId: FileId;
  readonly key: string;
  readonly version: string;
  readonly supersedes: FileId;
}

export async function reportWithdrawn(file: Corrected, dependencies: SupersedeDependencies): Promise<void> {
  const older = await dependencies.readFileRow(file.supersedes);
  if (!older || older.kind !== file.kind || older.source !== file.source) return;
  // What was refused named nothing that could be in the books.
  if (older.cutAt) {
    const kept = new Set<number>();
    for await (const row of rowsOf(file, file, dependencies)) kept.add(nameOf(row));
    for await (const row of rowsOf(older, older, dependencies))
      if (!kept.has(nameOf(row))) await dependencies.putDifference(withdrawn(row), file.fileId, dependencies.now());
  }
  await dependencies.markSuperseded(older.fileId, file.fileId);
}

/** Forty-eight bits of each line's key: eight bytes a line, and of 200,000 lines one clash in fourteen thousand files. */
function nameOf({ effectKey }: StatementRow): number {
  return Number.parseInt(digest(effectKey, 12), 16);
}

async function* rowsOf(
  origin: FileOrigin,
  { key, version }: { readonly key: string; readonly version?: string },
  { open }: SupersedeDependencies,
): AsyncGenerator<StatementRow> {
  const { chunks } = await open(key, version);
  for await (const item of fileItems(origin, chunks)) if (item.type === 'row') yield item.row;
}

/** `line` is the older file's. */
function withdrawn({ gateway, paymentId, line, amountRupiah, feeRupiah }: StatementRow): Difference {
  return {
    gateway,
    paymentId,
    outcome: 'withdrawn',
    statedAmountRupiah: null,
    statedFeeRupiah: null,
    oursAmountRupiah: amountRupiah,
    oursFeeRupiah: feeRupiah,
    line,
  };
}
