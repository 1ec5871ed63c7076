/** `lingkaran self-pay`: what the page of a cover's pay link says, and an order made there for a worker on the telephone. */
import { type Command, Option } from 'commander';
import { PAYMENT_METHODS, type PaymentInstruction, type PaymentMethod } from '../../../shared/ports/payment-request.ts';
import { call } from '../api.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import { formatRupiah, formatTime, type Row, table } from '../format.ts';
import { positiveCount } from '../options.ts';
import type { CommandContext, Session } from '../session.ts';

const EXAMPLES = `Examples:
  lingkaran self-pay cov_0123456789abcdef0123_1
  lingkaran self-pay cov_0123456789abcdef0123_1 --months 3 --via bri
  lingkaran trigger midtrans paid --order GNS-20270215-0A1B2C3D4E
`;

interface SelfPayOptions {
  readonly months?: number;
  readonly via?: PaymentMethod;
}

interface Order {
  readonly orderReference: string;
  readonly months: number;
  readonly amountRupiah: number;
  readonly expiresAt: string;
  readonly instruction: PaymentInstruction | null;
}

interface Credited {
  readonly paidFromCredit: true;
}

interface Offer {
  readonly months: number;
  readonly tariff: readonly { readonly month: string }[];
  readonly priceRupiah: number;
  readonly creditRupiah: number;
  readonly dueRupiah: number;
  readonly refusal: string | null;
}

interface Paying {
  readonly refusal: { readonly reason: string; readonly coveredUntil: string | null } | null;
  readonly endDate: string | null;
  readonly from: string | null;
  readonly offers: readonly Offer[];
  readonly orders: readonly Order[];
}

function orderLines({ orderReference, amountRupiah, expiresAt, instruction }: Order): string[] {
  const account =
    instruction?.kind === 'virtual_account'
      ? `${instruction.method} ${instruction.billerCode ?? ''} ${instruction.accountNumber}`.replaceAll(/ +/g, ' ')
      : (instruction?.url ?? 'pay under this reference');
  return [`${orderReference}  ${formatRupiah(amountRupiah)}  ${account}  until ${formatTime(Date.parse(expiresAt))}`];
}

function lines({ refusal, from, offers, orders }: Paying): string[] {
  if (refusal)
    return [`nothing to pay: ${refusal.reason}${refusal.coveredUntil ? `, ends ${refusal.coveredUntil}` : ''}`];
  const rows = offers.map(
    (offer): Row => ({
      months: offer.months,
      from: offer.tariff[0]?.month,
      price: formatRupiah(offer.priceRupiah),
      credit: formatRupiah(offer.creditRupiah),
      due: offer.refusal ?? formatRupiah(offer.dueRupiah),
    }),
  );
  const starts = from === null ? 'starts with acceptance' : `goes on from ${from}`;
  return [starts, ...table(rows, Object.keys(rows[0] ?? {})), ...orders.flatMap(orderLines)];
}

async function selfPay(session: Session, { months, via }: SelfPayOptions, [coverId = '']: readonly string[]) {
  const target = session.target();
  const { payPath } = await call<{ payPath: string }>(target, 'GET', `/api/covers/${encodeURIComponent(coverId)}`);
  if (months === undefined) {
    const paying = await call<Paying>(target, 'GET', payPath);
    session.print(paying, () => lines(paying));
    return EXIT.done as ExitCode;
  }
  const order = await call<Order | Credited>(target, 'POST', payPath, { json: { months, ...(via ? { via } : {}) } });
  session.print(order, () => ('paidFromCredit' in order ? ['paid already: it buys these months'] : orderLines(order)));
  return EXIT.done as ExitCode;
}

export function registerSelfPay(program: Command, context: CommandContext): void {
  program
    .command('self-pay')
    .description('what it costs a worker to go on from a cover; with --months, the order to pay it')
    .argument('<coverId>')
    .addHelpText('before', EXAMPLES)
    .option('--months <count>', 'order so many: 1, 2, 3, 6 or 12', positiveCount)
    .addOption(new Option('--via <method>', 'how it is paid').choices(PAYMENT_METHODS))
    .action(context.perform(selfPay));
}
