/** What runs once a day, if nobody forgets it. */
import { Died } from './processes.ts';
import type { World } from './world.ts';

const DAY = 86_400_000;
/** 00:05 and 01:05 in Jakarta. */
const TIMES = { startCohorts: 17 * 3_600_000 + 300_000, sweepOverdue: 18 * 3_600_000 + 300_000 } as const;
type Schedule = keyof typeof TIMES;
const SCHEDULES = Object.keys(TIMES) as Schedule[];
const TRIES = 3;

function nextDaily(now: number, ofDay: number): number {
  const today = Math.floor(now / DAY) * DAY + ofDay;
  return today > now ? today : today + DAY;
}

export class DailyRuns {
  readonly #world: World;
  readonly #nextAt = new Map<Schedule, number>();

  constructor(world: World) {
    this.#world = world;
    for (const name of SCHEDULES) this.#nextAt.set(name, nextDaily(world.milliseconds, TIMES[name]));
  }

  get nextAt(): number {
    return Math.min(...this.#nextAt.values());
  }

  due(): (() => Promise<void>)[] {
    const { milliseconds, dice } = this.#world;
    return SCHEDULES.flatMap((name) => {
      if ((this.#nextAt.get(name) as number) > milliseconds) return [];
      this.#nextAt.set(name, nextDaily(milliseconds, TIMES[name]));
      if (dice.happens('schedule missed')) return [];
      const run = () => this.#run(name);
      return dice.happens('schedule started twice') ? [run, run] : [run];
    });
  }

  async runAll(): Promise<void> {
    for (const name of SCHEDULES) await this.#run(name);
  }

  /** The scheduler starts what failed again, some times. */
  async #run(name: Schedule): Promise<void> {
    if (name === 'sweepOverdue' && this.#world.sabotage.neverSweeps) return;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      try {
        this.#world.did('daily run');
        await this.#world.run(name);
        return;
      } catch (error) {
        const { name: kind } = error as Error;
        if (!(error instanceof Died) && kind !== 'Transient')
          this.#world.watch.violated('schedule', `${name}: ${(error as Error).stack}`);
      }
    }
  }
}
