/** A Midtrans account of our own: writes and signs notifications as its manual says, without the product's code. */
import { createHash, randomUUID } from 'node:crypto';
import type { Answer, Client } from './client.ts';
import { wibText } from './wib.ts';

export interface MidtransRefund {
  readonly refundKey: string;
  readonly amountRupiah: number;
}

export interface MidtransPayment {
  readonly transactionId: string;
  readonly orderId: string;
  readonly grossAmount: string;
  readonly paymentType: string;
  readonly bank?: string;
  /** When it was made. */
  readonly atMilliseconds: number;
}

export type MidtransDocument = Record<string, unknown>;

export const SERVER_KEY = 'SB-Mid-server-FAKE-acceptance';

const STATUS_CODE: Readonly<Record<string, string>> = { pending: '201', deny: '202', expire: '202', failure: '202' };

export function newPayment(
  amountRupiah: number,
  atMilliseconds: number,
  given: Partial<MidtransPayment> = {},
): MidtransPayment {
  const transactionId = randomUUID();
  return {
    transactionId,
    orderId: `TEST-${transactionId.slice(0, 13)}`,
    grossAmount: `${amountRupiah}.00`,
    paymentType: 'gopay',
    atMilliseconds,
    ...given,
  };
}

/** The notification of a status, not signed yet. */
export function statusOf(payment: MidtransPayment, status: string, refunds: readonly MidtransRefund[] = []) {
  const settled = /settlement|refund|chargeback/.test(status);
  const document: MidtransDocument = {
    transaction_time: wibText(payment.atMilliseconds),
    transaction_status: status,
    transaction_id: payment.transactionId,
    status_message: 'midtrans payment notification',
    status_code: STATUS_CODE[status] ?? '200',
    payment_type: payment.paymentType,
    order_id: payment.orderId,
    merchant_id: 'G000000000',
    gross_amount: payment.grossAmount,
    currency: 'IDR',
    fraud_status: 'accept',
  };
  if (settled) document.settlement_time = wibText(payment.atMilliseconds + 2_000);
  if (payment.bank) document.va_numbers = [{ va_number: '000000000001', bank: payment.bank }];
  if (refunds.length > 0) {
    document.refunds = refunds.map(({ refundKey, amountRupiah }) => ({
      refund_key: refundKey,
      refund_amount: `${amountRupiah}.00`,
      created_at: wibText(payment.atMilliseconds + 60_000),
      reason: 'test',
    }));
    document.refund_amount = `${refunds.reduce((sum, { amountRupiah }) => sum + amountRupiah, 0)}.00`;
  }
  return document;
}

export function signed(document: MidtransDocument, serverKey = SERVER_KEY): MidtransDocument {
  const text = `${document.order_id}${document.status_code}${document.gross_amount}${serverKey}`;
  return { ...document, signature_key: createHash('sha512').update(text).digest('hex') };
}

export function postMidtrans(client: Client, body: string | Uint8Array, contentType = 'application/json') {
  return client.request('POST', '/webhooks/midtrans', { headers: { 'content-type': contentType }, body });
}

/** Signs and sends. */
export function notify(
  client: Client,
  payment: MidtransPayment,
  status: string,
  refunds: readonly MidtransRefund[] = [],
): Promise<Answer> {
  return postMidtrans(client, JSON.stringify(signed(statusOf(payment, status, refunds))));
}
