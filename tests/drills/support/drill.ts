/** What is wrong with an engine under drill; told to it in its environment. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

export type Release = 'fails' | 'forgets' | 'dies';

export interface Drill {
  /** A function that runs in another release than the one of this repository. */
  readonly changed?: { readonly functionFolder: string; readonly release: Release };
  /** Functions whose schedules somebody switched off. */
  readonly schedulesOff?: readonly string[];
  /** Every running execution is stopped, as somebody might in the console. */
  readonly abortExecutions?: boolean;
}

/** JSON of a drill. */
export const DRILL_VARIABLE = 'LINGKARAN_DRILL';
const FUNCTIONS_FOLDER = resolve(import.meta.dirname, '../../../functions');

export function currentDrill(): Drill {
  return JSON.parse(process.env[DRILL_VARIABLE] ?? '{}') as Drill;
}

/** The folder of the function that another release stands in for. */
export function changedFunction(): string {
  const name = currentDrill().changed?.functionFolder ?? '';
  if (name === '' || !existsSync(join(FUNCTIONS_FOLDER, name))) throw new Error(`there is no function ${name}`);
  return name;
}
