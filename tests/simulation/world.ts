/**
 * The whole system in one process: the real handlers on tables, queues, executions and a clock of this world. Nothing
 * moves by itself; `play.ts` decides what happens next.
 */
import './environment.ts';
import type { Scope } from '../../infra/local/lifecycle/definition.ts';
import { QUEUE_URLS, type QueueName } from '../support/environment.ts';
import type { Item } from '../support/expressions.ts';
import type { MemoryRows } from '../support/memory-rows.ts';
import { MemoryTables } from '../support/memory-table.ts';
import type { Chance } from '../support/random.ts';
import { answersOf } from './answers.ts';
import { Door } from './door.ts';
import { FaultDice } from './fault-dice.ts';
import { FUNCTIONS } from './functions.ts';
import { Lifecycle } from './lifecycle.ts';
import { listenToLogs } from './logs.ts';
import { installOffices } from './offices.ts';
import { pinMachine } from './pinned.ts';
import { invoke } from './processes.ts';
import { SimulatedQueue } from './queues.ts';
import { Releases } from './releases.ts';
import type { Sabotage } from './sabotage.ts';
import type { Scenario } from './scenario.ts';
import { Services } from './services.ts';
import { installStatusApis } from './status-apis.ts';
import { Watch } from './watch.ts';

const INDEXES = {
  cohort: { hash: 'cohortKey', sort: 'cohortSort', keysOnly: true },
  waiting: { hash: 'waitingKey', sort: 'waitingSort', keysOnly: false },
  due: { hash: 'dueKey', sort: 'dueSort', keysOnly: true },
};

let worlds = 0;

export class World {
  readonly scenario: Scenario;
  readonly chance: Chance;
  readonly dice: FaultDice;
  readonly watch = new Watch(() => this.milliseconds);
  readonly queues: Readonly<Record<QueueName, SimulatedQueue>>;
  readonly lifecycle: Lifecycle;
  readonly services: Services;
  readonly releases: Releases;
  readonly sabotage: Sabotage;
  readonly door: Door = new Door(this);
  /** Schedules the product made: at which hour in Jakarta they start a campaign, and what they say. */
  readonly schedules = new Map<string, { readonly hour: number; readonly input: string }>();
  /** What was done, by kind: each is a call of the product from outside with something to do. */
  readonly work = new Map<string, number>();
  readonly #tables = new MemoryTables();
  readonly #rows: Readonly<Record<'main' | 'reminders' | 'vault', MemoryRows>>;
  readonly #restore: (() => void)[] = [];
  milliseconds: number;

  constructor(scenario: Scenario, graph: Scope, chance: Chance, sabotage: Sabotage = {}) {
    this.scenario = scenario;
    this.chance = chance;
    this.sabotage = sabotage;
    this.dice = new FaultDice(chance);
    this.milliseconds = scenario.startMilliseconds;
    worlds += 1;
    this.#rows = {
      main: this.#table('TABLE_NAME', `main-${worlds}`, INDEXES),
      reminders: this.#table('REMINDERS_TABLE_NAME', `reminders-${worlds}`),
      vault: this.#table('VAULT_TABLE_NAME', `vault-${worlds}`),
    };
    const queues = Object.entries(QUEUE_URLS).map(([name, url]) => [
      name,
      new SimulatedQueue(name, url.endsWith('.fifo')),
    ]);
    this.queues = Object.fromEntries(queues) as Record<QueueName, SimulatedQueue>;
    this.lifecycle = new Lifecycle(
      graph,
      (input) => {
        this.did('phase of a shard run');
        return this.run('runCoverPhase', input);
      },
      () => this.milliseconds,
    );
    const settings = sabotage.hearsNoDecree ? { ...scenario.settings, tariff: {} } : scenario.settings;
    this.releases = new Releases(this.dice, chance, settings, sabotage.secrets);
    const answers = answersOf(this, this.#tables);
    this.services = new Services(this.dice, answers, () => this.#tick(), sabotage.meddle);
  }

  open(): this {
    this.#restore.push(
      pinMachine(this.chance, () => this.milliseconds),
      this.services.install(),
      this.releases.install(),
      installStatusApis(this),
      installOffices(this),
      listenToLogs((line, isError) => this.watch.logged(line, isError)),
    );
    return this;
  }

  close(): void {
    for (const restore of this.#restore.splice(0).reverse()) restore();
  }

  setClock(milliseconds: number): void {
    this.milliseconds = milliseconds;
  }

  #tick(): void {
    this.milliseconds += 1 + this.chance.below(50);
  }

  did(kind: string, times = 1): void {
    this.work.set(kind, (this.work.get(kind) ?? 0) + times);
  }

  get main(): MemoryRows {
    return this.#rows.main;
  }

  readonly rows = (type: string, table: 'main' | 'reminders' = 'main'): Item[] =>
    [...this.#rows[table].after()].filter((row) => row.type === type);

  all(): Item[] {
    return [...this.#rows.main.after(), ...this.#rows.reminders.after()];
  }

  get vault(): Item[] {
    return [...this.#rows.vault.after()];
  }

  run<Answer>(name: keyof typeof FUNCTIONS, event: unknown = {}): Promise<Answer> {
    return invoke<Answer>(FUNCTIONS[name], event, this.releases.taking());
  }

  #table(variable: string, name: string, indexes = {}): MemoryRows {
    process.env[variable] = name;
    const rows = this.#tables.create(name, indexes);
    this.watch.watch(rows, variable.startsWith('VAULT'));
    return rows;
  }
}
