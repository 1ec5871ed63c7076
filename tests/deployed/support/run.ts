/** Runs a program to its end. Where that is not waited for, it ends with all it started, and nothing else does. */
import { spawn } from 'node:child_process';
import type { Environment } from '../../../infra/deploy/endpoint.ts';

export interface RunOptions {
  readonly environment?: Environment;
  readonly folder?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Ran {
  readonly exitCode: number | null;
  readonly output: string;
}

export function runToEnd(program: string, commandLine: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { environment = process.env, folder, signal } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(program, commandLine, {
      cwd: folder,
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, which can be ended as a whole.
      detached: true,
    });
    const end = () => child.pid && process.kill(-child.pid, 'SIGTERM');
    signal?.addEventListener('abort', end);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        output += text;
      });
    child.on('error', reject).on('close', (exitCode) => {
      signal?.removeEventListener('abort', end);
      if (signal?.aborted) reject(new Error(`${commandLine[0]} was stopped, ${signal.reason}\n${output}`));
      else resolve({ exitCode, output });
    });
  });
}

/** What must succeed. */
export async function run(program: string, commandLine: readonly string[], options: RunOptions = {}): Promise<string> {
  const { exitCode, output } = await runToEnd(program, commandLine, options);
  if (exitCode !== 0) throw new Error(`${program} ${commandLine.join(' ')} ended with ${exitCode}\n${output}`);
  return output;
}
