/** Takes a roster: checks its header, cuts it into chunks and hands them to the queue, sealed (I9). */
import { randomBytes } from 'node:crypto';
import type { Instant } from '../../shared/domain/dates.ts';
import type { ImportId } from '../../shared/domain/ids.ts';
import type { ImportMessage, Sealed } from '../../shared/messages.ts';
import type { ImportRow } from '../../shared/store/imports.ts';
import { type SplitLine, splitRoster } from './split-roster.ts';

export interface StartImportDependencies {
  readonly now: () => Instant;
  readonly seal: (plaintext: Uint8Array) => Promise<Sealed>;
  readonly putImport: (row: ImportRow) => Promise<void>;
  readonly sendImports: (messages: readonly ImportMessage[]) => Promise<void>;
}

const CHUNK_LINES = 100;
/** Ten sealed chunks travel in one call to the queue, which takes 256 KiB: 10 x 18,000 x 4/3 and their envelopes fit. */
const CHUNK_BYTES = 18_000;
const CHUNKS_PER_CALL = 10;

/**
 * @returns the id under which the result can be asked for
 * @throws Permanent `line_malformed` where the header is not the contract's; any other fault is of its line only
 */
export async function startImport(dependencies: StartImportDependencies, csv: Uint8Array): Promise<ImportId> {
  const lines = splitRoster(csv);
  const chunks = chunksOf(lines);
  const importId = `imp_${randomBytes(10).toString('hex')}` as ImportId;
  await dependencies.putImport({
    importId,
    submittedAt: dependencies.now(),
    chunks: chunks.length,
    lines: lines.length,
  });
  await sendChunks(dependencies, importId, chunks);
  return importId;
}

/** A call's worth at a time: all of a great roster, sealed, would take several times its own memory. */
async function sendChunks(
  dependencies: StartImportDependencies,
  importId: ImportId,
  chunks: readonly SplitLine[][],
): Promise<void> {
  for (let first = 0; first < chunks.length; first += CHUNKS_PER_CALL) {
    const some = chunks.slice(first, first + CHUNKS_PER_CALL);
    await dependencies.sendImports(
      await Promise.all(some.map((chunk, index) => messageOf(dependencies, importId, first + index, chunk))),
    );
  }
}

async function messageOf(
  { seal }: StartImportDependencies,
  importId: ImportId,
  chunk: number,
  lines: readonly SplitLine[],
): Promise<ImportMessage> {
  const sealedLines = await seal(Buffer.from(JSON.stringify(lines)));
  return { contractVersion: 1, importId, chunk, sealedLines };
}

function chunksOf(lines: readonly SplitLine[]): SplitLine[][] {
  const chunks: SplitLine[][] = [];
  let bytes = 0;
  for (const line of lines) {
    const size = Buffer.byteLength(JSON.stringify(line)) + 1;
    const last = chunks.at(-1);
    if (last && last.length < CHUNK_LINES && bytes + size <= CHUNK_BYTES) {
      last.push(line);
      bytes += size;
    } else {
      chunks.push([line]);
      bytes = size;
    }
  }
  return chunks;
}
