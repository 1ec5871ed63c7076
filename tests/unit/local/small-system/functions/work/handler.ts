/** Writes down what it found in the queue; `slow` takes long, `bad` never works. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSEvent } from 'aws-lambda';
import { note } from '../note/handler.ts';

const LONG_MILLISECONDS = 5000;

export const handler = async ({ Records }: SQSEvent) => {
  const failed: string[] = [];
  for (const { body, messageId, attributes } of Records) {
    await note('TRIED', `${body}#${attributes.ApproximateReceiveCount}`);
    if (body === 'slow' && process.env.HURRY !== 'yes') await sleep(LONG_MILLISECONDS);
    if (body === 'bad') failed.push(messageId);
    else await note('DONE', body);
  }
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
};
