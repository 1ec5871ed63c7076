/**
 * Checks a file that came in, as a whole, before any of it is booked; then hands its lines on. Whichever of a partner's
 * file and its manifest comes second starts it. A file whose chunks went out is known, and nothing happens again.
 */
import type { Instant } from '../../shared/domain/dates.ts';
import { type FileId, fileIdOf } from '../../shared/domain/ids.ts';
import { Permanent } from '../../shared/errors.ts';
import type { Log } from '../../shared/logger.ts';
import type { FileMessage } from '../../shared/messages.ts';
import { ALL_OR_NOTHING, type FilePlace, placeOfKey } from '../../shared/statements/file-kinds.ts';
import type { ControlTotals } from '../../shared/statements/statement.ts';
import { differingTotals } from '../../shared/statements/totals.ts';
import type { Announcement, FileRow, LineRefusal } from '../../shared/store/files.ts';
import { CHUNK_ITEMS, type CutDependencies, cutFile } from './cut-file.ts';
import { reportWithdrawn, type SupersedeDependencies } from './report-withdrawn.ts';
import { type Survey, surveyFile } from './survey-file.ts';
import { type ManifestDependencies, takeManifest } from './take-manifest.ts';

export interface CheckFileDependencies extends CutDependencies, ManifestDependencies, SupersedeDependencies {
  readonly now: () => Instant;
  readonly putCheckedFile: (file: Omit<FileRow, 'cutAt'>) => Promise<boolean>;
  readonly markCut: (fileId: FileId, at: Instant) => Promise<void>;
  readonly readAnnouncement: (fileId: FileId) => Promise<Announcement | null>;
  readonly announcedAs: (partner: string, name: string) => Promise<FileId | null>;
  readonly putWaiting: (partner: string, name: string, fileId: FileId) => Promise<void>;
  readonly filesOfBatch: (partner: string, batchId: string) => Promise<FileId[]>;
  readonly log: Log;
}

/** @throws Permanent where no file of ours is meant */
export async function checkFile(message: FileMessage, dependencies: CheckFileDependencies): Promise<void> {
  if ('Event' in message) return;
  const keys = 'Records' in message ? message.Records.map(keyIn) : await takeManifest(message, dependencies);
  for (const key of keys) await checkObject(key, dependencies);
}

/** Object stores write keys as a form does. */
function keyIn({ s3 }: Extract<FileMessage, { Records: unknown }>['Records'][number]): string {
  return decodeURIComponent(s3.object.key.replaceAll('+', ' '));
}

interface Read {
  readonly place: FilePlace;
  readonly fileId: FileId;
  readonly key: string;
  readonly version: string;
  readonly survey: Survey;
}

async function checkObject(key: string, dependencies: CheckFileDependencies): Promise<void> {
  const place = placeOfKey(key);
  // What came by the operators' API and went its way needs no second look.
  if (place.announced && (await dependencies.readFileRow(place.announced))?.cutAt) return;
  const first = await dependencies.open(key);
  const { version } = first;
  let unread: typeof first | undefined = first;
  const survey = await surveyFile(place, async () => {
    const { chunks } = unread ?? (await dependencies.open(key, version));
    unread = undefined;
    return chunks;
  });
  const fileId = fileIdOf(place.kind, place.source, survey.sha256);
  await judge({ place, fileId, key, version, survey }, dependencies);
}

async function judge(read: Read, dependencies: CheckFileDependencies): Promise<void> {
  const { place, fileId, survey } = read;
  const before = await dependencies.readFileRow(place.announced ?? fileId);
  if (before?.cutAt) return;
  const announcement = place.kind === 'partner_remittance' ? await dependencies.readAnnouncement(fileId) : null;
  const refusal = await refusalOf(read, announcement, before, dependencies);
  const file = await fileRowOf(read, before, announcement, dependencies);
  if (refusal === 'awaiting_manifest') await dependencies.putWaiting(place.source, place.name, fileId);
  const state = refusal === null ? 'checked' : refusal === 'awaiting_manifest' ? refusal : 'refused';
  const written = { ...file, state, ...(state === 'refused' ? { refusal: refusal as LineRefusal } : {}) } as const;
  if (!(await dependencies.putCheckedFile(written))) return;
  const { items, faultCount } = survey;
  dependencies.log.info('file checked', {
    fileId: file.fileId,
    kind: file.kind,
    source: file.source,
    state,
    items,
    faultCount,
  });
  if (state === 'checked') await handOn(file, read.version, dependencies);
}

