/** The list of a gateway, as this deployment has it configured. */
import type { PaymentListPort } from '../ports/payment-list.ts';
import { xenditList } from './payment-list-xendit.ts';
import { gatewaySecrets } from './secrets.ts';

/** Null where it is not configured. */
export async function paymentListOf(gateway: 'xendit'): Promise<PaymentListPort | null> {
  const { xendit } = await gatewaySecrets(gateway);
  return xendit ? xenditList(xendit) : null;
}
