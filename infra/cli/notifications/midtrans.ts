/** Midtrans HTTP notifications: the signature covers order_id, status_code and gross_amount, as text. */
import { createHash } from 'node:crypto';
import { type Adjust, type Body, type Notification, type Payment, stableUuid, wibWithoutZone } from './notification.ts';

interface Status {
  readonly transactionStatus: string;
  readonly statusCode: string;
  /** Pending, refused and expired payments were never settled. */
  readonly settled: boolean;
  readonly returns?: boolean;
}

const STATUSES: Readonly<Record<string, Status>> = {
  paid: { transactionStatus: 'settlement', statusCode: '200', settled: true },
  pending: { transactionStatus: 'pending', statusCode: '201', settled: false },
  failed: { transactionStatus: 'failure', statusCode: '202', settled: false },
  denied: { transactionStatus: 'deny', statusCode: '202', settled: false },
  expired: { transactionStatus: 'expire', statusCode: '202', settled: false },
  refunded: { transactionStatus: 'refund', statusCode: '200', settled: true, returns: true },
  'partly-refunded': { transactionStatus: 'partial_refund', statusCode: '200', settled: true, returns: true },
  'charged-back': { transactionStatus: 'chargeback', statusCode: '200', settled: true },
};
export const MIDTRANS_KINDS = Object.keys(STATUSES);

const MINUTE_MILLISECONDS = 60_000;

/** A static QR code has no order of ours; Midtrans then makes one up. */
const orderOf = ({ orderReference, paymentId }: Payment) => orderReference ?? `qr-${paymentId}`;

function channelFields(channel: string, seed: string): Body {
  const [type = '', bank = 'bca'] = channel.split(':');
  switch (type) {
    case 'qris':
      return { payment_type: 'qris', transaction_type: 'off-us', issuer: 'dana', acquirer: 'gopay' };
    case 'bank_transfer':
      return {
        payment_type: 'bank_transfer',
        va_numbers: [{ va_number: `88000${seed.replace(/\D/g, '').padEnd(10, '0').slice(0, 10)}`, bank }],
        payment_amounts: [],
      };
    case 'credit_card':
      return { payment_type: 'credit_card', masked_card: '48111111-1114', bank: 'bni', eci: '05' };
    case 'cstore':
      return { payment_type: 'cstore', store: 'indomaret', payment_code: '880001234567' };
    case 'echannel':
      return { payment_type: 'echannel', biller_code: '70012', bill_key: '880001234567' };
    default:
      return { payment_type: channel };
  }
}

function refundFields(payment: Payment): Body {
  const returned = `${payment.returnedRupiah ?? payment.amountRupiah}.00`;
  const key = `refund-${orderOf(payment)}-${payment.sequence ?? 1}`;
  return {
    refund_amount: returned,
    refunds: [
      {
        refund_chargeback_id: payment.sequence ?? 1,
        refund_amount: returned,
        created_at: wibWithoutZone(payment.occurredMilliseconds),
        reason: 'donor request',
        refund_key: key,
        refund_method: 'online',
        bank_confirmed_at: wibWithoutZone(payment.occurredMilliseconds),
      },
    ],
  };
}

function bodyOf(payment: Payment, status: Status): Body {
  const seed = stableUuid(`midtrans:${payment.paymentId}`);
  // The purchase came a moment before whatever is told about it.
  const purchased = payment.occurredMilliseconds - MINUTE_MILLISECONDS;
  return {
    transaction_time: wibWithoutZone(purchased),
    status_message: 'midtrans payment notification',
    merchant_id: 'G000000000',
    currency: 'IDR',
    ...channelFields(payment.channel, seed),
    transaction_status: status.transactionStatus,
    transaction_id: payment.paymentId,
    status_code: status.statusCode,
    ...(status.settled ? { settlement_time: wibWithoutZone(payment.occurredMilliseconds) } : {}),
    order_id: orderOf(payment),
    gross_amount: `${payment.amountRupiah}.00`,
    fraud_status: 'accept',
    ...(status.returns ? refundFields(payment) : {}),
    signature_key: '',
  };
}

export function midtransNotification(payment: Payment, serverKey: string, adjust?: Adjust): Notification {
  const status = STATUSES[payment.kind];
  if (!status) throw new Error(`midtrans has no ${payment.kind}; it has ${MIDTRANS_KINDS.join(', ')}`);
  const body = bodyOf(payment, status);
  adjust?.(body);
  if (body.signature_key === '') {
    const signed = `${body.order_id}${body.status_code}${body.gross_amount}${serverKey}`;
    body.signature_key = createHash('sha512').update(signed).digest('hex');
  }
  return {
    gateway: 'midtrans',
    method: 'POST',
    path: '/webhooks/midtrans',
    headers: { 'user-agent': 'Veritrans', accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}
