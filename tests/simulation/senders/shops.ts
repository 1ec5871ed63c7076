/** Marketplaces: the state of an order, without an amount. */
import { createHmac } from 'node:crypto';
import type { Notice, StepKind } from '../payment.ts';
import { SHOPS } from '../secrets.ts';
import { type HttpCall, JSON_TYPE, type SimulatedGateway, SOMEBODY_ELSE, stepOf } from './sender.ts';

type Shop = keyof typeof SHOPS;
type Words = Readonly<Partial<Record<StepKind, readonly string[]>>>;

interface Platform {
  /** Every word of an order on its way says again that it is paid. */
  readonly words: Words;
  readonly push: (order: string, status: string, seconds: number) => object;
}

const PLATFORMS: Readonly<Record<Shop, Platform>> = {
  shopee: {
    words: { pending: ['UNPAID'], paid: ['READY_TO_SHIP', 'COMPLETED'], voided: ['CANCELLED'] },
    push: (ordersn, status, update_time) => ({ code: 3, shop_id: 7, data: { ordersn, status, update_time } }),
  },
  'tiktok-shop': {
    words: { pending: ['UNPAID'], paid: ['AWAITING_SHIPMENT', 'DELIVERED'], voided: ['CANCELLED'] },
    push: (order_id, order_status, update_time) => ({
      type: 1,
      tts_notification_id: `${order_id}-${order_status}`,
      data: { order_id, order_status, update_time },
    }),
  },
  lazada: {
    words: { pending: ['unpaid'], paid: ['pending', 'shipped'] },
    push: (trade_order_id, order_status, status_update_time) => ({
      seller_id: '7',
      message_type: 0,
      data: { trade_order_id, order_status, status_update_time },
    }),
  },
};

function callOf(shop: Shop, notice: Notice): HttpCall {
  const { payment, form, lie } = notice;
  const body = JSON.stringify(PLATFORMS[shop].push(payment.id, form, Math.floor(stepOf(notice).atMilliseconds / 1000)));
  const { key, head } = SHOPS[shop];
  const authorization = createHmac('sha256', lie === 'forged' ? SOMEBODY_ELSE : key)
    .update(`${head}${body}`)
    .digest('hex');
  return { path: `/webhooks/${shop}`, headers: { ...JSON_TYPE, authorization }, body };
}

export function shop(name: Shop): SimulatedGateway {
  return {
    callOf: (notice) => callOf(name, notice),
    referenceOf: ({ id }) => id,
    effectOf: (notice) => (stepOf(notice).kind === 'paid' ? 'paid:announced' : 'void'),
    formsOf: (payment, step) => PLATFORMS[name].words[stepOf({ payment, step }).kind] ?? [],
  };
}
