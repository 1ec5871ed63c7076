/** `lingkaran queues`, `lingkaran redrive`: what waits, what died, and sending it again. */
import type { Command } from 'commander';
import { call, listAll, Refusal } from '../api.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import { columnsOf, outline, type Row, table } from '../format.ts';
import { nearest } from '../nearest.ts';
import type { CommandContext, Session } from '../session.ts';

async function queues(session: Session): Promise<ExitCode> {
  const items = await listAll<Row>(session.target(), '/api/queues');
  session.print({ items, nextCursor: null }, () => table(items, columnsOf(items)));
  return EXIT.done;
}

async function redrive(session: Session, _options: object, [name = '']: readonly string[]): Promise<ExitCode> {
  const target = session.target();
  try {
    const answer = await call(target, 'POST', `/api/queues/${encodeURIComponent(name)}/redrive`);
    session.print(answer, () => [`redriving ${name}`, ...outline(answer)]);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 404) throw error;
    const known = (await listAll<Row>(target, '/api/queues')).map((queue) => String(queue.name));
    const near = nearest(name, known);
    const hint = near ? `did you mean ${near}?` : `known: ${known.join(', ')}`;
    throw new CommandFailure(EXIT.notFound, `no queue ${name}; ${hint}`);
  }
}

export function registerQueues(program: Command, context: CommandContext): void {
  program.command('queues').description('the queues and their dead letters').action(context.perform(queues));
  program
    .command('redrive')
    .description("send a queue's dead letters through it again")
    .argument('<queue>', 'payments, funds, enrolments, nudges or imports')
    .action(context.perform(redrive));
}
