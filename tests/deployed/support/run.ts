/** Runs a program to its end; only what was started here is ever ended. */
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
    const child = spawn(program, commandLine, {
      cwd: folder,
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        output += text;
      });
    const failed = ({ message }: Error) => reject(new Error(`${program} ${commandLine[0]}: ${message}\n${output}`));
    child.on('error', failed).on('close', (exitCode) => resolve({ exitCode, output }));
  });
}

/** What must succeed. */
export async function run(program: string, commandLine: readonly string[], options: RunOptions = {}): Promise<string> {
  const { exitCode, output } = await runToEnd(program, commandLine, options);
  if (exitCode !== 0) throw new Error(`${program} ${commandLine.join(' ')} ended with ${exitCode}\n${output}`);
  return output;
}
