import { describe, expect, it } from 'vitest';
import type { Gateway, InboundMessage } from '../../../shared/gateways/gateway.ts';
import { signHmacHex } from '../../../shared/gateways/hmac-hex.ts';
import { lazada } from '../../../shared/gateways/lazada.ts';
import { shopee } from '../../../shared/gateways/shopee.ts';
import { tiktokShop } from '../../../shared/gateways/tiktok-shop.ts';
import type { ShopAppSecrets, ShopeeSecrets } from '../../../shared/settings.ts';
import { NOW, NOW_SECONDS } from './signing.ts';

const UPDATED = NOW_SECONDS - 20;
const PUBLIC_URL = 'https://hooks.example.org/webhooks/shopee';
const shopeeSecrets: ShopeeSecrets = { partnerKeys: ['partner-key', 'older-key'], publicUrl: PUBLIC_URL };
const appSecrets: ShopAppSecrets = { appKey: 'app-key', appSecrets: ['app-secret', 'older-secret'] };

interface Case {
  readonly gateway: Gateway<unknown>;
  readonly secrets: unknown;
  readonly head: string;
  readonly key: string;
  readonly olderKey: string;
  readonly body: (status: unknown, changes?: { data?: object; envelope?: object }) => string;
}

const CASES: Readonly<Record<string, Case>> = {
  shopee: {
    gateway: shopee as Gateway<unknown>,
    secrets: shopeeSecrets,
    head: `${PUBLIC_URL}|`,
    key: 'partner-key',
    olderKey: 'older-key',
    body: (status, { data, envelope } = {}) =>
      JSON.stringify({ code: 3, data: { ordersn: '261120A', status, update_time: UPDATED, ...data }, ...envelope }),
  },
  'tiktok-shop': {
    gateway: tiktokShop as Gateway<unknown>,
    secrets: appSecrets,
    head: 'app-key',
    key: 'app-secret',
    olderKey: 'older-secret',
    body: (order_status, { data, envelope } = {}) =>
      JSON.stringify({
        type: 1,
        tts_notification_id: 'n-1',
        data: { order_id: '261120A', order_status, update_time: UPDATED, ...data },
        ...envelope,
      }),
  },
  lazada: {
    gateway: lazada as Gateway<unknown>,
    secrets: appSecrets,
    head: 'app-key',
    key: 'app-secret',
    olderKey: 'older-secret',
    body: (order_status, { data, envelope } = {}) =>
      JSON.stringify({
        message_type: 0,
        data: { trade_order_id: '261120A', order_status, status_update_time: UPDATED, ...data },
        ...envelope,
      }),
  },
};
const NAMES = Object.keys(CASES);
const FIELDS: Readonly<Record<string, { order: string; time: string; paid: string }>> = {
  shopee: { order: 'ordersn', time: 'update_time', paid: 'READY_TO_SHIP' },
  'tiktok-shop': { order: 'order_id', time: 'update_time', paid: 'AWAITING_SHIPMENT' },
  lazada: { order: 'trade_order_id', time: 'status_update_time', paid: 'pending' },
};

const bytes = (text: string) => new TextEncoder().encode(text);
function message(name: string, body: string, authorization?: string): InboundMessage {
  const signature = authorization ?? signHmacHex(CASES[name]!.key, CASES[name]!.head, bytes(body));
  const headers = { 'content-type': 'application/json', ...(signature === '' ? {} : { authorization: signature }) };
  return { method: 'POST', path: `/webhooks/${name}`, headers, body: bytes(body) };
}
const interpret = (name: string, body: string) =>
  CASES[name]!.gateway.interpret(message(name, body), CASES[name]!.secrets);
const paidBody = (name: string, data: object = {}, envelope: object = {}) =>
  CASES[name]!.body(FIELDS[name]!.paid, { data, envelope });

