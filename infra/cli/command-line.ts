/** The whole command line: from arguments to an exit code. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { WrongUse } from '../local/options.ts';
import { Refusal, Unreachable } from './api.ts';
import { registerCampaigns } from './commands/campaigns.ts';
import { registerClock } from './commands/clock.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerImport } from './commands/import.ts';
import { registerImportFile } from './commands/import-file.ts';
import { registerLists } from './commands/lists.ts';
import { registerMetrics } from './commands/metrics.ts';
import { registerOutbox } from './commands/outbox.ts';
import { registerPledge } from './commands/pledge.ts';
import { registerPolicies } from './commands/policies.ts';
import { registerProof } from './commands/proof.ts';
import { registerQueues } from './commands/queues.ts';
import { registerReceipt } from './commands/receipt.ts';
import { registerReconcile } from './commands/reconcile.ts';
import { registerRegistrar } from './commands/registrar.ts';
import { registerSelfPay } from './commands/self-pay.ts';
import { registerStatus } from './commands/status.ts';
import { registerTrigger } from './commands/trigger.ts';
import { registerVerify } from './commands/verify.ts';
import { registerWhatIf } from './commands/what-if.ts';
import { registerWorker } from './commands/worker.ts';
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
  registerImportFile(program, context);
  registerPledge(program, context);
  registerStatus(program, context);
  registerMetrics(program, context);
  registerLists(program, context);
  registerQueues(program, context);
  registerOutbox(program, context);
  registerReceipt(program, context);
  registerSelfPay(program, context);
  registerClock(program, context);
  registerProof(program, context);
  registerPolicies(program, context);
  registerWhatIf(program, context);
  registerReconcile(program, context);
  registerWorker(program, context);
  registerCampaigns(program, context);
  registerRegistrar(program, context);
  registerDoctor(program, context);
  return program;
}

interface Ending {
  readonly exitCode: ExitCode;
  readonly says: readonly string[];
}

function refused({ message, status, problem }: Refusal): Ending {
  const fields = (problem.errors ?? []).map(({ field, detail, reason }) => `  ${field}: ${detail ?? reason}`);
  const request = problem.requestId === undefined ? [] : [`  request ${problem.requestId}`];
  return { exitCode: exitCodeOfStatus(status), says: [message, ...fields, ...request] };
}

/** What any error means to the one who gave the command. */
function endingOf(error: unknown, debug: boolean): Ending {
  if (error instanceof CommanderError) {
    // commander has said it already; it ends with 1 on wrong use, our contract says 2.
    const asked = error.code === 'commander.helpDisplayed' || error.code === 'commander.version';
    return { exitCode: asked ? EXIT.done : EXIT.wrongUse, says: [] };
  }
  if (!(error instanceof Error)) return { exitCode: EXIT.failed, says: [String(error)] };
  if (error instanceof CommandFailure) return { exitCode: error.exitCode, says: [error.message] };
  if (error instanceof WrongUse) return { exitCode: EXIT.wrongUse, says: [error.message] };
  if (error instanceof Refusal) return refused(error);
  const hint =
    error instanceof Unreachable
      ? ['Is it running? Start it with `npm start`; `lingkaran doctor` looks closer.']
      : debug
        ? [error.stack ?? '']
        : [];
  return { exitCode: EXIT.failed, says: [error.message, ...hint] };
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
    const { exitCode: ended, says } = endingOf(error, terminal.environment.LINGKARAN_DEBUG !== undefined);
    if (says.length > 0) terminal.say(`error: ${says.join('\n')}`);
    return ended;
  }
}
