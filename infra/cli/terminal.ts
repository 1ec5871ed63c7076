/** What a command may touch of the process: so that tests can hand it something else. */
import { createInterface } from 'node:readline';

export interface Terminal {
  /** A line of the result. */
  out(line: string): void;
  /** A line for the person who waits: progress, hints, errors. */
  say(line: string): void;
  /** Shows how far something is, in place of what it showed last; null where nobody looks at a screen. */
  readonly show: ((text: string) => void) | null;
  /** Standard input, line by line. */
  lines(): AsyncIterable<string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  /** The machine's time; a running system may keep another (`clock`). */
  machineMilliseconds(): number;
}

export function processTerminal(): Terminal {
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    say: (line) => void process.stderr.write(`${line}\n`),
    show: process.stderr.isTTY ? (text) => void process.stderr.write(`\r${text}`) : null,
    lines: () => createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY }),
    environment: process.env,
    folder: process.cwd(),
    machineMilliseconds: Date.now,
  };
}
