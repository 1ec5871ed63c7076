/**
 * `npm run test:deployed`: the real template with the real bundles on AWS: on the endpoint in `AWS_ENDPOINT_URL`, with
 * `-- --account` in the account of the environment, else on an emulator that is installed and started for it. One
 * stage's clock runs so fast that three months and their grace pass in two minutes; others keep real time for the
 * acceptance tests that a deployed stage can answer.
 * Ends with 0 when all passed, 1 when not, and 3 when an emulator was needed and could not be installed.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deploymentEnvironment } from '../../infra/deploy/endpoint.ts';
import { DEFAULT_REGION } from '../../infra/stage.ts';
import { installEmulator, NotInstallable } from './emulator/install.ts';
import { type Emulator, startEmulator } from './emulator/ministack.ts';
import { runLanes } from './lanes.ts';

const EXIT_NOT_INSTALLABLE = 3;
const EMULATOR_LIMIT_MILLISECONDS = 295_000;
/** An account takes minutes to make what an emulator makes at once. */
const ACCOUNT_LIMIT_MILLISECONDS = 45 * 60_000;
const LOG_LINES_SHOWN = 40;

const interrupted = new AbortController();
const begin = performance.now();
function say(text: string): void {
  process.stderr.write(`deployed [${((performance.now() - begin) / 1000).toFixed(0)} s]: ${text}\n`);
}

/** From here on this process and all it starts speak to the emulator. */
async function ownEmulator(folder: string): Promise<Emulator> {
  const python = await installEmulator();
  const emulator = await startEmulator(python, folder);
  process.env.AWS_ENDPOINT_URL = emulator.url;
  // The first is Node's, the second the CDK's.
  process.env.NODE_EXTRA_CA_CERTS = emulator.certificateFile;
  process.env.AWS_CA_BUNDLE = emulator.certificateFile;
  for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])
    delete process.env[name];
  say(`the emulator listens at ${emulator.url}, permissions enforced`);
  return emulator;
}

function whatFunctionsSaid(emulator: Emulator): string {
  const lines = readFileSync(emulator.logFile, 'utf8').split('\n');
  return lines
    .filter((line) => /"level":"(ERROR|WARN)"|\[(error|warning)\]|Traceback| ERROR /i.test(line))
    .slice(-LOG_LINES_SHOWN)
    .join('\n');
}

async function main(folder: string): Promise<number> {
  const isGiven = Boolean(process.env.AWS_ENDPOINT_URL) || process.argv.includes('--account');
  const limit = AbortSignal.timeout(isGiven ? ACCOUNT_LIMIT_MILLISECONDS : EMULATOR_LIMIT_MILLISECONDS);
  const signal = AbortSignal.any([limit, interrupted.signal]);
  const emulator = isGiven ? null : await ownEmulator(join(folder, 'emulator'));
  try {
    const region = process.env.LINGKARAN_REGION ?? DEFAULT_REGION;
    Object.assign(process.env, deploymentEnvironment(process.env), { AWS_REGION: region });
    const passed = await runLanes({ folder, say, signal, suffix: randomBytes(3).toString('hex') });
    if (!passed && emulator) process.stderr.write(`${whatFunctionsSaid(emulator)}\n`);
    return passed ? 0 : 1;
  } finally {
    await emulator?.stop();
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort(new Error(signal)));
const folder = mkdtempSync(join(tmpdir(), 'lingkaran-deployed-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
try {
  process.exitCode = await main(folder);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const notInstallable = error instanceof NotInstallable;
  say(notInstallable ? `NOT RUN, THE EMULATOR OF AWS CANNOT BE INSTALLED HERE: ${message}` : `failed: ${message}`);
  process.exitCode = notInstallable ? EXIT_NOT_INSTALLABLE : 1;
}
say('end');
