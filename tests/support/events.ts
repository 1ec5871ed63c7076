/** Events of one payment as a test writes them down. */
import type { CanonicalEvent } from '../../shared/domain/canonical-event.ts';
import type { Instant } from '../../shared/domain/dates.ts';
import { type Donation, openDonation } from '../../shared/domain/donation.ts';
import type { FundId } from '../../shared/domain/ids.ts';
import { rupiah } from '../../shared/domain/money.ts';

export const AT = '2026-11-20T03:00:00.000Z' as Instant;
export const GENERAL = { fundId: 'general' as FundId, pledgeId: null };

/** The effect tells the event: `paid`, `refund:1`, `void`. */
export function eventOf(
  kind: CanonicalEvent['kind'],
  amount: number | null,
  { effect = kind as string, fee = 0, ...changes }: { effect?: string; fee?: number } & Partial<CanonicalEvent> = {},
): CanonicalEvent {
  const paymentId = changes.paymentId ?? 'p1';
  return {
    gateway: 'partner:kitabisa',
    kind,
    paymentId,
    effectKey: `partner:kitabisa:${paymentId}:${effect}`,
    amountRupiah: amount === null ? null : rupiah(amount),
    feeRupiah: rupiah(fee),
    orderReference: null,
    occurredAt: AT,
    channel: 'qris',
    ...changes,
  };
}

export function opened(event: CanonicalEvent): Donation {
  return openDonation(event, GENERAL, AT);
}
