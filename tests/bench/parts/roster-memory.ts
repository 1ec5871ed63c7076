/**
 * (h) How much memory a roster of 200,000 lines takes. API Gateway and Lambda take 6 MiB at a time, so the roster comes
 * as several files, one after the other, through the operators' function as one warm environment would serve them; then
 * the chunks it made go through the importing function. Each function is a process of its own with the `NODE_OPTIONS`
 * of the template, measured by its peak RSS.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { people, roster } from '../../acceptance/support/roster.ts';
import { type Figure, type PartOptions, scaled } from '../figures.ts';
import { openSurroundings, type Surroundings } from '../support/surroundings.ts';

const LINES = 200_000;
/** A line is some 125 bytes; what Lambda is sent is the event, in which every line's end takes two. */
const LINES_PER_FILE = 40_000;
const LIMIT_MEGABYTES = 300;
/** Registering a person is a matter of the tables' speed, not of memory: a while of it tells. */
const IMPORT_SECONDS = 90;

export type RosterTask =
  | { readonly kind: 'submit'; readonly files: readonly string[]; readonly token: string }
  | { readonly kind: 'import'; readonly file: string; readonly seconds: number };

export interface RosterAnswer {
  readonly idleMegabytes: number;
  readonly peakMegabytes: number;
  readonly done: number;
  readonly seconds: number;
}

async function inItsOwnProcess(task: RosterTask): Promise<RosterAnswer> {
  const file = join(import.meta.dirname, '../support/roster-process.ts');
  const child = fork(file, { stdio: ['ignore', 2, 2, 'ipc'], execArgv: [] });
  child.send(task);
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the import ended with code ${code}`)));
  const [answer] = await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined);
  return answer as RosterAnswer;
}

function writeRosters({ folder }: Surroundings, lines: number): string[] {
  const files: string[] = [];
  for (let first = 1; first <= lines; first += LINES_PER_FILE) {
    const file = join(folder, `roster-${files.length}.csv`);
    writeFileSync(file, roster(people(first, Math.min(LINES_PER_FILE, lines - first + 1))));
    files.push(file);
  }
  return files;
}

export async function run({ scale }: PartOptions): Promise<Figure[]> {
  const surroundings = await openSurroundings();
  try {
    const lines = scaled(LINES, scale, 1_000);
    const files = writeRosters(surroundings, lines);
    const submitted = await inItsOwnProcess({ kind: 'submit', files, token: surroundings.operatorToken });
    const queue = process.env.IMPORTS_QUEUE_URL ?? '';
    const chunks = surroundings.taken(queue).length;
    const file = surroundings.fileOf(queue);
    const imported = await inItsOwnProcess({ kind: 'import', file, seconds: scaled(IMPORT_SECONDS, scale, 5) });
    const mebibytes = 'MiB';
    return [
      {
        name: `serve-operators, ${lines} lines in ${files.length} files: peak RSS`,
        value: submitted.peakMegabytes,
        unit: mebibytes,
        atMost: LIMIT_MEGABYTES,
        note: `${submitted.idleMegabytes.toFixed(0)} MiB before the first file; ${chunks} chunks in ${submitted.seconds.toFixed(1)} s`,
      },
      {
        name: `import-workers, ${imported.done} of ${chunks} chunks: peak RSS`,
        value: imported.peakMegabytes,
        unit: mebibytes,
        atMost: LIMIT_MEGABYTES,
        note: `${imported.idleMegabytes.toFixed(0)} MiB before the first chunk; stopped after ${imported.seconds.toFixed(1)} s`,
      },
      { name: 'lines imported', value: (imported.done * lines) / chunks / imported.seconds, unit: 'lines/s' },
    ];
  } finally {
    await surroundings.close();
  }
}
