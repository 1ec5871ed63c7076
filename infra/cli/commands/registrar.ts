/** `lingkaran registrar`: batches out to a real office, its answers and cards in. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { call, listAll } from '../api.ts';
import { EXIT, type ExitCode, wrongUse } from '../failure.ts';
import { readText } from '../files.ts';
import { formatCount, outline, type Row, table } from '../format.ts';
import type { CommandContext, Session } from '../session.ts';

const EXAMPLES = `Examples:
  lingkaran registrar export --output batches.csv
  lingkaran registrar answers answers.csv
  lingkaran registrar parked
  lingkaran registrar cards list --region 33.72 --output cards.csv
  lingkaran registrar cards confirm cards.csv
`;

interface Batch {
  readonly batchId: string;
  readonly exports: number;
}

async function batches(session: Session): Promise<ExitCode> {
  const items = await listAll<Row>(session.target(), '/api/registrar/batches');
  session.print({ items, nextCursor: null }, () =>
    items.length > 0
      ? table(items, ['batchId', 'covers', 'submittedAt', 'exports', 'lastExportedAt'])
      : ['nothing waits for the registrar'],
  );
  return EXIT.done;
}

interface ListOptions {
  readonly output?: string;
}

/** Readable by nobody else: it names people. */
const OWNER_ONLY = 0o600;

/** To the file that was asked for, else to standard output. */
function hand(session: Session, csv: string, { output }: ListOptions, facts: Row): ExitCode {
  if (output !== undefined) {
    writeFileSync(resolve(session.terminal.folder, output), csv, { mode: OWNER_ONLY });
    session.print({ ...facts, output }, () => [`written to ${output}`]);
  } else session.print({ ...facts, csv }, () => [csv.replace(/\r\n$/, '')]);
  return EXIT.done;
}

interface ExportOptions extends ListOptions {
  readonly again?: boolean;
  readonly spreadsheet?: boolean;
}

/** Several batches are one list under one line of titles. */
async function exportBatches(session: Session, options: ExportOptions, named: readonly string[]): Promise<ExitCode> {
  const target = session.target();
  const open = named.length > 0 ? [] : await listAll<Batch>(target, '/api/registrar/batches');
  const wanted = open.filter(({ exports }) => options.again === true || exports === 0).map(({ batchId }) => batchId);
  const batchIds = named.length > 0 ? named : wanted;
  const query = options.spreadsheet === true ? { spreadsheet: 'true' } : {};
  const parts: string[] = [];
  for (const batchId of batchIds) {
    const csv = await call<string>(target, 'GET', `/api/registrar/batches/${encodeURIComponent(batchId)}`, { query });
    parts.push(parts.length === 0 ? csv : csv.slice(csv.indexOf('\r\n') + 2));
  }
  if (parts.length > 0) return hand(session, parts.join(''), options, { batches: batchIds });
  session.print({ batches: [], csv: '' }, () => [
    'nothing waits that was not exported; --again takes all that is open',
  ]);
  return EXIT.done;
}

interface Taken {
  readonly taken: number;
  readonly known: number;
  readonly parked: number;
  readonly refused: number;
  readonly items: readonly Row[];
}

/** Ends with 5 while lines need a person. */
function bring(path: string) {
  return async (session: Session, _options: object, [file = '']: readonly string[]): Promise<ExitCode> => {
    const body = readText(session.terminal.folder, file);
    const result = await call<Taken>(session.target(), 'POST', path, { text: { contentType: 'text/csv', body } });
    const open = result.items.filter(({ result: became }) => became === 'parked' || became === 'refused');
    const counts = (['taken', 'known', 'parked', 'refused'] as const).map(
      (name) => `${formatCount(result[name])} ${name}`,
    );
    session.print(result, () => [
      counts.join(', '),
      ...(open.length > 0 ? table(open, ['line', 'coverId', 'result', 'column', 'reason']) : []),
    ]);
    return open.length > 0 ? EXIT.partlyDone : EXIT.done;
  };
}

