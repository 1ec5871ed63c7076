/**
 * One chunk of a roster: every good line becomes a person in the vault and a worker in line. Delivered again it counts
 * the same, because the vault remembers which line brought a person in first.
 */
import * as z from 'zod';
import { civilDateOf, type Instant } from '../../shared/domain/dates.ts';
import type { FundId, ImportId, WorkerId } from '../../shared/domain/ids.ts';
import type { Nik } from '../../shared/domain/nik.ts';
import {
  parseRosterLine,
  ROSTER_COLUMNS,
  type RosterLine,
  type RosterRecord,
  type RosterRules,
} from '../../shared/domain/roster.ts';
import { newWorker } from '../../shared/domain/worker.ts';
import { Permanent } from '../../shared/errors.ts';
import type { Log } from '../../shared/logger.ts';
import type { FundMessage, ImportMessage, Sealed } from '../../shared/messages.ts';
import { inParallel } from '../../shared/parallel.ts';
import { parseContract, parseJson } from '../../shared/parse.ts';
import type { Reactivation, ReactivationOutcome } from '../../shared/reactivation.ts';
import type { Settings } from '../../shared/settings.ts';
import type { ChunkResult, ImportRow, LineReason, RejectedLine } from '../../shared/store/imports.ts';
import type { Registration, Vault } from '../../shared/store/vault.ts';
import { waitingPlaceOf } from '../../shared/store/waiting.ts';
import { newWorkerPut } from '../../shared/store/workers.ts';

export interface ImportWorkersDependencies {
  readonly unseal: (sealed: Sealed) => Promise<Uint8Array>;
  readonly vault: Pick<Vault, 'findPeople' | 'registerPerson'>;
  readonly workerSettings: () => Settings['workers'];
  readonly readImport: (importId: ImportId) => Promise<ImportRow | null>;
  readonly readChunkResult: (importId: ImportId, chunk: number) => Promise<ChunkResult | null>;
  readonly putChunkResult: (importId: ImportId, chunk: number, result: ChunkResult) => Promise<void>;
  /** Puts one whose cover lapsed back in line; everybody else stays where they are. */
  readonly reactivate: (workerId: WorkerId, reactivation: Reactivation) => Promise<ReactivationOutcome>;
  readonly noteRegion: (place: string) => Promise<void>;
  readonly listFundIds: () => Promise<FundId[]>;
  readonly sendToFund: (message: FundMessage, occasion: string) => Promise<void>;
  readonly log: Log;
}

type GoodLine = Extract<RosterLine, { ok: true }> & { readonly line: number };

const CONCURRENT_LINES = 16;

const splitLinesSchema = z.array(
  z.union([
    z.object({ line: z.int(), fields: z.array(z.string()).length(ROSTER_COLUMNS.length) }),
    z.object({ line: z.int(), reason: z.enum(['line_malformed', 'line_too_long']) }),
  ]),
);

export async function importWorkers(
  message: ImportMessage,
  dependencies: ImportWorkersDependencies,
): Promise<ChunkResult> {
  const { importId, chunk } = message;
  const before = await dependencies.readChunkResult(importId, chunk);
  const result = before ?? (await importChunk(dependencies, message));
  if (!before) await dependencies.putChunkResult(importId, chunk, result);
  const { accepted, reactivated = 0, duplicates, rejected } = result;
  const counts = { accepted, reactivated, duplicates, rejected: rejected.length };
  dependencies.log.info('roster chunk imported', { importId, chunk, ...counts });
  if (accepted + reactivated > 0) await askFunds(dependencies, `${importId}:${chunk}`);
  return result;
}

