/** Asks a gateway for a way to pay an order: the number of a virtual account, or a link to a code. */
import type { Instant } from '../domain/dates.ts';
import type { Rupiah } from '../domain/money.ts';

/** Banks whose accounts can be made for one payment, and QRIS, which every wallet reads. */
export const PAYMENT_METHODS = ['bri', 'bni', 'bca', 'mandiri', 'permata', 'cimb', 'qris'] as const;
export type PaymentMethod = (typeof PAYMENT_METHODS)[number];

export interface PaymentRequest {
  /** Also the key of the request: asked again, the gateway answers what it answered before. */
  readonly orderReference: string;
  readonly amountRupiah: Rupiah;
  readonly method: PaymentMethod;
  readonly requestedAt: Instant;
  readonly expiresAt: Instant;
}

export type PaymentInstruction = {
  readonly method: PaymentMethod;
  readonly payUntil: Instant;
} & (
  | { readonly kind: 'virtual_account'; readonly accountNumber: string; readonly billerCode?: string }
  | { readonly kind: 'link'; readonly url: string }
);

export interface PaymentRequestPort {
  readonly methods: readonly PaymentMethod[];
  /** @throws Transient `payment_unavailable` where the gateway gives no way to pay now */
  request(request: PaymentRequest): Promise<PaymentInstruction>;
}
