/** Files that a command is given, relative to the folder it runs in. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CommandFailure, EXIT, wrongUse } from './failure.ts';

const STANDARD_INPUT = 0;

/** `-` is standard input. */
export function readText(folder: string, file: string): string {
  try {
    return readFileSync(file === '-' ? STANDARD_INPUT : resolve(folder, file), 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new CommandFailure(EXIT.notFound, `there is no file ${file}`);
    throw new CommandFailure(EXIT.failed, `${file} cannot be read: ${message}`);
  }
}

export function readJson(folder: string, file: string): unknown {
  const text = readText(folder, file);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrongUse(`${file} is not a JSON document: ${(error as Error).message}`);
  }
}
