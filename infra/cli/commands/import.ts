/** `lingkaran import`: a roster into the waiting list; one bad line never stops the rest. */
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../failure.ts';
import { readText } from '../files.ts';
import { formatCount, table } from '../format.ts';
import { importRoster } from '../import-roster.ts';
import type { CommandContext, Session } from '../session.ts';

const EXAMPLES = `Example:
  lingkaran import roster.csv --json | jq '.rejected | group_by(.reason) | map({reason: .[0].reason, lines: length})'
`;

async function runImport(session: Session, _options: object, [file = '-']: readonly string[]): Promise<ExitCode> {
  const csv = readText(session.terminal.folder, file);
  const result = await importRoster(session.target(), csv, session.terminal.say);
  session.print(result, () => [
    `${formatCount(result.accepted)} accepted, ${formatCount(result.reactivated ?? 0)} back in line, ${formatCount(result.duplicates)} duplicates, ${formatCount(result.rejected.length)} rejected`,
    ...(result.rejected.length > 0 ? table(result.rejected, ['line', 'column', 'reason']) : []),
  ]);
  if (result.state === 'failed') return EXIT.failed;
  return result.rejected.length > 0 ? EXIT.partlyDone : EXIT.done;
}

export function registerImport(program: Command, context: CommandContext): void {
  program
    .command('import')
    .description('import a roster of workers (CSV); ends with 5 when some lines were rejected')
    .argument('<roster.csv>', 'the file, or - for standard input')
    .addHelpText('before', EXAMPLES)
    .action(context.perform(runImport));
}
