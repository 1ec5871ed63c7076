/** What happens in one world, made from its seed alone: people, payments, and when their notices are sent. */
import { type Chance, chanceOf } from '../support/random.ts';

export type Sender = 'midtrans' | 'kitabisa' | 'baznas';
export type StepKind = 'pending' | 'paid' | 'expired' | 'voided' | 'refunded' | 'charged_back';

/** One thing that truly happened to a payment at its gateway. */
export interface Step {
  readonly kind: StepKind;
  readonly atMilliseconds: number;
  readonly amount: number;
  readonly key: string;
}

export interface Payment {
  readonly number: number;
  readonly id: string;
  readonly sender: Sender;
  readonly amount: number;
  readonly fee: number;
  readonly orderReference: string | undefined;
  readonly steps: readonly Step[];
}

/** A notice a gateway sends: about a step, about nothing we can book, or one it never sent. */
export interface Notice {
  readonly number: number;
  readonly payment: Payment;
  readonly step: number;
  readonly sendMilliseconds: number;
  readonly lie: 'none' | 'forged' | 'relabelled';
}

export interface Scenario {
  readonly seed: number;
  readonly startMilliseconds: number;
  readonly workers: number;
  readonly settings: unknown;
  readonly payments: readonly Payment[];
  /** In the order in which they are sent. */
  readonly notices: readonly Notice[];
}

const MINUTE = 60_000;
const DAY = 86_400_000;
/** Month ends, leap days, the turn of a day in Jakarta (17:00 UTC), and tariffs that change with the month. */
const STARTS = [
  '2026-11-20T03:00:00Z',
  '2026-11-30T16:55:00Z',
  '2026-12-30T16:58:00Z',
  '2027-01-30T10:00:00Z',
  '2027-03-30T16:59:00Z',
  '2028-02-28T16:50:00Z',
  '2027-08-30T17:05:00Z',
];
/** References of the pledges every world begins with. */
export const PLEDGES = ['GNL-REGION', 'GNL-LONG'] as const;

function backSteps(chance: Chance, amount: number, from: number, sender: Sender): Step[] {
  const roll = chance.below(20);
  const later = () => from + MINUTE + chance.below(20 * DAY);
  if (roll === 0) return [{ kind: 'charged_back', atMilliseconds: later(), amount, key: 'full' }];
  if (roll === 1 && sender === 'midtrans') return [{ kind: 'voided', atMilliseconds: later(), amount, key: 'void' }];
  if (roll > 6) return [];
  const steps: Step[] = [];
  let left = amount;
  for (let index = 0; index <= chance.below(3) && left > 0; index += 1) {
    const back = chance.happens(0.3) ? left : 1 + chance.below(left);
    left -= back;
    steps.push({ kind: 'refunded', atMilliseconds: later(), amount: back, key: `r${index}` });
  }
  steps.sort((a, b) => a.atMilliseconds - b.atMilliseconds);
  return chance.happens(0.3) ? [...steps, chargebackAfter(chance, steps, amount)] : steps;
}

/** The bank takes back all of a payment of which a part was given back already, or only the rest of it. */
function chargebackAfter(chance: Chance, refunds: readonly Step[], amount: number): Step {
  const atMilliseconds = (refunds.at(-1) as Step).atMilliseconds + MINUTE + chance.below(10 * DAY);
  const refunded = refunds.reduce((sum, step) => sum + step.amount, 0);
  const isAll = refunded === amount || chance.happens(0.5);
  return { kind: 'charged_back', atMilliseconds, amount: isAll ? amount : amount - refunded, key: 'full' };
}

function stepsOf(chance: Chance, amount: number, at: number, sender: Sender): Step[] {
  const steps: Step[] = [];
  if (chance.happens(0.3)) steps.push({ kind: 'pending', atMilliseconds: at, amount, key: 'pending' });
  const end = at + chance.below(chance.happens(0.8) ? 5 * MINUTE : DAY);
  if (chance.happens(0.05)) return [...steps, { kind: 'expired', atMilliseconds: end, amount, key: 'expired' }];
  return [
    ...steps,
    { kind: 'paid', atMilliseconds: end, amount, key: 'paid' },
    ...backSteps(chance, amount, end, sender),
  ];
}

