/**
 * Books what is told of one payment under two ids as one payment (`shared/store/payment-names.ts`): the event is
 * rewritten to the payment's id in our books before it is folded, and its effect key with it, so that the marker of the
 * first message stops the second (I4).
 */
import type { CanonicalEvent, EventKind } from '../../shared/domain/canonical-event.ts';
import type { ClaimKind, Donation } from '../../shared/domain/donation.ts';
import { type DonationId, donationIdOf } from '../../shared/domain/ids.ts';
import { keyPart } from '../../shared/gateways/message-bytes.ts';
import type { StoredDonation } from '../../shared/store/donations.ts';

export interface OnePaymentDependencies {
  readonly findPaymentId: (event: CanonicalEvent) => Promise<string>;
  readonly settlePaymentId: (event: CanonicalEvent) => Promise<string>;
  readonly readDonation: (donationId: DonationId) => Promise<StoredDonation | null>;
}

/**
 * @param book books one event and says what it leaves to do
 * @returns what all the events left to do
 */
export async function bookAsOnePayment<Left>(
  event: CanonicalEvent,
  dependencies: OnePaymentDependencies,
  book: (event: CanonicalEvent) => Promise<Left[]>,
): Promise<Left[]> {
  if (!event.side && !event.otherIds) return book(event);
  if (event.kind !== 'paid') return bookWhereItIsPaid(event, dependencies, book);
  const paymentId = await dependencies.settlePaymentId(event);
  const left = await book(underPayment(paymentId, event));
  for (const parked of await parkedEvents(event, paymentId, dependencies)) left.push(...(await book(parked)));
  return left;
}

/** Before its payment is known it is parked under its own id. Known meanwhile, it is booked there too, which counts once. */
async function bookWhereItIsPaid<Left>(
  event: CanonicalEvent,
  { findPaymentId }: OnePaymentDependencies,
  book: (event: CanonicalEvent) => Promise<Left[]>,
): Promise<Left[]> {
  const before = await findPaymentId(event);
  const left = await book(underPayment(before, event));
  const after = await findPaymentId(event);
  return after === before ? left : [...left, ...(await book(underPayment(after, event)))];
}

/** Money back that came first, under another id of this payment: it moves to where the money is (I5). */
async function parkedEvents(
  event: CanonicalEvent,
  paymentId: string,
  { readDonation }: OnePaymentDependencies,
): Promise<CanonicalEvent[]> {
  const others = [event.paymentId, ...(event.otherIds ?? [])].filter((id) => id !== paymentId);
  const parked: CanonicalEvent[] = [];
  for (const id of others) {
    const stored = await readDonation(donationIdOf(event.gateway, id));
    if (stored) parked.push(...claimsOf(stored.donation, event).map((claim) => underPayment(paymentId, claim)));
  }
  return parked;
}

const EVENT_OF_CLAIM: Readonly<Record<ClaimKind, EventKind>> = {
  refunded: 'refunded',
  charged_back: 'charged_back',
  reinstated: 'reinstated',
  voided: 'failed',
};

function claimsOf({ claims, paymentId }: Donation, { otherIds: _ids, side: _side, ...payment }: CanonicalEvent) {
  return Object.entries(claims).map(
    ([effectKey, { kind, amountRupiah }]): CanonicalEvent => ({
      ...payment,
      kind: EVENT_OF_CLAIM[kind],
      paymentId,
      effectKey,
      amountRupiah,
      ...(kind === 'voided' ? { voidsPayment: true } : {}),
    }),
  );
}

export function underPayment(paymentId: string, event: CanonicalEvent): CanonicalEvent {
  if (paymentId === event.paymentId) return event;
  const effect = event.effectKey.slice(`${event.gateway}:${keyPart(event.paymentId)}:`.length);
  return { ...event, paymentId, effectKey: `${event.gateway}:${keyPart(paymentId)}:${effect}` };
}
