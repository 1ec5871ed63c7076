/** One seed from beginning to end: the world under faults, the same world in peace, and what must hold. */
import type { Scope } from '../../infra/local/lifecycle/definition.ts';
import { chanceOf } from '../support/random.ts';
import { type Payments, paymentsOf } from './books.ts';
import { deliver } from './deliveries.ts';
import type { FaultKind } from './fault-dice.ts';
import { checkAll } from './final-checks.ts';
import type { Notice } from './payment.ts';
import { Play } from './play.ts';
import { putPledges } from './pledges.ts';
import type { Sabotage } from './sabotage.ts';
import type { Scenario } from './scenario.ts';
import { Statements } from './statements.ts';
import type { Violation } from './watch.ts';
import { World } from './world.ts';

export interface Outcome {
  readonly violations: readonly Violation[];
  readonly faults: ReadonlyMap<FaultKind, number>;
  /** Calls of the product from outside by kind, the calm world's left out. */
  readonly work: ReadonlyMap<string, number>;
  /** True notices that were acknowledged, by gateway and what they told. */
  readonly told: ReadonlyMap<string, number>;
  /** Calls of AWS that the product made for it. */
  readonly calls: number;
}

/** Each thing that happened is told once, at once and in its order, and booked at once. */
async function inPeace(scenario: Scenario, graph: Scope): Promise<Payments> {
  const world = new World(scenario, graph, chanceOf(scenario.seed + 1)).open();
  try {
    await putPledges(world.milliseconds);
    for (const notice of toldOnce(scenario)) {
      world.setClock((notice.payment.steps[notice.step] as { atMilliseconds: number }).atMilliseconds);
      await world.door.tell(notice);
      await deliver(world, 'payments');
    }
    const statements = new Statements(world);
    await statements.prepare();
    statements.send(Number.MAX_VALUE);
    while ((await deliver(world, 'statements')) > 0);
    while ((await deliver(world, 'payments')) > 0);
    return paymentsOf(world);
  } finally {
    world.close();
  }
}

function toldOnce({ notices }: Scenario): Notice[] {
  const told = new Map<string, Notice>();
  for (const notice of notices)
    if (notice.lie === 'none') told.set(`${notice.payment.number} ${notice.step} ${notice.form}`, notice);
  const at = ({ payment, step }: Notice) => payment.steps[step]?.atMilliseconds as number;
  return [...told.values()].sort((a, b) => at(a) - at(b) || a.step - b.step);
}

export async function runSeed(scenario: Scenario, graph: Scope, sabotage?: Sabotage): Promise<Outcome> {
  const calm = await inPeace(scenario, graph);
  const world = new World(scenario, graph, chanceOf(scenario.seed), sabotage).open();
  const play = new Play(world);
  try {
    await play.prepare();
    await play.underFaults();
    await play.inPeace();
    await checkAll(world, play, calm);
  } catch (error) {
    world.watch.violated('simulator', (error as Error).stack ?? String(error));
  } finally {
    world.close();
  }
  const { watch, dice, services, work } = world;
  const { told } = play.posts;
  return { violations: watch.violations, faults: dice.counts, work, told, calls: services.calls };
}
