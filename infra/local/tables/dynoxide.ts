/** The tables: dynoxide, DynamoDB on SQLite, as a program beside the engine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { close, listen } from '../listen.ts';

export interface TableServer {
  readonly url: string;
  /** Resolves with what happened if it ends before it is stopped. */
  readonly died: Promise<string>;
  stop(): Promise<void>;
}

const HEALTHY_WITHIN_MILLISECONDS = 15_000;
const LOOK_EVERY_MILLISECONDS = 10;

function program(): string {
  const name = `@dynoxide/${process.platform}-${process.arch}`;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    return join(folder, process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide');
  } catch {
    throw new Error(`the tables need the package ${name}; install it with \`npm install --no-save ${name}@1.2.1\``);
  }
}

export async function startTables(folder: string, preferredPort: number): Promise<TableServer> {
  const pidFile = join(folder, 'tables.pid');
  const file = join(folder, 'tables.sqlite');
  await endStale(pidFile, file);
  const port = await freePort(preferredPort);
  const supervisor = join(import.meta.dirname, 'supervise.mjs');
  const child = spawn(
    process.execPath,
    [supervisor, pidFile, program(), 'serve', '--host', '127.0.0.1', '--port', String(port), '--db-path', file],
    // A group of its own: an interrupt from the keyboard is the engine's to handle.
    { stdio: ['pipe', 'ignore', 'inherit'], detached: true },
  );
  const died = once(child, 'exit').then(([code]) => `the tables ended with code ${code}`);
  const url = `http://127.0.0.1:${port}`;
  await Promise.race([healthy(url), died.then((reason) => Promise.reject(new Error(reason)))]);
  return { url, died, stop: () => stop(child, pidFile) };
}

async function stop(child: ChildProcess, pidFile: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.stdin?.end();
    await exited;
  }
  rmSync(pidFile, { force: true });
}

async function healthy(url: string): Promise<void> {
  const giveUp = Date.now() + HEALTHY_WITHIN_MILLISECONDS;
  while (Date.now() < giveUp) {
    const answered = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return;
    await sleep(LOOK_EVERY_MILLISECONDS);
  }
  throw new Error(`the tables did not answer on ${url} within ${HEALTHY_WITHIN_MILLISECONDS / 1000} s`);
}

/** Of an engine that was killed a moment ago; two of them must not write one file. */
async function endStale(pidFile: string, databaseFile: string): Promise<void> {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  for (let tries = 0; runs(pid, databaseFile); tries += 1) {
    if (tries === 50) process.kill(pid, 'SIGKILL');
    await sleep(20);
  }
  rmSync(pidFile, { force: true });
}

/** Whether the process is still ours: a number may have been given to another since. */
function runs(pid: number, databaseFile: string): boolean {
  try {
    process.kill(pid, 0);
    const commandLine = `/proc/${pid}/cmdline`;
    return !existsSync('/proc/self') || readFileSync(commandLine, 'utf8').includes(databaseFile);
  } catch {
    return false;
  }
}

async function freePort(preferred: number): Promise<number> {
  const server = createServer();
  const port = await listen(server, preferred, 0);
  await close(server);
  return port;
}
