/** `lingkaran import-file`: a statement, a remittance or receipts, checked as a whole before anything is booked. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { call } from '../api.ts';
import { EXIT, type ExitCode, wrongUse } from '../failure.ts';
import { formatCount, outline, table } from '../format.ts';
import { type FileGiven, type FileOutcome, handInFile } from '../hand-in-file.ts';
import { progressOn } from '../progress-bar.ts';
import type { CommandContext, Session } from '../session.ts';

const EXAMPLES = `Examples:
  lingkaran import-file income.csv --kind settlement_statement --source shopee
  lingkaran import-file mutasi.sta --kind bank_statement --source mt940
  lingkaran import-file corrected.csv --kind settlement_statement --source midtrans --supersedes fil_0123456789abcdef0123
`;

async function runImportFile(session: Session, options: FileGiven, [file = '']: readonly string[]): Promise<ExitCode> {
  const { kind, source, supersedes } = options;
  const progress = progressOn(session.terminal);
  const given = { kind, source, ...(supersedes === undefined ? {} : { supersedes }) };
  const path = resolve(session.terminal.folder, file);
  const outcome = await handInFile(session.target(), path, given, progress).finally(() => progress.end());
  session.print(outcome, () => linesOf(outcome));
  if (outcome.state === 'refused') return EXIT.refused;
  return outcome.faultCount > 0 || outcome.differences.length > 0 ? EXIT.partlyDone : EXIT.done;
}

function linesOf({ fileId, state, refusal, counts, faultCount, faults, differences }: FileOutcome): string[] {
  if (refusal) {
    const where = [refusal.line === null ? '' : ` line ${refusal.line}`, refusal.column ? `, ${refusal.column}` : ''];
    return [`${fileId} refused:${where.join('')} ${refusal.reason}: ${refusal.detail}`];
  }
  if (state === 'awaiting_manifest') return [`${fileId} is whole and waits for the partner's manifest`];
  const found = Object.entries(counts).filter(([, count]) => count > 0);
  return [
    `${fileId} ${[...found.map(([name, count]) => `${formatCount(count)} ${name}`), `${formatCount(faultCount)} faults`].join(', ')}`,
    ...(faults.length > 0 ? table(faults, ['line', 'column', 'reason']) : []),
    ...(differences.length > 0
      ? table(differences, ['line', 'gateway', 'paymentId', 'outcome', 'statedAmountRupiah', 'oursAmountRupiah'])
      : []),
  ];
}

interface AssignOptions {
  readonly order?: string;
  readonly notAGift?: string;
}

async function runAssign(session: Session, { order, notAGift }: AssignOptions, [id = '']: readonly string[]) {
  if ((order === undefined) === (notAGift === undefined)) throw wrongUse('give either --order or --not-a-gift');
  const json = order === undefined ? { purpose: 'not_a_gift', note: notAGift } : { orderReference: order };
  const answer = await call(session.target(), 'POST', `/api/unassigned/${encodeURIComponent(id)}/assign`, { json });
  session.print(answer, () => outline(answer));
  return EXIT.done;
}

export function registerImportFile(program: Command, context: CommandContext): void {
  program
    .command('assign')
    .description('say what money of an account is for')
    .argument('<unassignedId>')
    .option('--order <orderReference>', 'it is a gift of this pledge')
    .option('--not-a-gift <note>', 'it is none, and why')
    .action(context.perform(runAssign));
  program
    .command('import-file')
    .description('hand in a file about money; ends with 3 when it was refused, with 5 when some lines need a person')
    .argument('<file>', 'the file')
    .requiredOption('--kind <kind>', 'partner_remittance, settlement_statement, bank_statement or receipts')
    .requiredOption('--source <source>', 'the partner, the gateway, the format of the bank or the office')
    .option('--supersedes <fileId>', 'the file this one corrects')
    .addHelpText('before', EXAMPLES)
    .action(context.perform(runImportFile));
}
