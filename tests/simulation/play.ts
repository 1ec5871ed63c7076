/** What happens in a world, one round after the other: first with every fault, then in peace until all is settled. */
import type { Chance } from '../support/random.ts';
import { enlist, type Newcomer, newcomersOf } from './personal-data.ts';
import { putPledges } from './pledges.ts';
import { Died } from './processes.ts';
import type { Notice } from './scenario.ts';
import { callOf } from './senders.ts';
import { CONSUMED, type World } from './world.ts';

const DAY = 86_400_000;
/** 00:05 and 01:05 in Jakarta. */
const SCHEDULES = { startCohorts: 17 * 3_600_000 + 300_000, sweepOverdue: 18 * 3_600_000 + 300_000 } as const;
type Schedule = keyof typeof SCHEDULES;
const POSTS_AT_ONCE = 8;
const MOST_ROUNDS = 200_000;

interface Post {
  readonly notice: Notice;
  readonly atMilliseconds: number;
}

function nextDaily(now: number, ofDay: number): number {
  const today = Math.floor(now / DAY) * DAY + ofDay;
  return today > now ? today : today + DAY;
}

export class Play {
  readonly acknowledged = new Set<Notice>();
  posted = 0;
  readonly #world: World;
  readonly #chance: Chance;
  #posts: Post[];
  #newcomers: Newcomer[] = [];
  readonly #nextRun: Record<Schedule, number>;
  readonly #busy = new Set<object>();

