/**
 * (g) What a cold start reads and runs: the bundle of the webhook function against one of a handler that does nothing
 * and one of a handler that only makes a client of the queue. Each import is in a process of its own, by turns.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { ESBUILD_OPTIONS } from '../../../infra/constructs/bundling.ts';
import { type Figure, median, type PartOptions, scaled } from '../figures.ts';

const ROUNDS = 25;
const LIMIT = 1.5;
const ROOT = resolve(import.meta.dirname, '../../..');
const execute = promisify(execFile);

const EMPTY = 'export const handler = async () => ({ statusCode: 200 });';
const QUEUE_CLIENT = `import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
const client = new SQSClient({});
export const handler = (event) => client.send(new SendMessageCommand(event));`;
const TIMED = `const started = performance.now();
const before = process.cpuUsage();
await import(process.argv[2]);
const milliseconds = performance.now() - started;
const { user, system } = process.cpuUsage(before);
process.stdout.write(JSON.stringify({ milliseconds, cpuMilliseconds: (user + system) / 1000 }));`;

interface Bundle {
  readonly file: string;
  readonly kilobytes: number;
}

async function bundle(folder: string, name: string, source: string | undefined): Promise<Bundle> {
  const file = join(folder, `${name}.mjs`);
  const entry =
    source === undefined
      ? { entryPoints: [join(ROOT, `functions/${name}/handler.ts`)] }
      : { stdin: { contents: source, resolveDir: ROOT } };
  const { outputFiles } = await build({ ...ESBUILD_OPTIONS, ...entry, write: false, logLevel: 'error' });
  const contents = outputFiles[0]?.contents ?? new Uint8Array();
  writeFileSync(file, contents);
  return { file, kilobytes: contents.length / 1024 };
}

interface Times {
  readonly milliseconds: number;
  readonly cpuMilliseconds: number;
}

/** By turns, so that what else the machine does falls on all alike; the CPU's time hardly feels it at all. */
async function importTimes(folder: string, bundles: readonly Bundle[], rounds: number): Promise<Times[][]> {
  const timer = join(folder, 'timed.mjs');
  writeFileSync(timer, TIMED);
  const times: Times[][] = bundles.map(() => []);
  const env = { ...process.env, AWS_REGION: 'ap-southeast-3', AWS_LAMBDA_FUNCTION_NAME: 'bench' };
  for (let round = 0; round < rounds; round += 1)
    for (const [index, { file }] of bundles.entries()) {
      const { stdout } = await execute(process.execPath, [timer, file], { env });
      times[index]?.push(JSON.parse(stdout));
    }
  return times;
}

export async function run({ scale }: PartOptions): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lingkaran-bench-'));
  try {
    const webhook = await bundle(folder, 'receive-webhook', undefined);
    const client = await bundle(folder, 'queue-client', QUEUE_CLIENT);
    const empty = await bundle(folder, 'empty', EMPTY);
    const times = await importTimes(folder, [webhook, client, empty], scaled(ROUNDS, scale, 5));
    const [ofWebhook = 0, ofClient = 0, ofEmpty = 0] = times.map((each) => median(each.map((it) => it.milliseconds)));
    const [cpuWebhook = 0, cpuClient = 0] = times.map((each) => median(each.map((it) => it.cpuMilliseconds)));
    return [
      { name: 'bundle of receive-webhook', value: webhook.kilobytes, unit: 'KiB' },
      { name: 'bundle with only a queue client', value: client.kilobytes, unit: 'KiB' },
      { name: 'bundle of an empty handler', value: empty.kilobytes, unit: 'KiB' },
      { name: 'import of receive-webhook, median', value: ofWebhook, unit: 'ms' },
      { name: 'import of only a queue client, median', value: ofClient, unit: 'ms' },
      { name: 'import of an empty handler, median', value: ofEmpty, unit: 'ms' },
      { name: 'webhook to queue client, medians', value: ofWebhook / ofClient, unit: 'x', atMost: LIMIT },
      { name: 'webhook to queue client, CPU, medians', value: cpuWebhook / cpuClient, unit: 'x' },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