describe.each(NAMES)('a push of %s', (name) => {
  const { gateway, secrets, head, key, olderKey } = CASES[name]!;
  const body = paidBody(name);
  const verify = (authorization?: string, sent = body) =>
    gateway.verify(message(name, sent, authorization), secrets, NOW);

  it('is signed over a text of ours and the exact bytes, by any of our keys, in hex of either case', () => {
    const signature = signHmacHex(key, head, bytes(body));
    expect(verify()).toEqual({ authentic: true, secretIndex: 0 });
    expect(verify(signature.toUpperCase())).toEqual({ authentic: true, secretIndex: 0 });
    expect(verify(signHmacHex(olderKey, head, bytes(body)))).toEqual({ authentic: true, secretIndex: 1 });
  });

  it('signed by another, over other bytes or not at all is refused', () => {
    const mismatch = { authentic: false, reason: 'signature_mismatch' };
    expect(verify(signHmacHex('forged', head, bytes(body)))).toEqual(mismatch);
    expect(verify(signHmacHex(key, `${head}x`, bytes(body)))).toEqual(mismatch);
    expect(verify(signHmacHex(key, head, bytes(`${body} `)))).toEqual(mismatch);
    expect(verify(signHmacHex(key, head, bytes(body)).slice(0, -1))).toEqual(mismatch);
    expect(verify('')).toEqual({ authentic: false, reason: 'missing_signature' });
  });

  it('announces a payment by its order number, without money', () => {
    expect(interpret(name, body)).toMatchObject({
      events: [
        {
          gateway: name,
          kind: 'paid',
          paymentId: '261120A',
          effectKey: `${name}:261120A:paid`,
          amountRupiah: null,
          feeRupiah: 0,
          orderReference: '261120A',
          occurredAt: '2026-11-20T07:59:40.000Z',
          channel: name,
        },
      ],
      ignored: false,
      donor: null,
    });
  });

  it('may have numbers where others have text, and milliseconds where others have seconds', () => {
    const { order, time } = FIELDS[name]!;
    for (const at of [UPDATED, String(UPDATED), UPDATED * 1000, String(UPDATED * 1000)]) {
      expect(interpret(name, paidBody(name, { [time]: at, [order]: 416_557_324_702_006 })).events).toMatchObject([
        { paymentId: '416557324702006', occurredAt: '2026-11-20T07:59:40.000Z' },
      ]);
    }
  });

  it('that does not say when the order changed is as old as itself', () => {
    const { time } = FIELDS[name]!;
    const at = (data: object, envelope: object) =>
      interpret(name, paidBody(name, { [time]: undefined, ...data }, envelope)).events[0]?.occurredAt;
    expect(at({}, { timestamp: UPDATED })).toBe('2026-11-20T07:59:40.000Z');
    expect(at({ update_time: UPDATED }, { timestamp: UPDATED + 9 })).toBe('2026-11-20T07:59:40.000Z');
  });

  it('with a number or a time that is none is refused by its field', () => {
    const { order, time } = FIELDS[name]!;
    const refusalOf = (data: object) => {
      try {
        interpret(name, paidBody(name, data));
      } catch (error) {
        return error;
      }
      throw new Error('it was taken');
    };
    expect(refusalOf({ [order]: undefined })).toMatchObject({ reason: 'field_missing', field: `data.${order}` });
    for (const value of ['', 2 ** 53, 1.5, -1, true, 'x'.repeat(201)])
      expect(refusalOf({ [order]: value })).toMatchObject({ reason: 'field_invalid', field: `data.${order}` });
    expect(refusalOf({ [time]: null })).toMatchObject({ reason: 'field_missing', field: `data.${time}` });
    for (const value of [0, -1, 1e15, 'yesterday', '', true, [UPDATED]])
      expect(refusalOf({ [time]: value })).toMatchObject({ reason: 'field_invalid', field: `data.${time}` });
  });

  it('of another kind, or of a state nobody published, is kept and books nothing', () => {
    const other = { shopee: { code: 4 }, 'tiktok-shop': { type: 12 }, lazada: { message_type: 10 } }[name]!;
    expect(interpret(name, paidBody(name, {}, other))).toMatchObject({ events: [], ignored: true });
    for (const status of ['A_NEW_STATE', 'constructor', 7, null])
      expect(interpret(name, CASES[name]!.body(status))).toMatchObject({ events: [], ignored: true });
    expect(interpret(name, paidBody(name, {}, { data: 'x' }))).toMatchObject({ events: [], ignored: true });
    expect(interpret(name, '{}')).toMatchObject({ events: [], ignored: true });
  });

  it('that is no JSON object is refused', () => {
    expect(() => interpret(name, '[]')).toThrow(expect.objectContaining({ reason: 'malformed_body' }));
  });

  it('is told apart from another by its bytes, where the platform gives it no id', () => {
    const keyOf = (sent: string) => gateway.deliveryKey(message(name, sent));
    if (name === 'tiktok-shop') {
      expect(keyOf(body)).toBe('n-1');
      for (const tts_notification_id of ['', 7, 'x'.repeat(201), undefined])
        expect(keyOf(paidBody(name, {}, { tts_notification_id }))).toMatch(/^body:[0-9a-f]{40}$/);
    } else {
      expect(keyOf(body)).toMatch(/^body:[0-9a-f]{40}$/);
      expect(keyOf(body)).toBe(keyOf(body));
      expect(keyOf(body)).not.toBe(keyOf(`${body} `));
    }
  });

  it('is answered 200', () => {
    const { status, body: answer } = gateway.acknowledge(message(name, body), secrets, NOW);
    expect([status, answer]).toEqual([200, name === 'lazada' ? '{"accepted":true}' : '']);
  });
});

