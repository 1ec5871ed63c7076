/** Hands a file about money in, however great, and follows it to its end. Nothing of it is held in memory. */
import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { basename, resolve } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { call, type Target, Unreachable } from './api.ts';
import { CommandFailure, EXIT } from './failure.ts';
import type { Progress } from './progress-bar.ts';

export interface FileGiven {
  readonly kind: string;
  readonly source: string;
  readonly supersedes?: string;
}

export interface FileOutcome {
  readonly fileId: string;
  readonly state: string;
  readonly refusal: {
    readonly reason: string;
    readonly line: number | null;
    readonly column: string | null;
    readonly detail: string;
  } | null;
  readonly progress: { readonly chunks: number; readonly done: number };
  readonly totals: Readonly<Record<string, number>> | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly faultCount: number;
  readonly faults: readonly Readonly<Record<string, unknown>>[];
  readonly differences: readonly Readonly<Record<string, unknown>>[];
}

const ENDED = new Set(['done', 'refused', 'awaiting_manifest']);
const POLL_MILLISECONDS = 250;
/** A great file has a thousand chunks, and all of them are looked at to tell how far it is. */
const POLL_SETTLING_MILLISECONDS = 2_000;

export async function handInFile(
  target: Target,
  path: string,
  given: FileGiven,
  progress: Progress,
): Promise<FileOutcome> {
  const { size } = fileAt(path);
  const sha256 = await hashOf(path, size, progress);
  const document = { ...given, name: basename(path), bytes: size, sha256 };
  const { fileId, uploadUrl } = await call<{ fileId: string; uploadUrl: string | null }>(target, 'POST', '/api/files', {
    json: document,
  });
  if (uploadUrl !== null) await upload(uploadUrl, path, size, progress);
  return follow(target, fileId, progress);
}

function fileAt(path: string) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new CommandFailure(EXIT.notFound, `there is no file ${path}`);
  if (found.size === 0) throw new CommandFailure(EXIT.wrongUse, `${path} is empty`);
  return found;
}

async function hashOf(path: string, size: number, progress: Progress): Promise<string> {
  const hash = createHash('sha256');
  let read = 0;
  for await (const chunk of createReadStream(resolve(path))) {
    hash.update(chunk);
    read += chunk.length;
    progress.at('reading', read, size);
  }
  return hash.digest('hex');
}

/** With its length in front, as object stores want it. */
async function upload(url: string, path: string, size: number, progress: Progress): Promise<void> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  const request = send(url, { method: 'PUT', headers: { 'content-length': size } });
  const answered = new Promise<number>((settle, fail) => {
    request.on('response', (response) => {
      response.resume();
      settle(response.statusCode ?? 0);
    });
    request.on('error', (error) => fail(new Unreachable(`the upload broke off (${error.message})`)));
  });
  let sent = 0;
  const counting = new Transform({
    transform(chunk, _encoding, done) {
      sent += chunk.length;
      progress.at('uploading', sent, size);
      done(null, chunk);
    },
  });
  const sending = pipeline(createReadStream(path), counting, request);
  const [status] = await Promise.all([answered, sending]);
  if (status !== 200) throw new CommandFailure(EXIT.failed, `the upload was answered ${status}`);
}

async function follow(target: Target, fileId: string, progress: Progress): Promise<FileOutcome> {
  for (;;) {
    const file = await call<FileOutcome>(target, 'GET', `/api/files/${encodeURIComponent(fileId)}`);
    const { chunks, done } = file.progress;
    progress.at(file.state === 'settling' ? 'settling' : 'checking', done, chunks);
    if (ENDED.has(file.state)) return file;
    await pause(chunks > 100 ? POLL_SETTLING_MILLISECONDS : POLL_MILLISECONDS);
  }
}