  constructor(world: World) {
    this.#world = world;
    this.#chance = world.chance;
    this.#posts = world.scenario.notices.map((notice) => ({ notice, atMilliseconds: notice.sendMilliseconds }));
    const now = world.milliseconds;
    this.#nextRun = {
      startCohorts: nextDaily(now, SCHEDULES.startCohorts),
      sweepOverdue: nextDaily(now, SCHEDULES.sweepOverdue),
    };
  }

  async prepare(): Promise<void> {
    this.#newcomers = newcomersOf(this.#chance, this.#world.scenario.workers);
    await putPledges(this.#world.milliseconds);
    await this.#enlist(this.#chance.below(this.#newcomers.length + 1));
  }

  async #enlist(count: number): Promise<void> {
    for (const newcomer of this.#newcomers.splice(0, count)) await enlist(newcomer);
  }

  async underFaults(): Promise<void> {
    const { dice } = this.#world;
    dice.on = true;
    for (let round = 0; this.#posts.length > 0; round += 1) {
      if (round > MOST_ROUNDS) throw new Error('the notices never ran out');
      if (this.#newcomers.length > 0 && this.#chance.happens(0.05)) await this.#enlist(1 + this.#chance.below(4));
      await this.#round();
      this.#disturb();
    }
    dice.on = false;
  }

  /** Things that happen at the same time, or the clock moves on to the next. */
  async #round(): Promise<void> {
    const actions = [...this.#duePosts(), ...this.#deliveries(), ...this.#dueExecutions(), ...this.#dueRuns()];
    if (actions.length === 0) return this.#moveOn();
    await Promise.all(actions.map((act) => act()));
    if (this.#chance.happens(0.5)) this.#world.setClock(this.#world.milliseconds + this.#chance.below(20_000));
  }

  #duePosts(): (() => Promise<void>)[] {
    const now = this.#world.milliseconds;
    const due = this.#posts
      .slice(0, 1 + this.#chance.below(POSTS_AT_ONCE))
      .filter((post) => post.atMilliseconds <= now);
    this.#posts.splice(0, due.length);
    return due.map(
      ({ notice }) =>
        () =>
          this.#post(notice),
    );
  }

  #deliveries(): (() => Promise<unknown>)[] {
    const { queues, milliseconds } = this.#world;
    const ready = CONSUMED.filter((name) => (queues[name].nextAt ?? Number.POSITIVE_INFINITY) <= milliseconds);
    const chosen = ready.filter(() => this.#chance.happens(0.7));
    if (chosen.length === 0 && ready.length > 0) chosen.push(ready[0] as (typeof ready)[number]);
    const twice = chosen.filter(() => this.#chance.happens(0.15));
    return [...chosen, ...twice].map((name) => () => this.#world.deliver(name));
  }

  #dueExecutions(): (() => Promise<void>)[] {
    const { lifecycle } = this.#world;
    return lifecycle.due().map((execution) => async () => {
      if (this.#busy.has(execution)) return;
      this.#busy.add(execution);
      await lifecycle.advance(execution).finally(() => this.#busy.delete(execution));
    });
  }

  #dueRuns(): (() => Promise<unknown>)[] {
    const { milliseconds, dice } = this.#world;
    return (Object.keys(SCHEDULES) as Schedule[]).flatMap((name) => {
      if (this.#nextRun[name] > milliseconds) return [];
      this.#nextRun[name] = nextDaily(milliseconds, SCHEDULES[name]);
      if (dice.happens('schedule missed')) return [];
      const run = () => this.#runDaily(name);
      return dice.happens('schedule started twice') ? [run, run] : [run];
    });
  }

  /** The scheduler starts what failed again, some times. */
  async #runDaily(name: Schedule): Promise<void> {
    if (name === 'sweepOverdue' && this.#world.sabotage.neverSweeps) return;
    for (let attempt = 0; attempt < 3; attempt += 1) {
      try {
        await this.#world.run(name);
        return;
      } catch (error) {
        const { name: kind } = error as Error;
        if (!(error instanceof Died) && kind !== 'Transient')
          this.#world.watch.violated('schedule', `${name}: ${(error as Error).stack}`);
      }
    }
  }

  async #post(notice: Notice): Promise<void> {
    const { watch, dice } = this.#world;
    this.posted += 1;
    const status = await this.#answerTo(notice);
    if (notice.lie === 'forged') {
      if (status >= 200 && status < 300) watch.violated('I4', `a forged notice was taken: ${notice.number}`);
      return;
    }
    if (status >= 400 && status < 500) watch.violated('I4', `a true notice was refused with ${status}`);
    if (status === 200) this.acknowledged.add(notice);
    if (status === 200 && !dice.happens('caller gave up')) return;
    const delay = 30_000 + this.#chance.below(this.#chance.happens(0.7) ? 600_000 : DAY);
    this.#postAgain(notice, this.#world.milliseconds + delay);
  }

  async #answerTo(notice: Notice): Promise<number> {
    const { path, headers, body } = callOf(notice, this.#world.milliseconds);
    const requestContext = { http: { method: 'POST' }, requestId: 'request' };
    try {
      const event = { rawPath: path, headers, body, isBase64Encoded: false, requestContext };
      const { statusCode } = await this.#world.run<{ statusCode: number }>('receiveWebhook', event);
      return statusCode;
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      return 502;
    }
  }

  #postAgain(notice: Notice, atMilliseconds: number): void {
    const index = this.#posts.findIndex((post) => post.atMilliseconds > atMilliseconds);
    this.#posts.splice(index < 0 ? this.#posts.length : index, 0, { notice, atMilliseconds });
  }

  #moveOn(): void {
    const { queues, lifecycle, milliseconds } = this.#world;
    const times = [
      this.#posts[0]?.atMilliseconds,
      lifecycle.nextAt,
      ...CONSUMED.map((name) => queues[name].nextAt),
      ...Object.values(this.#nextRun),
    ].filter((time) => time !== undefined);
    this.#world.setClock(Math.max(milliseconds, Math.min(...times)));
  }

  #disturb(): void {
    const { dice, main, queues, lifecycle, milliseconds } = this.#world;
    if (main.indexesLag ? this.#chance.happens(0.3) : dice.happens('index lags')) {
      main.indexesLag = !main.indexesLag;
      if (!main.indexesLag) main.catchUp();
    }
    if (CONSUMED.some((name) => queues[name].dead.length > 0) && dice.happens('dead letter redriven')) {
      for (const name of CONSUMED) queues[name].redrive(milliseconds);
      lifecycle.redriveFailed();
    }
    if (dice.happens('clock set back')) this.#world.setClock(milliseconds - this.#chance.below(2_000));
    if (dice.happens('everything stands still for days'))
      this.#world.setClock(milliseconds + this.#chance.below(4 * DAY));
  }

  /** No faults any more: everything that is under way arrives, and time goes by until nothing is left to do. */
  async inPeace(): Promise<void> {
    const { main, watch } = this.#world;
    main.indexesLag = false;
    main.catchUp();
    await this.#enlist(this.#newcomers.length);
    await this.#settleQueues();
    for (let day = 0; day < 900; ) {
      const before = this.#world.milliseconds;
      await this.#liveUntil(before + (1 + this.#chance.below(12)) * DAY);
      await this.#runDaily('startCohorts');
      await this.#runDaily('sweepOverdue');
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
      for (const name of CONSUMED) moved += await this.#world.deliver(name);
      if (moved > 0) continue;
      const times = CONSUMED.map((name) => queues[name].nextAt).filter((time) => time !== undefined);
      if (times.length === 0) return;
      this.#world.setClock(Math.max(this.#world.milliseconds, Math.min(...times)));
    }
    watch.violated('I8', 'the queues never ran empty');
  }
}
