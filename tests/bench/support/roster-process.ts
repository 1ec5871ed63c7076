/** One of the two functions of a roster import, alone in its process. */
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { APIGatewayProxyEventV2, SQSBatchResponse } from 'aws-lambda';
import type { RosterAnswer, RosterTask } from '../parts/roster-memory.ts';
import { CONTEXT, queueEvent } from './surroundings.ts';

const MEBIBYTE = 1024 * 1024;
const LONGEST_EVENT_BYTES = 6 * MEBIBYTE;

async function submit({ files, token }: Extract<RosterTask, { kind: 'submit' }>): Promise<number> {
  const { handler } = await import('../../../functions/serve-operators/handler.ts');
  for (const file of files) {
    const text = eventText(readFileSync(file, 'utf8'), token);
    const { statusCode, body } = await handler(JSON.parse(text) as APIGatewayProxyEventV2, CONTEXT);
    if (statusCode !== 202) throw new Error(`the roster was answered ${statusCode}: ${body}`);
  }
  return files.length;
}

function eventText(csv: string, token: string): string {
  const path = '/api/worker-imports';
  const http = { method: 'POST', path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'bench' };
  const event = {
    version: '2.0',
    routeKey: 'ANY /api/{proxy+}',
    rawPath: path,
    rawQueryString: '',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv', host: 'bench' },
    requestContext: { http, stage: '$default', requestId: 'bench', domainName: 'bench' },
    body: csv,
    isBase64Encoded: false,
  };
  const text = JSON.stringify(event);
  if (Buffer.byteLength(text) > LONGEST_EVENT_BYTES) throw new Error('more than Lambda can be sent');
  return text;
}

async function importChunks({ file, seconds }: Extract<RosterTask, { kind: 'import' }>): Promise<number> {
  const { handler } = await import('../../../functions/import-workers/handler.ts');
  const giveUp = performance.now() + seconds * 1000;
  let done = 0;
  for await (const chunk of createInterface({ input: createReadStream(file) })) {
    if (performance.now() > giveUp) break;
    const answer = (await handler(queueEvent([chunk]), CONTEXT)) as SQSBatchResponse;
    if (answer.batchItemFailures.length > 0) throw new Error('a chunk was handed back');
    done += 1;
  }
  return done;
}

process.once('message', async (task: RosterTask) => {
  await import(`../../../functions/${task.kind === 'submit' ? 'serve-operators' : 'import-workers'}/handler.ts`);
  const idleMegabytes = process.memoryUsage.rss() / MEBIBYTE;
  const started = performance.now();
  const done = task.kind === 'submit' ? await submit(task) : await importChunks(task);
  const seconds = (performance.now() - started) / 1000;
  const answer: RosterAnswer = { idleMegabytes, peakMegabytes: process.resourceUsage().maxRSS / 1024, done, seconds };
  process.send?.(answer, () => process.exit(0));
});
