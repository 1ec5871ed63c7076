/**
 * Files about money: one row says what a file is and whether its control totals hold, one row per chunk says what became
 * of its lines. Manifests that partners announce their files with lie beside them.
 */
import type { OperatorId } from '../domain/cash-receipt.ts';
import type { Instant } from '../domain/dates.ts';
import type { FileId } from '../domain/ids.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import type { FileKind } from '../statements/file-kinds.ts';
import type { ControlTotals, LineFault } from '../statements/statement.ts';
import type { Difference } from './differences.ts';
import { dueBefore } from './due.ts';
import { getItem, type Key, putIfAbsent, putItem, queryAll, type Row, updateItem } from './table.ts';

export interface ReceivedFile {
  readonly fileId: FileId;
  readonly kind: FileKind;
  readonly source: string;
  readonly name: string;
  /** Of the object in the bucket. */
  readonly key: string;
  readonly receivedAt: Instant;
  /** Who handed it in by the operators' API. */
  readonly handedInBy?: OperatorId;
  /** What whoever handed it in says its totals are. */
  readonly stated?: Partial<ControlTotals>;
  /** The file this one corrects. */
  readonly supersedes?: FileId;
}

/** What one reading of the whole file found. */
export interface Checked {
  readonly bytes: number;
  readonly sha256: string;
  readonly checkedAt: Instant;
  readonly totals: ControlTotals;
  readonly faultCount: number;
  /** The first of them. */
  readonly faults: readonly LineFault[];
  readonly chunks: number;
}

export type FileState = 'received' | 'awaiting_manifest' | 'refused' | 'checked';

export interface FileRow extends ReceivedFile, Partial<Checked> {
  readonly state: FileState;
  /** Of the object that was read: its second reading must see the same. */
  readonly version?: string;
  readonly refusal?: LineRefusal;
  /** When all its chunks were in the queue. */
  readonly cutAt?: Instant;
  readonly supersededBy?: FileId;
  /** Of the manifest that announced it. */
  readonly batchId?: string;
}

export interface LineRefusal {
  readonly reason: ReasonCode;
  readonly line: number | null;
  readonly column: string | null;
  readonly detail: string;
}

export interface ChunkCounts {
  readonly matched: number;
  readonly missingHere: number;
  readonly amountDiffers: number;
  readonly feeDiffers: number;
  /** Credits of an account that name no pledge of ours. */
  readonly unassigned: number;
  /** Receipts that wait for somebody's approval. */
  readonly entered: number;
}

export interface ChunkRow {
  readonly chunk: number;
  readonly counts: ChunkCounts;
  readonly differences: readonly Difference[];
  /** Found only against the books, such as a number that is taken. */
  readonly faults: readonly LineFault[];
  /** When everything it asked for was sent and written. */
  readonly doneAt?: Instant;
}

const HEAD = 'FILE';
/** Files are few: one partition holds those that are due. */
const DUE_KEY = 'DUE#file#0';

const partition = (fileId: FileId) => `FILE#${fileId}`;
const headKey = (fileId: FileId): Key => ({ pk: partition(fileId), sk: HEAD });
const chunkKey = (fileId: FileId, chunk: number): Key => ({
  pk: partition(fileId),
  sk: `CHUNK#${String(chunk).padStart(6, '0')}`,
});

