/** `npm start` as a child process: what it prints, how it ends. Only processes started here are ever ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const PROJECT = resolve(import.meta.dirname, '../../..');
const MAIN = 'infra/local/main.ts';
const READY_WITHIN_MILLISECONDS = 60_000;
const STOPS_WITHIN_MILLISECONDS = 10_000;

export interface ReadyLine {
  readonly ready: boolean;
  readonly url: string;
  readonly operatorToken: string;
  readonly now: string;
}

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Whatever a test leaves behind goes with the test's own process. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ended>;
  readonly #firstLine: Promise<string>;
  #stdout = '';
  #stderr = '';

  /** @param main another program that is started like the engine */
  constructor(commandLine: readonly string[], environment: Readonly<Record<string, string>> = {}, main = MAIN) {
    const child = spawn(process.execPath, [main, ...commandLine], {
      cwd: PROJECT,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    this.#child = child;
    child.stdout.on('data', (text) => {
      this.#stdout += text;
    });
    child.stderr.on('data', (text) => {
      this.#stderr += text;
    });
    this.#firstLine = once(createInterface({ input: child.stdout }), 'line').then(([line]) => line as string);
    this.#ended = once(child, 'close').then(([exitCode, signal]) => {
      running.delete(child);
      return { exitCode, signal, stdout: this.#stdout, stderr: this.#stderr } as Ended;
    });
  }

  get stderr(): string {
    return this.#stderr;
  }

  async ready(): Promise<ReadyLine> {
    const first = await Promise.race([
      this.#firstLine,
      this.#ended.then(({ exitCode, stderr }) => Promise.reject(new Error(`ended with ${exitCode}: ${stderr}`))),
      sleep(READY_WITHIN_MILLISECONDS, undefined, { ref: false }).then(() =>
        Promise.reject(new Error(`not ready in time: ${this.#stderr}`)),
      ),
    ]);
    return JSON.parse(first) as ReadyLine;
  }

  ended(): Promise<Ended> {
    return this.#ended;
  }

  async end(signal: NodeJS.Signals): Promise<Ended> {
    this.#child.kill(signal);
    const late = sleep(STOPS_WITHIN_MILLISECONDS, undefined, { ref: false }).then(() => {
      this.#child.kill('SIGKILL');
      return this.#ended;
    });
    return Promise.race([this.#ended, late]);
  }
}

/** Runs it to its end, for command lines that are refused. */
export async function runToEnd(commandLine: readonly string[]): Promise<Ended> {
  const engine = new EngineProcess(commandLine);
  const late = sleep(READY_WITHIN_MILLISECONDS, undefined, { ref: false }).then(() => engine.end('SIGKILL'));
  return Promise.race([engine.ended(), late]);
}
