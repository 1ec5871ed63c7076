/** Executions of the real `coverage-lifecycle` graph, stepped on the virtual clock. They may fail, and get lost. */
import { type Json, localDefinition, type Scope, type State } from '../../infra/local/lifecycle/definition.ts';
import { repositoryTemplate } from '../../infra/local/template/cached-template.ts';
import { settingsSchema } from '../../shared/settings.ts';
import { chosen, filled, type InContext, outputOf, valueAt } from './state-language.ts';

export type CallTask = (input: Json) => Promise<unknown>;

interface Cursor {
  state: string;
  input: Json;
  wakeAt?: number | undefined;
  branches?: Cursor[] | undefined;
  done?: boolean;
}

interface Execution {
  readonly name: string;
  readonly input: string;
  readonly cursor: Cursor;
  status: 'running' | 'succeeded' | 'failed' | 'lost';
}

const ALIAS = 'arn:aws:lambda:ap-southeast-3:111111111111:function:run-cover-phase:live';

export async function lifecycleGraph(): Promise<Scope> {
  const { Resources } = await repositoryTemplate(settingsSchema.parse({}));
  const machine = Object.values(Resources).find(({ Type }) => Type === 'AWS::StepFunctions::StateMachine');
  const { DefinitionString } = (machine as { Properties: unknown }).Properties as {
    DefinitionString: { 'Fn::Join': [string, unknown[]] };
  };
  const parts = DefinitionString['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : ALIAS));
  return localDefinition(JSON.parse(parts.join('')));
}

export class Lifecycle {
  readonly executions = new Map<string, Execution>();
  readonly #graph: Scope;
  readonly #call: CallTask;
  readonly #now: () => number;

  constructor(graph: Scope, call: CallTask, now: () => number) {
    this.#graph = graph;
    this.#call = call;
    this.#now = now;
  }

  start(name: string, input: string, isLost: boolean): void {
    const cursor = { state: this.#graph.StartAt, input: JSON.parse(input) as Json };
    this.executions.set(name, { name, input, cursor, status: isLost ? 'lost' : 'running' });
  }

  due(): Execution[] {
    return [...this.executions.values()].filter(
      ({ status, cursor }) => status === 'running' && wakeOf(cursor) <= this.#now(),
    );
  }

  get nextAt(): number | undefined {
    const running = [...this.executions.values()].filter(({ status }) => status === 'running');
    return running.length === 0 ? undefined : Math.min(...running.map(({ cursor }) => wakeOf(cursor)));
  }

  async advance(execution: Execution): Promise<void> {
    try {
      await this.#walk(this.#graph, execution.cursor);
      if (execution.cursor.done && execution.status === 'running') execution.status = 'succeeded';
    } catch (error) {
      if (!(error as Error).message.includes('not due yet') && !isTaskFailure(error)) throw error;
      execution.status = 'failed';
    }
  }

  /** What failed runs again, from the state that failed. */
  redriveFailed(): number {
    const failed = [...this.executions.values()].filter(({ status }) => status === 'failed');
    for (const execution of failed) execution.status = 'running';
    return failed.length;
  }

  async #walk(scope: Scope, cursor: Cursor): Promise<void> {
    while (!cursor.done) {
      const state = scope.States[cursor.state] as State;
      const output = await this.#step(state, cursor);
      if (output === undefined) return;
      const next = state.Type === 'Choice' ? chosen(state, whereOf(cursor.input)) : state.Next;
      cursor.wakeAt = undefined;
      cursor.branches = undefined;
      cursor.input = output;
      if (next === undefined) cursor.done = true;
      else cursor.state = next;
    }
  }

  async #step(state: State, cursor: Cursor): Promise<Json | undefined> {
    const where = whereOf(cursor.input);
    switch (state.Type) {
      case 'Choice':
      case 'Succeed':
        return cursor.input;
      case 'Pass':
        return outputOf(state, cursor.input, state.Parameters ? filled(state.Parameters, where) : cursor.input);
      case 'Wait':
        cursor.wakeAt ??= Date.parse(valueAt(state.TimestampPath as string, where) as string);
        return cursor.wakeAt > this.#now() ? undefined : cursor.input;
      case 'Parallel':
        return this.#parallel(state, cursor);
      case 'Map':
        await this.#map(state, where);
        return outputOf(state, cursor.input, []);
    }
    throw new Error(`a ${state.Type} is not supported here`);
  }

  async #parallel(state: State, cursor: Cursor): Promise<Json | undefined> {
    const scopes = state.Branches ?? [];
    const branches: Cursor[] =
      cursor.branches ?? scopes.map(({ StartAt }) => ({ state: StartAt, input: cursor.input }));
    cursor.branches = branches;
    const walks = scopes.map((scope, index) => this.#walk(scope, branches[index] as Cursor));
    const failed = (await Promise.allSettled(walks)).find((walk) => walk.status === 'rejected');
    if (failed) throw failed.reason;
    return branches.every(({ done }) => done) ? outputOf(state, cursor.input, []) : undefined;
  }

  async #map(state: State, where: InContext): Promise<void> {
    const items = valueAt(state.ItemsPath as string, where) as Json[];
    const { States, StartAt } = state.ItemProcessor as Scope;
    const task = States[StartAt] as State;
    if (task.Type !== 'Task' || !task.End) throw new Error('a child is one task');
    const children = items.map((item) => {
      const context = { Map: { Item: { Value: item } } };
      return this.#task(task, filled(state.ItemSelector, { ...where, context }));
    });
    const failed = (await Promise.allSettled(children)).find((child) => child.status === 'rejected');
    if (failed) throw failed.reason;
  }

  async #task(state: State, input: Json): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#call(input);
        return;
      } catch (error) {
        const { name } = error as Error;
        const retry = (state.Retry as Retrier[] | undefined)?.find(({ ErrorEquals }) => ErrorEquals.includes(name));
        if (attempt >= (retry?.MaxAttempts ?? 0)) throw error;
      }
    }
  }
}

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts: number;
}

function isTaskFailure(error: unknown): boolean {
  return ['Transient', 'Permanent', 'InvariantBroken', 'Lambda.Unknown'].includes((error as Error).name);
}

function whereOf(input: Json): InContext {
  return { input, context: {} };
}

/** When anything in the tree is due; at once where nothing waits. */
function wakeOf(cursor: Cursor): number {
  if (cursor.done) return Number.POSITIVE_INFINITY;
  if (cursor.branches) return Math.min(...cursor.branches.map(wakeOf));
  return cursor.wakeAt ?? 0;
}
