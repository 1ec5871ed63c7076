/** The bucket where files about money come in and stay. A file is read as it streams, and never held whole. */
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Permanent, Transient } from '../errors.ts';

/** Long enough for a great file over a slow line, short enough for an address that leaked. */
const UPLOAD_WITHIN_SECONDS = 900;

let s3Client: S3Client | undefined;

function s3(): S3Client {
  s3Client ??= new S3Client({
    // Another endpoint than AWS's own has no name for each bucket.
    forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined,
    // An address signed for somebody else's upload cannot hold a checksum of bytes we have not seen.
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  return s3Client;
}

function bucket(): string {
  const name = process.env.FILES_BUCKET;
  if (!name) throw new Error('FILES_BUCKET is not set');
  return name;
}

export interface OpenedFile {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Names these very bytes. */
  readonly version: string;
}

export async function putFile(key: string, bytes: Uint8Array): Promise<void> {
  await s3().send(new PutObjectCommand({ Bucket: bucket(), Key: key, Body: bytes }));
}

/**
 * @param version refuses other bytes than those read before
 * @throws Permanent `not_found`, Transient where the object was replaced meanwhile
 */
export async function openFile(key: string, version?: string): Promise<OpenedFile> {
  try {
    const { Body, ETag = '' } = await s3().send(
      new GetObjectCommand({ Bucket: bucket(), Key: key, ...(version ? { IfMatch: version } : {}) }),
    );
    return { chunks: Body as unknown as AsyncIterable<Uint8Array>, version: ETag };
  } catch (error) {
    const { name, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    if (name === 'NoSuchKey' || name === 'NotFound') throw new Permanent('not_found', { detail: `file ${key}` });
    if ($metadata?.httpStatusCode === 412)
      throw new Transient('contention', { detail: 'the file was replaced while it was read' });
    throw error;
  }
}

/** An address that takes a PUT for a quarter of an hour. */
export function uploadUrl(key: string): Promise<string> {
  const command = new PutObjectCommand({ Bucket: bucket(), Key: key });
  return getSignedUrl(s3(), command, { expiresIn: UPLOAD_WITHIN_SECONDS });
}
