/** `lingkaran import`: a roster into the waiting list; one bad line never stops the rest. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { call, type Target } from '../api.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import { formatCount, table } from '../format.ts';
import type { CommandContext, Session } from '../session.ts';

const EXAMPLES = `Example:
  lingkaran import roster.csv --json | jq '.rejected | group_by(.reason) | map({reason: .[0].reason, lines: length})'
`;

export interface ImportResult {
  readonly state: string;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly { readonly line: number; readonly column: string; readonly reason: string }[];
}

const DONE = new Set(['done', 'completed', 'finished', 'failed']);
const POLL_MILLISECONDS = 250;
const SAY_EVERY_MILLISECONDS = 10_000;

/** Hands the roster in and waits until every line was taken or refused. */
export async function importRoster(
  target: Target,
  csv: string,
  progress: (line: string) => void,
): Promise<ImportResult & { importId: string }> {
  const { importId } = await call<{ importId: string }>(target, 'POST', '/api/worker-imports', {
    text: { contentType: 'text/csv; charset=utf-8', body: csv },
  });
  for (let waited = 0; ; waited += POLL_MILLISECONDS) {
    const result = await call<ImportResult>(target, 'GET', `/api/worker-imports/${encodeURIComponent(importId)}`);
    if (DONE.has(result.state)) return { importId, ...result };
    if (waited > 0 && waited % SAY_EVERY_MILLISECONDS === 0) {
      progress(`${importId}: ${result.state}, ${formatCount(result.accepted)} accepted so far`);
    }
    await pause(POLL_MILLISECONDS);
  }
}

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
