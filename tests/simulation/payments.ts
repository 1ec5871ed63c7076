/** Payments made from chance: what happens to each, and when its notices are sent. */
import type { Chance } from '../support/random.ts';
import { can, isStated, type Notice, type Payment, SENDERS, type Sender, type Step } from './payment.ts';
import { formsOf } from './senders/all.ts';
import { hasChannel } from './senders/xendit.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** References of the pledges every world begins with. */
export const PLEDGES = ['GNL-REGION', 'GNL-LONG', 'GNL-AGAIN'] as const;
/** How many of a hundred payments each sends. */
const SHARES: Readonly<Record<Sender, number>> = {
  midtrans: 22,
  'partner:kitabisa': 22,
  xendit: 16,
  stripe: 12,
  doku: 8,
  'snap:bank': 5,
  'snap:wallet': 5,
  'partner:baznas': 4,
  shopee: 2,
  'tiktok-shop': 2,
  lazada: 2,
};

const SENDER_OF_ROLL = SENDERS.flatMap((sender) => Array<Sender>(SHARES[sender]).fill(sender));

type Later = () => number;

function backSteps(chance: Chance, amount: number, from: number, sender: Sender): Step[] {
  const roll = chance.below(20);
  const later: Later = () => from + MINUTE + chance.below(20 * DAY);
  if (roll <= 1 && can(sender, 'charged_back'))
    return disputed(chance, sender, { kind: 'charged_back', atMilliseconds: later(), amount, key: 'full' });
  if (roll === 2 && can(sender, 'voided')) return [{ kind: 'voided', atMilliseconds: later(), amount, key: 'void' }];
  if (roll > 7 || !can(sender, 'refunded')) return [];
  if (sender === 'doku') return [{ kind: 'refunded', atMilliseconds: later(), amount, key: 'full' }];
  const steps = refunds(chance, amount, later);
  if (can(sender, 'charged_back') && chance.happens(0.3))
    return [...steps, ...disputed(chance, sender, chargebackAfter(chance, steps, amount))];
  return can(sender, 'refund_failed') && chance.happens(0.3) ? [...steps, failedAfter(chance, steps)] : steps;
}

function refunds(chance: Chance, amount: number, later: Later): Step[] {
  const steps: Step[] = [];
  let left = amount;
  for (let index = 0; index <= chance.below(3) && left > 0; index += 1) {
    const back = chance.happens(0.3) ? left : 1 + chance.below(left);
    left -= back;
    steps.push({ kind: 'refunded', atMilliseconds: later(), amount: back, key: `r${index}` });
  }
  return steps.sort((a, b) => a.atMilliseconds - b.atMilliseconds);
}

/** The bank takes back all of a payment of which a part was given back already, or only the rest of it. */
function chargebackAfter(chance: Chance, before: readonly Step[], amount: number): Step {
  const atMilliseconds = (before.at(-1) as Step).atMilliseconds + MINUTE + chance.below(10 * DAY);
  const refunded = before.reduce((sum, step) => sum + step.amount, 0);
  const isAll = refunded === amount || chance.happens(0.5);
  return { kind: 'charged_back', atMilliseconds, amount: isAll ? amount : amount - refunded, key: 'full' };
}

/** A refund bounces back, and the money is here again. */
function failedAfter(chance: Chance, before: readonly Step[]): Step {
  const failed = before[chance.below(before.length)] as Step;
  const atMilliseconds = (before.at(-1) as Step).atMilliseconds + MINUTE + chance.below(10 * DAY);
  return { ...failed, kind: 'refund_failed', atMilliseconds };
}

/** Half of all disputes are won, where a gateway tells of that, and the money comes back. */
function disputed(chance: Chance, sender: Sender, chargeback: Step): Step[] {
  if (!can(sender, 'dispute_won') || chance.happens(0.5)) return [chargeback];
  const atMilliseconds = chargeback.atMilliseconds + MINUTE + chance.below(30 * DAY);
  return [chargeback, { ...chargeback, kind: 'dispute_won', atMilliseconds }];
}

function stepsOf(chance: Chance, amount: number, at: number, sender: Sender): Step[] {
  const steps: Step[] = [];
  if (chance.happens(0.3)) steps.push({ kind: 'pending', atMilliseconds: at, amount, key: 'pending' });
  if (can(sender, 'failed') && chance.happens(0.2))
    steps.push({ kind: 'failed', atMilliseconds: at, amount, key: 'failed' });
  const end = at + chance.below(chance.happens(0.8) ? 5 * MINUTE : DAY);
  if (can(sender, 'expired') && chance.happens(0.05))
    return [...steps, { kind: 'expired', atMilliseconds: end, amount, key: 'expired' }];
  return [
    ...steps,
    { kind: 'paid', atMilliseconds: end, amount, key: 'paid' },
    ...backSteps(chance, amount, end, sender),
  ];
}

function senderOf(chance: Chance): Sender {
  return SENDER_OF_ROLL[chance.below(SENDER_OF_ROLL.length)] as Sender;
}

export function paymentOf(chance: Chance, number: number, at: number): Payment {
  const sender = senderOf(chance);
  const sizes = [1 + chance.below(60_000), 1 + chance.below(60_000), 25_200, 50_400, 100 + chance.below(900_000)];
  const amount = sizes[chance.below(sizes.length)] as number;
  const fee = sender.startsWith('partner:') ? Math.floor((amount * chance.below(11)) / 100) : 0;
  const orderReference = chance.happens(0.15) ? PLEDGES[chance.below(PLEDGES.length)] : undefined;
  const id = `pay-${number}-${chance.below(1e9).toString(36)}`;
  const steps = stepsOf(chance, amount, at, sender);
  // A statement that names an invoice alone links no dispute, which names the channel's payment.
  const isLinked = sender !== 'xendit' || hasChannel({ number });
  const isLost = isLinked && isStated({ steps }) && chance.happens(0.05);
  return { number, id, sender, amount, fee, orderReference, steps, isLost };
}

/** Most notices come at once; some come days late, some twice. */
export function noticesOf(chance: Chance, payment: Payment): Omit<Notice, 'number'>[] {
  const notices = payment.steps.flatMap((happened, step) => {
    if (payment.isLost && happened.kind === 'paid') return [];
    return formsOf(payment, step).flatMap((form) => {
      const sent = (): Omit<Notice, 'number'> => {
        const delay = chance.happens(0.75)
          ? chance.below(10_000)
          : chance.below(chance.happens(0.5) ? 3_600_000 : 9 * DAY);
        return { payment, step, form, sendMilliseconds: happened.atMilliseconds + delay, lie: 'none' };
      };
      return chance.happens(0.2) ? [sent(), sent()] : [sent()];
    });
  });
  const [first] = notices;
  if (!first) return [];
  const sendMilliseconds = (payment.steps[0] as Step).atMilliseconds + 5_000;
  if (chance.happens(0.02)) notices.push({ ...first, sendMilliseconds, lie: 'forged' });
  const isUnsigned = payment.sender === 'midtrans' || payment.sender === 'xendit';
  if (isUnsigned && payment.steps.at(-1)?.kind === 'expired')
    notices.push({ ...first, sendMilliseconds, lie: 'relabelled' });
  return notices;
}
