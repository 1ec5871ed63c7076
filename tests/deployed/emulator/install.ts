/** The emulator in a Python environment of its own, outside the project, kept for the next run. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from '../support/run.ts';

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
const INSTALLED_WITHIN_MILLISECONDS = 120_000;

/** The machine has no Python, no OpenSSL for a certificate, or no package index to ask: that says nothing about us. */
export class NotInstallable extends Error {}

function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lingkaran');
}

/** @returns the Python that has the emulator */
export async function installEmulator(): Promise<string> {
  const digest = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), `ministack-${digest}`);
  const python = join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return python;
  const signal = AbortSignal.timeout(INSTALLED_WITHIN_MILLISECONDS);
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await run('openssl', ['version'], { signal });
    await run('python3', ['-m', 'venv', folder], { signal });
    await run(python, ['-m', 'pip', 'install', '--quiet', '--requirement', REQUIREMENTS], { signal });
  } catch (error) {
    throw new NotInstallable(error instanceof Error ? error.message : String(error));
  }
  writeFileSync(complete, '');
  return python;
}