/** @returns the row that stands: a file that went its way stays as it is, one that was refused may try again */
export async function receiveFile(file: ReceivedFile): Promise<FileRow> {
  const row = { ...headKey(file.fileId), type: 'file', state: 'received', ...file };
  const { ok, item } = await putItem({
    Item: row,
    ConditionExpression: 'attribute_not_exists(pk) OR #state IN (:received, :refused, :waiting)',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':received': 'received', ':refused': 'refused', ':waiting': 'awaiting_manifest' },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  return (ok ? row : item) as unknown as FileRow;
}

export async function readFileRow(fileId: FileId): Promise<FileRow | null> {
  return ((await getItem(headKey(fileId))) as unknown as FileRow | undefined) ?? null;
}

/**
 * What a check found. A file whose chunks went out is never written over. One that holds is due until all its chunks are
 * settled; the sweeper finds it here (I8).
 *
 * @returns false where its chunks went out
 */
export async function putCheckedFile(file: Omit<FileRow, 'cutAt'>): Promise<boolean> {
  const due = file.state === 'checked' ? { dueKey: DUE_KEY, dueSort: `${file.checkedAt}#${file.fileId}` } : {};
  const { ok } = await putItem({
    Item: { ...headKey(file.fileId), type: 'file', ...file, ...due },
    ConditionExpression: 'attribute_not_exists(pk) OR attribute_not_exists(cutAt)',
  });
  return ok;
}

/** Files that hold, were checked before an instant and are not known to be settled. */
export async function filesDue(before: Instant): Promise<FileId[]> {
  return (await dueBefore(DUE_KEY, before)).map(([, fileId]) => fileId as FileId);
}

/** All its chunks are settled: nothing is due any more. */
export async function markFileSettled(fileId: FileId): Promise<void> {
  await updateItem({ Key: headKey(fileId), UpdateExpression: 'REMOVE dueKey, dueSort' });
}

/** Some of its chunks never came to their end: it may be cut again, and those that did count the same. */
export async function reopenFile(fileId: FileId): Promise<void> {
  await updateItem({
    Key: headKey(fileId),
    UpdateExpression: 'REMOVE cutAt',
    ConditionExpression: 'attribute_exists(pk)',
  });
}

export function isSettled({ file, chunks }: FileProgress): boolean {
  return file.cutAt !== undefined && chunks.filter(({ doneAt }) => doneAt !== undefined).length >= (file.chunks ?? 0);
}

export async function markCut(fileId: FileId, cutAt: Instant): Promise<void> {
  await setOn(fileId, 'cutAt', cutAt);
}

export async function markSuperseded(fileId: FileId, by: FileId): Promise<void> {
  await setOn(fileId, 'supersededBy', by);
}

async function setOn(fileId: FileId, attribute: 'cutAt' | 'supersededBy', value: string): Promise<void> {
  await updateItem({
    Key: headKey(fileId),
    UpdateExpression: 'SET #attribute = :value',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeNames: { '#attribute': attribute },
    ExpressionAttributeValues: { ':value': value },
  });
}

export async function readChunk(fileId: FileId, chunk: number): Promise<ChunkRow | null> {
  return ((await getItem(chunkKey(fileId, chunk))) as unknown as ChunkRow | undefined) ?? null;
}

/** The first count of a chunk stands: what it books makes a later count another. */
export async function putChunk(fileId: FileId, { chunk, ...row }: ChunkRow): Promise<void> {
  await putIfAbsent({ ...chunkKey(fileId, chunk), type: 'file_chunk', chunk, ...row });
}

export async function finishChunk(fileId: FileId, chunk: number, doneAt: Instant): Promise<void> {
  await updateItem({
    Key: chunkKey(fileId, chunk),
    UpdateExpression: 'SET doneAt = :at',
    ExpressionAttributeValues: { ':at': doneAt },
  });
}

export interface FileProgress {
  readonly file: FileRow;
  readonly chunks: readonly ChunkRow[];
}

/** A file and what became of its chunks so far, or null where there is none of that id. */
export async function readFileProgress(fileId: FileId): Promise<FileProgress | null> {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': partition(fileId) },
  });
  const file = rows.find(({ sk }) => sk === HEAD) as unknown as FileRow | undefined;
  if (!file) return null;
  return { file, chunks: rows.filter(({ type }) => type === 'file_chunk') as unknown as (Row & ChunkRow)[] };
}

/** What a partner's manifest says of one of its files. */
export interface Announcement {
  readonly partner: string;
  readonly batchId: string;
  readonly name: string;
  readonly sha256: string;
  readonly stated: ControlTotals;
  readonly bytes: number;
  /** The batch this one corrects. */
  readonly supersedes: string | null;
}

const remittances = (partner: string) => `REMITTANCE#${partner}`;

/** The batch id is the key: said again it must say the same. @returns false where it says something else */
export async function putBatch(
  partner: string,
  batchId: string,
  files: readonly string[],
  at: Instant,
): Promise<boolean> {
  const Key = { pk: remittances(partner), sk: `BATCH#${batchId}` };
  const { ok, item } = await putIfAbsent({ ...Key, type: 'remittance', partner, batchId, files, announcedAt: at });
  return ok || JSON.stringify(item?.files) === JSON.stringify(files);
}

/** The files of a batch, by their ids. */
export async function filesOfBatch(partner: string, batchId: string): Promise<FileId[]> {
  const row = await getItem({ pk: remittances(partner), sk: `BATCH#${batchId}` });
  return (row?.files as FileId[] | undefined) ?? [];
}

/** What was said first stands, unless the batch that said it is the one now corrected. */
export async function putAnnouncement(fileId: FileId, announcement: Announcement): Promise<void> {
  await putItem({
    Item: { pk: partition(fileId), sk: 'MANIFEST', type: 'file_manifest', ...announcement },
    ConditionExpression: 'attribute_not_exists(pk) OR batchId = :corrected',
    ExpressionAttributeValues: { ':corrected': announcement.supersedes ?? '' },
  });
  await putItem({
    Item: { pk: remittances(announcement.partner), sk: `NAME#${announcement.name}`, type: 'remittance_name', fileId },
  });
}

export async function readAnnouncement(fileId: FileId): Promise<Announcement | null> {
  const row = await getItem({ pk: partition(fileId), sk: 'MANIFEST' });
  return (row as unknown as Announcement | undefined) ?? null;
}

/** The file a partner announced under a name. */
export async function announcedAs(partner: string, name: string): Promise<FileId | null> {
  const row = await getItem({ pk: remittances(partner), sk: `NAME#${name}` });
  return (row?.fileId as FileId | undefined) ?? null;
}

/** Which file of that name came before anybody announced it. */
export async function putWaiting(partner: string, name: string, fileId: FileId): Promise<void> {
  await putItem({ Item: { pk: remittances(partner), sk: `WAITING#${name}`, type: 'remittance_waiting', fileId } });
}

export async function waitingAs(partner: string, name: string): Promise<FileId | null> {
  const row = await getItem({ pk: remittances(partner), sk: `WAITING#${name}` });
  return (row?.fileId as FileId | undefined) ?? null;
}
