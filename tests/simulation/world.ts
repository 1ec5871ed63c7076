/**
 * The whole system in one process: the real handlers on tables, queues, executions and a clock of this world. Nothing
 * moves by itself; `play.ts` decides what happens next.
 */
import '../support/environment.ts';
import { ExecutionAlreadyExists } from '@aws-sdk/client-sfn';
import type { Scope } from '../../infra/local/lifecycle/definition.ts';
import { QUEUE_URLS, type QueueName } from '../support/environment.ts';
import type { Item } from '../support/expressions.ts';
import type { MemoryRows } from '../support/memory-rows.ts';
import { MemoryTables } from '../support/memory-table.ts';
import type { Chance } from '../support/random.ts';
import { FaultDice } from './fault-dice.ts';
import { FUNCTIONS } from './functions.ts';
import { Lifecycle } from './lifecycle.ts';
import { listenToLogs } from './logs.ts';
import { pinMachine } from './pinned.ts';
import { Died, invoke } from './processes.ts';
import { eventOf, type Message, type Sending, SimulatedQueue } from './queues.ts';
import type { Sabotage } from './sabotage.ts';
import type { Payment, Scenario } from './scenario.ts';
import { SECRETS, statusAnswer } from './senders.ts';
import { type Input, type Output, type Service, Services } from './services.ts';
import { Watch } from './watch.ts';

const INDEXES = {
  cohort: { hash: 'cohortKey', sort: 'cohortSort', keysOnly: true },
  waiting: { hash: 'waitingKey', sort: 'waitingSort', keysOnly: false },
  due: { hash: 'dueKey', sort: 'dueSort', keysOnly: true },
};
const BATCH_SIZES = { payments: 10, funds: 10, enrolments: 5, nudges: 5 } as const;
export type ConsumedQueue = keyof typeof BATCH_SIZES;
export const CONSUMED = Object.keys(BATCH_SIZES) as ConsumedQueue[];
/** Six times the timeout of the function. */
const VISIBILITY_MILLISECONDS = 360_000;
const HEALED_BY_THE_SWEEPER: readonly QueueName[] = ['funds', 'enrolments'];

let worlds = 0;

export class World {
  readonly scenario: Scenario;
  readonly chance: Chance;
  readonly dice: FaultDice;
  readonly watch = new Watch();
  readonly queues: Readonly<Record<QueueName, SimulatedQueue>>;
  readonly lifecycle: Lifecycle;
  readonly services: Services;
  readonly sabotage: Sabotage;
  readonly #tables = new MemoryTables();
  readonly #rows: Readonly<Record<'main' | 'reminders' | 'vault', MemoryRows>>;
  readonly #paymentOf: ReadonlyMap<string, Payment>;
  readonly #restore: (() => void)[] = [];
  milliseconds: number;

  constructor(scenario: Scenario, graph: Scope, chance: Chance, sabotage: Sabotage = {}) {
    this.scenario = scenario;
    this.chance = chance;
    this.sabotage = sabotage;
    this.dice = new FaultDice(chance);
    this.milliseconds = scenario.startMilliseconds;
    this.#paymentOf = new Map(scenario.payments.map((payment) => [payment.id, payment]));
    worlds += 1;
    this.#rows = {
      main: this.#table('TABLE_NAME', `main-${worlds}`, INDEXES),
      reminders: this.#table('REMINDERS_TABLE_NAME', `reminders-${worlds}`),
      vault: this.#table('VAULT_TABLE_NAME', `vault-${worlds}`),
    };
    const named = Object.entries(QUEUE_URLS).map(([name, url]) => [
      name,
      new SimulatedQueue(name, url.endsWith('.fifo')),
    ]);
    this.queues = Object.fromEntries(named) as Record<QueueName, SimulatedQueue>;
    this.lifecycle = new Lifecycle(
      graph,
      (input) => this.run('runCoverPhase', input),
      () => this.milliseconds,
    );
    this.services = new Services(this.dice, this.#answers(), () => this.#tick(), sabotage.meddle);
  }

  open(): this {
    process.env.SETTINGS = JSON.stringify(this.scenario.settings);
    process.env.VAULT_KEY_ID = 'vault-key';
    const realFetch = globalThis.fetch;
    globalThis.fetch = ((url: string) => this.#ask(String(url))) as unknown as typeof fetch;
    this.#restore.push(
      pinMachine(this.chance),
      this.services.install(),
      listenToLogs((line) => this.watch.text('a log line', line)),
      () => {
        globalThis.fetch = realFetch;
      },
    );
    this.setClock(this.milliseconds);
    return this;
  }

  close(): void {
    for (const restore of this.#restore.splice(0).reverse()) restore();
  }

  setClock(milliseconds: number): void {
    this.milliseconds = milliseconds;
    const clock = { realEpochMs: 0, stageEpochMs: milliseconds, speed: 0, alarms: 'stage' };
    process.env.LINGKARAN_CLOCK = JSON.stringify(clock);
  }

  #tick(): void {
    this.setClock(this.milliseconds + 1 + this.chance.below(50));
  }

  get main(): MemoryRows {
    return this.#rows.main;
  }

