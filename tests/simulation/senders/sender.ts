/** What every simulated gateway does: write a notice down, sign it as the real one does, and know what it must leave. */
import type { Notice, Payment } from '../payment.ts';

export interface HttpCall {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SendingTime {
  readonly nowMilliseconds: number;
  /** An access token of ours, for who signs with one. */
  readonly token: string;
}

/** What a status API shows at a path at a time; nothing before it happened. */
export type Shown = readonly [path: string, at: (nowMilliseconds: number) => object | undefined];

export interface SimulatedGateway {
  callOf(notice: Notice, at: SendingTime): HttpCall;
  /** Ids the books may know a payment by; absent: its own. */
  readonly idsOf?: (payment: Payment) => readonly string[];
  /** The last part of the effect key of a notice that moves money; absent where the common words do. */
  readonly effectOf?: (notice: Notice) => string;
  /** The reference a statement names; absent: the pledge's. */
  readonly referenceOf?: (payment: Payment) => string;
  /** How a step is told, where it is told in several ways; each way is a notice of its own. */
  readonly formsOf?: (payment: Payment, step: number) => readonly string[];
}

/** What a forged message is signed with. */
export const SOMEBODY_ELSE = 'FAKE-somebody-else';
/** Everything personal that is sent anywhere carries one of these; see `PERSONAL` in personal-data.ts. */
export const DONOR = { name: 'Zqxina Dermawan', email: 'zqx.donor@example.org', phone: '+628990000001' };

export const JSON_TYPE = { 'content-type': 'application/json' };

export function isoOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** A clock in Jakarta, without its zone. */
export function wibText(milliseconds: number): string {
  return isoOf(milliseconds + 7 * 3_600_000).slice(0, 19);
}

export function paidStep({ steps }: Payment) {
  return steps.find(({ kind }) => kind === 'paid') ?? (steps[0] as (typeof steps)[number]);
}

/** What a step is called by its sender; a lie calls it paid. */
export function toldKind({ payment, step, lie }: Notice) {
  return lie === 'relabelled' ? 'paid' : stepOf({ payment, step }).kind;
}

export function stepOf({ payment, step }: Pick<Notice, 'payment' | 'step'>) {
  return payment.steps[step] as Payment['steps'][number];
}

export function orderOf({ orderReference, id }: Payment): string {
  return orderReference ?? `ORDER-${id}`;
}
