/** `donations`, `covers`, `workers`, `nudges`, `cohorts`, `quarantine`: lists as the operators' API gives them. */
import type { Command } from 'commander';
import { call, listAll, type Page } from '../api.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import { columnsOf, formatCount, outline, type Row, table } from '../format.ts';
import { positiveCount } from '../options.ts';
import type { CommandContext, Session } from '../session.ts';

interface ListKind {
  readonly name: string;
  readonly description: string;
  readonly path: string;
  /** Query parameter of the API to the flag's description. */
  readonly filters: Readonly<Record<string, string>>;
  /** A filter the API cannot do without. */
  readonly needs?: string;
  /** How `show` finds one: the API has it by id, or only in the list; not at all where a list is all there is. */
  readonly show?: 'ask' | 'search';
  /** What stands on a line where the whole item is too long for one. */
  readonly columns?: readonly string[];
}

const LISTS: readonly ListKind[] = [
  {
    name: 'donations',
    description: 'gifts and what became of them',
    path: '/api/donations',
    filters: {
      gateway: 'midtrans, partner:kitabisa',
      paymentId: "the gateway's payment id",
      orderReference: 'the one a pledge gave',
      state: 'received, allocated, refunded …',
    },
    show: 'ask',
    columns: [
      'donationId',
      'state',
      'gateway',
      'channel',
      'paidAt',
      'receivedRupiah',
      'feesRupiah',
      'refundedRupiah',
      'allocatedRupiah',
      'remainingRupiah',
    ],
  },
  {
    name: 'covers',
    description: 'covers: dates, months, prices, donors’ shares',
    path: '/api/covers',
    filters: { state: 'active, expiring, lapsed …', donationId: 'paid by this gift', workerId: 'of this worker' },
    show: 'ask',
    columns: ['coverId', 'state', 'startDate', 'endDate', 'sector', 'region', 'fundId', 'reason'],
  },
  {
    name: 'workers',
    description: 'workers, without their personal data',
    path: '/api/workers',
    filters: {
      state: 'waiting, covered, self_paying, lapsed …',
      region: 'such as 33.72',
      occupation: 'such as ojek',
      claimOpen: 'true: those with an open claim',
    },
    show: 'ask',
    columns: ['workerId', 'state', 'region', 'occupation', 'sector', 'disability', 'waitingSince', 'coverId'],
  },
  {
    name: 'nudges',
    description: 'reminders that went out, and why others did not',
    path: '/api/nudges',
    filters: { coverId: 'of this cover' },
    needs: 'coverId',
  },
  {
    name: 'cohorts',
    description: 'covers that started on the same day, and where they stand',
    path: '/api/cohorts',
    filters: {},
    show: 'search',
  },
  {
    name: 'quarantine',
    description: 'messages stopped on purpose, with the reason',
    path: '/api/quarantine',
    filters: { state: 'held, kept or released' },
    show: 'search',
    columns: ['quarantineId', 'state', 'source', 'reason', 'field', 'detail', 'keptAt'],
  },
  {
    name: 'files',
    description: 'statements, remittances and receipts that came in as files',
    path: '/api/files',
    filters: { kind: 'such as bank_statement', state: 'received, awaiting_manifest, refused or checked' },
    show: 'ask',
    columns: ['fileId', 'kind', 'source', 'name', 'state', 'receivedAt', 'faultCount', 'supersededBy'],
  },
  {
    name: 'owed-back',
    description: 'money whose earmark expired and whose donor wants it back',
    path: '/api/owed-back',
    filters: {},
    columns: ['donationId', 'gateway', 'paymentId', 'orderReference', 'remainingRupiah', 'expiresOn'],
  },
  {
    name: 'unassigned',
    description: 'money of an account that names no pledge',
    path: '/api/unassigned',
    filters: { state: 'open, assigned or not_a_gift' },
    show: 'search',
    columns: ['unassignedId', 'state', 'account', 'bookedOn', 'amountRupiah', 'namedReference', 'remark'],
  },
];

interface ListOptions extends Record<string, unknown> {
  readonly limit: number;
  readonly cursor?: string;
  readonly all?: boolean;
}

function listCommand({ path, filters, columns }: ListKind) {
  return async (session: Session, { limit, cursor, all, ...options }: ListOptions): Promise<ExitCode> => {
    const query = Object.fromEntries(Object.keys(filters).map((name) => [name, options[name] as string | undefined]));
    const target = session.target();
    const page: Page<Row> =
      all === true
        ? { items: await listAll<Row>(target, path, query), nextCursor: null }
        : await call<Page<Row>>(target, 'GET', path, { query: { ...query, limit, cursor } });
    session.print(page, () => (page.items.length > 0 ? table(page.items, columns ?? columnsOf(page.items)) : ['none']));
    if (page.nextCursor !== null && page.nextCursor !== undefined) {
      session.terminal.say(
        `the first ${formatCount(page.items.length)}; more with --cursor ${page.nextCursor} or --all`,
      );
    }
    return EXIT.done;
  };
}

const hasId = (row: Row, id: string) =>
  Object.entries(row).some(([name, value]) => value === id && (name === 'id' || name.endsWith('Id')));

async function findOne(session: Session, { path, show, name }: ListKind, id: string): Promise<unknown> {
  const target = session.target();
  if (show === 'ask') return call(target, 'GET', `${path}/${encodeURIComponent(id)}`);
  const found = (await listAll<Row>(target, path)).find((row) => hasId(row, id));
  if (!found) throw new CommandFailure(EXIT.notFound, `no ${name} with id ${id}`);
  return found;
}

function showCommand(kind: ListKind) {
  return async (session: Session, _options: object, [id = '']: readonly string[]): Promise<ExitCode> => {
    const document = await findOne(session, kind, id);
    session.print(document, () => outline(document));
    return EXIT.done;
  };
}

const asFlag = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

async function release(session: Session, _options: object, [id = '']: readonly string[]): Promise<ExitCode> {
  const path = `/api/quarantine/${encodeURIComponent(id)}/release`;
  const answer = await call(session.target(), 'POST', path);
  session.print(answer, () => [`released ${id}`, ...outline(answer)]);
  return EXIT.done;
}

function registerList(program: Command, context: CommandContext, kind: ListKind): void {
  const group = program.command(kind.name).description(kind.description);
  const list = group
    .command('list')
    .description('list them')
    .option('--limit <count>', 'at most so many', positiveCount, 50)
    .option('--cursor <cursor>', 'go on from here')
    .option('--all', 'all of them, page by page');
  for (const [name, description] of Object.entries(kind.filters)) {
    const flag = `--${asFlag(name)} <value>`;
    if (name === kind.needs) list.requiredOption(flag, description);
    else list.option(flag, description);
  }
  list.action(context.perform(listCommand(kind)));
  if (kind.show) {
    group
      .command('show')
      .description('show one')
      .argument('<id>')
      .action(context.perform(showCommand(kind)));
  }
  if (kind.name === 'quarantine') {
    group
      .command('release')
      .description('send it through the door again')
      .argument('<quarantineId>')
      .action(context.perform(release));
  }
}

export function registerLists(program: Command, context: CommandContext): void {
  for (const kind of LISTS) registerList(program, context, kind);
  program
    .command('replay')
    .description('release a quarantined message: it takes the same way in again, and counts once')
    .argument('<quarantineId>')
    .action(context.perform(release));
}
