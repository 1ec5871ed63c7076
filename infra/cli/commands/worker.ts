/** `lingkaran worker`: what happens to a worker outside the programme, told to the books. */
import { Argument, type Command } from 'commander';
import { LIFE_EVENT_KINDS } from '../../../shared/domain/life-events.ts';
import { call, listAll } from '../api.ts';
import { EXIT, type ExitCode, wrongUse } from '../failure.ts';
import { outline, type Row, table } from '../format.ts';
import { positiveCount } from '../options.ts';
import type { CommandContext, Session } from '../session.ts';

const EXAMPLES = `Examples:
  lingkaran worker wrk_1 deceased --on 2027-01-15
  lingkaran worker wrk_1 claim_opened --on 2027-01-15
  lingkaran worker wrk_1 wage_earning --on 2027-02-01
  lingkaran worker wrk_1 government_paid --on 2027-02-01 --months 6
  lingkaran worker wrk_1 reactivate
  lingkaran worker wrk_1 events
`;
const COLUMNS = ['on', 'kind', 'months', 'recordedAt', 'recordedByName', 'recordedBy'];

interface WorkerOptions {
  readonly on?: string;
  readonly months?: number;
}

async function worker(
  session: Session,
  { on, months }: WorkerOptions,
  [id = '', what = '']: readonly string[],
): Promise<ExitCode> {
  const target = session.target();
  const path = `/api/workers/${encodeURIComponent(id)}`;
  if (what === 'events') {
    const items = await listAll<Row>(target, `${path}/events`);
    session.print({ items, nextCursor: null }, () => (items.length > 0 ? table(items, COLUMNS) : ['none']));
    return EXIT.done;
  }
  if (what !== 'reactivate' && on === undefined) throw wrongUse('say the day: --on 2027-01-15');
  const answer =
    what === 'reactivate'
      ? await call<Row>(target, 'POST', `${path}/reactivations`)
      : await call<Row>(target, 'POST', `${path}/events`, { json: { kind: what, on, ...(months ? { months } : {}) } });
  session.print(answer, () => outline(answer));
  return EXIT.done;
}

export function registerWorker(program: Command, context: CommandContext): void {
  program
    .command('worker')
    .description('report what happened to a worker, or put one whose cover lapsed back in line')
    .argument('<workerId>')
    .addArgument(new Argument('<what>').choices([...LIFE_EVENT_KINDS, 'reactivate', 'events']))
    .option('--on <date>', 'the day it happened, or the month from which on it holds')
    .option('--months <count>', 'how many months the government pays', positiveCount)
    .addHelpText('after', `\n${EXAMPLES}`)
    .action(context.perform(worker));
}
