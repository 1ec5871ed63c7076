/** Stripe's events, signed over the time of sending and the exact body. */
import { signStripe } from '../../../shared/gateways/stripe-signature.ts';
import { type Adjust, type Body, type Notification, type Payment, stableUuid } from './notification.ts';
import type { Sender } from './sender.ts';

/** Rupiah has two decimals at Stripe. */
const minor = (amountRupiah: number) => amountRupiah * 100;
const returned = ({ returnedRupiah, amountRupiah }: Payment) => minor(returnedRupiah ?? amountRupiah);
const idOf = (prefix: string, seed: string) => `${prefix}_${stableUuid(seed).replaceAll('-', '').slice(0, 24)}`;

function intent(payment: Payment, status: string): Body {
  const { paymentId, amountRupiah, orderReference, channel } = payment;
  return {
    id: paymentId,
    object: 'payment_intent',
    amount: minor(amountRupiah),
    amount_received: status === 'succeeded' ? minor(amountRupiah) : 0,
    currency: 'idr',
    status,
    latest_charge: idOf('ch', paymentId),
    receipt_email: 'donor@example.org',
    payment_method_types: [channel],
    metadata: orderReference === null ? {} : { donation_ref: orderReference },
  };
}

const session = ({ paymentId, amountRupiah, orderReference }: Payment): Body => ({
  id: idOf('cs', paymentId),
  object: 'checkout.session',
  amount_total: minor(amountRupiah),
  currency: 'idr',
  payment_intent: paymentId,
  payment_status: 'unpaid',
  status: 'expired',
  client_reference_id: orderReference,
  metadata: {},
});

const refundedCharge = (payment: Payment): Body => ({
  id: idOf('ch', payment.paymentId),
  object: 'charge',
  amount: minor(payment.amountRupiah),
  amount_refunded: returned(payment),
  currency: 'idr',
  payment_intent: payment.paymentId,
  refunded: returned(payment) === minor(payment.amountRupiah),
  status: 'succeeded',
});

const dispute = (payment: Payment, status: string): Body => ({
  id: idOf('dp', payment.paymentId),
  object: 'dispute',
  amount: returned(payment),
  currency: 'idr',
  charge: idOf('ch', payment.paymentId),
  payment_intent: payment.paymentId,
  reason: 'fraudulent',
  status,
});

interface Told {
  readonly type: string;
  readonly object: (payment: Payment) => Body;
  readonly previous?: Body;
}

const refunded: Told = { type: 'charge.refunded', object: refundedCharge, previous: { amount_refunded: 0 } };
const TOLD: Readonly<Record<string, Told>> = {
  paid: { type: 'payment_intent.succeeded', object: (payment) => intent(payment, 'succeeded') },
  pending: { type: 'payment_intent.processing', object: (payment) => intent(payment, 'processing') },
  failed: { type: 'payment_intent.payment_failed', object: (payment) => intent(payment, 'requires_payment_method') },
  expired: { type: 'checkout.session.expired', object: session },
  refunded,
  'partly-refunded': refunded,
  'charged-back': { type: 'charge.dispute.created', object: (payment) => dispute(payment, 'needs_response') },
  reinstated: { type: 'charge.dispute.closed', object: (payment) => dispute(payment, 'won') },
};

function notification(payment: Payment, secret: string, adjust: Adjust): Notification {
  const { type, object, previous } = TOLD[payment.kind] as Told;
  const sentSeconds = Math.floor(payment.sentMilliseconds / 1000);
  const content: Body = {
    // A resent event keeps its id.
    id: idOf('evt', `${payment.paymentId}:${payment.kind}:${payment.sequence ?? 1}`),
    object: 'event',
    created: Math.floor(payment.occurredMilliseconds / 1000),
    data: { object: object(payment), ...(previous ? { previous_attributes: { ...previous } } : {}) },
    livemode: false,
    pending_webhooks: 1,
    type,
  };
  adjust(content);
  const body = JSON.stringify(content);
  return {
    gateway: 'stripe',
    method: 'POST',
    path: '/webhooks/stripe',
    headers: {
      'content-type': 'application/json',
      'stripe-signature': signStripe(secret, sentSeconds, Buffer.from(body)),
    },
    body,
  };
}

export const stripeSender: Sender = {
  kinds: Object.keys(TOLD),
  paymentIdOf: (id) => idOf('pi', id),
  sign(payment, { stripe }, adjust) {
    const secret = stripe?.endpointSecrets[0];
    return secret === undefined ? undefined : notification(payment, secret, adjust);
  },
};
