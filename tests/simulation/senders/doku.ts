/** DOKU's own notifications: the present state of one invoice. */
import { createHash, createHmac } from 'node:crypto';
import type { StepKind } from '../payment.ts';
import { DOKU } from '../secrets.ts';
import { DONOR, isoOf, JSON_TYPE, type SimulatedGateway, SOMEBODY_ELSE, stepOf } from './sender.ts';

const STATUS: Readonly<Partial<Record<StepKind, string>>> = {
  pending: 'PENDING',
  failed: 'FAILED',
  paid: 'SUCCESS',
  expired: 'EXPIRED',
  refunded: 'REFUNDED',
};

export const doku: SimulatedGateway = {
  callOf(notice, { nowMilliseconds }) {
    const { payment, number, lie } = notice;
    const { kind, atMilliseconds } = stepOf(notice);
    const body = JSON.stringify({
      service: { id: 'VIRTUAL_ACCOUNT' },
      channel: { id: 'VIRTUAL_ACCOUNT_BCA' },
      transaction: { status: STATUS[kind], date: isoOf(atMilliseconds), original_request_id: `asked-${payment.id}` },
      order: { invoice_number: payment.id, amount: payment.amount },
      customer: DONOR,
    });
    const requestId = `request-${number}`;
    const timestamp = isoOf(nowMilliseconds).replace(/\.\d+/, '');
    const lines = [
      `Client-Id:${DOKU.clientId}`,
      `Request-Id:${requestId}`,
      `Request-Timestamp:${timestamp}`,
      `Request-Target:${DOKU.requestTarget}`,
      `Digest:${createHash('sha256').update(body).digest('base64')}`,
    ].join('\n');
    const key = lie === 'forged' ? SOMEBODY_ELSE : DOKU.secretKey;
    const headers = {
      ...JSON_TYPE,
      'client-id': DOKU.clientId,
      'request-id': requestId,
      'request-timestamp': timestamp,
      signature: `HMACSHA256=${createHmac('sha256', key).update(lines).digest('base64')}`,
    };
    return { path: DOKU.requestTarget, headers, body };
  },
  referenceOf: ({ id }) => id,
  effectOf: (notice) => (stepOf(notice).kind === 'refunded' ? 'refund:full' : 'paid'),
};
