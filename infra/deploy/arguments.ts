/** The part of a command line that describes the stage, apart from the part that says how to deploy it. */
import type { Environment } from './endpoint.ts';

export interface SplitArguments {
  /** `-c key=value`, again and again. */
  readonly context: readonly string[];
  readonly others: readonly string[];
}

const TAKES_NEXT = new Set(['-c', '--context']);
const IN_ONE = /^(--context=|-c.+)/;

export function splitArguments(commandLine: readonly string[]): SplitArguments {
  const context: string[] = [];
  const others: string[] = [];
  for (let index = 0; index < commandLine.length; index += 1) {
    const word = commandLine[index]!;
    if (TAKES_NEXT.has(word)) context.push('-c', commandLine[++index] ?? '');
    else if (IN_ONE.test(word)) context.push('-c', word.replace(/^(--context=|-c=?)/, ''));
    else others.push(word);
  }
  return { context, others };
}

/** A stage on an emulator is thrown away with it, so nothing in it needs to outlive it; production never is. */
export function withDisposal(context: readonly string[], { LINGKARAN_STAGE }: Environment): readonly string[] {
  const given = new Map(context.filter((word) => word !== '-c').map((pair) => pair.split('=', 2) as [string, string]));
  const isProduction = (given.get('stage') ?? LINGKARAN_STAGE) === 'production';
  if (isProduction || given.has('disposable')) return context;
  return [...context, '-c', 'disposable=true'];
}
