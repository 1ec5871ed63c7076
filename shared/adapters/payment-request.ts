/** The gateway that makes virtual accounts and codes for workers who pay, as this deployment has it configured. */
import type { PaymentRequestPort } from '../ports/payment-request.ts';
import type { MidtransSecrets } from '../settings.ts';
import { midtransPaymentRequest } from './payment-request-midtrans.ts';
import { gatewaySecrets } from './secrets.ts';

/** One port as long as its configuration is the same: how it paces itself spans requests. */
let known: { readonly configured: MidtransSecrets; readonly port: PaymentRequestPort | null } | undefined;

/** Null where none is configured. */
export async function paymentRequests(): Promise<PaymentRequestPort | null> {
  const { midtrans } = await gatewaySecrets('midtrans');
  if (!midtrans) return null;
  if (known?.configured !== midtrans) known = { configured: midtrans, port: midtransPaymentRequest(midtrans) };
  return known.port;
}
