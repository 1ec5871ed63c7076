/**
 * Shopee's order pushes. Signed is the URL as it was registered, which no front door can tell us: it is configured.
 * Codes other than 3 tell of authorisations, parcels, returns and the like.
 */
import type { ShopeeSecrets } from '../settings.ts';
import { EMPTY_ANSWER, orderPushGateway } from './order-push.ts';

const ORDER_STATUS_PUSH = 3;

export const shopee = orderPushGateway<ShopeeSecrets>({
  name: 'shopee',
  signing: ({ partnerKeys, publicUrl }) => ({ head: `${publicUrl}|`, keys: partnerKeys }),
  isOrder: ({ code }) => code === ORDER_STATUS_PUSH,
  fields: { order: 'ordersn', status: 'status', time: 'update_time' },
  words: {
    UNPAID: 'unpaid',
    INVOICE_PENDING: 'undecided',
    READY_TO_SHIP: 'paid',
    PROCESSED: 'paid',
    RETRY_SHIP: 'paid',
    SHIPPED: 'paid',
    TO_CONFIRM_RECEIVE: 'paid',
    COMPLETED: 'paid',
    IN_CANCEL: 'undecided',
    CANCELLED: 'cancelled',
    TO_RETURN: 'undecided',
  },
  cancelsWhole: true,
  answer: EMPTY_ANSWER,
});
