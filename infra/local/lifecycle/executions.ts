/** The executions of the state machines: stored rows, run whenever one of them is due. */
import type { Activity } from '../activity.ts';
import type { AlarmSource } from '../alarms.ts';
import type { Database } from '../database.ts';
import type { MachineResource } from '../template/resources.ts';
import { type Json, localDefinition, type Scope } from './definition.ts';
import type { CallFunction } from './one-state.ts';
import { advance, type Cursor, clearFailures, earliestWake, type Walk } from './stepper.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';

export interface ExecutionRow {
  readonly arn: string;
  readonly machine_arn: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly input: string;
  readonly definition: string;
  readonly cursor: string;
  readonly output: string | null;
  readonly error: string | null;
  readonly cause: string | null;
  readonly started_ms: number;
  readonly stopped_ms: number | null;
  readonly redrive_count: number;
}

export interface ExecutionsOptions {
  readonly machines: readonly MachineResource[];
  readonly database: Database;
  readonly activity: Activity;
  readonly call: CallFunction;
  readonly now: () => number;
}

export class Executions implements AlarmSource {
  readonly #options: ExecutionsOptions;
  readonly #definitions: ReadonlyMap<string, Scope>;
  readonly #running = new Set<string>();
  #stopped = false;

  constructor(options: ExecutionsOptions) {
    this.#options = options;
    this.#definitions = new Map(options.machines.map(({ arn, definition }) => [arn, localDefinition(definition)]));
  }

  definitionOf(machineArn: string): Scope | undefined {
    return this.#definitions.get(machineArn);
  }

  find(arn: string): ExecutionRow | undefined {
    return this.#options.database.prepare('SELECT * FROM executions WHERE arn = ?').get(arn) as
      | ExecutionRow
      | undefined;
  }

  /** An execution keeps the definition it started with. */
  start(machineArn: string, arn: string, name: string, input: string): ExecutionRow {
    const definition = this.#definitions.get(machineArn);
    if (!definition) throw new Error(`there is no state machine ${machineArn}`);
    const cursor: Cursor = { state: definition.StartAt, input: JSON.parse(input) as Json };
    this.#options.database
      .prepare(
        `INSERT INTO executions (arn, machine_arn, name, status, input, definition, cursor, started_ms)
         VALUES (?, ?, ?, 'RUNNING', ?, ?, ?, ?)`,
      )
      .run(arn, machineArn, name, input, JSON.stringify(definition), JSON.stringify(cursor), this.#options.now());
    this.#record(arn, 'ExecutionStarted');
    this.#run(arn);
    return this.find(arn) as ExecutionRow;
  }

  redrive(row: ExecutionRow): void {
    const cursor = JSON.parse(row.cursor) as Cursor;
    clearFailures(cursor);
    this.#options.database
      .prepare(
        `UPDATE executions SET status = 'RUNNING', cursor = ?, wake_ms = ?, error = NULL, cause = NULL,
         stopped_ms = NULL, redrive_count = redrive_count + 1 WHERE arn = ?`,
      )
      .run(JSON.stringify(cursor), earliestWake(cursor) ?? null, row.arn);
    this.#record(row.arn, 'ExecutionRedriven');
    this.#run(row.arn);
  }

  abort(row: ExecutionRow, error: string | null, cause: string | null): void {
    if (row.status === 'RUNNING') this.#end(row.arn, 'ABORTED', null, error, cause);
  }

  /** After a start on existing data: what was running when the engine ended goes on. */
  resume(): void {
    const rows = this.#options.database.prepare(`SELECT arn FROM executions WHERE status = 'RUNNING'`).all();
    for (const { arn } of rows as { arn: string }[]) this.#run(arn);
  }

  stop(): void {
    this.#stopped = true;
  }

  next(): number | undefined {
    const row = this.#options.database
      .prepare('SELECT min(wake_ms) AS due FROM executions WHERE wake_ms IS NOT NULL')
      .get() as { due: number | null };
    return row.due ?? undefined;
  }

  async ring(nowMilliseconds: number): Promise<void> {
    const rows = this.#options.database
      .prepare('SELECT arn FROM executions WHERE wake_ms <= ? ORDER BY wake_ms, arn')
      .all(nowMilliseconds) as { arn: string }[];
    for (const { arn } of rows) this.#run(arn);
  }

  #run(arn: string): void {
    if (this.#running.has(arn) || this.#stopped) return;
    this.#running.add(arn);
    // It is not due again until it says so.
    this.#options.database.prepare('UPDATE executions SET wake_ms = NULL WHERE arn = ?').run(arn);
    void this.#options.activity.during(async () => {
      try {
        await this.#walk(arn);
      } catch (error) {
        console.error(`execution ${arn} stands still because the engine failed:`, error);
      } finally {
        this.#running.delete(arn);
      }
    });
  }

  async #walk(arn: string): Promise<void> {
    const row = this.find(arn);
    if (row?.status !== 'RUNNING') return;
    const scope = JSON.parse(row.definition) as Scope;
    const cursor = JSON.parse(row.cursor) as Cursor;
    const walk = this.#walkOf(row, cursor);
    await advance(scope, cursor, walk);
    if (walk.stopped()) return;
    if (cursor.done) this.#end(arn, 'SUCCEEDED', JSON.stringify(cursor.output ?? null), null, null);
    else if (cursor.failure) this.#end(arn, 'FAILED', null, cursor.failure.error, cursor.failure.cause);
    else this.#setWake(arn, earliestWake(cursor));
  }

  #walkOf(row: ExecutionRow, cursor: Cursor): Walk {
    const { database, call, now } = this.#options;
    const update = database.prepare('UPDATE executions SET cursor = ? WHERE arn = ?');
    return {
      call,
      now,
      context: {
        WholeExecution: {
          Id: row.arn,
          Name: row.name,
          Input: JSON.parse(row.input),
          StartTime: new Date(row.started_ms).toISOString(),
          RedriveCount: row.redrive_count,
        },
        StateMachine: { Id: row.machine_arn, Name: row.machine_arn.split(':').at(-1) },
      },
      save: (event, state, details) => {
        update.run(JSON.stringify(cursor), row.arn);
        this.#record(row.arn, event, state, details);
      },
      stopped: () => this.#stopped || this.find(row.arn)?.status !== 'RUNNING',
    };
  }

  #setWake(arn: string, wake: number | undefined): void {
    this.#options.database.prepare('UPDATE executions SET wake_ms = ? WHERE arn = ?').run(wake ?? null, arn);
  }

  #end(arn: string, status: ExecutionStatus, output: string | null, error: string | null, cause: string | null): void {
    this.#options.database
      .prepare(
        `UPDATE executions SET status = ?, output = ?, error = ?, cause = ?, stopped_ms = ?, wake_ms = NULL WHERE arn = ?`,
      )
      .run(status, output, error, cause, this.#options.now(), arn);
    this.#record(
      arn,
      `Execution${status[0]}${status.slice(1).toLowerCase()}`,
      null,
      error === null ? undefined : { error, cause },
    );
  }

  #record(arn: string, type: string, state: string | null = null, details?: unknown): void {
    this.#options.database
      .prepare('INSERT INTO execution_events (execution_arn, at_ms, type, state, details) VALUES (?, ?, ?, ?, ?)')
      .run(arn, Math.floor(this.#options.now()), type, state, details === undefined ? null : JSON.stringify(details));
  }
}
