/** Midtrans: the state of a transaction, signed in part; what it says when it is asked is the whole of it. */
import { createHash } from 'node:crypto';
import type { Notice, Payment, StepKind } from '../payment.ts';
import { MIDTRANS } from '../secrets.ts';
import {
  type HttpCall,
  JSON_TYPE,
  orderOf,
  paidStep,
  type Shown,
  type SimulatedGateway,
  SOMEBODY_ELSE,
  stepOf,
  toldKind,
  wibText,
} from './sender.ts';

const WORDS: Readonly<Partial<Record<StepKind, readonly [word: string, code: string]>>> = {
  pending: ['pending', '201'],
  paid: ['settlement', '200'],
  expired: ['expire', '407'],
  voided: ['deny', '202'],
  refunded: ['partial_refund', '200'],
  charged_back: ['chargeback', '200'],
};

const clock = (milliseconds: number) => wibText(milliseconds).replace('T', ' ');

/** How a chargeback is told is not published: some list the refunds before it, and the rest names none of them. */
function listsRefunds({ number }: Payment): boolean {
  return number % 2 === 0;
}

/** All of it went back before the bank took it: then the last refund listed reads as the chargeback, which caps at the whole. */
function lastOfAll({ steps, amount }: Payment): string | undefined {
  const refunds = steps.filter(({ kind }) => kind === 'refunded');
  return refunds.reduce((sum, one) => sum + one.amount, 0) >= amount ? refunds.at(-1)?.key : undefined;
}

/** The bank took the rest only, and Midtrans says so. */
function isPartial(payment: Payment, step: number): boolean {
  const { kind, amount } = stepOf({ payment, step });
  return kind === 'charged_back' && amount < payment.amount && listsRefunds(payment);
}

function chargebackKey(payment: Payment, step: number): string {
  if (isPartial(payment, step)) return 'partial';
  return (listsRefunds(payment) && lastOfAll(payment)) || 'full';
}

function moneyBack(payment: Payment, step: number, kind: StepKind) {
  if (kind !== 'refunded' && !(kind === 'charged_back' && listsRefunds(payment))) return {};
  const before = payment.steps.slice(0, step + 1);
  const refunds = before
    .filter((one) => one.kind === 'refunded')
    .map((one) => ({
      refund_key: one.key,
      refund_amount: `${one.amount}.00`,
      created_at: clock(one.atMilliseconds),
    }));
  const back = before.filter((one) => one.kind === 'refunded' || one.kind === 'charged_back');
  const total = back.reduce((sum, one) => sum + one.amount, 0);
  return { refunds, refund_amount: `${total}.00` };
}

function documentOf(payment: Payment, step: number, kind: StepKind) {
  const { steps, id, amount } = payment;
  const [word, status_code] = WORDS[kind] as readonly [string, string];
  return {
    transaction_time: clock((steps[0] as (typeof steps)[number]).atMilliseconds),
    settlement_time: clock(paidStep(payment).atMilliseconds),
    transaction_status: isPartial(payment, step) ? `partial_${word}` : word,
    transaction_id: id,
    status_code,
    payment_type: 'bank_transfer',
    order_id: orderOf(payment),
    gross_amount: `${amount}.00`,
    currency: 'IDR',
    fraud_status: 'accept',
    ...moneyBack(payment, step, kind),
  };
}

function callOf(notice: Notice): HttpCall {
  const document = documentOf(notice.payment, notice.step, toldKind(notice));
  const signed = `${document.order_id}${document.status_code}${document.gross_amount}`;
  const key = notice.lie === 'forged' ? SOMEBODY_ELSE : MIDTRANS.serverKey;
  const signature_key = createHash('sha512').update(`${signed}${key}`).digest('hex');
  return { path: '/webhooks/midtrans', headers: JSON_TYPE, body: JSON.stringify({ ...document, signature_key }) };
}

export const midtrans: SimulatedGateway = {
  callOf,
  effectOf({ payment, step }) {
    const { kind, key } = stepOf({ payment, step });
    if (kind === 'charged_back') return `chargeback:${chargebackKey(payment, step)}`;
    return kind === 'refunded' ? `refund:${key}` : kind === 'voided' ? 'void' : 'paid';
  },
};

/**
 * Where Midtrans tells of a chargeback and no more of the refunds before it, or where those were all of the payment, one
 * that was not booked by then is within the money that the bank took back.
 */
export function isOvertaken(payment: Payment, kind: StepKind): boolean {
  const { sender, steps } = payment;
  const isLast = kind === 'refunded' && steps.at(-1)?.kind === 'charged_back';
  return sender === 'midtrans' && isLast && (!listsRefunds(payment) || lastOfAll(payment) !== undefined);
}

/** The answer to `GET /v2/<id>/status` at a time: the last step so far. */
export function midtransDocuments(payment: Payment): Shown[] {
  const path = `/v2/${payment.id}/status`;
  const at = (nowMilliseconds: number) => {
    const known = payment.steps.filter(({ atMilliseconds }) => atMilliseconds <= nowMilliseconds).length;
    return known > 0 ? documentOf(payment, known - 1, stepOf({ payment, step: known - 1 }).kind) : undefined;
  };
  return [[path, at]];
}
