/** The CDK's command line, run on this project. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type { Environment } from './endpoint.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const CDK = createRequire(import.meta.url).resolve('aws-cdk/bin/cdk');

export interface CdkOptions {
  readonly environment: Environment;
  /** Gives its output only where it fails, and then as the error. */
  readonly quiet?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export async function cdk(commandLine: readonly string[], options: CdkOptions): Promise<void> {
  const { environment, quiet = false, signal } = options;
  const child = spawn(process.execPath, [CDK, ...commandLine], {
    cwd: PROJECT,
    env: { ...environment },
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    signal,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text) => {
      said += text;
    });
  const [exitCode] = await once(child, 'close');
  if (exitCode !== 0) throw new Error(`cdk ${commandLine[0]} ended with ${exitCode}\n${said}`);
}
