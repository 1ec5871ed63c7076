/**
 * `npm run simulate -- [--seed N] [--seeds 200] [--events 5000] [--only 3,17]`: many worlds, each made and disturbed by
 * its seed. A world that breaks an invariant is told with the command that plays it again.
 */
import { parseArgs } from 'node:util';
import { lifecycleGraph } from './lifecycle.ts';
import { report } from './report.ts';
import { runSeed } from './run-seed.ts';
import { onlyNotices, scenarioOf } from './scenario.ts';
import { shrink } from './shrink.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '200' },
    events: { type: 'string', default: '5000' },
    only: { type: 'string' },
    'shrink-seconds': { type: 'string', default: '60' },
  },
});

const graph = await lifecycleGraph();
const events = Number(values.events);
const first = values.seed === undefined ? 1 : Number(values.seed);
const count = values.seed === undefined ? Number(values.seeds) : 1;
const only = values.only === undefined ? undefined : new Set(values.only.split(',').map(Number));
const told = report();

for (let seed = first; seed < first + count; seed += 1) {
  const whole = scenarioOf(seed, events);
  const scenario = only ? onlyNotices(whole, only) : whole;
  const outcome = await runSeed(scenario, graph);
  told.take(seed, outcome);
  if (outcome.violations.length === 0) continue;
  const smaller = only ? scenario : await shrink(scenario, graph, outcome, Number(values['shrink-seconds']) * 1000);
  told.failed(scenario, smaller, events, outcome);
}
process.exitCode = told.conclude();
