/** `lingkaran receipt`: gifts on paper; who entered one does not approve it. */
import { type Command, Option } from 'commander';
import { RECEIPT_CHANNELS, REJECTIONS } from '../../../shared/domain/cash-receipt.ts';
import { call, listAll, Refusal } from '../api.ts';
import { EXIT, type ExitCode, exitCodeOfStatus, wrongUse } from '../failure.ts';
import { formatRupiah, outline, type Row, table } from '../format.ts';
import { wholeRupiah } from '../options.ts';
import type { CommandContext, Session } from '../session.ts';

const EXAMPLES = `Examples:
  lingkaran receipt enter surakarta KW-0017 --amount 50400 --received-on 2026-11-30 --donor-name "Bu Sri"
  lingkaran receipt approve surakarta KW-0017 --token "$TOKEN_OF_ANOTHER_OPERATOR"
  lingkaran receipt approve surakarta --all
`;
const COLUMNS = ['office', 'number', 'state', 'receivedOn', 'amountRupiah', 'channel', 'fundClass', 'rejection'];

interface EnterOptions {
  readonly amount: number;
  readonly receivedOn: string;
  readonly channel: string;
  readonly fundClass?: string;
  readonly order?: string;
  readonly donorName?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly anonymous?: boolean;
}

const present = (fields: Row) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

async function enter(session: Session, options: EnterOptions, [office, number]: readonly string[]): Promise<ExitCode> {
  const { amount, receivedOn, channel, fundClass, order, donorName, email, phone, anonymous } = options;
  const donor = present({ name: donorName, email, phone, anonymous });
  const facts = { office, number, amountRupiah: amount, receivedOn, channel, fundClass, orderReference: order, donor };
  const answer = await call(session.target(), 'POST', '/api/receipts', { json: present(facts) });
  session.print(answer, () => [`${formatRupiah(amount)} entered; another operator approves it`, ...outline(answer)]);
  return EXIT.done;
}

interface DecideOptions {
  readonly all?: boolean;
  readonly reason?: string;
}

function decide(decision: 'approve' | 'reject') {
  return async (
    session: Session,
    { all, reason }: DecideOptions,
    [office = '', ...named]: readonly string[],
  ): Promise<ExitCode> => {
    if ((all === true) === named.length > 0) throw wrongUse('name the receipts, or say --all');
    const target = session.target();
    const waiting = all ? await listAll<Row>(target, '/api/receipts', { office, state: 'entered' }) : [];
    const numbers = all ? waiting.map(({ number }) => String(number)) : named;
    const items: Row[] = [];
    const refused: Row[] = [];
    let worst: ExitCode = EXIT.done;
    for (const number of numbers) {
      const path = `/api/receipts/${encodeURIComponent(office)}/${encodeURIComponent(number)}/${decision}`;
      try {
        items.push(await call<Row>(target, 'POST', path, reason === undefined ? {} : { json: { reason } }));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refused.push({ office, number, reason: error.problem.reason, title: error.problem.title });
        worst = exitCodeOfStatus(error.status);
      }
    }
    session.print({ items, refused }, () => [
      ...(items.length > 0 ? table(items, COLUMNS) : []),
      ...(refused.length > 0 ? table(refused, ['office', 'number', 'reason', 'title']) : []),
      ...(items.length + refused.length === 0 ? ['none waits'] : []),
    ]);
    return refused.length > 0 && items.length > 0 ? EXIT.partlyDone : worst;
  };
}

interface ListOptions {
  readonly office?: string;
  readonly state?: string;
}

async function list(session: Session, { office, state }: ListOptions): Promise<ExitCode> {
  const items = await listAll<Row>(session.target(), '/api/receipts', { office, state });
  session.print({ items, nextCursor: null }, () => (items.length > 0 ? table(items, COLUMNS) : ['none']));
  return EXIT.done;
}

export function registerReceipt(program: Command, context: CommandContext): void {
  const group = program
    .command('receipt')
    .description('receipts of branch offices and direct mail')
    .addHelpText('before', EXAMPLES);
  group
    .command('enter')
    .description('write down one receipt; another operator approves it')
    .argument('<office>')
    .argument('<number>')
    .requiredOption('--amount <rupiah>', 'what was given', wholeRupiah)
    .requiredOption('--received-on <date>', 'the day it was given, such as 2026-11-30')
    .addOption(new Option('--channel <channel>', 'how it came').choices([...RECEIPT_CHANNELS]).default('cash'))
    .addOption(new Option('--fund-class <class>', 'where the paper says one').choices(['general', 'csr', 'zakat']))
    .option('--order <reference>', 'the pledge it pays')
    .option('--donor-name <name>', 'who gave')
    .option('--email <address>', 'of the donor')
    .option('--phone <number>', 'of the donor')
    .option('--anonymous', 'never show the name')
    .action(context.perform(enter));
  group
    .command('approve')
    .description('book receipts that somebody else entered')
    .argument('<office>')
    .argument('[numbers...]')
    .option('--all', 'all of this office that wait')
    .action(context.perform(decide('approve')));
  group
    .command('reject')
    .description('refuse receipts that somebody else entered')
    .argument('<office>')
    .argument('<numbers...>')
    .addOption(new Option('--reason <reason>', 'why').choices([...REJECTIONS]).makeOptionMandatory())
    .action(context.perform(decide('reject')));
  group
    .command('list')
    .description('list them')
    .option('--office <office>', 'of this office')
    .option('--state <state>', 'entered, approved or rejected')
    .action(context.perform(list));
}
