/** Starts functions at their scheduled times, by the stage's clock. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Activity } from '../activity.ts';
import type { AlarmSource } from '../alarms.ts';
import type { Database } from '../database.ts';
import type { Functions } from '../functions.ts';
import type { QueueStore } from '../queues/queue-store.ts';
import type { ScheduleResource } from '../template/resources.ts';
import type { CreatedSchedules } from './created-schedules.ts';
import { nextTime } from './cron.ts';

export interface SchedulesOptions {
  /** Of the template. */
  readonly resources: readonly ScheduleResource[];
  /** Made by calls while the stage runs. */
  readonly created: CreatedSchedules;
  readonly database: Database;
  readonly functions: Functions;
  readonly activity: Activity;
  readonly nowMilliseconds: number;
  readonly queues: QueueStore;
}

/** Scheduler tries for a day; here the pauses are short, so a few tries say the same. */
const MOST_TRIES = 3;
const PAUSE_MILLISECONDS = 100;

export class Schedules implements AlarmSource {
  readonly #options: SchedulesOptions;

  constructor(options: SchedulesOptions) {
    this.#options = options;
    this.#forgetOthers();
    for (const resource of this.#all()) this.#plan(resource, options.nowMilliseconds, 'keep');
  }

  /** Plans what was created, and forgets what was deleted. */
  follow(nowMilliseconds: number): void {
    this.#forgetOthers();
    for (const resource of this.#options.created.all()) this.#plan(resource, nowMilliseconds, 'keep');
  }

  next(): number | undefined {
    const row = this.#options.database.prepare('SELECT min(next_ms) AS due FROM schedules').get() as {
      due: number | null;
    };
    return row.due ?? undefined;
  }

  async ring(nowMilliseconds: number): Promise<void> {
    const rows = this.#options.database
      .prepare('SELECT name, next_ms FROM schedules WHERE next_ms <= ? ORDER BY next_ms, name')
      .all(nowMilliseconds) as { name: string; next_ms: number }[];
    for (const { name, next_ms } of rows) {
      const resource = this.#find(name);
      if (!resource) continue;
      await this.#options.activity.during(() => this.#start(resource, next_ms));
      // Only now: killed in between, it starts twice, which Scheduler may do anyway. What it started may have deleted it.
      if (this.#find(name)) this.#plan(resource, nowMilliseconds, 'replace');
    }
  }

  #all(): readonly ScheduleResource[] {
    return [...this.#options.resources, ...this.#options.created.all()];
  }

  #find(name: string): ScheduleResource | undefined {
    return this.#all().find((candidate) => candidate.name === name);
  }

  #forgetOthers(): void {
    const names = JSON.stringify(
      this.#all().map(({ name, expression, timezone }) => `${name} ${expression} ${timezone}`),
    );
    this.#options.database
      .prepare(`DELETE FROM schedules WHERE name || ' ' || expression NOT IN (SELECT value FROM json_each(?))`)
      .run(names);
  }

  #plan({ name, expression, timezone }: ScheduleResource, afterMilliseconds: number, mode: 'keep' | 'replace'): void {
    const next = nextTime(expression, timezone, afterMilliseconds);
    const { database } = this.#options;
    if (mode === 'replace') database.prepare('DELETE FROM schedules WHERE name = ?').run(name);
    if (next === undefined) return;
    database
      .prepare('INSERT OR IGNORE INTO schedules (name, expression, next_ms) VALUES (?, ?, ?)')
      .run(name, `${expression} ${timezone}`, next);
  }

  async #start(resource: ScheduleResource, dueMilliseconds: number): Promise<void> {
    const tries = Math.min(MOST_TRIES, resource.maximumRetryAttempts + 1);
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      const event = eventOf(resource, dueMilliseconds, attempt);
      try {
        await this.#options.functions.invoke(resource.functionName, event);
        return;
      } catch (error) {
        console.error(
          `${resource.functionName}, started by schedule ${resource.name}, failed (try ${attempt}):`,
          error,
        );
        if (attempt === tries) await this.#giveUp(resource, event);
        else await sleep(PAUSE_MILLISECONDS * attempt);
      }
    }
  }

  async #giveUp({ deadLetterQueueArn }: ScheduleResource, event: unknown): Promise<void> {
    const queue = deadLetterQueueArn === undefined ? undefined : this.#options.queues.byArn(deadLetterQueueArn);
    if (queue)
      await this.#options.queues.call('SendMessage', { QueueUrl: queue.url, MessageBody: JSON.stringify(event) });
  }
}

function eventOf(resource: ScheduleResource, dueMilliseconds: number, attempt: number): unknown {
  const text = resource.input
    .replaceAll('<aws.scheduler.scheduled-time>', new Date(dueMilliseconds).toISOString().replace('.000Z', 'Z'))
    .replaceAll('<aws.scheduler.attempt-number>', String(attempt))
    .replaceAll('<aws.scheduler.execution-id>', randomUUID())
    .replaceAll('<aws.scheduler.schedule-arn>', resource.name);
  return JSON.parse(text);
}
