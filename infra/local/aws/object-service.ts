/** The object store the way its SDK calls it: PUT, GET and HEAD of `/<bucket>/<key>`, bodies as they stream. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { FileFolder } from '../files/file-folder.ts';

export interface ObjectServiceOptions {
  readonly bucket: string;
  readonly files: FileFolder;
}

/** Answers, or says that the request is for somebody else. */
export type ObjectService = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

export function objectService({ bucket, files }: ObjectServiceOptions): ObjectService {
  return async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (!pathname.startsWith(`/${bucket}/`)) return false;
    const key = decodeURIComponent(pathname.slice(bucket.length + 2));
    if (request.method === 'PUT') await put(files, key, request, response);
    else if (request.method === 'GET' || request.method === 'HEAD') await get(files, key, request, response);
    else refuse(response, 405, 'MethodNotAllowed');
    return true;
  };
}

async function put(files: FileFolder, key: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Only the SDK's streaming uploads frame their bytes, and none of ours does.
  if (String(request.headers['content-encoding']).includes('aws-chunked'))
    return refuse(response, 501, 'NotImplemented');
  const stored = await files.put(key, request);
  if (!stored) return refuse(response, 400, 'InvalidObjectName');
  response.writeHead(200, { etag: stored.etag }).end();
}

async function get(files: FileFolder, key: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const stored = files.find(key);
  if (!stored) return refuse(response, 404, 'NoSuchKey');
  const wanted = request.headers['if-match'];
  if (wanted !== undefined && wanted !== stored.etag) return refuse(response, 412, 'PreconditionFailed');
  response.writeHead(200, {
    etag: stored.etag,
    'content-length': stored.bytes,
    'content-type': 'application/octet-stream',
  });
  if (request.method === 'HEAD') response.end();
  // Whoever stops reading has read enough.
  else await pipeline(files.read(stored), response).catch(() => response.destroy());
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}
