/** TikTok Shop's order pushes; Tokopedia's sellers are on the same platform. Answered 200 and empty within 3 s. */
import type { ShopAppSecrets } from '../settings.ts';
import { EMPTY_ANSWER, orderPushGateway } from './order-push.ts';

const ORDER_STATUS_CHANGE = 1;

export const tiktokShop = orderPushGateway<ShopAppSecrets>({
  name: 'tiktok-shop',
  signing: ({ appKey, appSecrets }) => ({ head: appKey, keys: appSecrets }),
  isOrder: ({ type }) => type === ORDER_STATUS_CHANGE,
  fields: { order: 'order_id', status: 'order_status', time: 'update_time' },
  words: {
    UNPAID: 'unpaid',
    // The hour of remorse; an order placed ahead of its release is only paid later.
    ON_HOLD: 'undecided',
    AWAITING_SHIPMENT: 'paid',
    PARTIALLY_SHIPPING: 'paid',
    AWAITING_COLLECTION: 'paid',
    IN_TRANSIT: 'paid',
    DELIVERED: 'paid',
    COMPLETED: 'paid',
    CANCELLED: 'cancelled',
  },
  cancelsWhole: true,
  notificationId: 'tts_notification_id',
  answer: EMPTY_ANSWER,
});
