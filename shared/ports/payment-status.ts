/**
 * Asks a gateway what it knows of a payment, where its notifications are not signed as a whole. What comes back is
 * what is booked (architecture, decision 6).
 */
import type { CanonicalEvent } from '../domain/canonical-event.ts';

export type Confirmation =
  | { readonly known: false }
  /** Everything the gateway says about the payment, earlier effects included; one of them may be the event asked about. */
  | { readonly known: true; readonly events: readonly CanonicalEvent[] };

export interface PaymentStatusPort {
  /** @throws Transient `status_unavailable` where the gateway cannot answer now */
  confirm(event: CanonicalEvent): Promise<Confirmation>;
}
