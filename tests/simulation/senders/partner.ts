/** Partners: our own contract, signed as Standard Webhooks. */
import { createHmac } from 'node:crypto';
import type { Notice } from '../payment.ts';
import { PARTNER_KEY } from '../secrets.ts';
import {
  DONOR,
  type HttpCall,
  isoOf,
  JSON_TYPE,
  type SendingTime,
  type SimulatedGateway,
  SOMEBODY_ELSE,
  stepOf,
} from './sender.ts';

function callOf({ payment, step, lie, number }: Notice, { nowMilliseconds }: SendingTime): HttpCall {
  const { kind, atMilliseconds, amount, key } = stepOf({ payment, step });
  const body = JSON.stringify({
    type: `donation.${kind}`,
    timestamp: isoOf(atMilliseconds),
    data: {
      payment_id: payment.id,
      amount: kind === 'refunded' || kind === 'charged_back' ? amount : payment.amount,
      currency: 'IDR',
      fee: payment.fee,
      paid_at: isoOf(atMilliseconds),
      channel: 'qris',
      order_reference: payment.orderReference,
      ...(kind === 'refunded' ? { refund_id: key } : {}),
      donor: DONOR,
    },
  });
  const id = `msg_${number}`;
  const seconds = Math.floor(nowMilliseconds / 1000);
  const secret = lie === 'forged' ? Buffer.from(SOMEBODY_ELSE) : PARTNER_KEY;
  const signature = createHmac('sha256', secret).update(`${id}.${seconds}.${body}`).digest('base64');
  const headers = {
    ...JSON_TYPE,
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${signature}`,
  };
  return { path: `/webhooks/${payment.sender.replace(':', '/')}`, headers, body };
}

export const partner: SimulatedGateway = { callOf };
