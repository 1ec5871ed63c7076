/** The gateways' side: how notices are written and signed, and what Midtrans says of a payment when it is asked. */
import { createHash, createHmac } from 'node:crypto';
import type { Notice, Payment, Step } from './scenario.ts';

export const SERVER_KEY = 'SB-Mid-server-FAKE-simulation';
const PARTNER_KEY = Buffer.from('FAKE-simulation-only-secret-0001');
export const STATUS_API = 'https://status.midtrans.test';
/** Everything personal that is sent anywhere carries one of these; see `PERSONAL` in personal-data.ts. */
const DONOR = { name: 'Zqxina Dermawan', email: 'zqx.donor@example.org', phone: '+628990000001' };

/** What the status API is asked with; it knows no other key. */
export const STATUS_AUTHORIZATION = `Basic ${Buffer.from(`${SERVER_KEY}:`).toString('base64')}`;
const OPERATOR_TOKEN = 'FAKE-simulation-operator';
export const OPERATOR = { authorization: `Bearer ${OPERATOR_TOKEN}` };
const INTAKE_KEY = { keyId: 'test', key: Buffer.alloc(32, 7).toString('base64') };

export const SECRETS: Readonly<Record<string, unknown>> = {
  operators: { tokens: [OPERATOR_TOKEN] },
  'gateways/midtrans': { serverKeys: [SERVER_KEY], statusApi: STATUS_API },
  'gateways/partner': {
    kitabisa: { secrets: [`whsec_${PARTNER_KEY.toString('base64')}`] },
    baznas: { secrets: [`whsec_${PARTNER_KEY.toString('base64')}`], fundClass: 'zakat' },
  },
  intake: { keys: [INTAKE_KEY] },
  identity: { hmacKey: Buffer.alloc(32, 9).toString('base64') },
};

/** A new key stands first; what was signed and sealed with the one before is still on its way. */
export const SECRETS_ROTATED: Readonly<Record<string, unknown>> = {
  ...SECRETS,
  operators: { tokens: ['FAKE-simulation-operator-2', OPERATOR_TOKEN] },
  'gateways/midtrans': { serverKeys: ['SB-Mid-server-FAKE-rotated', SERVER_KEY], statusApi: STATUS_API },
  intake: { keys: [{ keyId: 'rotated', key: Buffer.alloc(32, 8).toString('base64') }, INTAKE_KEY] },
};

export interface HttpCall {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const MIDTRANS_WORDS: Readonly<Record<string, readonly [word: string, code: string]>> = {
  pending: ['pending', '201'],
  paid: ['settlement', '200'],
  expired: ['expire', '407'],
  voided: ['deny', '202'],
  refunded: ['partial_refund', '200'],
  charged_back: ['chargeback', '200'],
};

function wibText(milliseconds: number): string {
  return new Date(milliseconds + 7 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

function midtransDocument({ id, amount, orderReference, steps }: Payment, step: number, kind: string) {
  const [word, code] = MIDTRANS_WORDS[kind] as readonly [string, string];
  const paid = steps.find((one) => one.kind === 'paid') ?? (steps[0] as Step);
  const refunds = steps.slice(0, step + 1).filter((one) => one.kind === 'refunded');
  const listed = refunds.map((one) => ({
    refund_key: one.key,
    refund_amount: `${one.amount}.00`,
    created_at: wibText(one.atMilliseconds),
  }));
  return {
    transaction_time: wibText((steps[0] as Step).atMilliseconds),
    settlement_time: wibText(paid.atMilliseconds),
    transaction_status: word,
    transaction_id: id,
    status_code: code,
    payment_type: 'bank_transfer',
    order_id: orderReference ?? `ORDER-${id}`,
    gross_amount: `${amount}.00`,
    currency: 'IDR',
    fraud_status: 'accept',
    ...(kind === 'refunded' ? { refunds: listed } : {}),
  };
}

function midtransCall({ payment, step, lie }: Notice): HttpCall {
  const kind = lie === 'relabelled' ? 'paid' : (payment.steps[step] as Step).kind;
  const document = midtransDocument(payment, step, kind);
  const signed = `${document.order_id}${document.status_code}${document.gross_amount}`;
  const key = lie === 'forged' ? 'SB-Mid-server-somebody-else' : SERVER_KEY;
  const signature_key = createHash('sha512').update(`${signed}${key}`).digest('hex');
  return {
    path: '/webhooks/midtrans',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...document, signature_key }),
  };
}

function partnerCall({ payment, step, lie, number }: Notice, nowMilliseconds: number): HttpCall {
  const { kind, atMilliseconds, amount, key } = payment.steps[step] as Step;
  const body = JSON.stringify({
    type: `donation.${kind}`,
    timestamp: new Date(atMilliseconds).toISOString(),
    data: {
      payment_id: payment.id,
      amount: kind === 'refunded' || kind === 'charged_back' ? amount : payment.amount,
      currency: 'IDR',
      fee: payment.fee,
      paid_at: new Date(atMilliseconds).toISOString(),
      channel: 'qris',
      order_reference: payment.orderReference,
      ...(kind === 'refunded' ? { refund_id: key } : {}),
      donor: DONOR,
    },
  });
  const id = `msg_${number}`;
  const seconds = Math.floor(nowMilliseconds / 1000);
  const secret = lie === 'forged' ? Buffer.from('somebody else') : PARTNER_KEY;
  const signature = createHmac('sha256', secret).update(`${id}.${seconds}.${body}`).digest('base64');
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${signature}`,
  };
  return { path: `/webhooks/partner/${payment.sender}`, headers, body };
}

export function callOf(notice: Notice, nowMilliseconds: number): HttpCall {
  return notice.payment.sender === 'midtrans' ? midtransCall(notice) : partnerCall(notice, nowMilliseconds);
}

/**
 * Midtrans tells of a chargeback, and no more of the refunds before it: one that was not booked by then is within the
 * money that the bank took back.
 */
export function isOvertaken({ sender, steps }: Payment, { kind }: Pick<Step, 'kind'>): boolean {
  return sender === 'midtrans' && kind === 'refunded' && steps.at(-1)?.kind === 'charged_back';
}

/** The effect a true notice must have left in the books once it was acknowledged; none where it moves no money. */
export function effectKeyOf({ payment, step: index, lie }: Notice): string | null {
  const { sender, id, steps } = payment;
  const { kind, key } = steps[index] as Step;
  if (lie !== 'none' || kind === 'pending' || kind === 'expired' || isOvertaken(payment, { kind })) return null;
  const gateway = sender === 'midtrans' ? 'midtrans' : `partner:${sender}`;
  const words = { paid: 'paid', voided: 'void', refunded: `refund:${key}`, charged_back: `chargeback:${key}` } as const;
  return `${gateway}:${id}:${words[kind]}`;
}

/** Midtrans' answer about a payment at a time: its last step so far. */
export function statusAnswer(payment: Payment | undefined, nowMilliseconds: number): { status: number; body: string } {
  const known = payment?.steps.filter(({ atMilliseconds }) => atMilliseconds <= nowMilliseconds).length ?? 0;
  if (!payment || known === 0) return { status: 404, body: '{"status_code":"404"}' };
  const { kind } = payment.steps[known - 1] as Step;
  return { status: 200, body: JSON.stringify(midtransDocument(payment, known - 1, kind)) };
}