async function fileRowOf(
  { place: { kind, source, name, announced }, fileId, key, version, survey }: Read,
  before: FileRow | null,
  announcement: Announcement | null,
  { now, filesOfBatch }: CheckFileDependencies,
) {
  const { items, unreadable: _unreadable, ...found } = survey;
  const at = now();
  const corrected = announcement ? await correctedBy(fileId, announcement, filesOfBatch) : before?.supersedes;
  return {
    fileId: announced ?? fileId,
    kind,
    source,
    name,
    key,
    version,
    receivedAt: before?.receivedAt ?? at,
    ...(before?.handedInBy ? { handedInBy: before.handedInBy } : {}),
    ...(before?.stated ? { stated: before.stated } : {}),
    ...(corrected ? { supersedes: corrected } : {}),
    ...(announcement ? { batchId: announcement.batchId } : {}),
    ...found,
    checkedAt: at,
    chunks: Math.ceil(items / CHUNK_ITEMS),
  };
}

/** The file at the same place of the batch that is corrected; a batch may send some of its files unchanged. */
async function correctedBy(
  fileId: FileId,
  { partner, batchId, supersedes }: Announcement,
  filesOfBatch: CheckFileDependencies['filesOfBatch'],
): Promise<FileId | undefined> {
  if (supersedes === null) return undefined;
  const [older, own] = await Promise.all([filesOfBatch(partner, supersedes), filesOfBatch(partner, batchId)]);
  const corrected = older[own.indexOf(fileId)];
  return corrected === fileId ? undefined : corrected;
}

type Checkable = Awaited<ReturnType<typeof fileRowOf>>;

/** Why nothing of the file is booked; null where nothing speaks against it. */
async function refusalOf(
  { place, fileId, survey }: Read,
  announcement: Announcement | null,
  before: FileRow | null,
  { announcedAs }: CheckFileDependencies,
): Promise<LineRefusal | 'awaiting_manifest' | null> {
  if (place.announced && place.announced !== fileId)
    return refusal('file_hash_mismatch', 'its bytes are not those whose hash was given');
  if (survey.unreadable) return { ...survey.unreadable, line: null };
  const [fault] = survey.faults;
  if (fault && ALL_OR_NOTHING.has(place.kind)) {
    const { reason, line, column, detail = 'one line at fault refuses a file of this kind' } = fault;
    return { reason, line, column, detail };
  }
  const misstated = refusalOfTotals(before?.stated ?? {}, survey.totals);
  if (misstated || place.kind !== 'partner_remittance') return misstated;
  if (announcement) return refusalOfTotals(announcement.stated, survey.totals);
  const other = await announcedAs(place.source, place.name);
  return other ? refusal('file_hash_mismatch', 'its bytes are not those of the manifest') : 'awaiting_manifest';
}

function refusal(reason: LineRefusal['reason'], detail: string): LineRefusal {
  return { reason, line: null, column: null, detail };
}

function refusalOfTotals(stated: Partial<ControlTotals>, read: ControlTotals): LineRefusal | null {
  const [first, ...others] = differingTotals(stated, read);
  if (first === undefined) return null;
  const texts = [first, ...others].map((name) => `${name} ${read[name]}, not ${stated[name]}`);
  return { reason: 'control_total_mismatch', line: null, column: first, detail: `the lines make ${texts.join('; ')}` };
}

async function handOn(file: Checkable, version: string, dependencies: CheckFileDependencies): Promise<void> {
  const { fileId, key, batchId } = file;
  const { chunks } = await dependencies.open(key, version);
  const cut = await cutFile(file, chunks, { payoutId: batchId }, dependencies);
  if (cut !== file.chunks)
    throw new Permanent('control_total_mismatch', { detail: `${cut} chunks, not ${file.chunks}` });
  if (file.supersedes) await reportWithdrawn({ ...file, supersedes: file.supersedes, version }, dependencies);
  await dependencies.markCut(fileId, dependencies.now());
}
