/**
 * Walks an execution state by state. Where it stands is a tree of cursors, one for each branch of a Parallel, stored
 * after each step: a Wait of ninety days is a row, and a killed engine goes on from the last state it entered.
 */
import type { Json, Scope, State } from './definition.ts';
import { type CallFunction, type ExecutionContext, runState, StateFailed, type Transition } from './one-state.ts';

export interface Failure {
  readonly error: string;
  readonly cause: string;
}

export interface Cursor {
  state: string;
  input: Json;
  /** Stage time at which a Wait is over. */
  wakeAt?: number;
  branches?: Cursor[];
  done?: true;
  output?: Json;
  failure?: Failure;
}

/** In the words of Step Functions' history. */
export type StepEvent = `${State['Type']}State${'Entered' | 'Exited' | 'Failed'}`;

export interface Walk {
  readonly context: ExecutionContext;
  readonly call: CallFunction;
  readonly now: () => number;
  /** Stores the whole tree, and what just happened. */
  readonly save: (event: StepEvent, state: string, details?: unknown) => void;
  /** Someone stopped the execution, or the engine. */
  readonly stopped: () => boolean;
}

/** Goes on until every cursor is done, waits for its time or has failed. */
export async function advance(scope: Scope, cursor: Cursor, walk: Walk): Promise<void> {
  while (!cursor.done && !cursor.failure && !walk.stopped()) {
    const state = scope.States[cursor.state];
    if (!state) throw new Error(`the state machine has no state ${cursor.state}`);
    try {
      const transition = await step(state, cursor, walk);
      if (!transition || walk.stopped()) return;
      follow(state, cursor, transition, walk);
    } catch (error) {
      if (!(error instanceof StateFailed)) throw error;
      if (walk.stopped()) return;
      cursor.failure = { error: error.error, cause: error.message };
      walk.save(`${state.Type}StateFailed`, cursor.state, cursor.failure);
    }
  }
}

function follow({ Type }: State, cursor: Cursor, { next, output }: Transition, walk: Walk): void {
  const left = cursor.state;
  delete cursor.wakeAt;
  delete cursor.branches;
  if (next === undefined) {
    cursor.done = true;
    cursor.output = output;
  } else {
    cursor.state = next;
    cursor.input = output;
  }
  walk.save(`${Type}StateExited`, left);
}

async function step(state: State, cursor: Cursor, walk: Walk): Promise<Transition | undefined> {
  const tools = { call: walk.call, context: contextOf(cursor, walk) };
  if (state.Type === 'Wait') return waited(state, cursor, walk, tools);
  if (state.Type === 'Parallel') return branched(state, cursor, walk, tools);
  walk.save(`${state.Type}StateEntered`, cursor.state);
  return runState(cursor.state, state, cursor.input, tools);
}

function contextOf({ state }: Cursor, { context, now }: Walk): ExecutionContext {
  return { ...context, State: { Name: state, EnteredTime: new Date(now()).toISOString() } };
}

type Tools = Parameters<typeof runState>[3];

async function waited(state: State, cursor: Cursor, walk: Walk, tools: Tools): Promise<Transition | undefined> {
  if (cursor.wakeAt === undefined) {
    cursor.wakeAt = await wakeTime(state, cursor, walk, tools);
    walk.save('WaitStateEntered', cursor.state, { wakeAt: new Date(cursor.wakeAt).toISOString() });
  }
  if (cursor.wakeAt > walk.now()) return undefined;
  const { Seconds: _s, SecondsPath: _sp, Timestamp: _t, TimestampPath: _tp, ...passing } = state;
  return runState(cursor.state, { ...passing, Type: 'Pass' }, cursor.input, tools);
}

async function wakeTime(state: State, cursor: Cursor, walk: Walk, tools: Tools): Promise<number> {
  const path = state.TimestampPath ?? state.SecondsPath;
  const value = path === undefined ? (state.Timestamp ?? state.Seconds) : await query(state, cursor, path, tools);
  const time = typeof value === 'number' ? walk.now() + value * 1000 : Date.parse(String(value));
  if (Number.isNaN(time))
    throw new StateFailed('States.Runtime', `${cursor.state} waits for ${value}, which is no time`);
  return time;
}

async function query(state: State, cursor: Cursor, path: unknown, tools: Tools): Promise<Json> {
  const reading: State = { Type: 'Pass', Parameters: { 'value.$': path }, End: true, ...inputPathOf(state) };
  const { output } = await runState(cursor.state, reading, cursor.input, tools);
  return (output as { value: Json }).value;
}

function inputPathOf({ InputPath }: State) {
  return InputPath === undefined ? {} : { InputPath };
}

async function branched(state: State, cursor: Cursor, walk: Walk, tools: Tools): Promise<Transition | undefined> {
  const scopes = state.Branches ?? [];
  if (!cursor.branches) {
    const entering: State = { Type: 'Pass', End: true, ...inputPathOf(state), ...parametersOf(state) };
    const { output } = await runState(cursor.state, entering, cursor.input, tools);
    cursor.branches = scopes.map(({ StartAt }) => ({ state: StartAt, input: output }));
    walk.save('ParallelStateEntered', cursor.state);
  }
  const branches = cursor.branches;
  await Promise.all(scopes.map((scope, index) => advance(scope, branches[index] as Cursor, walk)));
  const failure = branches.find((branch) => branch.failure)?.failure;
  if (!failure && !branches.every((branch) => branch.done)) return undefined;
  return join(state, cursor, tools, failure);
}

function parametersOf({ Parameters }: State) {
  return Parameters === undefined ? {} : { Parameters };
}

/** The end of a Parallel as a task that returns the branches' outputs, or fails as one of them did. */
async function join(state: State, cursor: Cursor, tools: Tools, failure?: Failure): Promise<Transition> {
  const { Branches: _branches, Parameters: _parameters, InputPath: _inputPath, ...rest } = state;
  const outputs = (cursor.branches ?? []).map((branch) => branch.output ?? null);
  const call = async () => {
    if (failure) throw Object.assign(new Error(failure.cause), { name: failure.error });
    return outputs;
  };
  return runState(cursor.state, { ...rest, Type: 'Task', Resource: cursor.state }, cursor.input, { ...tools, call });
}

/** The next time anything in the tree is due, undefined if nothing waits. */
export function earliestWake(cursor: Cursor): number | undefined {
  if (cursor.done || cursor.failure) return undefined;
  if (!cursor.branches) return cursor.wakeAt;
  const times = cursor.branches.map(earliestWake).filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Makes what failed, and only that, run again. */
export function clearFailures(cursor: Cursor): void {
  delete cursor.failure;
  for (const branch of cursor.branches ?? []) clearFailures(branch);
}
