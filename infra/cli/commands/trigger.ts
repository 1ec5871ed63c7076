/** `lingkaran trigger`: a realistic, signed notification through the public door, and one flag for each trouble of life. */
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { type Answer, send, systemTime } from '../api.ts';
import { EXIT, type ExitCode, exitCodeOfStatus, wrongUse } from '../failure.ts';
import { readJson } from '../files.ts';
import { formatRupiah } from '../format.ts';
import type { Notification } from '../notifications/notification.ts';
import { collected, duration, instantMilliseconds, positiveCount, wholeRupiah } from '../options.ts';
import type { CommandContext, Session } from '../session.ts';
import { type BuiltNotification, buildNotification, type Order, type TriggerOptions } from '../trigger-notification.ts';
import type { PledgeAnswer } from './pledge.ts';

const EXAMPLES = `Examples:
  lingkaran trigger midtrans paid --amount 50400
  lingkaran trigger midtrans paid --pledge pledge.json --channel bank_transfer:bca
  lingkaran trigger midtrans refunded --order DON-1 --amount 50400
  lingkaran trigger midtrans paid --order GNS-20270215-0A1B2C3D4E
  lingkaran trigger partner paid --partner kitabisa --amount 100000 --fee 5000 --duplicate 50 --concurrent 50
  lingkaran trigger snap paid --pledge pledge.json --channel va:bri
  lingkaran trigger midtrans paid --set fraud_status=deny --print
  lingkaran trigger stripe paid --set data.object.currency=usd

Kinds:
  midtrans  paid, pending, failed, denied, expired, refunded, partly-refunded, charged-back
  partner   paid, pending, failed, expired, refunded, charged-back
  xendit    paid, pending, failed, expired, refunded, partly-refunded, charged-back;
            --channel invoice, va:bca, ewallet:dana are products of their own, all others payments v3
  doku      paid, pending, failed, expired, refunded
  stripe    paid, pending, failed, expired, refunded, partly-refunded, charged-back, reinstated
  shopee, tiktok-shop, lazada
            paid, pending, failed: the state of an order, without an amount
  snap      paid, pending, failed, cancelled, expired; with --channel gopay or qris also refunded, partly-refunded
`;

const DEFAULT_AMOUNT_RUPIAH = 50_400;
const SIGNING_TRIES = 5;
/** Those that do not sign what they say, and are asked. */
const SANDBOXED: ReadonlySet<string> = new Set(['midtrans', 'xendit']);

/** As they are given: who sends it is settled later. */
type GivenOptions = Omit<TriggerOptions, 'partner'> & { readonly partner?: string };

interface Delivery {
  readonly status: number;
  readonly body: string;
  readonly count: number;
}

async function deliver(base: string, notification: Notification, copies: number, atOnce: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  const { method, path, headers, body } = notification;
  for (let sent = 0; sent < copies; sent += atOnce) {
    const batch = Array.from({ length: Math.min(atOnce, copies - sent) }, () =>
      send(base + path, { method, headers: { ...headers }, body }),
    );
    answers.push(...(await Promise.all(batch)));
  }
  return answers;
}

/** Equal answers counted together: fifty copies give one line, not fifty. */
function tally(answers: readonly Answer[]): Delivery[] {
  const kinds = new Map<string, Delivery>();
  for (const { status, body } of answers) {
    const key = `${status} ${body}`;
    kinds.set(key, { status, body, count: (kinds.get(key)?.count ?? 0) + 1 });
  }
  return [...kinds.values()];
}

function exitOf(answers: readonly Answer[]): ExitCode {
  const codes = new Set(answers.map(({ status }) => exitCodeOfStatus(status)));
  if (codes.size === 1) return [...codes][0] ?? EXIT.failed;
  return codes.has(EXIT.done) ? EXIT.partlyDone : EXIT.failed;
}

async function timeFor(session: Session, { print }: TriggerOptions): Promise<number> {
  try {
    return (await systemTime(session.target())) ?? session.terminal.machineMilliseconds();
  } catch (error) {
    // Printing needs no running system; posting does, and says so itself.
    if (print === true) return session.terminal.machineMilliseconds();
    throw error;
  }
}

function report(session: Session, { summary }: BuiltNotification, deliveries: readonly Delivery[]): void {
  session.print({ ...summary, responses: deliveries }, () => [
    ...deliveries.map(({ status, count, body }) => `${count} × ${status} ${body}`.trimEnd()),
    `${summary.gateway} ${summary.kind}  ${summary.amountRupiah === null ? 'no amount' : formatRupiah(summary.amountRupiah)}  payment ${summary.paymentId}  order ${summary.orderReference}`,
  ]);
}

/** What the sandbox was asked to take for an order; undefined where nobody asked, or nothing runs that could say. */
async function chargedRupiah(session: Session, order: string): Promise<number | undefined> {
  try {
    const base = session.target().url.replace(/\/$/, '');
    const { status, body } = await send(`${base}/local/sandbox/midtrans/v2/${encodeURIComponent(order)}/status`, {
      method: 'GET',
      headers: {},
    });
    const amount = Number((JSON.parse(body) as { gross_amount?: string }).gross_amount);
    return status === 200 && amount > 0 ? amount : undefined;
  } catch {
    return undefined;
  }
}

