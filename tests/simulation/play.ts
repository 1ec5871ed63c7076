/** What happens in a world, one round after the other: first with every fault, then in peace until all is settled. */
import type { Chance } from '../support/random.ts';
import { DailyRuns } from './daily-runs.ts';
import { CONSUMED, deliver } from './deliveries.ts';
import { Lives } from './lives.ts';
import { forgetCaches } from './pinned.ts';
import { putPledges } from './pledges.ts';
import { Posts } from './posts.ts';
import { ask } from './requests.ts';
import { Rosters } from './rosters.ts';
import { Statements } from './statements.ts';
import type { World } from './world.ts';

const DAY = 86_400_000;
const POSTS_AT_ONCE = 8;
const MOST_ROUNDS = 200_000;
/** Longer than any cover runs, and its reminders after it. */
const MOST_DAYS = 900;

export class Play {
  readonly posts: Posts;
  readonly rosters: Rosters;
  readonly lives: Lives;
  readonly #statements: Statements;
  readonly #world: World;
  readonly #chance: Chance;
  readonly #runs: DailyRuns;
  readonly #busy = new Set<object>();

  constructor(world: World) {
    this.#world = world;
    this.#chance = world.chance;
    this.posts = new Posts(world);
    this.rosters = new Rosters(world);
    this.lives = new Lives(world);
    this.#statements = new Statements(world);
    this.#runs = new DailyRuns(world);
  }