describe('a published state', () => {
  const STATES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    shopee: {
      paid: 'READY_TO_SHIP PROCESSED RETRY_SHIP SHIPPED TO_CONFIRM_RECEIVE COMPLETED',
      pending: 'UNPAID INVOICE_PENDING IN_CANCEL TO_RETURN',
      failed: 'CANCELLED',
    },
    'tiktok-shop': {
      paid: 'AWAITING_SHIPMENT PARTIALLY_SHIPPING AWAITING_COLLECTION IN_TRANSIT DELIVERED COMPLETED',
      pending: 'UNPAID ON_HOLD',
      failed: 'CANCELLED',
    },
    lazada: {
      paid: 'pending topack packed repacked toship ready_to_ship_pending ready_to_ship shipped delivered confirmed',
      pending:
        'unpaid failed failed_delivery returned shipped_back shipped_back_success shipped_back_failed lost lost_by_3pl damaged_by_3pl package_scrapped',
      failed: 'canceled cancelled',
    },
  };
  const rows = Object.entries(STATES).flatMap(([name, kinds]) =>
    Object.entries(kinds).flatMap(([kind, states]) => states.split(' ').map((state) => [name, state, kind] as const)),
  );

  it.each(rows)('of %s, %s: %s', (name, state, kind) => {
    expect(interpret(name, CASES[name]!.body(state)).events).toMatchObject([{ kind, amountRupiah: null }]);
  });

  it('takes an announcement back only where the whole order is cancelled', () => {
    const cancelled = (name: string, state: string) => interpret(name, CASES[name]!.body(state)).events[0];
    expect(cancelled('shopee', 'CANCELLED')).toMatchObject({ voidsPayment: true, effectKey: 'shopee:261120A:void' });
    expect(cancelled('tiktok-shop', 'CANCELLED')).toMatchObject({ voidsPayment: true });
    expect(cancelled('lazada', 'canceled')).not.toHaveProperty('voidsPayment');
    expect(cancelled('lazada', 'canceled')).toMatchObject({ effectKey: 'lazada:261120A:failed' });
  });
});
