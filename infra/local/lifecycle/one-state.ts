/**
 * Runs exactly one state with the interpreter of `aws-local-stepfunctions`. Wherever the state may go next stands a
 * task that only notes that it was reached and with what, so paths, retries and catchers stay the interpreter's.
 */
import { ExecutionError, type RunOptions, StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import type { Json, Scope, State } from './definition.ts';

export type CallFunction = (arn: string, input: Json) => Promise<Json>;
export type ExecutionContext = Readonly<Record<string, unknown>>;

export interface Transition {
  /** Absent after the last state. */
  readonly next?: string;
  readonly output: Json;
}

export class StateFailed extends Error {
  override readonly name = 'StateFailed';
  readonly error: string;

  constructor(error: string, cause: string) {
    super(cause);
    this.error = error;
  }
}

const RETRY_PAUSE_MILLISECONDS = 20;
const MAP_CONCURRENCY = 8;
/** No state of a template has such a name: it could not be written in a console. */
const REACHED = '\u0000to:';
const FINISHED = '\u0000end';

type Handlers = Record<string, (input: Json) => Promise<Json> | Json>;

export async function runState(
  name: string,
  state: State,
  input: Json,
  { call, context }: { readonly call: CallFunction; readonly context: ExecutionContext },
): Promise<Transition> {
  let reached: Transition | undefined;
  const handlers: Handlers = {};
  const retryPauses: Record<string, number> = {};
  collect({ StartAt: name, States: { [name]: state } }, call, handlers, retryPauses);

  const States: Record<string, State> = { [name]: redirected(state) };
  for (const target of targetsOf(state)) {
    States[REACHED + target] = { Type: 'Task', Resource: FINISHED, End: true };
    handlers[REACHED + target] = (output) => {
      reached = { next: target, output };
      return null;
    };
  }
  States[FINISHED] = { Type: 'Task', Resource: FINISHED, End: true };
  handlers[FINISHED] = (output) => {
    reached = { output };
    return null;
  };

  const result = await interpret({ StartAt: name, States }, input, context, handlers, retryPauses);
  return reached ?? { output: result };
}

function targetsOf({ Next, Default, Choices = [], Catch = [] }: State): ReadonlySet<string> {
  const targets = [Next, Default, ...Choices.map((choice) => choice.Next), ...Catch.map((catcher) => catcher.Next)];
  return new Set(targets.filter((target) => target !== undefined));
}

function redirected(state: State): State {
  const { Next, End, Default, Choices, Catch, ...rest } = state;
  const to = <Rule extends { readonly Next: string }>(rule: Rule): Rule => ({ ...rule, Next: REACHED + rule.Next });
  const bounded = state.Type === 'Map' && state.MaxConcurrencyPath === undefined;
  const concurrency = Math.min(MAP_CONCURRENCY, Number(state.MaxConcurrency) || MAP_CONCURRENCY);
  return {
    ...rest,
    ...(bounded ? { MaxConcurrency: concurrency } : {}),
    ...(Next === undefined ? {} : { Next: REACHED + Next }),
    ...(End ? { Next: FINISHED } : {}),
    ...(Default === undefined ? {} : { Default: REACHED + Default }),
    ...(Choices ? { Choices: Choices.map(to) } : {}),
    ...(Catch ? { Catch: Catch.map(to) } : {}),
  };
}

function collect({ States }: Scope, call: CallFunction, handlers: Handlers, retryPauses: Record<string, number>): void {
  for (const [name, state] of Object.entries(States)) {
    if (state.Type === 'Task') handlers[name] ??= (input) => call(state.Resource ?? '', input);
    if (state.Retry) retryPauses[name] = RETRY_PAUSE_MILLISECONDS;
    if (state.ItemProcessor) collect(state.ItemProcessor, call, handlers, retryPauses);
  }
}

async function interpret(
  scope: Scope,
  input: Json,
  context: ExecutionContext,
  handlers: Handlers,
  retryPauses: Record<string, number>,
): Promise<Json> {
  // The interpreter puts its own start time and input into `$$.Execution`, those of this one state.
  const text = JSON.stringify(scope).replaceAll('$$.Execution', () => '$$.WholeExecution');
  const machine = new StateMachine(JSON.parse(text) as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  });
  const overrides = { taskResourceLocalHandlers: handlers, retryIntervalOverrides: retryPauses };
  try {
    return await machine.run(input, { overrides, context } as RunOptions).result;
  } catch (failure) {
    const cause = failure instanceof ExecutionError ? failure.cause : failure;
    if (cause instanceof Error) throw new StateFailed(cause.name, cause.message);
    throw failure;
  }
}
