/** One run of one command: what it was told, where it writes, and how it ends. */
import type { Command } from 'commander';
import type { Target } from './api.ts';
import { EXIT, type ExitCode } from './failure.ts';
import { findTarget, type GlobalOptions } from './target.ts';
import type { Terminal } from './terminal.ts';

export interface Session {
  readonly terminal: Terminal;
  readonly global: GlobalOptions;
  target(): Target;
  /** The result: the document itself with --json, else lines for a person. */
  print(document: unknown, lines: () => readonly string[]): void;
}

export type Work<Options> = (
  session: Session,
  options: Options,
  operands: readonly string[],
  // A command that returns nothing has done what it was asked.
) => Promise<ExitCode | undefined>;

export interface CommandContext {
  /** Makes a commander action of a command's work. */
  perform<Options extends object>(work: Work<Options>): (...received: unknown[]) => Promise<void>;
}

export function newSession(terminal: Terminal, global: GlobalOptions): Session {
  return {
    terminal,
    global,
    target: () => findTarget(global, terminal),
    print(document, lines) {
      if (global.json === true) terminal.out(JSON.stringify(document, null, 2));
      else for (const line of lines()) terminal.out(line);
    },
  };
}

export function commandContext(terminal: Terminal, ended: (code: ExitCode) => void): CommandContext {
  return {
    perform:
      (work) =>
      async (...received) => {
        const command = received.at(-1) as Command;
        const session = newSession(terminal, command.optsWithGlobals());
        ended((await work(session, command.opts(), command.args)) ?? EXIT.done);
      },
  };
}
