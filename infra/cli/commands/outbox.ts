/** `lingkaran outbox`: the messages of a system on this machine, and answering one as the worker would. */
import type { Command } from 'commander';
import { call, listAll } from '../api.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import { type Row, table } from '../format.ts';
import type { CommandContext, Session } from '../session.ts';

const COLUMNS = ['id', 'sentAt', 'channel', 'to', 'step', 'coverId'];

async function outbox(session: Session): Promise<ExitCode> {
  const items = await listAll<Row>(session.target(), '/local/outbox');
  const inOrder = items.toSorted((a, b) => (String(a.sentAt) < String(b.sentAt) ? -1 : 1));
  session.print({ items: inOrder, nextCursor: null }, () =>
    items.length > 0 ? table(inOrder, COLUMNS) : ['no message was sent'],
  );
  return EXIT.done;
}

async function reply(session: Session, _options: object, [id = '', text = '']: readonly string[]): Promise<ExitCode> {
  const path = `/local/outbox/${encodeURIComponent(id)}/replies`;
  const answer = await call(session.target(), 'POST', path, { json: { text } });
  session.print(answer, () => [`replied to ${id}: ${text}`]);
  return EXIT.done;
}

export function registerOutbox(program: Command, context: CommandContext): void {
  const group = program
    .command('outbox')
    .description('messages of a system on this machine that would have gone out')
    .action(context.perform(outbox));
  group
    .command('reply')
    .description('answer one as the worker would; BERHENTI stops all messages to that number')
    .argument('<id>')
    .argument('<text>')
    .action(context.perform(reply));
}
