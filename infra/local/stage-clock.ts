/**
 * The stage's time. It is handed to the functions in `LINGKARAN_CLOCK`, survives restarts and never goes back:
 * while it runs, the time stored is a little ahead, so that a killed engine resumes after the last time anybody saw.
 */
import { type ScaledClock, stageTimeMilliseconds } from '../../shared/clock.ts';
import type { Database } from './database.ts';

const SAVE_EVERY_MILLISECONDS = 250;

export interface StageClockOptions {
  readonly database: Database;
  /** Where time starts in an empty folder. */
  readonly startMilliseconds: number;
}

export class StageClock {
  readonly #database: Database;
  #scale: ScaledClock;
  #saving: NodeJS.Timeout;

  /** It stands still until it is given a speed. */
  constructor({ database, startMilliseconds }: StageClockOptions) {
    this.#database = database;
    const saved = database.prepare('SELECT stage_ms FROM clock').get() as { stage_ms: number } | undefined;
    this.#scale = { realEpochMs: 0, stageEpochMs: saved?.stage_ms ?? startMilliseconds, speed: 0, alarms: 'stage' };
    this.#publish();
    this.#saving = setInterval(() => this.#save(), SAVE_EVERY_MILLISECONDS).unref();
  }

  now(): number {
    return stageTimeMilliseconds(this.#scale, Date.now());
  }

  get speed(): number {
    return this.#scale.speed;
  }

  /** From now on; the time goes on from where it is. */
  setSpeed(speed: number): void {
    this.#set(this.now(), speed);
  }

  /** To a later time; an earlier one is ignored. */
  moveTo(milliseconds: number): void {
    this.#set(Math.max(this.now(), milliseconds), this.speed);
  }

  stop(): void {
    clearInterval(this.#saving);
    this.setSpeed(0);
  }

  #set(stageEpochMs: number, speed: number): void {
    this.#scale = { realEpochMs: Date.now(), stageEpochMs, speed, alarms: 'stage' };
    this.#publish();
  }

  #publish(): void {
    process.env.LINGKARAN_CLOCK = JSON.stringify(this.#scale);
    this.#save();
  }

  #save(): void {
    const ahead = 2 * SAVE_EVERY_MILLISECONDS * this.speed;
    this.#database
      .prepare(
        'INSERT INTO clock (one, stage_ms) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET stage_ms = excluded.stage_ms',
      )
      .run(Math.ceil(this.now() + ahead));
  }
}
