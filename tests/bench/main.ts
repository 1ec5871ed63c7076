/**
 * `npm run bench -- [--only a,c] [--scale 0.1] [--json] [--out FILE]`: measures the product against physical limits
 * measured in the same run. Progress goes to standard error, the result to standard output. Exit 1: a target was missed
 * or a part failed.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type PartResult, verdictOf } from './figures.ts';
import type { PartAnswer } from './part-process.ts';
import { isPartLetter, PARTS, type PartLetter } from './parts.ts';
import { tableOf } from './table.ts';

const USAGE = 'usage: npm run bench -- [--only a,c] [--scale 0.1] [--json] [--out FILE]';
const WRONG_USE = 2;

interface CommandLine {
  readonly letters: readonly PartLetter[];
  readonly scale: number;
  readonly json: boolean;
  readonly out: string | undefined;
}

function readCommandLine(): CommandLine {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      scale: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  const letters = values.only?.split(',') ?? Object.keys(PARTS);
  const unknown = letters.filter((letter) => !isPartLetter(letter));
  if (unknown.length > 0) throw new TypeError(`there is no part ${unknown.join(', ')}`);
  const scale = Number(values.scale);
  if (!(scale > 0 && scale <= 1)) throw new TypeError('--scale is above 0 and at most 1');
  return { letters: letters as PartLetter[], scale, json: values.json, out: values.out };
}

function load(): number {
  return Math.round((loadavg()[0] as number) * 100) / 100;
}

async function runPart(part: PartLetter, scale: number): Promise<PartResult> {
  const { title } = PARTS[part];
  console.error(`${part}: ${title} …`);
  const loadBefore = load();
  const started = performance.now();
  const child = fork(join(import.meta.dirname, 'part-process.ts'), [part, String(scale)], {
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  let answer: PartAnswer | undefined;
  child.on('message', (message) => {
    answer = message as PartAnswer;
  });
  const [code] = await once(child, 'exit');
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  const { figures, failure } = answer ?? { figures: [], failure: `ended with code ${code}` };
  const result = { part, title, scale, seconds, loadBefore, loadAfter: load(), figures };
  return failure === undefined ? result : { ...result, failure };
}

function machine() {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  };
}

async function bench({ letters, scale, json, out }: CommandLine): Promise<void> {
  const startedAt = new Date().toISOString();
  const parts: PartResult[] = [];
  for (const letter of letters) parts.push(await runPart(letter, scale));
  const missed = parts.flatMap(({ part, figures }) =>
    figures.filter((figure) => verdictOf(figure) === 'missed').map(({ name }) => `${part}: ${name}`),
  );
  const failed = parts.filter(({ failure }) => failure !== undefined).map(({ part }) => part);
  const report = { startedAt, machine: machine(), scale, missed, failed, parts };
  if (out !== undefined) writeFileSync(out, `${JSON.stringify(report, null, 2)}\n`);
  console.log(json ? JSON.stringify(report, null, 2) : tableOf(report));
  process.exitCode = missed.length + failed.length > 0 ? 1 : 0;
}

try {
  await bench(readCommandLine());
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(`${error.message}\n${USAGE}`);
  process.exitCode = WRONG_USE;
}
