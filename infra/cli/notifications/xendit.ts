/** Xendit's webhooks under its static token. The channel chooses the product: an invoice, a number, a wallet, or v3. */
import { instantFromMilliseconds } from '../../../shared/domain/dates.ts';
import { type Body, type Payment, stableUuid } from './notification.ts';
import type { Sender } from './sender.ts';

const BUSINESS = { business_id: '6094fa76c2fd53701b8e079c' };
const iso = (milliseconds: number): string => instantFromMilliseconds(milliseconds);

/** Payments v3: the words of what happened, in the event's name and in the payment's status. */
const V3: Readonly<Record<string, readonly [event: string, status: string]>> = {
  paid: ['payment.capture', 'SUCCEEDED'],
  pending: ['payment.authorization', 'AUTHORIZED'],
  failed: ['payment.failure', 'FAILED'],
  expired: ['payment.expiry', 'EXPIRED'],
};
const INVOICE: Readonly<Record<string, string>> = { paid: 'PAID', pending: 'PENDING', expired: 'EXPIRED' };
const CHARGE: Readonly<Record<string, string>> = { paid: 'SUCCEEDED', pending: 'PENDING', failed: 'FAILED' };

function envelope(event: string, { sentMilliseconds }: Payment, data: Body): Body {
  return { event, ...BUSINESS, created: iso(sentMilliseconds), data };
}

const timesOf = ({ occurredMilliseconds }: Payment): Body => ({
  created: iso(occurredMilliseconds - 60_000),
  updated: iso(occurredMilliseconds),
});

function paymentV3(payment: Payment, channel: string): Body {
  const { paymentId, amountRupiah, occurredMilliseconds, kind } = payment;
  const [event, status] = V3[kind] as readonly [string, string];
  const capture = { capture_id: `cap-${stableUuid(paymentId)}`, capture_amount: amountRupiah };
  const captures = kind === 'paid' ? [{ ...capture, capture_timestamp: iso(occurredMilliseconds) }] : [];
  return envelope(event, payment, {
    payment_id: paymentId,
    payment_request_id: `pr-${stableUuid(`request:${paymentId}`)}`,
    reference_id: payment.orderReference,
    status,
    request_amount: amountRupiah,
    channel_code: channel.toUpperCase(),
    country: 'ID',
    currency: 'IDR',
    type: 'PAY',
    captures,
    payment_details: { payer_name: 'Hamba Allah' },
    ...timesOf(payment),
  });
}

function invoice(payment: Payment): Body {
  const { paymentId, amountRupiah, occurredMilliseconds, kind } = payment;
  const paid = { paid_amount: amountRupiah, paid_at: iso(occurredMilliseconds), payment_method: 'RETAIL_OUTLET' };
  return {
    id: paymentId,
    external_id: payment.orderReference,
    status: INVOICE[kind],
    amount: amountRupiah,
    currency: 'IDR',
    payer_email: 'donor@example.org',
    ...(kind === 'paid' ? { ...paid, payment_channel: 'ALFAMART' } : {}),
    ...timesOf(payment),
  };
}

function virtualAccount(payment: Payment, bank: string): Body {
  const at = iso(payment.occurredMilliseconds);
  return {
    id: stableUuid(`callback:${payment.paymentId}`),
    payment_id: payment.paymentId,
    callback_virtual_account_id: stableUuid(`account:${payment.orderReference}`),
    external_id: payment.orderReference,
    account_number: '8808999939380502',
    bank_code: bank.toUpperCase(),
    amount: payment.amountRupiah,
    transaction_timestamp: at,
    sender_name: 'HAMBA ALLAH',
    created: at,
    updated: at,
  };
}

function charge(payment: Payment, wallet: string): Body {
  return envelope('ewallet.capture', payment, {
    id: payment.paymentId,
    reference_id: payment.orderReference,
    status: CHARGE[payment.kind],
    currency: 'IDR',
    charge_amount: payment.amountRupiah,
    capture_amount: payment.amountRupiah,
    channel_code: `ID_${wallet.toUpperCase()}`,
    ...timesOf(payment),
  });
}

function refund(payment: Payment): Body {
  return envelope('refund.succeeded', payment, {
    id: `rfd-${stableUuid(`${payment.paymentId}:${payment.sequence ?? 1}`)}`,
    payment_id: payment.paymentId,
    payment_request_id: null,
    invoice_id: null,
    amount: payment.returnedRupiah ?? payment.amountRupiah,
    currency: 'IDR',
    status: 'SUCCEEDED',
    reason: 'REQUESTED_BY_CUSTOMER',
    ...timesOf(payment),
  });
}

function dispute(payment: Payment): Body {
  return {
    event: 'dispute.lost',
    id: `mi-dspt-${stableUuid(`${payment.paymentId}:${payment.sequence ?? 1}`)}`,
    channel_code: 'CARDS',
    status: 'LOST',
    currency: 'IDR',
    amount: { initial: `${payment.returnedRupiah ?? payment.amountRupiah}.00`, terminal: null },
    created_at: iso(payment.occurredMilliseconds - 60_000),
    updated_at: iso(payment.occurredMilliseconds),
    payment_id: payment.paymentId,
    reference_id: payment.orderReference,
  };
}

/** A product that has no word for what happened leaves it to payments v3. */
function bodyOf(payment: Payment): Body {
  const { kind } = payment;
  const [product = '', detail] = payment.channel.split(':');
  if (kind === 'refunded' || kind === 'partly-refunded') return refund(payment);
  if (kind === 'charged-back') return dispute(payment);
  if (product === 'invoice' && INVOICE[kind]) return invoice(payment);
  if (product === 'va' && kind === 'paid') return virtualAccount(payment, detail ?? 'bca');
  if (product === 'ewallet' && CHARGE[kind]) return charge(payment, detail ?? 'ovo');
  return paymentV3(payment, detail ?? product);
}

export const xenditSender: Sender = {
  kinds: [...Object.keys(V3), 'refunded', 'partly-refunded', 'charged-back'],
  paymentIdOf: (id) => `py-${id}`,
  signatureHeader: 'x-callback-token',
  sign(payment, { xendit }, adjust) {
    const token = xendit?.callbackTokens[0];
    if (token === undefined) return undefined;
    const body = bodyOf(payment);
    adjust(body);
    return {
      gateway: 'xendit',
      method: 'POST',
      path: '/webhooks/xendit',
      headers: { 'content-type': 'application/json', 'x-callback-token': token },
      body: JSON.stringify(body),
    };
  },
};
