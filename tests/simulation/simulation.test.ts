import { beforeAll, describe, expect, it } from 'vitest';
import type { Scope } from '../../infra/local/lifecycle/definition.ts';
import { FAULT_KINDS } from './fault-dice.ts';
import { lifecycleGraph } from './lifecycle.ts';
import { LIVED } from './lives.ts';
import { TOLD_NAMES } from './payment.ts';
import { Tally } from './report.ts';
import { type Outcome, runSeed } from './run-seed.ts';
import { scenarioOf } from './scenario.ts';

const EVENTS = 150;
const FIXED_SEEDS = 24;
/**
 * Two found bugs: zakat that a statement told of first, and a refund that bore a name only its channel's notice knew.
 * In the third people answer reminders and ask us to stop, which takes a world in which somebody was reminded by then.
 */
const TELLING_SEEDS = [4, 30, 51];
const BIG = { seed: 3, events: 1_000 };

let graph: Scope;
beforeAll(async () => {
  graph = await lifecycleGraph();
});

async function expectToHold(seed: number, events: number): Promise<Outcome> {
  const outcome = await runSeed(scenarioOf(seed, events), graph);
  expect(outcome.violations, `npm run simulate -- --seed ${seed} --events ${events}`).toEqual([]);
  return outcome;
}

describe('a world under faults', { timeout: 400_000 }, () => {
  const tally = new Tally();

  it('keeps I1 to I9 and ends as a calm one, for fixed seeds', async () => {
    const seeds = new Set([...TELLING_SEEDS, ...Array.from({ length: FIXED_SEEDS }, (_, index) => index + 101)]);
    for (const seed of seeds) tally.take({ outcome: await expectToHold(seed, EVENTS) });
    console.log(tally.lines().join('\n'));
  });

  it.each(FAULT_KINDS)('has met: %s', (kind) => {
    expect(tally.faults.get(kind) ?? 0).toBeGreaterThan(0);
  });

  it.each(TOLD_NAMES)('was told: %s', (name) => {
    expect(tally.told.get(name) ?? 0).toBeGreaterThan(0);
  });

  it.each(LIVED)('has seen people: %s', (kind) => {
    expect(tally.work.get(kind) ?? 0).toBeGreaterThan(0);
  });

  it('keeps them in a big one', async () => {
    await expectToHold(BIG.seed, BIG.events);
  });

  it('keeps them for a seed nobody has seen', async () => {
    const seed = Date.now() % 1_000_000_007;
    console.log(`fresh seed: npm run simulate -- --seed ${seed} --events ${EVENTS}`);
    await expectToHold(seed, EVENTS);
  });

  it('is the same every time', async () => {
    const twice = [await runSeed(scenarioOf(7, 80), graph), await runSeed(scenarioOf(7, 80), graph)];
    expect(twice[0]).toEqual(twice[1]);
  });
});
