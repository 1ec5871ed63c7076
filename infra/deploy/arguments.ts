/** A command line of `cdk deploy`, parted into what makes the template and what deploys it. */
import type { Environment } from './endpoint.ts';

export interface SplitArguments {
  /** Values of `-c`, again and again. */
  readonly context: readonly string[];
  /** Instead of the one in cdk.json. */
  readonly app: string | undefined;
  /** Where template and bundles are kept; nowhere unless given. */
  readonly output: string | undefined;
  readonly others: readonly string[];
}

const LONG_NAMES: Readonly<Record<string, string>> = { '-c': 'context', '-a': 'app', '-o': 'output' };
const WITH_VALUE = /^(-[cao])(?:=?(.+))?$|^--(context|app|output)(?:=(.*))?$/s;

export function splitArguments(commandLine: readonly string[]): SplitArguments {
  const values: Record<string, string[]> = { context: [], app: [], output: [] };
  const others: string[] = [];
  for (let index = 0; index < commandLine.length; index += 1) {
    const word = commandLine[index]!;
    const match = WITH_VALUE.exec(word);
    if (!match) {
      others.push(word);
      continue;
    }
    const [, short = '', shortValue, long = LONG_NAMES[short]!, longValue] = match;
    values[long]!.push(shortValue ?? longValue ?? commandLine[++index] ?? '');
  }
  return { context: values.context!, app: values.app!.at(-1), output: values.output!.at(-1), others };
}

/** A stage on an emulator is thrown away with it, so nothing in it needs to outlive it; production never is. */
export function withDisposal(context: readonly string[], { LINGKARAN_STAGE }: Environment): readonly string[] {
  const given = new Map(context.map((pair) => pair.split('=', 2) as [string, string]));
  const isProduction = (given.get('stage') ?? LINGKARAN_STAGE) === 'production';
  if (isProduction || given.has('disposable')) return context;
  return [...context, 'disposable=true'];
}