  async prepare(): Promise<void> {
    await putPledges(this.#world.milliseconds);
    await this.#statements.prepare();
    await this.#publishPolicy();
    await this.rosters.send(this.#chance.below(this.rosters.toCome + 1));
    await this.#settleQueues();
  }

  async #publishPolicy(): Promise<void> {
    const { scenario, watch } = this.#world;
    const request = { method: 'POST', path: '/api/policies', body: scenario.policy } as const;
    const { status, body } = await ask(this.#world, 'serveOperators', request);
    if (status !== 201) watch.violated('policy', `refused with ${status}: ${body}`);
  }

  async underFaults(): Promise<void> {
    const { dice } = this.#world;
    dice.on = true;
    for (let round = 0; this.posts.nextAt !== undefined; round += 1) {
      if (round > MOST_ROUNDS) throw new Error('the notices never ran out');
      await this.#round();
      this.#disturb();
    }
    dice.on = false;
  }

  /** Things that happen at the same time, or the clock moves on to the next. */
  async #round(): Promise<void> {
    const posts = this.posts.due(1 + this.#chance.below(POSTS_AT_ONCE));
    this.#statements.send(this.#world.milliseconds);
    const actions = [...posts, ...this.#deliveries(), ...this.#dueExecutions(), ...this.#runs.due()];
    if (this.rosters.toCome > 0 && this.#chance.happens(0.05))
      actions.push(() => this.rosters.send(1 + this.#chance.below(4)));
    if (actions.length === 0) return this.#moveOn();
    actions.push(() => this.lives.live(0.03));
    await Promise.all(actions.map((act) => act()));
    if (this.#chance.happens(0.5)) this.#world.setClock(this.#world.milliseconds + this.#chance.below(20_000));
  }

  #deliveries(): (() => Promise<unknown>)[] {
    const { queues, milliseconds } = this.#world;
    const ready = CONSUMED.filter((name) => (queues[name].nextAt ?? Number.POSITIVE_INFINITY) <= milliseconds);
    const chosen = ready.filter(() => this.#chance.happens(0.7));
    if (chosen.length === 0 && ready.length > 0) chosen.push(ready[0] as (typeof ready)[number]);
    const twice = chosen.filter(() => this.#chance.happens(0.15));
    return [...chosen, ...twice].map((name) => () => deliver(this.#world, name));
  }

  #dueExecutions(): (() => Promise<void>)[] {
    const { lifecycle } = this.#world;
    return lifecycle.due().map((execution) => async () => {
      if (this.#busy.has(execution)) return;
      this.#busy.add(execution);
      await lifecycle.advance(execution).finally(() => this.#busy.delete(execution));
    });
  }

  #moveOn(): void {
    const { queues, lifecycle, milliseconds } = this.#world;
    const times = [
      this.posts.nextAt,
      this.#statements.nextAt,
      lifecycle.nextAt,
      ...CONSUMED.map((name) => queues[name].nextAt),
      this.#runs.nextAt,
    ].filter((time) => time !== undefined);
    this.#world.setClock(Math.max(milliseconds, Math.min(...times)));
  }

  #disturb(): void {
    const { dice, main, releases, milliseconds } = this.#world;
    if (main.indexesLag ? this.#chance.happens(0.3) : dice.happens('index lags')) {
      main.indexesLag = !main.indexesLag;
      if (!main.indexesLag) main.catchUp();
    }
    this.#redrive();
    if (dice.happens('deployed anew')) {
      releases.deploy();
      forgetCaches();
    }
    if (dice.happens('clock set back')) this.#world.setClock(milliseconds - this.#chance.below(2_000));
    if (dice.happens('everything stands still for days'))
      this.#world.setClock(milliseconds + this.#chance.below(4 * DAY));
  }

  #redrive(): void {
    const { dice, queues, lifecycle, milliseconds } = this.#world;
    const hasDead = CONSUMED.some((name) => queues[name].dead.length > 0);
    if (hasDead && dice.happens('dead letter redriven')) {
      for (const name of CONSUMED) queues[name].redrive(milliseconds);
      lifecycle.redriveFailed();
    }
    if (dice.happens('stale redrive'))
      queues[CONSUMED[this.#chance.below(CONSUMED.length)] as 'funds'].redrive(milliseconds, true);
  }

  /** No faults any more: everything that is under way arrives, and time goes by until nothing is left to do. */
  async inPeace(): Promise<void> {
    const { main, watch } = this.#world;
    main.indexesLag = false;
    main.catchUp();
    await this.rosters.send(this.rosters.toCome);
    this.#statements.send(Number.MAX_VALUE);
    await this.#settleQueues();
    for (let day = 0; day < MOST_DAYS; ) {
      const before = this.#world.milliseconds;
      await this.#liveUntil(before + (1 + this.#chance.below(12)) * DAY);
      await this.lives.live(0.9);
      await this.#runs.runAll();
      await this.#settleQueues();
      if (this.#isSettled()) return;
      day += (this.#world.milliseconds - before) / DAY;
    }
    watch.violated('I8', 'something is left to do for ever');
  }

  #isSettled(): boolean {
    const { lifecycle } = this.#world;
    return this.#world.rows('cohort').every(({ settledAt }) => settledAt) && lifecycle.nextAt === undefined;
  }

  async #liveUntil(until: number): Promise<void> {
    const { lifecycle } = this.#world;
    for (let next = lifecycle.nextAt; next !== undefined && next <= until; next = lifecycle.nextAt) {
      this.#world.setClock(Math.max(next, this.#world.milliseconds));
      for (const execution of lifecycle.due()) await lifecycle.advance(execution);
      await this.#settleQueues();
    }
    this.#world.setClock(Math.max(until, this.#world.milliseconds));
  }

  async #settleQueues(): Promise<void> {
    const { queues, watch } = this.#world;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      for (const name of CONSUMED) if (round < 20) queues[name].redrive(this.#world.milliseconds);
      let moved = 0;
      for (const name of CONSUMED) moved += await deliver(this.#world, name);
      if (moved > 0) continue;
      const times = CONSUMED.map((name) => queues[name].nextAt).filter((time) => time !== undefined);
      if (times.length === 0) return;
      this.#world.setClock(Math.max(this.#world.milliseconds, Math.min(...times)));
    }
    watch.violated('I8', 'the queues never ran empty');
  }
}
