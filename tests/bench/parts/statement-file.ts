/**
 * (i) A settlement statement of 200,000 lines. Checking and cutting it, and holding its lines against the books where
 * every payment is known; each function is a process of its own with the `NODE_OPTIONS` of the template. Lines of
 * payments nobody told us of are bookings, which part (b) measures. Two thousand payments are named a hundred
 * times over: what is read and written for a line does not depend on which payment it names, and no two chunks under way
 * name the same.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Figure, type PartOptions, scaled } from '../figures.ts';
import { openSurroundings, type Surroundings } from '../support/surroundings.ts';

const LINES = 200_000;
const PAYMENTS = 2_000;
const LIMIT_MEGABYTES = 300;
const LIMIT_SECONDS = 120;
const KEY = 'inbox/settlement_statement/midtrans/bench.csv';

export type StatementTask =
  | { readonly kind: 'check'; readonly key: string }
  | { readonly kind: 'settle'; readonly file: string; readonly payments: number };

export interface StatementAnswer {
  readonly peakMegabytes: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly chunks: number;
}

async function inItsOwnProcess(task: StatementTask): Promise<StatementAnswer> {
  const file = join(import.meta.dirname, '../support/statement-process.ts');
  const child = fork(file, {
    stdio: ['ignore', 2, 2, 'ipc'],
    execArgv: ['--max-semi-space-size=16', '--max-old-space-size=256'],
  });
  child.send(task);
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`it ended with code ${code}`)));
  const [answer] = await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined);
  return answer as StatementAnswer;
}

async function writeStatement({ folder }: Surroundings, lines: number): Promise<void> {
  const path = join(folder, 'files', KEY);
  mkdirSync(join(path, '..'), { recursive: true });
  const file = createWriteStream(path);
  file.write('payment_id,kind,amount,fee,settled_at,payout_id\n');
  for (let line = 0; line < lines; line += 1) {
    const isTaken = file.write(`trx-${line % PAYMENTS},paid,50000,1750,2026-11-30T10:00:00+07:00,PO-${line}\n`);
    if (!isTaken) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}

export async function run({ scale }: PartOptions): Promise<Figure[]> {
  const surroundings = await openSurroundings();
  try {
    const lines = scaled(LINES, scale, 1_000);
    await writeStatement(surroundings, lines);
    const checked = await inItsOwnProcess({ kind: 'check', key: KEY });
    const queue = process.env.STATEMENTS_QUEUE_URL ?? '';
    const chunks = surroundings.taken(queue).length;
    const file = surroundings.fileOf(queue);
    const settled = await inItsOwnProcess({ kind: 'settle', file, payments: PAYMENTS });
    const seconds = checked.seconds + settled.seconds;
    return [
      {
        name: `check-file, ${lines} lines into ${chunks} chunks: peak RSS`,
        value: checked.peakMegabytes,
        unit: 'MiB',
        atMost: LIMIT_MEGABYTES,
        note: `${checked.seconds.toFixed(1)} s, ${checked.cpuSeconds.toFixed(1)} s of the processor`,
      },
      {
        name: `settle-statement, ${settled.chunks} chunks of known payments: peak RSS`,
        value: settled.peakMegabytes,
        unit: 'MiB',
        atMost: LIMIT_MEGABYTES,
        note: `${settled.seconds.toFixed(1)} s, ${settled.cpuSeconds.toFixed(1)} s of the processor; five chunks at a time`,
      },
      { name: `${lines} lines checked, cut and settled`, value: seconds, unit: 's', atMost: LIMIT_SECONDS * scale },
    ];
  } finally {
    await surroundings.close();
  }
}
