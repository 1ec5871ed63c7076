/**
 * MiniStack as a child process: on this machine's loopback only, with TLS and with permissions enforced, so that a role
 * which lacks one fails here as it would on AWS. Everything it writes is in one folder.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { DEFAULT_REGION } from '../../../infra/stage.ts';

const START = join(import.meta.dirname, 'start.py');
const READY_WITHIN_MILLISECONDS = 30_000;
const STOPS_WITHIN_MILLISECONDS = 5_000;
const LOOK_EVERY_MILLISECONDS = 100;

export interface Emulator {
  readonly url: string;
  /** Whom to trust, for `NODE_EXTRA_CA_CERTS`. */
  readonly certificateFile: string;
  readonly logFile: string;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Functions inherit what the emulator is given, so nothing of this process goes along: no credentials, no settings. */
function environmentOf(folder: string, port: number): Record<string, string> {
  return {
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    HOME: folder,
    TMPDIR: folder,
    PYTHONDONTWRITEBYTECODE: '1',
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    MINISTACK_HOST: 'localhost',
    MINISTACK_REGION: process.env.LINGKARAN_REGION ?? DEFAULT_REGION,
    USE_SSL: '1',
    AUTH: 'true',
    MINISTACK_WORKER_THREADS: '256',
    AWS_ENDPOINT_URL: `https://localhost:${port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    NODE_EXTRA_CA_CERTS: join(folder, 'ministack-tls', 'server.crt'),
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/_ministack/health`)).ok;
  } catch {
    return false;
  }
}

function trust(certificateFile: string): boolean {
  try {
    tls.setDefaultCACertificates([...tls.getCACertificates('bundled'), readFileSync(certificateFile, 'utf8')]);
    return true;
  } catch {
    return false;
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Its functions are processes of its group and go with it. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (!hasEnded(child) && child.pid !== undefined) process.kill(-child.pid, signal);
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const closed = once(child, 'close');
  signalGroup(child, 'SIGTERM');
  const late = sleep(STOPS_WITHIN_MILLISECONDS, 'late', { ref: false });
  if ((await Promise.race([closed, late])) === 'late') signalGroup(child, 'SIGKILL');
  await closed;
}

export async function startEmulator(python: string, folder: string): Promise<Emulator> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const environment = environmentOf(folder, port);
  const url = `https://localhost:${port}`;
  const certificateFile = environment.NODE_EXTRA_CA_CERTS!;
  const logFile = join(folder, 'ministack.log');
  const log = openSync(logFile, 'a');
  const child = spawn(python, [START], { env: environment, stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  process.on('exit', () => signalGroup(child, 'SIGKILL'));
  const giveUp = Date.now() + READY_WITHIN_MILLISECONDS;
  while (!(trust(certificateFile) && (await isReady(url)))) {
    if (hasEnded(child) || Date.now() > giveUp) {
      await stop(child);
      throw new Error(`the emulator did not start\n${readFileSync(logFile, 'utf8')}`);
    }
    await sleep(LOOK_EVERY_MILLISECONDS);
  }
  return { url, certificateFile, logFile, stop: () => stop(child) };
}