async function parked(session: Session, _options: object, [id]: readonly string[]): Promise<ExitCode> {
  if (id !== undefined) {
    const line = await call(session.target(), 'GET', `/api/registrar/answers/${encodeURIComponent(id)}`);
    session.print(line, () => outline(line));
    return EXIT.done;
  }
  const items = await listAll<Row>(session.target(), '/api/registrar/answers', { state: 'parked' });
  session.print({ items, nextCursor: null }, () =>
    items.length > 0 ? table(items, ['parkedId', 'coverId', 'column', 'reason', 'parkedAt']) : ['none'],
  );
  return EXIT.done;
}

async function settle(session: Session, { note }: { note: string }, [id = '']: readonly string[]): Promise<ExitCode> {
  const path = `/api/registrar/answers/${encodeURIComponent(id)}/settle`;
  const answer = await call(session.target(), 'POST', path, { json: { note } });
  session.print(answer, () => [`settled ${id}`]);
  return EXIT.done;
}

interface CardsOptions extends ListOptions {
  readonly region?: string;
  readonly batch?: string;
  readonly all?: boolean;
}

async function cards(session: Session, options: CardsOptions): Promise<ExitCode> {
  const { region, batch, all } = options;
  if ((region === undefined) === (batch === undefined)) throw wrongUse('give either --region or --batch');
  const query = { region, allocationId: batch, state: all === true ? 'all' : undefined };
  const csv = await call<string>(session.target(), 'GET', '/api/registrar/cards', { query });
  return hand(session, csv, options, region === undefined ? { batch } : { region });
}

const OUTPUT = ['--output <file>', 'write it there, readable by its owner only'] as const;

function registerBatches(group: Command, context: CommandContext): void {
  group
    .command('batches')
    .description('what the registrar was given and has not answered in full')
    .action(context.perform(batches));
  group
    .command('export')
    .description('batches as CSV, each once; it names people')
    .argument('[batchIds...]', 'these; all that were never exported unless given')
    .option('--again', 'all that are open, exported or not')
    .option('--spreadsheet', 'mark numbers as text, so that a spreadsheet keeps their digits')
    .option(...OUTPUT)
    .action(context.perform(exportBatches));
}

function registerAnswers(group: Command, context: CommandContext): void {
  group
    .command('answers')
    .description('take in answers of the office; ends with 5 when lines need a person')
    .argument('<file>', 'cover_id,outcome,start_date,accepted_at,reason,card_number; - is standard input')
    .action(context.perform(bring('/api/registrar/answers')));
  group
    .command('parked')
    .description('lines that nobody could believe, or what one of them says')
    .argument('[parkedId]')
    .action(context.perform(parked));
  group
    .command('settle')
    .description('close a parked line, saying how')
    .argument('<parkedId>')
    .requiredOption('--note <note>', 'what was found and done')
    .action(context.perform(settle));
}

function registerCards(group: Command, context: CommandContext): void {
  const cardGroup = group.command('cards').description('cards of members: lists for the handover, and back');
  cardGroup
    .command('list')
    .description('cards that wait to be handed over, as CSV; it names people')
    .option('--region <region>', 'of this region, such as 33.72')
    .option('--batch <batchId>', 'of this batch')
    .option('--all', 'those handed over too')
    .option(...OUTPUT)
    .action(context.perform(cards));
  cardGroup
    .command('confirm')
    .description('take in the list with the days of handover; ends with 5 when lines need a person')
    .argument('<file>', 'cover_id,handed_over_on; - is standard input')
    .action(context.perform(bring('/api/registrar/cards')));
}

export function registerRegistrar(program: Command, context: CommandContext): void {
  const group = program
    .command('registrar')
    .description('batches out to a real office of the registrar, its answers and cards in')
    .addHelpText('before', EXAMPLES);
  registerBatches(group, context);
  registerAnswers(group, context);
  registerCards(group, context);
}
