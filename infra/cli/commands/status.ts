/** `lingkaran status`: how the running system is, on one screen. */
import type { Command } from 'commander';
import { call, listAll, systemTime } from '../api.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import { columnsOf, formatTime, outline, type Row, table } from '../format.ts';
import type { CommandContext, Session } from '../session.ts';

async function status(session: Session): Promise<ExitCode> {
  const target = session.target();
  const [stats, queues, cohorts, milliseconds] = await Promise.all([
    call(target, 'GET', '/api/stats'),
    listAll<Row>(target, '/api/queues'),
    listAll<Row>(target, '/api/cohorts'),
    systemTime(target),
  ]);
  const now = milliseconds ?? session.terminal.machineMilliseconds();
  session.print({ url: target.url, now: new Date(now).toISOString(), stats, queues, cohorts }, () => [
    `${target.url}  ${formatTime(now)}`,
    '',
    ...outline(stats),
    '',
    ...table(queues, columnsOf(queues)),
    '',
    ...(cohorts.length > 0 ? table(cohorts, columnsOf(cohorts)) : ['no cohorts yet']),
  ]);
  return EXIT.done;
}

export function registerStatus(program: Command, context: CommandContext): void {
  program.command('status').description('counts by state, totals, queues and cohorts').action(context.perform(status));
}
