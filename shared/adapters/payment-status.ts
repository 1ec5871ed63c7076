/** The status port of a gateway, as this deployment has it configured. */
import { Transient } from '../errors.ts';
import type { PaymentStatusPort } from '../ports/payment-status.ts';
import { midtransStatus } from './payment-status-midtrans.ts';
import { gatewaySecrets } from './secrets.ts';

/**
 * Null for a gateway whose signature covers everything, or whose status API is not configured. Production refuses the
 * latter: there a relabelled notification would be booked on a signature that does not cover its label.
 */
export async function paymentStatusOf(gateway: string): Promise<PaymentStatusPort | null> {
  if (gateway !== 'midtrans') return null;
  const { midtrans } = await gatewaySecrets('midtrans');
  const port = midtrans ? midtransStatus(midtrans) : null;
  if (!port && process.env.STAGE === 'production') {
    throw new Transient('status_unavailable', { detail: 'production needs gateways.midtrans.statusApi' });
  }
  return port;
}
