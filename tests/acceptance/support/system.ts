/**
 * The system under test. Each test file starts the embedded engine of its own on a fresh folder; with
 * `LINGKARAN_ACCEPTANCE_URL` and `LINGKARAN_ACCEPTANCE_TOKEN` the tests that need neither a clock of their own nor an
 * empty system run against that deployed stack instead (configured with the secrets of this folder).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, onTestFinished } from 'vitest';
import { Client } from './client.ts';
import type { OutboxMessage } from './contract.ts';
import { type Ended, EngineProcess } from './engine-process.ts';
import { SERVER_KEY } from './midtrans.ts';
import { PARTNER_SECRETS } from './partner.ts';

const DEPLOYED_URL = process.env.LINGKARAN_ACCEPTANCE_URL;
export const isDeployed = DEPLOYED_URL !== undefined;

/** Tests that move time, choose a configuration, begin with nothing or stop the process. */
export const describeEmbedded = describe.skipIf(isDeployed);

export interface SystemOptions {
  /** Where the stage's clock starts; it stands still until it is moved. */
  readonly now?: string;
  /** Sections of the configuration that differ from the usual. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** An existing data folder; a fresh one unless given, removed at the end. */
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Another program that is started like the engine, its path from the project. */
  readonly main?: string;
}

export const CONFIGURATION = {
  gateways: {
    midtrans: { serverKeys: [SERVER_KEY], statusApi: null },
    partner: {
      kitabisa: { secrets: [PARTNER_SECRETS.kitabisa] },
      baznas: { secrets: [PARTNER_SECRETS.baznas], fundClass: 'zakat' },
    },
  },
} as const;

const DEFAULT_NOW = '2026-12-01T08:00:00+07:00';
const LOOK_EVERY_MILLISECONDS = 500;
const SETTLED_WITHIN_MILLISECONDS = 60_000;

export interface System extends Client {
  readonly folder: string;
  /** What the process wrote to standard error so far. */
  stderr(): string;
  nowMilliseconds(): Promise<number>;
  /** Returns when nothing is left to do now. */
  settle(): Promise<void>;
  advanceBy(duration: string): Promise<void>;
  advanceTo(time: string): Promise<void>;
  outbox(): Promise<readonly OutboxMessage[]>;
  /** `kill -9`; the data folder stays. */
  kill(): Promise<void>;
  stop(): Promise<Ended | null>;
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'lingkaran-acceptance-'));
}

/** The command line of an engine that stands still on the given folder. */
export function commandLine(folder: string, { now, configuration }: SystemOptions = {}): string[] {
  const file = join(folder, 'configuration.json');
  writeFileSync(file, JSON.stringify({ ...CONFIGURATION, ...configuration }));
  const data = join(folder, 'data');
  return ['--empty', '--speed', '0', '--port', '0', '--data', data, '--config', file, '--now', now ?? DEFAULT_NOW];
}

export async function startSystem(options: SystemOptions = {}): Promise<System> {
  if (DEPLOYED_URL !== undefined) return new DeployedSystem(DEPLOYED_URL);
  const folder = options.folder ?? temporaryFolder();
  const engine = new EngineProcess(commandLine(folder, options), options.environment, options.main);
  const { url, operatorToken } = await engine.ready();
  return new EmbeddedSystem(url, operatorToken, engine, folder, options.folder === undefined);
}

/** For one test: it is stopped with the test, however that ends. */
export async function startSystemForTest(options: SystemOptions = {}): Promise<System> {
  const system = await startSystem(options);
  onTestFinished(async () => {
    await system.stop();
  });
  return system;
}

class EmbeddedSystem extends Client implements System {
  readonly folder: string;
  readonly #engine: EngineProcess;
  readonly #removesFolder: boolean;

  constructor(url: string, token: string, engine: EngineProcess, folder: string, removesFolder: boolean) {
    super(url, token);
    this.#engine = engine;
    this.folder = folder;
    this.#removesFolder = removesFolder;
  }

  stderr(): string {
    return this.#engine.stderr;
  }

  async nowMilliseconds(): Promise<number> {
    const { now } = await this.must<{ now: string }>('GET', '/local/clock');
    return Date.parse(now);
  }

  async settle(): Promise<void> {
    await this.must('POST', '/local/drain');
  }

  async advanceBy(advanceBy: string): Promise<void> {
    await this.must('POST', '/local/clock', { advanceBy });
  }

  async advanceTo(advanceTo: string): Promise<void> {
    await this.must('POST', '/local/clock', { advanceTo });
  }

  outbox(): Promise<readonly OutboxMessage[]> {
    return this.list('/local/outbox');
  }

  async kill(): Promise<void> {
    await this.#engine.end('SIGKILL');
  }

  async stop(): Promise<Ended> {
    const ended = await this.#engine.end('SIGTERM');
    if (this.#removesFolder) rmSync(this.folder, { recursive: true, force: true });
    return ended;
  }
}

class DeployedSystem extends Client implements System {
  readonly folder = '';

  constructor(url: string) {
    super(url, process.env.LINGKARAN_ACCEPTANCE_TOKEN ?? '');
  }

  stderr(): string {
    return '';
  }

  async nowMilliseconds(): Promise<number> {
    return Date.now();
  }

  /** Queues count approximately, so they must look empty twice. */
  async settle(): Promise<void> {
    const giveUp = Date.now() + SETTLED_WITHIN_MILLISECONDS;
    for (let quiet = 0; quiet < 2; ) {
      if (Date.now() > giveUp) throw new Error('the queues do not come to rest');
      await sleep(LOOK_EVERY_MILLISECONDS);
      const busy = (await this.queues()).some(({ ready, inFlight }) => ready + inFlight > 0);
      quiet = busy ? 0 : quiet + 1;
    }
  }

  advanceBy(): Promise<void> {
    return Promise.reject(new Error('a deployed stack keeps its own time'));
  }

  advanceTo(): Promise<void> {
    return this.advanceBy();
  }

  async outbox(): Promise<readonly OutboxMessage[]> {
    return [];
  }

  kill(): Promise<void> {
    return Promise.reject(new Error('a deployed stack is not ours to kill'));
  }

  async stop(): Promise<null> {
    return null;
  }
}
