/** Takes a roster: checks its header, cuts it into chunks and hands them to the queue, sealed (I9). */
import { randomBytes } from 'node:crypto';
import type { Instant } from '../../shared/domain/dates.ts';
import type { ImportId } from '../../shared/domain/ids.ts';
import type { ImportMessage, Sealed } from '../../shared/messages.ts';
import type { ImportRow } from '../../shared/store/imports.ts';
import { splitRoster } from './split-roster.ts';

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
  const importId = `imp_${randomBytes(10).toString('hex')}` as ImportId;
  // Read twice, for what is sent must be known before: all of a great roster in memory would be several times its size.
  const counts = { chunks: 0, lines: 0 };
  for (const chunk of chunksOf(csv)) {
    counts.chunks += 1;
    counts.lines += chunk.length;
  }
  await dependencies.putImport({ importId, submittedAt: dependencies.now(), ...counts });
  await sendChunks(dependencies, importId, csv);
  return importId;
}

/** A call's worth at a time. */
async function sendChunks({ seal, sendImports }: StartImportDependencies, importId: ImportId, csv: Uint8Array) {
  let messages: ImportMessage[] = [];
  let chunk = 0;
  for (const lines of chunksOf(csv)) {
    const sealedLines = await seal(Buffer.from(`[${lines.join()}]`));
    messages.push({ contractVersion: 1, importId, chunk, sealedLines });
    chunk += 1;
    if (messages.length < CHUNKS_PER_CALL) continue;
    await sendImports(messages);
    messages = [];
  }
  if (messages.length > 0) await sendImports(messages);
}

/** Lines that travel together, as JSON each. */
function* chunksOf(csv: Uint8Array): Generator<string[]> {
  let lines: string[] = [];
  let bytes = 0;
  for (const line of splitRoster(csv)) {
    const text = JSON.stringify(line);
    const size = Buffer.byteLength(text) + 1;
    if (lines.length > 0 && (lines.length >= CHUNK_LINES || bytes + size > CHUNK_BYTES)) {
      yield lines;
      lines = [];
      bytes = 0;
    }
    lines.push(text);
    bytes += size;
  }
  if (lines.length > 0) yield lines;
}
