/**
 * `npm run simulate -- [--seed N] [--seeds 200] [--events 5000] [--threads 2] [--only 3,17]`: many worlds, each made and
 * disturbed by its seed; `--events` is how many notices the gateways send in each. A world that breaks an invariant is
 * told with the command that plays it again.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { report } from './report.ts';
import { playHere, playOnThreads, type SeedTask } from './seeds.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '200' },
    events: { type: 'string', default: '5000' },
    threads: { type: 'string', default: String(availableParallelism()) },
    from: { type: 'string', default: '1' },
    only: { type: 'string' },
    'shrink-seconds': { type: 'string', default: '60' },
  },
});

const first = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
const threads = Math.min(Number(values.threads), count);
const tasks: SeedTask[] = Array.from({ length: count }, (_, index) => ({
  seed: first + index,
  events: Number(values.events),
  only: values.only?.split(',').map(Number),
  shrinkSeconds: Number(values['shrink-seconds']),
}));
const told = report(threads);
await (threads === 1 ? playHere(tasks, told.take) : playOnThreads(tasks, threads, told.take));
process.exitCode = told.conclude();
