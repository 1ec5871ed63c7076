/** A partner of ours: signs its webhooks by the Standard Webhooks specification, without the product's code. */
import { createHmac, randomUUID } from 'node:crypto';
import type { Answer, Client } from './client.ts';
import { wibTime } from './wib.ts';

export const PARTNER_SECRETS = {
  kitabisa: `whsec_${Buffer.from('FAKE-acceptance-only-kitabisa-01').toString('base64')}`,
  baznas: `whsec_${Buffer.from('FAKE-acceptance-only-baznas-0001').toString('base64')}`,
} as const;
export type PartnerName = keyof typeof PARTNER_SECRETS;

export interface GiftDonor {
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly anonymous?: boolean;
}

export interface Gift {
  readonly paymentId: string;
  readonly amountRupiah: number;
  readonly atMilliseconds: number;
  readonly partner?: PartnerName;
  readonly feeRupiah?: number;
  readonly orderReference?: string;
  readonly refundId?: string;
  readonly donor?: GiftDonor;
}

export interface PartnerDocument {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Record<string, unknown>;
}

export function newGift(amountRupiah: number, atMilliseconds: number, given: Partial<Gift> = {}): Gift {
  return { paymentId: `pay-${randomUUID()}`, amountRupiah, atMilliseconds, ...given };
}

export function giftDocument(gift: Gift, kind: string): PartnerDocument {
  return {
    type: `donation.${kind}`,
    timestamp: wibTime(gift.atMilliseconds),
    data: {
      partner: gift.partner ?? 'kitabisa',
      payment_id: gift.paymentId,
      campaign: 'lingkaran',
      amount: gift.amountRupiah,
      currency: 'IDR',
      fee: gift.feeRupiah ?? 0,
      paid_at: wibTime(gift.atMilliseconds),
      channel: 'qris',
      donor: gift.donor ?? { anonymous: true },
      ...(gift.orderReference === undefined ? {} : { order_reference: gift.orderReference }),
      ...(gift.refundId === undefined ? {} : { refund_id: gift.refundId }),
    },
  };
}

export interface Envelope {
  readonly id?: string;
  /** When it is said to be sent. */
  readonly sentMilliseconds: number;
  readonly secret?: string;
}

export function partnerHeaders(body: string | Uint8Array, { id, sentMilliseconds, secret }: Envelope) {
  const key = Buffer.from((secret ?? PARTNER_SECRETS.kitabisa).slice('whsec_'.length), 'base64');
  const webhookId = id ?? `msg_${randomUUID()}`;
  const timestamp = String(Math.floor(sentMilliseconds / 1000));
  const signature = createHmac('sha256', key).update(`${webhookId}.${timestamp}.`).update(body).digest('base64');
  return {
    'content-type': 'application/json',
    'webhook-id': webhookId,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

export function postPartner(
  client: Client,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>>,
  partner: PartnerName = 'kitabisa',
): Promise<Answer> {
  return client.request('POST', `/webhooks/partner/${partner}`, { headers, body });
}

/** Signs and sends. */
export function give(client: Client, gift: Gift, kind = 'paid', sentMilliseconds = gift.atMilliseconds) {
  const partner = gift.partner ?? 'kitabisa';
  const body = JSON.stringify(giftDocument(gift, kind));
  const headers = partnerHeaders(body, { sentMilliseconds, secret: PARTNER_SECRETS[partner] });
  return postPartner(client, body, headers, partner);
}
