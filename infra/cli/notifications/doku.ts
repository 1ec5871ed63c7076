/** DOKU's notifications: five signed lines over client, request, time, our path and the digest of the exact body. */
import { instantFromMilliseconds } from '../../../shared/domain/dates.ts';
import { signDoku } from '../../../shared/gateways/doku-signature.ts';
import { type Body, type Payment, stableUuid } from './notification.ts';
import type { Sender } from './sender.ts';

const STATUS: Readonly<Record<string, string>> = {
  paid: 'SUCCESS',
  pending: 'PENDING',
  failed: 'FAILED',
  expired: 'EXPIRED',
  refunded: 'REFUNDED',
};

/** `2026-12-01T01:00:00Z`: without fractions of a second. */
const utc = (milliseconds: number) => instantFromMilliseconds(milliseconds).replace(/\.\d+Z$/, 'Z');

/** `va:bca`, `qris`, `ovo`. */
function channelFields(channel: string): Body {
  const [type = '', bank = 'bca'] = channel.split(':');
  const names = { service: type.toUpperCase(), channel: type.toUpperCase(), acquirer: 'DOKU' };
  if (type === 'va' || type === 'bank_transfer')
    Object.assign(names, {
      service: 'VIRTUAL_ACCOUNT',
      channel: `VIRTUAL_ACCOUNT_${bank.toUpperCase()}`,
      acquirer: bank.toUpperCase(),
    });
  return { service: { id: names.service }, acquirer: { id: names.acquirer }, channel: { id: names.channel } };
}

function bodyOf({ kind, paymentId, amountRupiah, channel, occurredMilliseconds }: Payment): Body {
  return {
    ...channelFields(channel),
    transaction: {
      status: STATUS[kind],
      date: utc(occurredMilliseconds),
      original_request_id: stableUuid(`doku:${paymentId}`),
    },
    order: { invoice_number: paymentId, amount: amountRupiah },
    customer: { name: 'Hamba Allah', email: 'donor@example.org' },
  };
}

export const dokuSender: Sender = {
  kinds: Object.keys(STATUS),
  isOrder: true,
  signatureHeader: 'signature',
  sign(payment, { doku }, adjust) {
    if (!doku) return undefined;
    const content = bodyOf(payment);
    adjust(content);
    const body = JSON.stringify(content);
    const { clientId, requestTarget: target, secretKeys } = doku;
    const requestId = stableUuid(`${payment.paymentId}:${payment.kind}:${payment.sentMilliseconds}`);
    const timestamp = utc(payment.sentMilliseconds);
    const signed = { clientId, requestId, timestamp, target, body: Buffer.from(body) };
    return {
      gateway: 'doku',
      method: 'POST',
      path: '/webhooks/doku',
      headers: {
        'content-type': 'application/json',
        'client-id': clientId,
        'request-id': requestId,
        'request-timestamp': timestamp,
        signature: signDoku(secretKeys[0] ?? '', signed),
      },
      body,
    };
  },
};
