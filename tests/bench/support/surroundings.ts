/** Opens the AWS around one function and points this process at it, before any handler is imported. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context, SQSEvent } from 'aws-lambda';

export interface Surroundings {
  readonly folder: string;
  readonly operatorToken: string;
  /** Where they lie, a body a line. */
  fileOf(queueUrl: string): string;
  /** The bodies a queue took, oldest first. */
  taken(queueUrl: string): string[];
  close(): Promise<void>;
}

interface Ready {
  readonly environment: Record<string, string>;
  readonly operators: string;
}

export async function openSurroundings(): Promise<Surroundings> {
  const folder = mkdtempSync(join(tmpdir(), 'lingkaran-bench-'));
  const child = fork(join(import.meta.dirname, 'surroundings-process.ts'), [folder], {
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const { environment, operators } = await ready(child);
  Object.assign(process.env, environment);
  const fileOf = (queueUrl: string) => join(folder, `${queueUrl.split('/').at(-1)}.jsonl`);
  return {
    folder,
    operatorToken: (JSON.parse(operators) as { tokens: string[] }).tokens[0] as string,
    fileOf,
    taken(queueUrl) {
      const file = fileOf(queueUrl);
      return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
    },
    async close() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function ready(child: ChildProcess): Promise<Ready> {
  return Promise.race([
    once(child, 'message').then(([message]) => message as Ready),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the surroundings ended with code ${code}`))),
  ]);
}

export const CONTEXT = { awsRequestId: 'bench', functionName: 'bench', memoryLimitInMB: '512' } as Context;

/** Bodies as a function receives them from its queue. */
export function queueEvent(bodies: readonly string[], isFifo = false): SQSEvent {
  return {
    Records: bodies.map((body, index) => ({
      messageId: `bench-${index}`,
      receiptHandle: '',
      body,
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '0',
        SenderId: '',
        ApproximateFirstReceiveTimestamp: '0',
        ...(isFifo ? { MessageGroupId: 'bench' } : {}),
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:ap-southeast-3:000000000000:bench${isFifo ? '.fifo' : ''}`,
      awsRegion: 'ap-southeast-3',
    })),
  };
}
