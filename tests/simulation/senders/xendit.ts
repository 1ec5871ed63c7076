/**
 * Xendit: a token that says nothing of the body. A payment is told by the channel it was paid by (Payments v3), by its
 * invoice, or by both, which may or may not name one another; the status API has an address for each object.
 */
import type { Notice, Payment, Step, StepKind } from '../payment.ts';
import { XENDIT } from '../secrets.ts';
import {
  DONOR,
  type HttpCall,
  isoOf,
  JSON_TYPE,
  orderOf,
  type Shown,
  type SimulatedGateway,
  SOMEBODY_ELSE,
  stepOf,
  toldKind,
} from './sender.ts';

const [CHANNEL, INVOICE] = ['channel', 'invoice'];
/** By whom a payment is told; an invoice alone always names the channel's payment. */
const FAMILIES = [[CHANNEL], [INVOICE], [CHANNEL, INVOICE], [CHANNEL, INVOICE]] as const;
const UNLINKED = 3;

const EVENTS: Readonly<Partial<Record<StepKind, readonly [event: string, status: string, invoice: string]>>> = {
  pending: ['payment.authorization', 'AUTHORIZED', 'PENDING'],
  paid: ['payment.capture', 'SUCCEEDED', 'PAID'],
  expired: ['payment.expiry', 'EXPIRED', 'EXPIRED'],
};

const familyOf = ({ number }: Pick<Payment, 'number'>) => number % FAMILIES.length;
const isUnlinked = (payment: Payment) => familyOf(payment) === UNLINKED;
const idsOf = ({ id }: Payment) => ({ channel: `py-${id}`, request: `pr-${id}`, invoice: `inv-${id}` });
export const hasChannel = (payment: Pick<Payment, 'number'>) => FAMILIES[familyOf(payment)]?.[0] === CHANNEL;
/** Where an invoice may be linked by reference and amount alone no other payment may have both. */
const referenceOf = (payment: Payment) =>
  isUnlinked(payment) || !hasChannel(payment) ? `ORDER-${payment.id}` : orderOf(payment);

function channelPayment(payment: Payment, kind: StepKind, at: number) {
  const { channel, request } = idsOf(payment);
  const capture = { capture_id: `cap-${payment.id}`, capture_amount: payment.amount, capture_timestamp: isoOf(at) };
  return {
    payment_id: channel,
    payment_request_id: request,
    reference_id: referenceOf(payment),
    type: 'PAY',
    currency: 'IDR',
    request_amount: payment.amount,
    status: EVENTS[kind]?.[1],
    channel_code: 'QRIS',
    ...(kind === 'paid' ? { captures: [capture] } : {}),
    created: isoOf(at),
    updated: isoOf(at),
    payment_details: { payer_name: DONOR.name },
  };
}

function invoiceOf(payment: Payment, kind: StepKind, at: number) {
  const { invoice, channel } = idsOf(payment);
  return {
    id: invoice,
    external_id: referenceOf(payment),
    status: EVENTS[kind]?.[2],
    currency: 'IDR',
    amount: payment.amount,
    ...(kind === 'paid' ? { paid_amount: payment.amount, paid_at: isoOf(at) } : {}),
    ...(isUnlinked(payment) ? {} : { payment_id: channel }),
    payment_method: 'QR_CODE',
    payment_channel: 'QRIS',
    payer_email: DONOR.email,
    created: isoOf(at),
    updated: isoOf(at),
  };
}

/**
 * The payment's id is on its way out: every other refund names the request, or the invoice where that is all. Those of
 * a payment no notice told of name what its statement does: nothing else could link them.
 */
function refundOf(payment: Payment, { key, amount, atMilliseconds }: Step) {
  const { channel, request, invoice } = idsOf(payment);
  const later = hasChannel(payment) ? { payment_request_id: request } : { invoice_id: invoice };
  return {
    id: `rfd-${payment.id}-${key}`,
    ...(key === 'r0' || payment.isLost ? { payment_id: channel } : later),
    amount,
    currency: 'IDR',
    status: 'SUCCEEDED',
    channel_code: 'QRIS',
    created: isoOf(atMilliseconds),
    updated: isoOf(atMilliseconds),
  };
}

function disputeOf(payment: Payment, { amount, atMilliseconds }: Step) {
  return {
    id: `dspt-${payment.id}`,
    status: 'LOST',
    payment_id: idsOf(payment).channel,
    currency: 'IDR',
    amount: { initial: `${amount}.00`, terminal: `${amount}.00` },
    channel_code: 'CARDS',
    created_at: isoOf(atMilliseconds),
    updated_at: isoOf(atMilliseconds),
  };
}

function documentOf(notice: Notice, sentAt: string): object {
  const { payment, form } = notice;
  const step = stepOf(notice);
  const kind = toldKind(notice);
  const envelope = { business_id: 'FAKE-business', created: sentAt };
  if (kind === 'refunded') return { event: 'refund.succeeded', ...envelope, data: refundOf(payment, step) };
  if (kind === 'charged_back') return { event: 'dispute.lost', ...disputeOf(payment, step) };
  if (form === INVOICE) return invoiceOf(payment, kind, step.atMilliseconds);
  return { event: EVENTS[kind]?.[0], ...envelope, data: channelPayment(payment, kind, step.atMilliseconds) };
}

export const xendit: SimulatedGateway = {
  callOf(notice, { nowMilliseconds }): HttpCall {
    const token = notice.lie === 'forged' ? SOMEBODY_ELSE : XENDIT.callbackToken;
    const body = JSON.stringify(documentOf(notice, isoOf(nowMilliseconds)));
    return { path: '/webhooks/xendit', headers: { ...JSON_TYPE, 'x-callback-token': token }, body };
  },
  idsOf: (payment) => {
    const { channel, request, invoice } = idsOf(payment);
    return hasChannel(payment) ? [channel, request, invoice] : [invoice, channel, request];
  },
  referenceOf,
  effectOf({ payment, step }) {
    const { kind, key } = stepOf({ payment, step });
    if (kind === 'refunded') return `refund:rfd-${payment.id}-${key}`;
    return kind === 'charged_back' ? `chargeback:dspt-${payment.id}` : 'paid';
  },
  formsOf(payment, step) {
    const { kind } = stepOf({ payment, step });
    return EVENTS[kind] ? (FAMILIES[familyOf(payment)] ?? []) : [''];
  },
};

/** The status API: a payment and its invoice as they are, refunds and disputes once they are. */
export function xenditDocuments(payment: Payment): Shown[] {
  const ids = idsOf(payment);
  const present = (read: (payment: Payment, kind: StepKind, at: number) => object) => (now: number) => {
    const last = payment.steps.findLast(({ kind, atMilliseconds }) => EVENTS[kind] && atMilliseconds <= now);
    return last && read(payment, last.kind, last.atMilliseconds);
  };
  return [
    [`/v3/payments/${ids.channel}`, present(channelPayment)],
    [`/v2/invoices/${ids.invoice}`, present(invoiceOf)],
    ...payment.steps.flatMap((step) => moneyBackShown(payment, step)),
  ];
}

function moneyBackShown(payment: Payment, step: Step): Shown[] {
  const once = (document: object) => (now: number) => (step.atMilliseconds <= now ? document : undefined);
  if (step.kind === 'refunded') return [[`/refunds/rfd-${payment.id}-${step.key}`, once(refundOf(payment, step))]];
  return step.kind === 'charged_back' ? [[`/v1/disputes/dspt-${payment.id}`, once(disputeOf(payment, step))]] : [];
}
