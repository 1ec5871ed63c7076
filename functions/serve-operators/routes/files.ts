/** Files about money: handed in, and what became of them; money of an account that nobody named. */
import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import * as z from 'zod';
import type { OperatorId } from '../../../shared/domain/cash-receipt.ts';
import type { Instant } from '../../../shared/domain/dates.ts';
import { type FileId, fileIdOf } from '../../../shared/domain/ids.ts';
import { Permanent } from '../../../shared/errors.ts';
import { parseContract, parseJson } from '../../../shared/parse.ts';
import { type FileOrigin, fileName, fileOrigin, uploadKey } from '../../../shared/statements/file-kinds.ts';
import { type FileRow, readFileProgress, readFileRow, receiveFile } from '../../../shared/store/files.ts';
import { limitOf, listRows } from '../../../shared/store/listing.ts';
import type { Row } from '../../../shared/store/table.ts';
import type { OperatorsEnvironment } from '../serve-operators.ts';
import { fileView, progressView } from './file-views.ts';

export interface FilesDependencies {
  readonly now: () => Instant;
  readonly files: {
    readonly put: (key: string, bytes: Uint8Array) => Promise<void>;
    readonly uploadUrl: (key: string) => Promise<string>;
  };
}

/** What a request may carry; a greater file goes to the bucket itself. */
const LARGEST_BODY_BYTES = 5 * 1024 * 1024;

const wholeNumber = z.coerce.number().int().optional();
const statedSchema = z.object({
  rows: wholeNumber,
  grossRupiah: wholeNumber,
  feeRupiah: wholeNumber,
  netRupiah: wholeNumber,
});

const announcedSchema = z.strictObject({
  kind: z.string(),
  source: z.string(),
  name: z.string(),
  bytes: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  supersedes: z.string().optional(),
  ...statedSchema.shape,
});

interface Handed {
  readonly handedInBy: OperatorId;
  readonly origin: FileOrigin;
  readonly name: string;
  readonly sha256: string;
  readonly supersedes: string | undefined;
  readonly stated: z.infer<typeof statedSchema>;
}

/** Its row is written before its bytes are there, so that whoever asks after it finds it. */
async function receive(
  { handedInBy, origin, name, sha256, supersedes, stated }: Handed,
  now: Instant,
): Promise<{ file: FileRow; key: string }> {
  const older = supersedes === undefined ? null : await readFileRow(supersedes as FileId);
  if (supersedes !== undefined && (older?.kind !== origin.kind || older.source !== origin.source))
    throw new Permanent('invalid_request', { field: 'supersedes', detail: 'no file of this kind and source' });
  const fileId = fileIdOf(origin.kind, origin.source, sha256);
  const key = uploadKey(origin, name, sha256);
  const given = Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== undefined));
  const file = await receiveFile({
    fileId,
    ...origin,
    name,
    key,
    receivedAt: now,
    handedInBy,
    ...(Object.keys(given).length > 0 ? { stated: given } : {}),
    ...(older ? { supersedes: older.fileId } : {}),
  });
  return { file, key };
}

async function takeBody(context: Context<OperatorsEnvironment>, { now, files }: FilesDependencies) {
  const { kind, source, name, supersedes, ...stated } = context.req.query();
  const origin = fileOrigin(kind, source);
  const bytes = new Uint8Array(await context.req.arrayBuffer());
  if (bytes.length === 0) throw new Permanent('invalid_request', { field: '(body)', detail: 'the file is empty' });
  if (bytes.length > LARGEST_BODY_BYTES)
    throw new Permanent('invalid_request', {
      field: '(body)',
      detail: 'more than 5 MB: ask for an upload address instead, with a JSON document',
    });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const handedInBy = context.get('operator');
  const handed = {
    handedInBy,
    origin,
    name: fileName(name),
    sha256,
    supersedes,
    stated: parseContract(statedSchema, stated),
  };
  const { file, key } = await receive(handed, now());
  if (!file.cutAt) await files.put(key, bytes);
  return { fileId: file.fileId, known: file.cutAt !== undefined };
}

async function announceUpload(context: Context<OperatorsEnvironment>, { now, files }: FilesDependencies) {
  const {
    kind,
    source,
    name,
    sha256,
    supersedes,
    bytes: _bytes,
    ...stated
  } = parseContract(announcedSchema, parseJson(await context.req.text()));
  const handedInBy = context.get('operator');
  const handed = { handedInBy, origin: fileOrigin(kind, source), name: fileName(name), sha256, supersedes, stated };
  const { file, key } = await receive(handed, now());
  if (file.cutAt) return { fileId: file.fileId, known: true, uploadUrl: null };
  return { fileId: file.fileId, known: false, uploadUrl: await files.uploadUrl(key) };
}

export function fileRoutes(dependencies: FilesDependencies): Hono<OperatorsEnvironment> {
  const routes = new Hono<OperatorsEnvironment>();
  routes.post('/files', async (context) => {
    const isDocument = context.req.query('kind') === undefined;
    return context.json(await (isDocument ? announceUpload : takeBody)(context, dependencies), 202);
  });
  routes.get('/files', async (context) => {
    const { limit, cursor, kind, state } = context.req.query();
    const wanted = ({ kind: given, state: stands }: Row) =>
      (kind === undefined || kind === given) && (state === undefined || state === stands);
    const page = await listRows('file', { limit: limitOf(limit), cursor }, async (rows) =>
      rows.filter(wanted).map((row) => ({ row, item: fileView(row as unknown as FileRow) })),
    );
    return context.json(page);
  });
  routes.get('/files/:id', async (context) => {
    const progress = await readFileProgress(context.req.param('id') as FileId);
    if (!progress) throw new Permanent('not_found', { detail: `file ${context.req.param('id')}` });
    return context.json(progressView(progress));
  });
  return routes;
}
