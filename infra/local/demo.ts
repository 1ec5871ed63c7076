/**
 * `npm run demo -- [--json] [--workers 1000] [--data FOLDER] [--policy FILE]`: the example campaign, headless and as fast as it goes,
 * three months and grace included. The report goes to standard output, everything else to standard error; it ends with
 * 0 only if every invariant holds. It plays on a fresh temporary folder; one that is named is kept, and a run that was
 * stopped goes on from there. With `--policy FILE` an allocation policy is published before anything happens.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { civilDate, instantOfDate } from '../../shared/domain/dates.ts';
import { call, Refusal, type Target } from '../cli/api.ts';
import { startEngine } from './engine.ts';
import { playExampleCampaign } from './example/play.ts';
import { ProgressFile } from './example/progress.ts';
import { type ExampleReport, exampleReport } from './example/report.ts';
import { reportLines } from './example/report-lines.ts';
import { VALID_WORKERS } from './example/roster.ts';

const FIRST_DAY = civilDate('2026-12-01');
const START_HOUR = 8;
const WRONG_USE = 2;
const ALREADY_PUBLISHED = 409;
const USAGE = 'usage: npm run demo -- [--json] [--workers 1000] [--data FOLDER] [--policy FILE]';

/** Functions log where they like; the report is all there is on standard output. */
const print = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
const began = performance.now();
const secondsSoFar = () => (performance.now() - began) / 1000;
const say = (line: string) => console.error(`${secondsSoFar().toFixed(1).padStart(6)} s  ${line}`);

interface Played {
  readonly report: ExampleReport;
  readonly seconds: number;
}

/** A demo that goes on published it before. */
async function publish(target: Target, policy: unknown): Promise<void> {
  await call(target, 'POST', '/api/policies', { json: policy }).catch((error: unknown) => {
    if (!(error instanceof Refusal && error.status === ALREADY_PUBLISHED)) throw error;
  });
}

async function playAndReport({ workers, policy }: Wanted, folder: string): Promise<Played> {
  const engine = await startEngine({
    data: folder,
    port: 0,
    speed: 0,
    startMilliseconds: Date.parse(instantOfDate(FIRST_DAY, START_HOUR)),
    say,
  });
  try {
    const waitUntil = async (milliseconds: number) => {
      await engine.advanceTo(milliseconds);
      await engine.drain();
    };
    const { url, operatorToken, configuration } = engine;
    const file = new ProgressFile(folder);
    const progress = file.read();
    if (policy !== undefined && !progress) await publish({ url, operatorToken }, policy);
    await playExampleCampaign({
      url,
      operatorToken,
      secrets: configuration.gateways,
      waitUntil,
      say,
      workers,
      save: (done) => file.write(done),
      ...(progress ? { progress } : {}),
    });
    const report = await exampleReport({ url, operatorToken });
    return { report, seconds: secondsSoFar() };
  } finally {
    await engine.stop();
  }
}

interface Wanted {
  readonly json: boolean;
  readonly workers: number;
  readonly data: string | undefined;
  /** Whom the gifts protect, as for `lingkaran policies publish`; in force from the demo's first day at the latest. */
  readonly policy: unknown;
}

function wanted(): Wanted {
  try {
    const { json, workers, data, policy } = parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        workers: { type: 'string', default: String(VALID_WORKERS) },
        data: { type: 'string' },
        policy: { type: 'string' },
      },
    }).values;
    if (!/^[1-9]\d{0,3}$/.test(workers)) throw new Error('--workers must be a number from 1 to 9999');
    const published = policy === undefined ? undefined : JSON.parse(readFileSync(policy, 'utf8'));
    return { json, workers: Number(workers), data, policy: published };
  } catch (error) {
    say(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    process.exit(WRONG_USE);
  }
}

const options = wanted();
const { json, data } = options;
const folder = data ?? mkdtempSync(join(tmpdir(), 'lingkaran-demo-'));
try {
  const { report, seconds } = await playAndReport(options, folder);
  print(json ? `${JSON.stringify({ ...report, seconds }, null, 2)}\n` : `${reportLines(report, seconds).join('\n')}\n`);
  process.exitCode = report.holds ? 0 : 1;
} finally {
  if (data === undefined) rmSync(folder, { recursive: true, force: true });
}
