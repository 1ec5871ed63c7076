/** Finds a small part of a world's notices that still breaks the same invariant, within a time. */
import type { Scope } from '../../infra/local/lifecycle/definition.ts';
import { type Outcome, runSeed } from './run-seed.ts';
import type { Sabotage } from './sabotage.ts';
import { onlyNotices, type Scenario } from './scenario.ts';

/** Leaves out ever smaller parts, and keeps each omission after which the world still breaks. */
export async function shrink(
  scenario: Scenario,
  graph: Scope,
  { violations }: Outcome,
  budgetMilliseconds: number,
  sabotage?: Sabotage,
): Promise<Scenario> {
  const until = Date.now() + budgetMilliseconds;
  const broken = new Set(violations.map(({ invariant }) => invariant));
  let kept = scenario.notices.map(({ number }) => number);
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < kept.length && Date.now() < until; ) {
      const fewer = kept.toSpliced(from, size);
      const outcome = await runSeed(onlyNotices(scenario, new Set(fewer)), graph, sabotage);
      if (outcome.violations.some(({ invariant }) => broken.has(invariant))) kept = fewer;
      else from += size;
    }
  }
  return onlyNotices(scenario, new Set(kept));
}
