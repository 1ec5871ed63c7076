/** Midtrans' status API, `GET /v2/<transaction_id>/status`, read by the same code as its notifications. */
import type { CanonicalEvent } from '../domain/canonical-event.ts';
import { Permanent } from '../errors.ts';
import type { JsonObject } from '../gateways/message-bytes.ts';
import { eventsOfTransaction, isKnownStatus } from '../gateways/midtrans-transaction.ts';
import type { Confirmation, PaymentStatusPort } from '../ports/payment-status.ts';
import type { MidtransSecrets } from '../settings.ts';
import { type StatusApiOptions, statusApi as statusApiAt } from './status-api.ts';

export type StatusOptions = Partial<Pick<StatusApiOptions, 'fetch' | 'timeoutSeconds' | 'pace'>>;

/** Null where no status API is configured: then the signature alone decides. */
export function midtransStatus(
  { statusApi, serverKeys }: MidtransSecrets,
  options: StatusOptions = {},
): PaymentStatusPort | null {
  if (statusApi === null) return null;
  const api = statusApiAt({ name: 'Midtrans', address: statusApi, keys: serverKeys, ...options });
  return {
    async confirm(event) {
      // By the transaction: over SNAP (DANA, some banks) the API knows another order_id than the notification.
      const { code, body } = await api.get(`/v2/${encodeURIComponent(event.paymentId)}/status`);
      // Also where nobody chose a method on the payment page yet.
      if (code === 404) return { known: false };
      if (code !== 200 || body?.transaction_status === undefined) throw api.unavailable(`answered ${code}`);
      return confirmationOf(body, event);
    },
  };
}

function confirmationOf(body: JsonObject, { paymentId, orderReference }: CanonicalEvent): Confirmation {
  if (body.transaction_id !== paymentId)
    throw new Permanent('status_contradiction', { field: 'transaction_id', detail: 'answered about another payment' });
  // Payments that run over SNAP are answered with the transaction's id for an order; the notification signs the real one.
  const known = body.order_id === paymentId ? { ...body, order_id: orderReference } : body;
  const events = isKnownStatus(body.transaction_status) ? eventsOfTransaction(known, { wholeStory: true }) : [];
  return { known: true, events };
}
