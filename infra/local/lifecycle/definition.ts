/** The parts of the Amazon States Language the engine itself looks at; the rest is the interpreter's. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface State {
  readonly Type: 'Task' | 'Parallel' | 'Map' | 'Pass' | 'Wait' | 'Choice' | 'Succeed' | 'Fail';
  readonly Next?: string;
  readonly End?: boolean;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly { readonly Next: string }[];
  readonly Branches?: readonly Scope[];
  readonly ItemProcessor?: Scope & { readonly ProcessorConfig?: unknown };
  readonly Resource?: string;
  readonly [field: string]: unknown;
}

/** A state machine, a branch of a Parallel, or the processor of a Map. */
export interface Scope {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** Fields of a Distributed Map that have no meaning where the children run in this process. */
const DISTRIBUTED_ONLY = ['Label', 'ToleratedFailurePercentage', 'ToleratedFailureCount'] as const;
const UNSUPPORTED_OF_MAP = [
  'ItemReader',
  'ItemBatcher',
  'ResultWriter',
  'ToleratedFailurePercentagePath',
  'ToleratedFailureCountPath',
];
const TASK_SECONDS = 900;
const LAMBDA = /^arn:aws[a-z-]*:lambda:/;

/** Refuses what would run differently here than on AWS, and strips what only AWS needs. */
export function localDefinition(definition: unknown): Scope {
  const scope = definition as Scope & { QueryLanguage?: string };
  if (scope.QueryLanguage !== undefined && scope.QueryLanguage !== 'JSONPath')
    throw new Error(`the embedded engine reads JSONPath state machines, not ${scope.QueryLanguage}`);
  return localScope(scope);
}

/** The interpreter takes `IsPresent: false` and its like for "never", so they are put as the opposite of `true`. */
function positive<Rule extends object>(rule: Rule): Rule {
  const { And, Or, Not, Next, ...test } = rule as Record<string, unknown>;
  const combined = {
    ...(And ? { And: (And as object[]).map(positive) } : {}),
    ...(Or ? { Or: (Or as object[]).map(positive) } : {}),
    ...(Not ? { Not: positive(Not as object) } : {}),
    ...(Next ? { Next } : {}),
  };
  const negative = Object.keys(test).find((key) => key.startsWith('Is') && test[key] === false);
  if (negative === undefined) return { ...test, ...combined } as Rule;
  return { Not: { ...test, [negative]: true }, ...combined } as unknown as Rule;
}

function localScope({ StartAt, States }: Scope): Scope {
  const states = Object.entries(States).map(([name, state]) => [name, localState(name, state)] as const);
  return { StartAt, States: Object.fromEntries(states) };
}

function localState(name: string, state: State): State {
  if (state.Type === 'Task' && !LAMBDA.test(state.Resource ?? ''))
    throw new Error(`state ${name} calls ${state.Resource}; the embedded engine runs functions only`);
  if (state.Type === 'Task') return { TimeoutSeconds: TASK_SECONDS, ...state };
  if (state.Type === 'Choice') return { ...state, Choices: (state.Choices ?? []).map(positive) };
  if (state.Type === 'Parallel') {
    if (state.Retry) throw new Error(`state ${name}: the embedded engine does not retry a Parallel as a whole`);
    return { ...state, Branches: (state.Branches ?? []).map(localScope) };
  }
  if (state.Type !== 'Map') return state;
  for (const field of UNSUPPORTED_OF_MAP)
    if (field in state) throw new Error(`state ${name}: the embedded engine has no ${field}`);
  const kept = Object.entries(state).filter(([field]) => !DISTRIBUTED_ONLY.includes(field as never));
  const processor = state.ItemProcessor ?? (state.Iterator as Scope);
  return { ...Object.fromEntries(kept), ItemProcessor: localScope(processor) } as State;
}