function paymentOf(chance: Chance, number: number, at: number): Payment {
  const roll = chance.below(10);
  const sender: Sender = roll < 4 ? 'midtrans' : roll < 9 ? 'kitabisa' : 'baznas';
  const sizes = [1 + chance.below(60_000), 1 + chance.below(60_000), 25_200, 50_400, 100 + chance.below(900_000)];
  const amount = sizes[chance.below(sizes.length)] as number;
  const fee = sender === 'midtrans' ? 0 : Math.floor((amount * chance.below(11)) / 100);
  const orderReference = chance.happens(0.15) ? PLEDGES[chance.below(PLEDGES.length)] : undefined;
  const id = `pay-${number}-${chance.below(1e9).toString(36)}`;
  return { number, id, sender, amount, fee, orderReference, steps: stepsOf(chance, amount, at, sender) };
}

/** Most notices come at once; some come days late, some twice. */
function noticesOf(chance: Chance, payment: Payment): Omit<Notice, 'number'>[] {
  const notices = payment.steps.flatMap((step, index) => {
    const sent = (): Omit<Notice, 'number'> => {
      const delay = chance.happens(0.75)
        ? chance.below(10_000)
        : chance.below(chance.happens(0.5) ? 3_600_000 : 9 * DAY);
      return { payment, step: index, sendMilliseconds: step.atMilliseconds + delay, lie: 'none' };
    };
    return chance.happens(0.2) ? [sent(), sent()] : [sent()];
  });
  const first = payment.steps[0] as Step;
  if (chance.happens(0.02))
    notices.push({ payment, step: 0, sendMilliseconds: first.atMilliseconds + 5_000, lie: 'forged' });
  const isUnpaid = payment.sender === 'midtrans' && payment.steps.at(-1)?.kind === 'expired';
  if (isUnpaid) notices.push({ payment, step: 0, sendMilliseconds: first.atMilliseconds + 5_000, lie: 'relabelled' });
  return notices;
}

/** Settings as a deployment may have them. */
export function settingsOf(chance: Chance): unknown {
  const pick = <Value>(values: readonly Value[]) => values[chance.below(values.length)] as Value;
  return {
    registrar: {
      kind: 'simulator',
      acceptAfter: pick(['PT0S', 'PT10M', 'PT10M', 'PT3H', 'P1D']),
      rejectEvery: chance.happens(0.05) ? 1 : pick([0, 0, 2, 3, 7]),
    },
    lifecycle: { groups: pick([1, 2]), shards: pick([1, 2, 3]) },
  };
}

export function scenarioOf(seed: number, events: number): Scenario {
  const chance = chanceOf(Math.imul(seed + 1, 0x9e3779b1));
  const startMilliseconds = Date.parse(STARTS[chance.below(STARTS.length)] as string);
  const spanMilliseconds = [3 * 3_600_000, 3 * DAY, 40 * DAY, 110 * DAY][chance.below(4)] as number;
  const payments: Payment[] = [];
  const unnumbered: Omit<Notice, 'number'>[] = [];
  while (unnumbered.length < events) {
    // Half of all gifts come in bursts.
    const at = chance.happens(0.5)
      ? chance.below(spanMilliseconds)
      : chance.below(6) * Math.floor(spanMilliseconds / 6);
    const payment = paymentOf(chance, payments.length, startMilliseconds + at);
    payments.push(payment);
    unnumbered.push(...noticesOf(chance, payment));
  }
  const notices = unnumbered
    .sort((a, b) => a.sendMilliseconds - b.sendMilliseconds)
    .map((notice, number) => ({ ...notice, number }));
  const workers = 3 + chance.below(chance.happens(0.2) ? 140 : 40);
  return { seed, startMilliseconds, workers, settings: settingsOf(chance), payments, notices };
}

/** The same world with fewer notices; what nobody tells of never happened. */
export function onlyNotices(scenario: Scenario, numbers: ReadonlySet<number>): Scenario {
  return { ...scenario, notices: scenario.notices.filter(({ number }) => numbers.has(number)) };
}