  rows(type: string, table: 'main' | 'reminders' = 'main'): Item[] {
    return [...this.#rows[table].after()].filter((row) => row.type === type);
  }

  all(): Item[] {
    return [...this.#rows.main.after(), ...this.#rows.reminders.after()];
  }

  run<Answer>(name: keyof typeof FUNCTIONS, event: unknown = {}): Promise<Answer> {
    return invoke<Answer>(FUNCTIONS[name], event);
  }

  /** One batch of a queue through its function. @returns how many messages there were */
  async deliver(name: ConsumedQueue): Promise<number> {
    const queue = this.queues[name];
    const messages = queue.receive(this.milliseconds, 1 + this.chance.below(BATCH_SIZES[name]), this.chance);
    if (messages.length === 0) return 0;
    const failed = await this.#consume(name, messages);
    for (const message of messages) this.#settle(queue, message, failed.has(message.id));
    return messages.length;
  }

  async #consume(name: ConsumedQueue, messages: readonly Message[]): Promise<Set<string>> {
    const event = eventOf(this.queues[name], messages);
    const consumer = {
      payments: 'recordPayment',
      funds: 'allocateFunds',
      enrolments: 'enrolWorkers',
      nudges: 'sendNudges',
    } as const;
    const once = () => this.run<{ batchItemFailures: { itemIdentifier: string }[] }>(consumer[name], event);
    const again = this.dice.happens('two deliveries at once') ? once().catch(() => undefined) : undefined;
    try {
      const { batchItemFailures } = await once();
      return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    } catch (error) {
      if (!(error instanceof Died)) this.watch.violated('handler', `${name}: ${(error as Error).stack}`);
      return new Set(this.sabotage.forgetsTheDeadOf === name ? [] : messages.map(({ id }) => id));
    } finally {
      await again;
    }
  }

  #settle(queue: SimulatedQueue, message: Message, isBack: boolean): void {
    const ignoresFailures = this.sabotage.forgetsFailuresOf === queue.name;
    if (isBack && !ignoresFailures) {
      const visibility = this.dice.on ? this.chance.below(VISIBILITY_MILLISECONDS) : 0;
      queue.giveBack(message, this.milliseconds + visibility);
      return;
    }
    queue.done(message);
    if (!this.dice.happens('delivered again')) return;
    const later = this.chance.below(this.chance.happens(0.8) ? 600_000 : 3 * 86_400_000);
    queue.giveBack({ ...message, receives: 0 }, this.milliseconds + later);
  }

  #table(variable: string, name: string, indexes = {}): MemoryRows {
    process.env[variable] = name;
    const rows = this.#tables.create(name, indexes);
    this.watch.watch(rows, variable.startsWith('VAULT'));
    return rows;
  }

  #answers(): Readonly<Record<'table' | 'queue' | 'executions' | 'secrets' | 'keys', Service>> {
    return {
      table: async (name, input) => {
        const output = await this.#tables.execute(name, input);
        this.watch.afterCall();
        return output;
      },
      queue: (name, input) => this.#send(name, input),
      executions: (_name, input) => this.#start(input as unknown as { name: string; input: string }),
      secrets: (_name, { SecretId }) => {
        const name = String(SecretId).slice((process.env.SECRETS_PREFIX as string).length);
        const text = JSON.stringify(this.sabotage.secrets?.[name] ?? SECRETS[name] ?? {});
        return { SecretString: text };
      },
      keys: (name, input) => this.#keys(name, input),
    };
  }

  #send(name: string, input: Input): Output {
    const queue = Object.entries(QUEUE_URLS).find(([, url]) => url === input.QueueUrl)?.[0] as QueueName;
    const entries = (name === 'SendMessageBatch' ? input.Entries : [input]) as Sending[];
    for (const entry of entries) {
      this.watch.text(`the ${queue} queue`, entry.MessageBody);
      if (HEALED_BY_THE_SWEEPER.includes(queue) && this.dice.happens('message lost')) continue;
      const late = this.dice.happens('delivered late') ? this.chance.below(3_600) : 0;
      this.queues[queue].send({ ...entry, DelaySeconds: (entry.DelaySeconds ?? 0) + late }, this.milliseconds);
    }
    return {};
  }

  #start({ name, input }: { name: string; input: string }): Output {
    this.watch.text('an execution', input);
    if (this.lifecycle.executions.has(name)) {
      throw new ExecutionAlreadyExists({ $metadata: {}, message: `${name} exists` });
    }
    this.lifecycle.start(name, input, this.dice.happens('execution lost'));
    return {};
  }

  /** The vault's own key: it wraps by doing nothing, which is nobody's business here. */
  #keys(name: string, input: Input): Output {
    if (name === 'Decrypt') return { Plaintext: Uint8Array.from(input.CiphertextBlob as Uint8Array) };
    const key = Uint8Array.from({ length: 32 }, () => this.chance.below(256));
    return { Plaintext: key, CiphertextBlob: Uint8Array.from(key) };
  }

  /** Midtrans' status API. */
  async #ask(url: string): Promise<unknown> {
    if (this.dice.happens('status API down')) throw new TypeError('fetch failed');
    const id = decodeURIComponent(/\/v2\/([^/]+)\/status$/.exec(url)?.[1] ?? '');
    const { status, body } = statusAnswer(this.#paymentOf.get(id), this.milliseconds);
    const bytes = new TextEncoder().encode(body);
    return { status, arrayBuffer: async () => bytes.buffer };
  }
}
