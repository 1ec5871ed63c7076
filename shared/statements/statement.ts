/**
 * What any file about money says, once read: a statement of a channel, a bank or a branch office as rows that mean the
 * same to us, whoever wrote them. Reading is pure and streamed; nothing is booked before the whole file was read once
 * and its control totals hold.
 */
import type { EventKind } from '../domain/canonical-event.ts';
import type { Instant } from '../domain/dates.ts';
import type { Rupiah } from '../domain/money.ts';
import type { ReasonCode } from '../domain/reasons.ts';

/** One line of a file as an event of a payment; `effectKey` is the one a webhook of the same event would carry. */
export interface StatementRow {
  /** As an editor counts them; a header is line 1. */
  readonly line: number;
  /** As our books name it: `midtrans`, `partner:kitabisa`, `bank:1234567890`. */
  readonly gateway: string;
  readonly kind: Extract<EventKind, 'paid' | 'refunded' | 'charged_back' | 'reinstated'>;
  readonly paymentId: string;
  readonly effectKey: string;
  /** Before fees; what the donor gave, or what went back. */
  readonly amountRupiah: Rupiah;
  /** What the channel kept of it; null where the file does not say. */
  readonly feeRupiah: Rupiah | null;
  readonly occurredAt: Instant;
  readonly channel: string;
  readonly orderReference: string | null;
  /** Under which the channel paid us out, where the file says. */
  readonly payoutId: string | null;
}

export interface LineFault {
  readonly line: number;
  /** Null where the line as a whole cannot be read. */
  readonly column: string | null;
  readonly reason: ReasonCode;
  readonly detail?: string;
}

/** What a reader yields for each line that holds data. */
export type ReadLine =
  | { readonly ok: true; readonly row: StatementRow }
  | { readonly ok: false; readonly fault: LineFault };

/** Totals of what was read, and what the file or its manifest says they must be. */
export interface ControlTotals {
  readonly rows: number;
  readonly grossRupiah: number;
  readonly feeRupiah: number;
  readonly netRupiah: number;
}
