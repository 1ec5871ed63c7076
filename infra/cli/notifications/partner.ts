/** Partners' notifications: Standard Webhooks, signed over id, time of sending and the exact body. */
import { Webhook } from 'standardwebhooks';
import { type Adjust, type Body, type Notification, type Payment, stableUuid, wibWithZone } from './notification.ts';

export const PARTNER_KINDS = ['paid', 'pending', 'failed', 'expired', 'refunded', 'charged-back'];
const RETURNS = new Set(['refunded', 'charged-back']);

function bodyOf(payment: Payment, partner: string): Body {
  const kind = payment.kind.replace('-', '_');
  const returns = RETURNS.has(payment.kind);
  return {
    type: `donation.${kind}`,
    timestamp: wibWithZone(payment.sentMilliseconds),
    data: {
      partner,
      payment_id: payment.paymentId,
      campaign: payment.campaign ?? 'lindungi-pekerja',
      ...(payment.orderReference === null ? {} : { order_reference: payment.orderReference }),
      status: kind,
      amount: payment.returnedRupiah ?? payment.amountRupiah,
      currency: 'IDR',
      fee: returns ? 0 : payment.feeRupiah,
      paid_at: wibWithZone(payment.occurredMilliseconds),
      channel: payment.channel,
      donor: { name: 'Hamba Allah', anonymous: true, email: null, phone: null },
      ...(returns ? { refund_id: `rf-${payment.paymentId}-${payment.sequence ?? 1}` } : {}),
    },
  };
}

export interface PartnerSender {
  readonly partner: string;
  readonly secret: string;
}

export function partnerNotification(
  payment: Payment,
  { partner, secret }: PartnerSender,
  adjust?: Adjust,
): Notification {
  if (!PARTNER_KINDS.includes(payment.kind)) {
    throw new Error(`partner has no ${payment.kind}; it has ${PARTNER_KINDS.join(', ')}`);
  }
  const content = bodyOf(payment, partner);
  adjust?.(content);
  const body = JSON.stringify(content);
  const sentAt = new Date(payment.sentMilliseconds);
  // A partner that sends the same message again keeps its id and signs the new time.
  const id = `msg_${stableUuid(`${partner}:${payment.paymentId}:${payment.kind}:${payment.sequence ?? 1}`)}`;
  return {
    gateway: 'partner',
    method: 'POST',
    path: `/webhooks/partner/${partner}`,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(payment.sentMilliseconds / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, sentAt, body),
    },
    body,
  };
}
