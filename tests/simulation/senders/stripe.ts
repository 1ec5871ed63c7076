/** Stripe: signed events in hundredths of a rupiah; a refund is told by the running total of its charge. */
import { createHmac } from 'node:crypto';
import type { Notice, Payment } from '../payment.ts';
import { STRIPE_SECRET } from '../secrets.ts';
import { DONOR, type HttpCall, JSON_TYPE, orderOf, type SimulatedGateway, SOMEBODY_ELSE, stepOf } from './sender.ts';

const idOf = ({ id }: Payment) => `pi_${id}`;
/** The same for every delivery of one event. */
const eventIdOf = ({ payment, step, form }: Notice) => `evt_${payment.id}_${step}_${form.replaceAll('.', '_')}`;

/** What was refunded of a charge before a step: a refund that failed counts no more. */
function refundedBefore({ steps }: Payment, step: number): number {
  const sign = (kind: string) => (kind === 'refunded' ? 1 : kind === 'refund_failed' ? -1 : 0);
  return steps.slice(0, step).reduce((sum, { kind, amount }) => sum + sign(kind) * amount, 0);
}

interface Told {
  readonly object: object;
  readonly previous_attributes?: object;
}

const refundIdOf = ({ payment, step }: Notice) =>
  `re_${payment.id.replaceAll('-', '_')}_${stepOf({ payment, step }).key}`;
/** Older endpoints have the refunds listed in the charge, the newest first. */
const listsRefunds = ({ number }: Payment) => number % 2 === 0;

function chargeOf(notice: Notice): Told {
  const { payment, step } = notice;
  const before = refundedBefore(payment, step) * 100;
  const amount = stepOf(notice).amount * 100;
  const amount_refunded = before + amount;
  const refunds = listsRefunds(payment) ? { refunds: { data: [{ id: refundIdOf(notice), amount }] } } : {};
  const billing_details = { name: DONOR.name, email: DONOR.email };
  return {
    object: { id: `ch_${payment.id}`, amount: payment.amount * 100, amount_refunded, billing_details, ...refunds },
    previous_attributes: { amount_refunded: before },
  };
}

function intentOf({ id, amount, ...payment }: Payment): Told {
  return {
    object: {
      id: `pi_${id}`,
      amount: amount * 100,
      amount_received: amount * 100,
      metadata: { donation_ref: orderOf({ id, amount, ...payment }) },
      payment_method_types: ['card'],
      receipt_email: DONOR.email,
    },
  };
}

function told(notice: Notice): Told {
  const { payment, form } = notice;
  const { key, amount } = stepOf(notice);
  if (form === 'charge.refunded') return chargeOf(notice);
  if (form === 'refund.failed') return { object: { id: refundIdOf(notice), amount: amount * 100 } };
  if (form === 'checkout.session.expired')
    return {
      object: { id: `cs_${payment.id}`, amount_total: payment.amount * 100, client_reference_id: orderOf(payment) },
    };
  if (!form.startsWith('charge.dispute.')) return intentOf(payment);
  const outcome = stepOf(notice).kind === 'dispute_won' ? 'won' : 'lost';
  const status = form === 'charge.dispute.closed' ? outcome : 'needs_response';
  return { object: { id: `dp_${payment.id}_${key}`, amount: amount * 100, status } };
}

const FORMS: Readonly<Record<string, readonly string[]>> = {
  pending: ['payment_intent.processing'],
  failed: ['payment_intent.payment_failed'],
  paid: ['payment_intent.succeeded'],
  expired: ['checkout.session.expired'],
  refunded: ['charge.refunded'],
  refund_failed: ['refund.failed'],
  charged_back: ['charge.dispute.created', 'charge.dispute.funds_withdrawn'],
  dispute_won: ['charge.dispute.closed'],
};

export const stripe: SimulatedGateway = {
  callOf(notice, { nowMilliseconds }): HttpCall {
    const { payment, form, lie } = notice;
    const { object, ...previous } = told(notice);
    const created = Math.floor(stepOf(notice).atMilliseconds / 1000);
    const whole = { payment_intent: idOf(payment), currency: 'idr', ...object };
    const data = { object: whole, ...previous };
    const body = JSON.stringify({ id: eventIdOf(notice), object: 'event', type: form, created, data });
    const seconds = Math.floor(nowMilliseconds / 1000);
    const secret = lie === 'forged' ? SOMEBODY_ELSE : STRIPE_SECRET;
    const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
    const headers = { ...JSON_TYPE, 'stripe-signature': `t=${seconds},v1=${signature}` };
    return { path: '/webhooks/stripe', headers, body };
  },
  idsOf: (payment) => [idOf(payment)],
  effectOf(notice) {
    const { kind, key } = stepOf(notice);
    const { id } = notice.payment;
    if (kind === 'refunded') return `refund:${listsRefunds(notice.payment) ? refundIdOf(notice) : eventIdOf(notice)}`;
    if (kind === 'refund_failed') return `refund-failed:${refundIdOf(notice)}`;
    if (kind === 'charged_back') return `chargeback:dp_${id}_${key}`;
    return kind === 'dispute_won' ? `dispute-won:dp_${id}_${key}` : 'paid';
  },
  /** A dispute that is not won is lost, which says again that the money is gone. */
  formsOf(payment, step) {
    const { kind } = stepOf({ payment, step });
    const isLost = kind === 'charged_back' && payment.steps[step + 1]?.kind !== 'dispute_won';
    return [...(FORMS[kind] ?? []), ...(isLost ? ['charge.dispute.closed'] : [])];
  },
};
