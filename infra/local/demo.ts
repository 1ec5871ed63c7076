/**
 * `npm run demo`: the example campaign on a fresh temporary folder, headless and as fast as it goes, three months and
 * grace included. The report goes to standard output, everything else to standard error; it ends with 0 only if every
 * invariant holds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { civilDate, instantOfDate } from '../../shared/domain/dates.ts';
import { startEngine } from './engine.ts';
import { playExampleCampaign } from './example/play.ts';
import { type ExampleReport, exampleReport } from './example/report.ts';
import { reportLines } from './example/report-lines.ts';

const FIRST_DAY = civilDate('2026-12-01');
const START_HOUR = 8;
const WRONG_USE = 2;

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

async function playAndReport(folder: string): Promise<Played> {
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
    await playExampleCampaign({ url, operatorToken, secrets: configuration.gateways, waitUntil, say });
    const report = await exampleReport({ url, operatorToken });
    return { report, seconds: secondsSoFar() };
  } finally {
    await engine.stop();
  }
}

function wantsJson(): boolean {
  try {
    return parseArgs({ options: { json: { type: 'boolean', default: false } } }).values.json;
  } catch (error) {
    say(`${error instanceof Error ? error.message : error}\nusage: npm run demo -- [--json]`);
    process.exit(WRONG_USE);
  }
}

const json = wantsJson();
const folder = mkdtempSync(join(tmpdir(), 'lingkaran-demo-'));
try {
  const { report, seconds } = await playAndReport(folder);
  print(json ? `${JSON.stringify({ ...report, seconds }, null, 2)}\n` : `${reportLines(report, seconds).join('\n')}\n`);
  process.exitCode = report.holds ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
