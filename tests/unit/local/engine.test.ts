/** The whole engine in a process of its own, driven over HTTP, killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

interface Running {
  readonly process: ChildProcess;
  readonly url: string;
  readonly now: string;
}

let folder: string;
let running: Running | undefined;

async function start(environment: Record<string, string> = {}): Promise<Running> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'small-system/run.ts'), folder], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...environment },
  });
  const line = await Promise.race([
    once(child.stdout, 'data').then(([text]) => String(text)),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`ended with ${code} before it was ready`))),
  ]);
  running = { process: child, ...JSON.parse(line) };
  return running as Running;
}

async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const child = running?.process;
  running = undefined;
  if (!child || child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

const post = (path: string, body: string) => fetch(`${running?.url}${path}`, { method: 'POST', body });
const advanceTo = (time: string) => post('/local/clock', JSON.stringify({ advanceTo: time }));

/** What the functions wrote down. */
async function notes(pk: string): Promise<string[]> {
  const { tablesUrl } = JSON.parse(readFileSync(join(folder, 'endpoint.json'), 'utf8'));
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: tablesUrl, region: 'ap-southeast-3', credentials });
  const found = await client.send(
    new QueryCommand({
      TableName: 'lingkaran-table',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: pk } },
    }),
  );
  client.destroy();
  return (found.Items ?? []).map(({ sk }) => sk?.S ?? '');
}

function tablesPid(): number {
  return Number(readFileSync(join(folder, 'tables.pid'), 'utf8'));
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await sleep(10);
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lingkaran-engine-'));
});
afterEach(async () => {
  await end('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe('the engine', () => {
  it('goes on where it was killed', { timeout: 60_000 }, async () => {
    const first = await start();
    expect(first.now).toBe('2026-12-01T08:00:00.000+07:00');
    await post('/notes/later', 'delayed');
    await post('/notes/execution', '2027-03-01T00:00:00Z');
    await advanceTo('2026-12-01T08:10:00+07:00');
    expect((await post('/notes/queue', 'slow')).status).toBe(202);
    await until(async () => (await notes('TRIED')).includes('slow#1'));
    const tables = tablesPid();
    await end('SIGKILL');
    await until(() => !lives(tables));

    const second = await start({ HURRY: 'yes' });
    expect(second.now).toBe('2026-12-01T08:10:00.000+07:00');
    await post('/local/drain', '');
    expect(await notes('DONE')).toEqual(['slow']);
    await advanceTo('2026-12-01T08:15:00+07:00');
    expect(await notes('DONE')).toEqual(['delayed', 'slow']);
    expect(await notes('NOTE')).toEqual([]);
    await advanceTo('2027-03-01T07:00:00+07:00');
    const written = await notes('NOTE');
    expect(written).toContain('execution');
    expect(written.filter((note) => note.startsWith('20'))).toHaveLength(90);
    expect(written[0]).toBe('2026-12-01T17:05:00Z');
  });

  it('stops at once, says where it is while it runs, and lets nobody else onto its folder', {
    timeout: 60_000,
  }, async () => {
    const { url } = await start();
    const note = JSON.parse(readFileSync(join(folder, 'endpoint.json'), 'utf8'));
    expect(note).toMatchObject({ url, operatorToken: 'token' });
    const mine = running;
    await expect(start()).rejects.toThrow('ended with 1');
    running = mine;
    const tables = tablesPid();
    const before = performance.now();
    await end('SIGTERM');
    expect(performance.now() - before).toBeLessThan(2000);
    expect(lives(tables)).toBe(false);
  });

  it('gives what never works to the dead-letter queue, and draining ends', { timeout: 60_000 }, async () => {
    await start();
    await post('/notes/queue', 'bad');
    await post('/local/drain', '');
    expect(await notes('TRIED')).toEqual(['bad#1', 'bad#2', 'bad#3', 'bad#4', 'bad#5']);
    expect(await notes('DONE')).toEqual([]);
  });
});
