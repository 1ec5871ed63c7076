/** The status port of a gateway, as this deployment has it configured. */
import { Transient } from '../errors.ts';
import type { PaymentStatusPort } from '../ports/payment-status.ts';
import type { GatewaySecrets } from '../settings.ts';
import { midtransStatus } from './payment-status-midtrans.ts';
import { xenditStatus } from './payment-status-xendit.ts';
import { rememberingStatus } from './remembered-status.ts';
import { gatewaySecrets } from './secrets.ts';

type Unsigned = 'midtrans' | 'xendit';

/** The gateways that do not sign what they say. */
const MADE: { readonly [Section in Unsigned]: (secrets: GatewaySecrets) => PaymentStatusPort | null } = {
  midtrans: ({ midtrans }) => (midtrans ? midtransStatus(midtrans) : null),
  xendit: ({ xendit }) => (xendit ? xenditStatus(xendit) : null),
};

/** One port as long as its configuration is the same: what it remembers and how it paces itself spans messages. */
const ports = new Map<Unsigned, { readonly configured: unknown; readonly port: PaymentStatusPort | null }>();

/**
 * Null for a gateway whose signature covers everything, or whose status API is not configured. Production refuses the
 * latter: there a relabelled notification would be booked on a signature that does not cover its label.
 */
export async function paymentStatusOf(gateway: string): Promise<PaymentStatusPort | null> {
  if (!isUnsigned(gateway)) return null;
  const secrets = await gatewaySecrets(gateway);
  const port = portOf(gateway, secrets);
  if (!port && process.env.STAGE === 'production')
    throw new Transient('status_unavailable', { detail: `production needs gateways.${gateway}.statusApi` });
  return port;
}

function isUnsigned(gateway: string): gateway is Unsigned {
  return Object.hasOwn(MADE, gateway);
}

function portOf(gateway: Unsigned, secrets: GatewaySecrets): PaymentStatusPort | null {
  const configured = secrets[gateway];
  const known = ports.get(gateway);
  if (known && known.configured === configured) return known.port;
  const made = MADE[gateway](secrets);
  const port = made && rememberingStatus(made);
  ports.set(gateway, { configured, port });
  return port;
}
