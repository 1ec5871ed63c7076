/** What truly happens in a world to its payments, and what is sent about it. */

/** As the books name the gateways. */
export const SENDERS = [
  'midtrans',
  'xendit',
  'doku',
  'snap:bank',
  'snap:wallet',
  'stripe',
  'shopee',
  'tiktok-shop',
  'lazada',
  'partner:kitabisa',
  'partner:baznas',
] as const;
export type Sender = (typeof SENDERS)[number];

export type StepKind =
  | 'pending'
  | 'failed'
  | 'paid'
  | 'expired'
  | 'voided'
  | 'refunded'
  | 'charged_back'
  | 'refund_failed'
  | 'dispute_won';

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
  /** Nobody ever hears that it was paid but from a statement. */
  readonly isLost: boolean;
}

/** A notice a gateway sends: about a step, about nothing we can book, or one it never sent. */
export interface Notice {
  readonly number: number;
  readonly payment: Payment;
  readonly step: number;
  /** Which of the ways in which its gateway tells this; empty where there is one. */
  readonly form: string;
  readonly sendMilliseconds: number;
  readonly lie: 'none' | 'forged' | 'relabelled';
}

const ALWAYS = ['pending', 'paid'] as const;

/** What can happen to a payment at each. */
export const KINDS: Readonly<Record<Sender, readonly StepKind[]>> = {
  midtrans: [...ALWAYS, 'expired', 'voided', 'refunded', 'charged_back'],
  xendit: [...ALWAYS, 'expired', 'refunded', 'charged_back'],
  // A refund there is always of the whole.
  doku: [...ALWAYS, 'failed', 'expired', 'refunded'],
  'snap:bank': [...ALWAYS, 'expired', 'refunded'],
  'snap:wallet': [...ALWAYS, 'failed', 'expired', 'voided', 'refunded'],
  stripe: [...ALWAYS, 'failed', 'expired', 'refunded', 'charged_back', 'refund_failed', 'dispute_won'],
  // What they call paid is announced: the amount is in a statement only.
  shopee: [...ALWAYS, 'voided'],
  'tiktok-shop': [...ALWAYS, 'voided'],
  lazada: ALWAYS,
  'partner:kitabisa': [...ALWAYS, 'expired', 'refunded', 'charged_back'],
  'partner:baznas': [...ALWAYS, 'expired', 'refunded', 'charged_back'],
};

export function can(sender: Sender, kind: StepKind): boolean {
  return KINDS[sender].includes(kind);
}

/** What was paid and stayed paid; voided in time it is paid out to nobody. */
export function isStated({ steps }: Pick<Payment, 'steps'>): boolean {
  return steps.some(({ kind }) => kind === 'paid') && !steps.some(({ kind }) => kind === 'voided');
}

/** What a notice tells, as it is counted. */
export function toldName(sender: Sender, kind: StepKind): string {
  return `${sender} ${kind}`;
}

/** Everything that a gateway can tell. */
export const TOLD_NAMES: readonly string[] = SENDERS.flatMap((sender) =>
  KINDS[sender].map((kind) => toldName(sender, kind)),
);
