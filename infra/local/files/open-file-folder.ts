/** The bucket of the template as a folder of the data, and its queue told of new files. */
import { join } from 'node:path';
import type { Foundation } from '../foundation.ts';
import { FileFolder } from './file-folder.ts';

export interface OpenedFiles {
  readonly bucket: string;
  readonly folder: FileFolder;
}

/** Undefined for a template without a bucket. */
export function openFileFolder(
  data: string,
  { database, queues, system }: Pick<Foundation, 'database' | 'queues' | 'system'>,
): OpenedFiles | undefined {
  const [bucket] = system.buckets;
  if (!bucket) return undefined;
  const queue = queues.byArn(bucket.queueArn);
  if (!queue) throw new Error(`${bucket.name} tells ${bucket.queueArn}, which is no queue of the template`);
  const announce = async (key: string, bytes: number) => {
    const body = JSON.stringify(notification(bucket.name, key, bytes));
    const { status } = await queues.call('SendMessage', { QueueUrl: queue.url, MessageBody: body });
    if (status !== 200) throw new Error(`${key} could not be announced`);
  };
  return { bucket: bucket.name, folder: new FileFolder({ folder: join(data, 'files'), database, announce }) };
}

/** What S3 says, of what our functions read. */
function notification(bucket: string, key: string, bytes: number) {
  const encoded = encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
  const s3 = { bucket: { name: bucket }, object: { key: encoded, size: bytes } };
  return { Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3 }] };
}
