/**
 * As much of the Amazon States Language as `coverage-lifecycle` is written in, quick enough for thousands of
 * executions. What it does not know is an error that names it.
 */
import type { Json, State } from '../../infra/local/lifecycle/definition.ts';

type Fields = Record<string, unknown>;
export type InContext = { readonly input: Json; readonly context: Json };

/** `$.a['b']`, `$$.Map.Item.Value`. */
function read(path: string, { input, context }: InContext): Json | undefined {
  const isContext = path.startsWith('$$');
  const names = [...path.slice(isContext ? 2 : 1).matchAll(/\.(\w+)|\['([^']+)'\]/g)].map(
    ([, a, b]) => (a ?? b) as string,
  );
  return names.reduce<Json | undefined>(
    (holder, name) =>
      typeof holder === 'object' && holder !== null && Object.hasOwn(holder, name)
        ? (holder as Record<string, Json>)[name]
        : undefined,
    isContext ? context : input,
  );
}

const INTRINSICS: Readonly<Record<string, (...given: never[]) => Json>> = {
  ArrayLength: (list: Json[]) => list.length,
  ArrayGetItem: (list: Json[], index: number) => list[index] as Json,
  MathAdd: (left: number, right: number) => left + right,
};

export function valueAt(text: string, where: InContext): Json {
  const intrinsic = /^States\.(\w+)\((.*)\)$/.exec(text);
  if (intrinsic) {
    const [, name = '', list = ''] = intrinsic;
    const run = INTRINSICS[name];
    if (!run) throw new Error(`States.${name} is not supported`);
    return run(...(list.split(',').map((part) => valueAt(part.trim(), where)) as never[]));
  }
  if (/^-?\d+$/.test(text)) return Number(text);
  const value = read(text, where);
  if (value === undefined) throw new Error(`nothing at ${text}`);
  return value;
}

export function filled(template: unknown, where: InContext): Json {
  if (Array.isArray(template)) return template.map((part) => filled(part, where));
  if (typeof template !== 'object' || template === null) return template as Json;
  return Object.fromEntries(
    Object.entries(template).map(([name, part]) =>
      name.endsWith('.$') ? [name.slice(0, -2), valueAt(part as string, where)] : [name, filled(part, where)],
    ),
  );
}

function holds(rule: Fields, where: InContext): boolean {
  if (rule.Not) return !holds(rule.Not as Fields, where);
  const found = read(rule.Variable as string, where);
  if (rule.IsPresent !== undefined) return (found !== undefined) === rule.IsPresent;
  if (rule.NumericLessThanPath !== undefined)
    return (found as number) < (valueAt(rule.NumericLessThanPath as string, where) as number);
  throw new Error(`a choice by ${Object.keys(rule)} is not supported`);
}

export function chosen(state: State, where: InContext): string {
  const rule = (state.Choices as unknown as (Fields & { Next: string })[]).find((one) => holds(one, where));
  const next = rule?.Next ?? state.Default;
  if (next === undefined) throw new Error('no choice matched');
  return next;
}

/** What a state hands on. */
export function outputOf(state: State, input: Json, result: Json): Json {
  if (state.OutputPath === null) return {};
  const path = state.ResultPath;
  if (path === null) return input;
  if (path === undefined) return result;
  const name = /^\$\.(\w+)$/.exec(path as string)?.[1];
  if (!name) throw new Error(`ResultPath ${path} is not supported`);
  return { ...(input as Record<string, Json>), [name]: result };
}
