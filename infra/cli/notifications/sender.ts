/** A gateway as `lingkaran trigger` plays it: what can happen to its payments, and how it tells and signs that. */
import type { GatewaySecrets } from '../../../shared/settings.ts';
import type { Adjust, Notification, Payment } from './notification.ts';

export interface Sender {
  readonly kinds: readonly string[];
  /** Undefined where the configuration has no secrets for it. */
  sign(payment: Payment, secrets: GatewaySecrets, adjust: Adjust): Notification | undefined;
  /** A payment id in the gateway's own form, made from one of ours. */
  readonly paymentIdOf?: (id: string) => string;
  /** True where the order's reference is all the id a payment has. */
  readonly isOrder?: true;
  /** Which header `--bad-signature` spoils. */
  readonly signatureHeader?: string;
  /** True where it tells of orders by a number of its own, and of no money. */
  readonly isPush?: true;
}
