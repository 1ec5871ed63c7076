/** Where a gateway's status API would tell of a notification, and what it would say there. */

import { isJsonObject, type JsonObject } from '../../../shared/gateways/message-bytes.ts';
import { isKnownStatus } from '../../../shared/gateways/midtrans-transaction.ts';
import { refundOf, xenditEvent } from '../../../shared/gateways/xendit-messages.ts';

export interface StatusDocument {
  /** Below the gateway's address, with its query. */
  readonly path: string;
  readonly document: JsonObject;
  /** Names one of several in a list that is found there. */
  readonly listedAs?: string;
  /** A waiting payment never takes the place of what is known already. */
  readonly isWaiting: boolean;
}

type Describe = (notification: JsonObject) => StatusDocument | undefined;

const midtrans: Describe = ({ signature_key: _signature, ...transaction }) => {
  const { transaction_id: id, transaction_status: status } = transaction;
  if (typeof id !== 'string' || !isKnownStatus(status)) return undefined;
  const path = `/v2/${encodeURIComponent(id)}/status`;
  return { path, document: transaction, isWaiting: status === 'pending' };
};

const xendit: Describe = (notification) => {
  const event = xenditEvent(notification);
  if (!event?.statusPath) return undefined;
  const { statusPath: path, paymentId, kind } = event;
  const document = objectOf(notification, path);
  return {
    path,
    document,
    isWaiting: kind === 'pending',
    ...(/\/payments(\?|$)/.test(path) ? { listedAs: paymentId } : {}),
  };
};

/** The object inside a notification that the API shows by itself. */
function objectOf(notification: JsonObject, path: string): JsonObject {
  const data = isJsonObject(notification.data) ? notification.data : notification;
  if (path.startsWith('/refunds/')) return refundOf(notification);
  // Of a request of v2 the payment is a part.
  return path.startsWith('/payment_requests/') ? { ...data, id: data.payment_request_id } : data;
}

export const SANDBOXES: Readonly<Record<string, Describe>> = { midtrans, xendit };
