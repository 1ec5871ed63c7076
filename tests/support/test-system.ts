/**
 * The product's functions, as deployed, on tables and queues in memory and on a clock that a test moves. Nothing runs
 * by itself: a test delivers messages and starts schedules, in the order and as often as it likes.
 */
import './environment.ts';
import type { Context } from 'aws-lambda';
import { handler as allocateFunds } from '../../functions/allocate-funds/handler.ts';
import { handler as enrolWorkers } from '../../functions/enrol-workers/handler.ts';
import { handler as proveLedger } from '../../functions/prove-ledger/handler.ts';
import { handler as recordPayment } from '../../functions/record-payment/handler.ts';
import { handler as runCoverPhase } from '../../functions/run-cover-phase/handler.ts';
import { handler as sendNudges } from '../../functions/send-nudges/handler.ts';
import { handler as startCohorts } from '../../functions/start-cohorts/handler.ts';
import { handler as sweepOverdue } from '../../functions/sweep-overdue/handler.ts';
import { type Instant, instantFromMilliseconds } from '../../shared/domain/dates.ts';
import type { PhaseTask } from '../../shared/messages.ts';
import { QUEUE_URLS, type QueueName } from './environment.ts';
import type { Item } from './expressions.ts';
import { Crash, type Faults } from './faults.ts';
import { type Consumer, type Delivery, type MemoryQueue, MemoryQueues } from './memory-queues.ts';
import type { IndexKeys, MemoryRows } from './memory-rows.ts';
import { installSecrets, MemoryExecutions } from './memory-services.ts';
import { MemoryTables } from './memory-table.ts';

const INDEXES: Readonly<Record<string, IndexKeys>> = {
  cohort: { hash: 'cohortKey', sort: 'cohortSort', keysOnly: true },
  waiting: { hash: 'waitingKey', sort: 'waitingSort', keysOnly: false },
  due: { hash: 'dueKey', sort: 'dueSort', keysOnly: true },
};

const TABLES = ['table', 'reminders_table', 'vault_table'] as const;

const CONSUMERS: readonly { queue: QueueName; batchSize: number; handler: unknown }[] = [
  { queue: 'payments', batchSize: 10, handler: recordPayment },
  { queue: 'funds', batchSize: 10, handler: allocateFunds },
  { queue: 'enrolments', batchSize: 5, handler: enrolWorkers },
  { queue: 'nudges', batchSize: 5, handler: sendNudges },
];

const CONTEXT = { functionName: 'test', awsRequestId: 'request', getRemainingTimeInMillis: () => 60_000 };
const START = Date.parse('2026-11-20T03:00:00.000Z');
const MOST_ROUNDS = 5_000;

export interface WorldOptions {
  readonly startsAt?: string;
  readonly settings?: unknown;
}

export interface Drain extends Partial<Omit<Delivery, 'batchSize'>> {
  /** All consumers at once instead of one after the other. */
  readonly atOnce?: boolean;
}

export class TestSystem {
  readonly tables = new MemoryTables();
  readonly queues = new MemoryQueues();
  executions = new MemoryExecutions();
  table!: MemoryRows;
  reminders!: MemoryRows;
  readonly #restore: (() => void)[];
  #queueOf!: Record<QueueName, MemoryQueue>;
  #worlds = 0;
  #milliseconds = START;

  constructor() {
    const executions = this.executions;
    this.queues.nowMilliseconds = () => this.#milliseconds;
    this.#restore = [this.tables.install(), this.queues.install(), executions.install(), installSecrets()];
    this.newWorld();
  }