async function importChunk(dependencies: ImportWorkersDependencies, message: ImportMessage): Promise<ChunkResult> {
  const started = await dependencies.readImport(message.importId);
  if (!started) throw new Permanent('not_found', { field: 'importId' });
  const text = Buffer.from(await dependencies.unseal(message.sealedLines)).toString();
  const lines = parseContract(splitLinesSchema, parseJson(text));
  // Judged as of the submission, so that a chunk delivered again the next day is judged the same.
  const rules = { today: civilDateOf(started.submittedAt), ...dependencies.workerSettings() };
  const { good, rejected } = readLines(lines, rules);
  for (const place of new Set(good.map(({ worker }) => waitingPlaceOf(worker)))) await dependencies.noteRegion(place);
  const { accepted, reactivated } = await register(dependencies, started, good);
  return {
    accepted: accepted.length,
    reactivated,
    duplicates: good.length - accepted.length - reactivated,
    rejected,
    warnings: accepted.flatMap(({ line, warnings }) => warnings.map((warning) => ({ line, ...warning }))),
  };
}

function readLines(lines: z.infer<typeof splitLinesSchema>, rules: RosterRules) {
  const good: GoodLine[] = [];
  const rejected: RejectedLine[] = [];
  for (const split of lines) {
    if ('reason' in split) {
      rejected.push({ line: split.line, column: null, reason: split.reason });
      continue;
    }
    const record = Object.fromEntries(ROSTER_COLUMNS.map((column, index) => [column, split.fields[index]]));
    const read = parseRosterLine(record as RosterRecord, rules);
    if (read.ok) good.push({ ...read, line: split.line });
    else rejected.push(rejectedLine(split.line, read.errors));
  }
  return { good, rejected };
}

function rejectedLine(line: number, [first, ...also]: readonly Omit<LineReason, 'line'>[]): RejectedLine {
  return { line, ...(first as Omit<LineReason, 'line'>), ...(also.length > 0 ? { also } : {}) };
}

/** @returns the lines that brought in their person, now or when this chunk was here before, and how many came back */
async function register(
  dependencies: ImportWorkersDependencies,
  { importId, submittedAt }: ImportRow,
  lines: readonly GoodLine[],
): Promise<{ accepted: GoodLine[]; reactivated: number }> {
  const firstLines = [...firstOfEachNik(lines).values()];
  const known = await dependencies.vault.findPeople(firstLines.map(({ person }) => person.nik));
  const fates = await inParallel(firstLines, CONCURRENT_LINES, async (good) => {
    const before = known.get(good.person.nik);
    const registration = before ?? (await registerLine(dependencies.vault, importId, submittedAt, good));
    const { origin, workerId } = registration;
    if (origin.importId === importId && origin.line === good.line) return 'accepted';
    const by = { at: submittedAt, by: `${importId}#${good.line}`, recordedBy: importId, alsoWithdrawn: false };
    return (await dependencies.reactivate(workerId, by)).outcome;
  });
  return {
    accepted: firstLines.filter((_, index) => fates[index] === 'accepted'),
    reactivated: fates.filter((fate) => fate === 'reactivated').length,
  };
}

function firstOfEachNik(lines: readonly GoodLine[]): Map<Nik, GoodLine> {
  const first = new Map<Nik, GoodLine>();
  for (const good of lines) if (!first.has(good.person.nik)) first.set(good.person.nik, good);
  return first;
}

function registerLine(
  vault: Pick<Vault, 'registerPerson'>,
  importId: ImportId,
  submittedAt: Instant,
  { person, worker, line }: GoodLine,
): Promise<Registration> {
  return vault.registerPerson(person, { importId, line }, (workerId) => [
    newWorkerPut(newWorker(worker, workerId, submittedAt)),
  ]);
}

/** Workers arrived: whatever money waited for one may buy now. Asking twice does no harm. */
async function askFunds({ listFundIds, sendToFund }: ImportWorkersDependencies, occasion: string): Promise<void> {
  await inParallel(await listFundIds(), CONCURRENT_LINES, (fundId) =>
    sendToFund({ contractVersion: 1, kind: 'fill', fundId }, occasion),
  );
}
