/**
 * A gateway's own list of what moved, read on from where the last run stopped: it names the payments whose notices
 * never came. Xendit has one. Midtrans has none: its payments are found in its settlement file alone.
 */
import type { CanonicalEvent } from '../domain/canonical-event.ts';
import type { Instant } from '../domain/dates.ts';
import type { Rupiah } from '../domain/money.ts';
import type { ReasonCode } from '../domain/reasons.ts';

export type Listed =
  | {
      readonly state: 'told';
      /** With all its names: it may be booked under another of them. */
      readonly event: CanonicalEvent;
      /** What the gateway kept of it in all; null where it does not say yet. */
      readonly feeRupiah: Rupiah | null;
      /** The money is in our balance there. */
      readonly isSettled: boolean;
    }
  | { readonly state: 'unreadable'; readonly listedId: string; readonly reason: ReasonCode; readonly at: Instant };

export interface ListWindow {
  /** What changed from … */
  readonly from: Instant;
  /** … to, both included. */
  readonly until: Instant;
  /** The last item of the page before; null for the first page. */
  readonly after: string | null;
}

export interface ListedPage {
  readonly items: readonly Listed[];
  /** Where the next page goes on; null where this was the last. */
  readonly next: string | null;
}

export interface PaymentListPort {
  /** @throws Transient `status_unavailable` where the gateway cannot answer now */
  page(window: ListWindow): Promise<ListedPage>;
}
