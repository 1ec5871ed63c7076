/** Lazada's trade order pushes, one for each line of an order; other message types are not about payment. */
import type { ShopAppSecrets } from '../settings.ts';
import { ACCEPTED } from './gateway.ts';
import { orderPushGateway } from './order-push.ts';

const TRADE_ORDER = 0;

export const lazada = orderPushGateway<ShopAppSecrets>({
  name: 'lazada',
  signing: ({ appKey, appSecrets }) => ({ head: appKey, keys: appSecrets }),
  isOrder: ({ message_type: type }) => type === TRADE_ORDER,
  fields: { order: 'trade_order_id', status: 'order_status', time: 'status_update_time' },
  words: {
    unpaid: 'unpaid',
    // Pending is the seller's work: the buyer has paid.
    pending: 'paid',
    topack: 'paid',
    packed: 'paid',
    repacked: 'paid',
    toship: 'paid',
    ready_to_ship_pending: 'paid',
    ready_to_ship: 'paid',
    shipped: 'paid',
    delivered: 'paid',
    confirmed: 'paid',
    canceled: 'cancelled',
    cancelled: 'cancelled',
    // A parcel lost, broken or on its way back; what becomes of the money is in the statement.
    failed: 'undecided',
    failed_delivery: 'undecided',
    returned: 'undecided',
    shipped_back: 'undecided',
    shipped_back_success: 'undecided',
    shipped_back_failed: 'undecided',
    lost: 'undecided',
    lost_by_3pl: 'undecided',
    damaged_by_3pl: 'undecided',
    package_scrapped: 'undecided',
  },
  // One line of several may be cancelled while the others stay.
  cancelsWhole: false,
  answer: ACCEPTED,
});
