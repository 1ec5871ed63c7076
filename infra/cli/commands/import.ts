/** `lingkaran import`: a roster into the waiting list; one bad line never stops the rest. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import { formatCount, table } from '../format.ts';
import { importRoster } from '../import-roster.ts';
import type { CommandContext, Session } from '../session.ts';

const EXAMPLES = `Example:
  lingkaran import roster.csv --json | jq '.rejected | group_by(.reason) | map({reason: .[0].reason, lines: length})'
`;

function readRoster(session: Session, file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : resolve(session.terminal.folder, file), 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new CommandFailure(
      missing ? EXIT.notFound : EXIT.failed,
      missing ? `there is no file ${file}` : `${file} cannot be read: ${(error as Error).message}`,
    );
  }
}

async function runImport(session: Session, _options: object, [file = '-']: readonly string[]): Promise<ExitCode> {
  const csv = readRoster(session, file);
  const result = await importRoster(session.target(), csv, session.terminal.say);
  session.print(result, () => [
    `${formatCount(result.accepted)} accepted, ${formatCount(result.duplicates)} duplicates, ${formatCount(result.rejected.length)} rejected`,
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
