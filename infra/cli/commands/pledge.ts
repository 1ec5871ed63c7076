/** `lingkaran pledge`: a promise; the payment that carries its order reference is its payment. */
import { type Command, Option } from 'commander';
import { FALLBACKS } from '../../../shared/domain/fund.ts';
import { call } from '../api.ts';
import { EXIT, type ExitCode, wrongUse } from '../failure.ts';
import { readJson } from '../files.ts';
import { formatField, formatRupiah, outline } from '../format.ts';
import { positiveCount, wholeRupiah } from '../options.ts';
import type { CommandContext, Session } from '../session.ts';

const EXAMPLES = `Examples:
  lingkaran pledge --workers 10 --region 33.72 --donor-name "Warung Bu Sri"
  lingkaran pledge --amount 1000000 --donor-kind individual --anonymous --json
  lingkaran pledge --amount 50400 --monthly 12 --email siti@contoh.example
  lingkaran pledge --file pledge.json
`;

interface PledgeOptions {
  readonly file?: string;
  readonly workers?: number;
  readonly amount?: number;
  readonly term: number;
  readonly package: string;
  readonly startMonth?: string;
  readonly donorKind: string;
  readonly donorName?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly anonymous?: boolean;
  readonly language: string;
  readonly region?: string;
  readonly occupation?: string;
  readonly disability?: boolean;
  readonly soft?: boolean;
  readonly expiresOn?: string;
  readonly fallback?: string;
  readonly fundClass?: string;
  readonly renewalOf?: string;
  readonly monthly?: number | true;
  readonly overpayment?: string;
  readonly channel: string;
}

export interface PledgeAnswer {
  readonly pledgeId: string;
  readonly orderReference: string;
  readonly amountRupiah: number;
  readonly expiresAt: string;
  /** The donor's page. */
  readonly receiptPath?: string;
  readonly invoiceReference?: string;
  readonly invoicePath?: string;
}

/** Leaves out what was not said: the API refuses a null where a field is optional. */
function present(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function pledgeOf(options: PledgeOptions): unknown {
  if ((options.workers === undefined) === (options.amount === undefined)) {
    throw wrongUse('say either --workers or --amount (or --file with the whole pledge)');
  }
  const earmark = present({
    region: options.region,
    occupation: options.occupation,
    disability: options.disability,
    mode: options.soft ? 'soft' : undefined,
    expiresOn: options.expiresOn,
    fallback: options.fallback,
  });
  return present({
    donor: present({
      kind: options.donorKind,
      name: options.donorName,
      email: options.email,
      phone: options.phone,
      anonymous: options.anonymous ?? options.donorName === undefined,
      language: options.language,
    }),
    channel: options.channel,
    amountRupiah: options.amount,
    workers: options.workers,
    termMonths: options.term,
    package: options.package,
    startMonth: options.startMonth,
    earmark: Object.keys(earmark).length > 0 ? earmark : undefined,
    fundClass: options.fundClass,
    renewalOf: options.renewalOf,
    overpayment: options.overpayment,
    recurrence:
      options.monthly === undefined
        ? undefined
        : { every: 'P1M', count: options.monthly === true ? null : options.monthly },
  });
}

async function pledge(session: Session, options: PledgeOptions): Promise<ExitCode> {
  const document = options.file === undefined ? pledgeOf(options) : readJson(session.terminal.folder, options.file);
  const target = session.target();
  const answer = await call<PledgeAnswer>(target, 'POST', '/api/pledges', { json: document });
  session.print(answer, () => [
    `pledge ${answer.pledgeId}`,
    `pay ${formatRupiah(answer.amountRupiah)} with order reference ${answer.orderReference}`,
    `before ${formatField('expiresAt', answer.expiresAt)}`,
    ...(answer.invoicePath === undefined
      ? []
      : [`invoice ${answer.invoiceReference} at ${new URL(answer.invoicePath, target.url)}`]),
    ...(answer.receiptPath === undefined ? [] : [`the donor follows it at ${new URL(answer.receiptPath, target.url)}`]),
  ]);
  if (session.global.json !== true) {
    const { orderReference, amountRupiah } = answer;
    session.terminal.say(`Next: lingkaran trigger midtrans paid --order ${orderReference} --amount ${amountRupiah}`);
  }
  return EXIT.done;
}

async function show(session: Session, _options: object, [reference = '']: readonly string[]): Promise<ExitCode> {
  const standing = await call(session.target(), 'GET', `/api/pledges/${encodeURIComponent(reference)}`);
  session.print(standing, () => outline(standing));
  return EXIT.done;
}

async function showDonor(session: Session, _options: object, [id = '']: readonly string[]): Promise<ExitCode> {
  const donor = await call(session.target(), 'GET', `/api/donors/${encodeURIComponent(id)}`);
  session.print(donor, () => outline(donor));
  return EXIT.done;
}

export function registerPledge(program: Command, context: CommandContext): void {
  program
    .command('pledge')
    .description('promise a donation and get the order reference it is to be paid with')
    .addHelpText('before', EXAMPLES)
    .option('--file <pledge.json>', 'the whole pledge as the API takes it')
    .option('--workers <count>', 'cover so many workers', positiveCount)
    .option('--amount <rupiah>', 'or give this amount', wholeRupiah)
    .option('--term <months>', 'months of cover', positiveCount, 3)
    .addOption(new Option('--package <package>', 'programmes').choices(['JKK_JKM', 'JKK_JKM_JHT']).default('JKK_JKM'))
    .option('--start-month <month>', 'first month of cover, such as 2026-12')
    .addOption(
      new Option('--donor-kind <kind>', 'who gives')
        .choices(['corporate', 'soe', 'individual', 'zakat_body', 'government'])
        .default('individual'),
    )
    .option('--donor-name <name>', 'the donor’s name (else anonymous)')
    .option('--email <address>', 'where the donor’s proof goes')
    .option('--phone <number>', 'where the donor’s messages go')
    .option('--anonymous', 'never show the name')
    .addOption(new Option('--language <language>', 'of messages').choices(['id', 'en']).default('id'))
    .option('--region <code>', 'only workers of this region, such as 33.72')
    .option('--occupation <code>', 'only workers of this occupation, such as ojek')
    .option('--disability', 'only workers with a disability')
    .addOption(new Option('--fund-class <class>', 'class of the fund').choices(['general', 'csr', 'zakat']))
    .option('--soft', 'those workers first, then anybody')
    .option('--expires-on <date>', 'wait for those workers until this day')
    .addOption(new Option('--fallback <what>', 'of the money once that day has come').choices([...FALLBACKS]))
    .option('--renewal-of <reference>', 'cover the same workers again: the order reference or receipt of that gift')
    .option('--channel <channel>', 'where the pledge was made', 'gn-lingkaran')
    .option('--monthly [count]', 'every month, so many times or until further notice', positiveCount)
    .addOption(new Option('--overpayment <what>', 'of money beyond it').choices(['fund', 'refund']))
    .action(context.perform(pledge));
  program
    .command('pledges')
    .description('how pledges stand')
    .command('show')
    .description('show one: promised, received, outstanding, workers covered, months missed')
    .argument('<orderReference>')
    .action(context.perform(show));
  program
    .command('donors')
    .description('who gave, without contacts')
    .command('show')
    .description('show one: all gifts, months bought, pledges')
    .argument('<donorId>')
    .action(context.perform(showDonor));
}