  stop(): void {
    for (const restore of this.#restore) restore();
  }

  /** Empty tables and queues, and the clock back at the start. */
  newWorld({ startsAt, settings = {} }: WorldOptions = {}): void {
    for (const name of TABLES) this.tables.drop(`${name}-${this.#worlds}`);
    this.#worlds += 1;
    for (const name of TABLES) process.env[`${name.toUpperCase()}_NAME`] = `${name}-${this.#worlds}`;
    process.env.SETTINGS = JSON.stringify(settings);
    this.table = this.tables.create(`table-${this.#worlds}`, INDEXES);
    this.reminders = this.tables.create(`reminders_table-${this.#worlds}`);
    this.tables.create(`vault_table-${this.#worlds}`);
    const queues = Object.entries(QUEUE_URLS).map(([name, url]) => [name, this.queues.create(url)]);
    this.#queueOf = Object.fromEntries(queues);
    this.executions.inputs.clear();
    this.faults = {};
    this.setClock(startsAt ? Date.parse(startsAt) : START);
  }

  set faults(faults: Faults) {
    this.tables.faults = faults;
    this.queues.faults = faults;
    this.executions.faults = faults;
  }

  setClock(milliseconds: number): void {
    this.#milliseconds = milliseconds;
    process.env.LINGKARAN_CLOCK = JSON.stringify({
      realEpochMs: 0,
      stageEpochMs: milliseconds,
      speed: 0,
      alarms: 'stage',
    });
  }

  pass(seconds: number): void {
    this.setClock(this.#milliseconds + seconds * 1000);
  }

  now(): Instant {
    return instantFromMilliseconds(this.#milliseconds);
  }

  queue(name: QueueName): MemoryQueue {
    return this.#queueOf[name];
  }

  /** Remembers the tables, the queues and the clock. @returns how to go back there, as often as one likes */
  remember(): () => void {
    const tables = [this.table, this.reminders].map((table) => [...table.after()]);
    const queues = Object.entries(this.#queueOf).map(([name, queue]) => [name, [...queue.waiting]] as const);
    const [milliseconds, settings] = [this.#milliseconds, process.env.SETTINGS];
    return () => {
      this.newWorld();
      process.env.SETTINGS = settings;
      this.setClock(milliseconds);
      for (const row of tables[0] ?? []) this.table.put(row);
      for (const row of tables[1] ?? []) this.reminders.put(row);
      for (const [name, waiting] of queues) this.queue(name as QueueName).refill(waiting);
    };
  }

  /** Messages that no retry helped. */
  dead(): string[] {
    return Object.values(this.#queueOf).flatMap(({ dead }) => dead.map(({ body }) => body));
  }

  rows(type?: string): Item[] {
    const rows = [...this.table.after()];
    return type === undefined ? rows : rows.filter((row) => row.type === type);
  }

  /** Delivers one batch of a queue to its function. @returns how many messages there were */
  deliver(name: QueueName, delivery: Partial<Delivery> = {}): Promise<number> {
    const { batchSize, handler } = CONSUMERS.find(({ queue }) => queue === name) as (typeof CONSUMERS)[number];
    const consumer: Consumer = (event) => this.#invoke(handler as (...given: unknown[]) => ReturnType<Consumer>, event);
    return this.queue(name).deliver(consumer, this.#milliseconds, { batchSize, ...delivery });
  }

  /** Delivers until nothing waits; the clock moves on to whatever is held back. */
  async drain({ atOnce = false, ...delivery }: Drain = {}): Promise<void> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      let moved = 0;
      if (atOnce) {
        const counts = await Promise.all(CONSUMERS.map(({ queue }) => this.deliver(queue, delivery)));
        moved = counts.reduce((sum, count) => sum + count, 0);
      } else for (const { queue } of CONSUMERS) moved += await this.deliver(queue, delivery);
      if (moved > 0) continue;
      const held = Object.values(this.#queueOf).flatMap(({ waiting }) =>
        waiting.map((one) => one.visibleAtMilliseconds),
      );
      if (held.length === 0) return;
      this.setClock(Math.min(...held));
    }
    throw new Error('the queues never ran empty');
  }

  sweep(): Promise<unknown> {
    return this.#invoke(sweepOverdue, {});
  }

  startCohorts(): Promise<unknown> {
    return this.#invoke(startCohorts, {});
  }

  runPhase(task: PhaseTask): Promise<unknown> {
    return this.#invoke(runCoverPhase, task);
  }

  /** @throws InvariantBroken where the books do not add up */
  prove(): Promise<{ holds: boolean; checked: Record<string, number> }> {
    return this.#invoke(proveLedger, {}) as Promise<{ holds: boolean; checked: Record<string, number> }>;
  }

  /** One invocation; of a process that died on the way nobody hears the answer. */
  #invoke<Output>(handler: (event: never, context: Context) => Promise<Output>, event: unknown): Promise<Output> {
    return handler(event as never, CONTEXT as unknown as Context).finally(() => {
      if (this.tables.faults.buried?.()) throw new Crash('died on the way');
    });
  }
}
