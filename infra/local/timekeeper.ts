/**
 * Moves the stage's time and rings what is due, one instant after the other. A clock that runs fast stands still
 * while due work is done, so nothing that happens in it is late, however slow this machine is.
 */
import type { Activity } from './activity.ts';
import type { Alarms } from './alarms.ts';
import type { StageClock } from './stage-clock.ts';

const LONGEST_SLEEP_MILLISECONDS = 1000;
const SHORTEST_SLEEP_MILLISECONDS = 5;

export class Timekeeper {
  readonly #clock: StageClock;
  readonly #alarms: Alarms;
  readonly #activity: Activity;
  #last: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #speed = 0;
  #standing = false;

  constructor(clock: StageClock, alarms: Alarms, activity: Activity) {
    this.#clock = clock;
    this.#alarms = alarms;
    this.#activity = activity;
  }

  /** As asked for; the clock itself may be standing still for a moment. */
  get speed(): number {
    return this.#speed;
  }

  setSpeed(speed: number): void {
    this.#speed = speed;
    if (!this.#standing) this.#clock.setSpeed(speed);
    this.#sleep();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Returns when the clock shows that time and all work due by then is done. */
  advanceTo(milliseconds: number): Promise<void> {
    return this.#inTurn(() =>
      this.#standingStill(async () => {
        await this.#activity.settled();
        await this.#ringUntil(milliseconds);
        this.#clock.moveTo(milliseconds);
        await this.#activity.settled();
      }),
    );
  }

  /** Returns when nothing is left to do at the present time. */
  drain(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#ringUntil(this.#clock.now());
      await this.#activity.settled();
    });
  }

  async #ringUntil(milliseconds: number): Promise<void> {
    for (let next = this.#alarms.next(); next !== undefined && next <= milliseconds; next = this.#alarms.next()) {
      if (this.#stopped) return;
      this.#clock.moveTo(next);
      await this.#alarms.ring(this.#clock.now());
      await this.#activity.settled();
    }
  }

  async #standingStill<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#standing = true;
    this.#clock.setSpeed(0);
    try {
      return await work();
    } finally {
      this.#standing = false;
      if (!this.#stopped) this.#clock.setSpeed(this.#speed);
    }
  }

  /** One at a time: two movers of one clock would ring each other's alarms. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #sleep(): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    const next = this.#alarms.next();
    const due = this.#speed === 0 || next === undefined ? Infinity : (next - this.#clock.now()) / this.#speed;
    const pause = Math.min(LONGEST_SLEEP_MILLISECONDS, Math.max(SHORTEST_SLEEP_MILLISECONDS, due));
    this.#timer = setTimeout(() => {
      this.#look()
        .catch((error) => console.error('an alarm failed:', error))
        .finally(() => this.#sleep());
    }, pause);
  }

  async #look(): Promise<void> {
    if (this.#speed === 0) return;
    await this.#inTurn(async () => {
      const now = this.#clock.now();
      const next = this.#alarms.next();
      if (next === undefined || next > now) return;
      if (this.#speed <= 1) await this.#alarms.ring(now);
      else await this.#standingStill(() => this.#ringUntil(now));
    });
  }
}
