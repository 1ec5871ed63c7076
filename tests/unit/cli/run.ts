/** Runs the command line in this process, against whatever stands behind a url. */
import { resolve } from 'node:path';
import { runCommandLine } from '../../../infra/cli/command-line.ts';

export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly said: string;
}

export const projectFolder = resolve(import.meta.dirname, '../../..');

export interface RunOptions {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export async function run(argv: readonly string[], { input = '', environment = {} }: RunOptions = {}): Promise<Ran> {
  const out: string[] = [];
  const said: string[] = [];
  const exitCode = await runCommandLine(argv, {
    out: (line) => void out.push(line),
    say: (line) => void said.push(line),
    async *lines() {
      yield* input.split('\n');
    },
    environment: { LINGKARAN_DATA: '/nonexistent/lingkaran', ...environment },
    folder: projectFolder,
    machineMilliseconds: () => Date.parse('2026-11-20T07:05:00Z'),
    show: null,
  });
  return { exitCode, out: out.join('\n'), said: said.join('\n') };
}
