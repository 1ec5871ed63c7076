/** What people see of a file: what it is, whether its totals hold, how far it is, and what was found in it. */
import { type ReasonCode, reasonText } from '../../../shared/domain/reasons.ts';
import { type ChunkCounts, type FileProgress, type FileRow, isSettled } from '../../../shared/store/files.ts';

/** Differences shown with the file; all of them are in the list of differences. */
const DIFFERENCES_SHOWN = 500;

function sentenceOf(reason: ReasonCode) {
  return { id: reasonText(reason, 'id'), en: reasonText(reason, 'en') };
}

export function fileView(file: FileRow) {
  const { refusal } = file;
  return {
    fileId: file.fileId,
    kind: file.kind,
    source: file.source,
    name: file.name,
    state: file.state,
    receivedAt: file.receivedAt,
    checkedAt: file.checkedAt ?? null,
    bytes: file.bytes ?? null,
    sha256: file.sha256 ?? null,
    totals: file.totals ?? null,
    batchId: file.batchId ?? null,
    supersedes: file.supersedes ?? null,
    supersededBy: file.supersededBy ?? null,
    refusal: refusal ? { ...refusal, sentence: sentenceOf(refusal.reason) } : null,
    faultCount: file.faultCount ?? 0,
  };
}

export function progressView({ file, chunks }: FileProgress) {
  const faults = [...(file.faults ?? []), ...chunks.flatMap((chunk) => chunk.faults)];
  const done = chunks.filter(({ doneAt }) => doneAt !== undefined).length;
  const state = file.state === 'checked' ? (isSettled({ file, chunks }) ? 'done' : 'settling') : file.state;
  return {
    ...fileView(file),
    state,
    progress: { chunks: file.chunks ?? 0, done },
    counts: sumOf(chunks.map(({ counts }) => counts)),
    faultCount: (file.faultCount ?? 0) + chunks.reduce((sum, chunk) => sum + chunk.faults.length, 0),
    faults: faults.map((fault) => ({ ...fault, sentence: sentenceOf(fault.reason) })),
    differences: chunks.flatMap(({ differences }) => differences).slice(0, DIFFERENCES_SHOWN),
  };
}

const NONE: ChunkCounts = { matched: 0, missingHere: 0, amountDiffers: 0, feeDiffers: 0, unassigned: 0, entered: 0 };

function sumOf(counts: readonly ChunkCounts[]): ChunkCounts {
  const names = Object.keys(NONE) as (keyof ChunkCounts)[];
  return Object.fromEntries(
    names.map((name) => [name, counts.reduce((sum, each) => sum + (each[name] ?? 0), 0)]),
  ) as unknown as ChunkCounts;
}
