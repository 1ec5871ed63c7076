/** The whole command line: from arguments to an exit code. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { Refusal, Unreachable } from './api.ts';
import { registerClock } from './commands/clock.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerImport } from './commands/import.ts';
import { registerLists } from './commands/lists.ts';
import { registerPledge } from './commands/pledge.ts';
import { registerProof } from './commands/proof.ts';
import { registerQueues } from './commands/queues.ts';
import { registerStatus } from './commands/status.ts';
import { registerTrigger } from './commands/trigger.ts';
import { registerVerify } from './commands/verify.ts';
import { CommandFailure, EXIT, type ExitCode, exitCodeOfStatus } from './failure.ts';
import { commandContext } from './session.ts';
import type { Terminal } from './terminal.ts';

function packageVersion(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
}

function newProgram(terminal: Terminal): Command {
  return new Command('lingkaran')
    .description(
      'Donations become months of accident and death cover for informal workers: the operator’s command line.',
    )
    .version(packageVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.replace(/\n$/, '')),
      writeErr: (text) => terminal.say(text.replace(/\n$/, '')),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({ showGlobalOptions: true })
    .option('--url <address>', 'the running system (else LINGKARAN_URL, else the note in the data folder)')
    .option('--token <token>', "an operator's token (else LINGKARAN_TOKEN, else the note in the data folder)")
    .option('--data <folder>', "the engine's data folder (else LINGKARAN_DATA, else .lingkaran)")
    .option('--json', 'print the result as one JSON document')
    .addHelpText(
      'after',
      '\nExit codes: 0 done · 1 failed · 2 wrong use · 3 refused by policy · 4 not found · 5 partly done',
    );
}

/** Every command, ready to parse; the README's and the tests' list of commands comes from here too. */
export function buildProgram(terminal: Terminal, ended: (code: ExitCode) => void): Command {
  const program = newProgram(terminal);
  const context = commandContext(terminal, ended);
  registerVerify(program, context);
  registerTrigger(program, context);
  registerImport(program, context);
  registerPledge(program, context);
  registerStatus(program, context);
  registerLists(program, context);
  registerQueues(program, context);
  registerClock(program, context);
  registerProof(program, context);
  registerDoctor(program, context);
  return program;
}

function refusalLines({ message, problem }: Refusal): string[] {
  const fields = (problem.errors ?? []).map(({ field, detail, reason }) => `  ${field}: ${detail ?? reason}`);
  return [message, ...fields, ...(problem.requestId ? [`  request ${problem.requestId}`] : [])];
}

function failureOf(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof CommanderError) {
    // commander has said it already; it ends with 1 on wrong use, our contract says 2.
    return error.code === 'commander.helpDisplayed' || error.code === 'commander.version' ? EXIT.done : EXIT.wrongUse;
  }
  if (error instanceof CommandFailure) {
    terminal.say(`error: ${error.message}`);
    return error.exitCode;
  }
  if (error instanceof Refusal) {
    const [first = '', ...rest] = refusalLines(error);
    for (const line of [`error: ${first}`, ...rest]) terminal.say(line);
    return exitCodeOfStatus(error.status);
  }
  if (error instanceof Unreachable) {
    terminal.say(
      `error: ${error.message}\nIs it running? Start it with \`npm start\`; \`lingkaran doctor\` looks closer.`,
    );
    return EXIT.failed;
  }
  terminal.say(`error: ${error instanceof Error ? error.message : String(error)}`);
  if (terminal.environment.LINGKARAN_DEBUG && error instanceof Error) terminal.say(error.stack ?? '');
  return EXIT.failed;
}

export async function runCommandLine(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  const program = buildProgram(terminal, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return failureOf(error, terminal);
  }
}