function orderOf({ order, amount, pledge }: GivenOptions, folder: string): Order {
  const pledged = pledge === undefined ? undefined : (readJson(folder, pledge) as Partial<PledgeAnswer>);
  if (pledged && pledged.orderReference === undefined) throw wrongUse(`${pledge} is not the answer to a pledge`);
  return {
    order: order ?? pledged?.orderReference ?? `DON-${randomBytes(5).toString('hex')}`,
    amount: amount ?? pledged?.amountRupiah ?? DEFAULT_AMOUNT_RUPIAH,
  };
}

const isStale = ({ status, body }: Answer) => [400, 401].includes(status) && /"reason":"stale_timestamp"/.test(body);

/** On a clock that runs fast a signature can grow old on its way; then it is signed anew, as a gateway's next try would. */
async function signAndDeliver(
  session: Session,
  base: string,
  build: (now: number) => BuiltNotification,
  options: TriggerOptions,
) {
  for (let attempt = 1; ; attempt += 1) {
    const built = build(await timeFor(session, options));
    const answers = await deliver(base, built.notification, options.duplicate, options.concurrent);
    if (attempt === SIGNING_TRIES || !answers.every(isStale)) return { built, answers };
  }
}

const isTrue = ({ forged, badSignature, truncate }: TriggerOptions) => !forged && !badSignature && !truncate;

/** What really happened is known to the gateway before it tells anybody. A deployed system has no sandbox. */
async function tellSandbox(base: string, { gateway, body }: Notification): Promise<void> {
  if (!SANDBOXED.has(gateway)) return;
  const headers = { 'content-type': 'application/json' };
  await send(`${base}/local/sandbox/${gateway}`, { method: 'POST', headers, body });
}

async function trigger(session: Session, options: GivenOptions, operands: readonly string[]): Promise<ExitCode> {
  const [sender = '', writtenKind = ''] = operands;
  // Both as our events write them: `partner:kitabisa`, `charged_back`.
  const [gateway = '', partner = options.partner ?? (gateway === 'snap' ? '' : 'kitabisa')] = sender.split(':');
  const kind = writtenKind.replaceAll('_', '-');
  const { folder } = session.terminal;
  const { order: named, amount: given } = options;
  const asksSandbox = gateway === 'midtrans' && named !== undefined && given === undefined;
  const amount = asksSandbox ? await chargedRupiah(session, named) : given;
  const settled = { ...options, partner, ...orderOf({ ...options, ...(amount ? { amount } : {}) }, folder) };
  const build = (now: number) => buildNotification(gateway, kind, settled, now, folder);
  if (options.print === true) {
    const { notification, sentMilliseconds } = build(await timeFor(session, settled));
    // The very line `lingkaran verify` reads, but for the secrets, which are never printed.
    session.terminal.out(JSON.stringify({ ...notification, now: Math.floor(sentMilliseconds / 1000) }));
    return EXIT.done;
  }
  const base = session.target().url.replace(/\/$/, '');
  if (isTrue(settled)) await tellSandbox(base, build(await timeFor(session, settled)).notification);
  const { built, answers } = await signAndDeliver(session, base, build, settled);
  report(session, built, tally(answers));
  return exitOf(answers);
}

export function registerTrigger(program: Command, context: CommandContext): void {
  program
    .command('trigger')
    .description('sign a realistic notification with the development secrets and post it to the running system')
    .argument('<gateway>', 'midtrans, xendit, doku, snap, stripe, shopee, tiktok-shop, lazada or partner')
    .argument('<kind>', 'what happened to the payment')
    .addHelpText('before', EXAMPLES)
    .option(
      '--amount <rupiah>',
      'gross amount of the payment (default: what the sandbox was asked to take for the order, else 50400)',
      wholeRupiah,
    )
    .option('--pledge <file>', 'pay this pledge: the answer of `lingkaran pledge --json`')
    .option('--returned <rupiah>', 'how much of it goes back, where it is not all', wholeRupiah)
    .option('--order <reference>', 'order reference, such as the one a pledge gave')
    .option('--payment-id <id>', "the gateway's payment id (else derived from the order reference)")
    .option('--partner <name>', 'which partner or bank sends it (default: kitabisa, or the first bank)')
    .option('--private-key <file>', "the bank's RSA key in PEM (else its secret and a token)")
    .option('--fee <rupiah>', 'what the partner kept', wholeRupiah, 0)
    .option('--channel <channel>', 'qris, gopay, bank_transfer:bca, credit_card … (default: qris)')
    .option('--at <time>', 'when it happened (else the time of the running system)', instantMilliseconds)
    .option('--late <duration>', 'happened this long ago and arrives only now, such as PT48H', duration)
    .option('--set <path=value>', 'change one field of the body before it is signed (repeatable)', collected, [])
    .option('--duplicate <copies>', 'send it so many times', positiveCount, 1)
    .option('--concurrent <requests>', 'so many at the same time', positiveCount, 1)
    .option('--forged', "well signed and untrue: the gateway's sandbox is not told")
    .option('--bad-signature', 'spoil the signature')
    .option('--truncate', 'cut the body in half on the way')
    .option('--config <file>', 'configuration with the secrets (else the one `npm start` takes by itself)')
    .option('--print', 'print the request as one JSON line and send nothing')
    .action(context.perform(trigger));
}
