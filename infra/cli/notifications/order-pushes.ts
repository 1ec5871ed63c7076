/** Marketplaces' pushes of an order's state, signed over a text of theirs and the exact body. */
import { signHmacHex } from '../../../shared/gateways/hmac-hex.ts';
import type { GatewaySecrets } from '../../../shared/settings.ts';
import { type Body, type Notification, type Payment, stableUuid } from './notification.ts';
import type { Sender } from './sender.ts';

interface Platform {
  readonly name: string;
  /** The platform's words for what `trigger` calls paid, pending and failed. */
  readonly states: Readonly<Record<string, string>>;
  readonly body: (payment: Payment, state: string, updatedSeconds: number, sentSeconds: number) => Body;
  readonly signing: (
    secrets: GatewaySecrets,
  ) => { readonly head: string; readonly key: string | undefined } | undefined;
  readonly paymentIdOf: (id: string) => string;
}

/** So many decimal digits from an id of ours: never the same for two of them, nor another for one. */
const digitsOf = (id: string, length: number) =>
  BigInt(`0x${stableUuid(id).replaceAll('-', '')}`)
    .toString()
    .slice(0, length);

function orderPushSender({ name, states, body, signing, paymentIdOf }: Platform): Sender {
  return {
    kinds: Object.keys(states),
    isPush: true,
    paymentIdOf,
    sign(payment, secrets, adjust): Notification | undefined {
      const { head, key } = signing(secrets) ?? {};
      if (head === undefined || key === undefined) return undefined;
      const seconds = [payment.occurredMilliseconds, payment.sentMilliseconds].map((at) => Math.floor(at / 1000));
      const content = body(payment, states[payment.kind] ?? '', seconds[0] ?? 0, seconds[1] ?? 0);
      adjust(content);
      const text = JSON.stringify(content);
      const authorization = signHmacHex(key, head, Buffer.from(text));
      const headers = { 'content-type': 'application/json', authorization };
      return { gateway: name, method: 'POST', path: `/webhooks/${name}`, headers, body: text };
    },
  };
}

export const shopeeSender = orderPushSender({
  name: 'shopee',
  states: { paid: 'READY_TO_SHIP', pending: 'UNPAID', failed: 'CANCELLED' },
  body: ({ paymentId }, status, update_time, timestamp) => ({
    data: { items: [], ordersn: paymentId, status, completed_scenario: '', update_time },
    shop_id: 727_720_655,
    code: 3,
    timestamp,
  }),
  signing: ({ shopee }) => shopee && { head: `${shopee.publicUrl}|`, key: shopee.partnerKeys[0] },
  paymentIdOf: (id) => stableUuid(id).replaceAll('-', '').slice(0, 14).toUpperCase(),
});

export const tiktokShopSender = orderPushSender({
  name: 'tiktok-shop',
  states: { paid: 'AWAITING_SHIPMENT', pending: 'UNPAID', failed: 'CANCELLED' },
  body: ({ paymentId, kind }, order_status, update_time, timestamp) => ({
    type: 1,
    tts_notification_id: digitsOf(`${paymentId}:${kind}`, 19),
    shop_id: '7494049642642441621',
    timestamp,
    data: { order_id: paymentId, order_status, is_on_hold_order: false, update_time },
  }),
  signing: ({ 'tiktok-shop': app }) => app && { head: app.appKey, key: app.appSecrets[0] },
  paymentIdOf: (id) => digitsOf(id, 18),
});

export const lazadaSender = orderPushSender({
  name: 'lazada',
  states: { paid: 'pending', pending: 'unpaid', failed: 'canceled' },
  body: ({ paymentId }, order_status, status_update_time, timestamp) => ({
    seller_id: '9999',
    message_type: 0,
    data: {
      order_status,
      trade_order_id: paymentId,
      trade_order_line_id: digitsOf(`${paymentId}:line`, 15),
      status_update_time,
    },
    timestamp,
    site: 'lazada_id',
  }),
  signing: ({ lazada: app }) => app && { head: app.appKey, key: app.appSecrets[0] },
  paymentIdOf: (id) => digitsOf(id, 15),
});
