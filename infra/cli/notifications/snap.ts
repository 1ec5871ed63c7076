/**
 * Notifications of banks and wallets by SNAP BI: a paid virtual account, or the latest status of a wallet's or a QR
 * payment, signed with an access token and a shared secret, or with the bank's own RSA key.
 */
import { createHash, createHmac, sign } from 'node:crypto';
import { wrongUse } from '../failure.ts';
import { type Adjust, type Body, type Notification, type Payment, stableUuid, wibWithZone } from './notification.ts';

const STATUSES: Readonly<Record<string, string>> = {
  paid: '00',
  pending: '03',
  refunded: '04',
  'partly-refunded': '04',
  cancelled: '05',
  failed: '06',
  expired: '08',
};
export const SNAP_KINDS = Object.keys(STATUSES);
const RETURNS = new Set(['refunded', 'partly-refunded']);

export interface SnapSender {
  readonly partner: string;
  readonly clientKey: string;
  /** What it signs before `/v1.0/…`. */
  readonly pathPrefix: string;
  readonly signing: SnapSigning;
}

export type SnapSigning =
  | { readonly privateKeyPem: string }
  | { readonly clientSecret: string; readonly encoding: 'base64' | 'hex'; readonly accessToken: string };

interface Call {
  /** Behind the prefix. */
  readonly path: string;
  readonly body: Body;
}

const money = (amountRupiah: number) => ({ value: `${amountRupiah}.00`, currency: 'IDR' });
const digitsOf = (text: string, length: number) =>
  BigInt(`0x${createHash('sha256').update(text).digest('hex')}`)
    .toString()
    .slice(0, length);

function virtualAccountCall(payment: Payment, status: string): Call {
  const [, bank = 'BCA'] = payment.channel.split(':');
  const partnerServiceId = '  088899';
  const customerNo = digitsOf(payment.paymentId, 12);
  const isPaid = payment.kind === 'paid';
  const body = {
    partnerServiceId,
    customerNo,
    virtualAccountNo: partnerServiceId + customerNo,
    virtualAccountName: 'Hamba Allah',
    ...(payment.orderReference === null ? {} : { trxId: payment.orderReference }),
    paymentRequestId: payment.paymentId,
    ...(isPaid ? { paidAmount: money(payment.amountRupiah) } : {}),
    trxDateTime: wibWithZone(payment.occurredMilliseconds),
    referenceNo: digitsOf(`reference:${payment.paymentId}`, 15),
    additionalInfo: { bank: bank.toUpperCase(), paymentFlagStatus: status },
  };
  return { path: '/v1.0/transfer-va/payment', body };
}

function transactionCall(payment: Payment, status: string): Call {
  const isQr = payment.channel === 'qris';
  const returned = money(payment.returnedRupiah ?? payment.amountRupiah);
  const refundHistory = [
    {
      refundNo: digitsOf(`refund:${payment.paymentId}:${payment.sequence ?? 1}`, 17),
      refundStatus: '00',
      refundAmount: returned,
      reason: 'donor request',
      refundTime: wibWithZone(payment.occurredMilliseconds),
    },
  ];
  const body = {
    originalReferenceNo: payment.paymentId,
    originalPartnerReferenceNo: payment.orderReference ?? `qr-${payment.paymentId}`,
    latestTransactionStatus: status,
    transactionStatusDesc: payment.kind,
    finishedTime: wibWithZone(payment.occurredMilliseconds),
    amount: money(payment.amountRupiah),
    additionalInfo: {
      ...(isQr
        ? { qris: { issuerName: 'gopay', transactionType: 'ON-US' } }
        : { userPaymentDetails: [{ payMethod: payment.channel }] }),
      ...(RETURNS.has(payment.kind) ? { totalRefundAmount: returned, refundHistory } : {}),
    },
  };
  return { path: isQr ? '/v1.0/qr/qr-mpm-notify' : '/v1.0/debit/notify', body };
}

function isVirtualAccount({ channel }: Payment): boolean {
  return /^(va|bank_transfer)(:|$)/.test(channel);
}

function callOf(payment: Payment): Call {
  const status = STATUSES[payment.kind];
  if (status === undefined) throw new Error(`snap has no ${payment.kind}; it has ${SNAP_KINDS.join(', ')}`);
  if (!isVirtualAccount(payment)) return transactionCall(payment, status);
  if (RETURNS.has(payment.kind)) throw wrongUse('virtual accounts are not refunded by SNAP; try --channel gopay');
  return virtualAccountCall(payment, status);
}

function signedHeaders(signing: SnapSigning, start: string, rest: string): Record<string, string> {
  if ('privateKeyPem' in signing) {
    const signature = sign('RSA-SHA256', Buffer.from(`${start}:${rest}`), signing.privateKeyPem);
    return { 'x-signature': signature.toString('base64') };
  }
  const { clientSecret, encoding, accessToken } = signing;
  const signature = createHmac('sha512', clientSecret).update(`${start}:${accessToken}:${rest}`).digest(encoding);
  return { authorization: `Bearer ${accessToken}`, 'x-signature': signature };
}

export function snapNotification(payment: Payment, sender: SnapSender, adjust?: Adjust): Notification {
  const { path, body: content } = callOf(payment);
  adjust?.(content);
  const body = JSON.stringify(content);
  const timestamp = wibWithZone(payment.sentMilliseconds);
  const digest = createHash('sha256').update(body).digest('hex');
  const message = stableUuid(`${payment.paymentId}:${payment.kind}:${payment.sequence ?? 1}`);
  return {
    gateway: 'snap',
    method: 'POST',
    path: `/webhooks/snap/${sender.partner}${path}`,
    headers: {
      'content-type': 'application/json',
      'x-timestamp': timestamp,
      'x-partner-id': sender.clientKey,
      'x-external-id': digitsOf(message, 18),
      'channel-id': '95221',
      ...signedHeaders(sender.signing, `POST:${sender.pathPrefix}${path}`, `${digest}:${timestamp}`),
    },
    body,
  };
}
