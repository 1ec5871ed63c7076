/** The embedded engine: runs the template of this repository on this machine. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { formatWib, type Instant, instantFromMilliseconds } from '../../shared/domain/dates.ts';
import { type Configuration, settingsSchema } from '../../shared/settings.ts';
import { type LocalControls, localRoutes, type Outbox } from './http/local-routes.ts';
import { httpServer } from './http/server.ts';
import { close, listen } from './listen.ts';
import { type EngineOptions, EXAMPLE_CONFIGURATION_FILE, readConfigurationFile } from './options.ts';
import { outboxOf } from './outbox.ts';
import { openRuntime, type Runtime } from './runtime.ts';
import { openSandbox, type Sandbox } from './sandbox/sandbox.ts';
import type { StageClock } from './stage-clock.ts';
import { repositoryTemplate } from './template/cached-template.ts';
import type { Template } from './template/template.ts';
import type { Timekeeper } from './timekeeper.ts';

export interface Engine {
  readonly url: string;
  readonly operatorToken: string;
  readonly configuration: Configuration;
  /** The data folder was empty. */
  readonly fresh: boolean;
  readonly clock: EngineClock;
  /** Returns when the clock shows that time and all work due by then is done. */
  advanceTo(time: string | number): Promise<void>;
  /** Returns when nothing is left to do now. */
  drain(): Promise<void>;
  outbox(): Promise<readonly Record<string, unknown>[]>;
  /** Resolves with what happened if it ends by itself. */
  readonly failed: Promise<string>;
  stop(): Promise<void>;
}

export interface EngineClock {
  now(): Instant;
  /** Stage seconds per real second. */
  readonly speed: number;
  setSpeed(speed: number): void;
}

/** For tests: another template or other functions than those of the repository. */
export interface EngineParts {
  readonly template?: (configuration: Configuration) => Template | Promise<Template>;
  readonly functionsFolder?: string;
  /** All functions in this thread, where a test can look into them. */
  readonly oneThread?: boolean;
}

const DEFAULT_PORT = 4000;
const ANSWERS_MAY_TAKE_MILLISECONDS = 700;
const FUNCTIONS_FOLDER = resolve(import.meta.dirname, '../../functions');

/** Handlers read the environment and keep clients, so one process runs one engine at a time. */
let running = false;

export async function startEngine(options: EngineOptions, parts: EngineParts = {}): Promise<Engine> {
  if (running) throw new Error('this process runs an engine already');
  running = true;
  const folder = resolve(options.data);
  const fresh = !existsSync(join(folder, 'engine.sqlite'));
  const configuration = options.configuration ?? readConfigurationFile(EXAMPLE_CONFIGURATION_FILE);
  let runtime: Runtime | undefined;
  try {
    runtime = await openRuntime({
      folder,
      gateways: options.gateways ?? (() => configuration.gateways),
      operators: options.operators ?? (() => configuration.operators.people),
      messengers: options.messengers ?? (() => configuration.messengers),
      startMilliseconds: options.startMilliseconds ?? Date.now(),
      speed: options.speed ?? 1,
      template: () => (parts.template ?? templateOf)(configuration),
      functionsFolder: parts.functionsFolder ?? FUNCTIONS_FOLDER,
      oneThread: parts.oneThread ?? false,
    });
    return await serve(runtime, { ...options, data: folder }, { configuration, fresh });
  } catch (error) {
    await runtime?.close();
    running = false;
    throw error;
  }
}

/** What a deployment is told, without the secrets that a configuration file holds beside it. */
export function templateOf(configuration: Configuration): Promise<Template> {
  const { gateways: _secret, messengers: _secrets, operators: _people, ...settings } = configuration;
  return repositoryTemplate(settingsSchema.parse(settings));
}

async function serve(
  runtime: Runtime,
  { data, port: wanted = DEFAULT_PORT, say = console.error }: EngineOptions,
  known: Pick<Engine, 'configuration' | 'fresh'>,
): Promise<Engine> {
  const { timekeeper, clock, operatorToken, tablesUrl } = runtime;
  const outbox = outboxOf(runtime.system.tables, tablesUrl, runtime.outboxKey);
  const sandbox = openSandbox(data);
  const controls = controlsOf(runtime, outbox, sandbox);
  const routes = runtime.system.routes;
  const server = httpServer({ ...runtime, routes, local: localRoutes(controls), now: controls.now });
  const port = await listen(server, wanted, 'next');
  if (wanted !== 0 && port !== wanted) say(`port ${wanted} is taken, so this is on ${port}`);
  const url = `http://127.0.0.1:${port}`;
  // Known only now; functions read it when they make a link.
  process.env.PUBLIC_URL = url;
  const note = join(data, 'endpoint.json');
  // For the command line, and for whoever wants to look into the tables with a client of their own.
  writeFileSync(note, `${JSON.stringify({ url, operatorToken, tablesUrl, pid: process.pid })}\n`, { mode: 0o600 });
  runtime.begin();
  return {
    url,
    operatorToken,
    ...known,
    clock: engineClock(clock, timekeeper),
    advanceTo: (time) => timekeeper.advanceTo(typeof time === 'number' ? time : Date.parse(time)),
    drain: controls.drain,
    outbox: () => outbox.items(),
    failed: runtime.failed,
    async stop() {
      rmSync(note, { force: true });
      await close(server, ANSWERS_MAY_TAKE_MILLISECONDS);
      outbox.close();
      sandbox.close();
      await runtime.close();
      running = false;
    },
  };
}

function controlsOf({ clock, timekeeper }: Runtime, outbox: Outbox, sandbox: Sandbox): LocalControls {
  return {
    now: () => clock.now(),
    speed: () => timekeeper.speed,
    advanceTo: (milliseconds) => timekeeper.advanceTo(milliseconds),
    drain: () => timekeeper.drain(),
    outbox,
    sandbox,
  };
}

function engineClock(clock: StageClock, timekeeper: Timekeeper): EngineClock {
  return {
    now: () => instantFromMilliseconds(clock.now()),
    get speed() {
      return timekeeper.speed;
    },
    setSpeed: (speed) => timekeeper.setSpeed(speed),
  };
}

export function readyLine({ url, operatorToken, clock }: Engine): string {
  return JSON.stringify({ ready: true, url, operatorToken, now: formatWib(clock.now()) });
}
