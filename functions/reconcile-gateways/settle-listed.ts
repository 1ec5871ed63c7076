/**
 * One item of a gateway's list, held against the books: found here, it is settled; missing here, it goes to the
 * payments queue like any notice; where the two differ a person is told.
 */
import type { CanonicalEvent } from '../../shared/domain/canonical-event.ts';
import type { Instant } from '../../shared/domain/dates.ts';
import { type DonationId, donationIdOf, type FileId } from '../../shared/domain/ids.ts';
import type { Rupiah } from '../../shared/domain/money.ts';
import { type Reconciled, reconcile, type StatedEvent } from '../../shared/domain/reconciliation.ts';
import type { Log } from '../../shared/logger.ts';
import type { PaymentMessage, Sealed } from '../../shared/messages.ts';
import type { Listed } from '../../shared/ports/payment-list.ts';
import type { Difference } from '../../shared/store/differences.ts';
import type { StoredDonation } from '../../shared/store/donations.ts';
import { underPayment } from '../record-payment/one-payment.ts';

export interface SettleListedDependencies {
  readonly now: () => Instant;
  readonly findPaymentId: (event: CanonicalEvent) => Promise<string>;
  readonly settlePaymentId: (event: CanonicalEvent) => Promise<string>;
  readonly readDonation: (donationId: DonationId) => Promise<StoredDonation | null>;
  readonly isBooked: (effectKey: string) => Promise<boolean>;
  readonly markSettled: (donationId: DonationId, payoutId: string | null, at: Instant) => Promise<void>;
  readonly putDifference: (difference: Difference, fileId: FileId | null, at: Instant) => Promise<void>;
  readonly sendPayments: (messages: readonly PaymentMessage[]) => Promise<void>;
  readonly seal: (bytes: Uint8Array) => Promise<Sealed>;
  readonly log: Log;
}

type Told = Extract<Listed, { state: 'told' }>;

/** @returns the amount where both sides say the same and the money is settled; null otherwise */
export async function settleListed(
  gateway: string,
  listed: Listed,
  dependencies: SettleListedDependencies,
): Promise<number | null> {
  if (listed.state === 'unreadable') {
    const { listedId, reason } = listed;
    dependencies.log.error('listed payment cannot be read', { gateway, listedId, reason });
    await dependencies.putDifference(unreadable(gateway, listedId), null, dependencies.now());
    return null;
  }
  const event = await asOnePayment(listed.event, dependencies);
  const { outcome, events, ours } = await heldAgainst(listed, event, dependencies);
  const at = dependencies.now();
  // Before it is booked: who dies in between finds it in the books, and would call it matched.
  if (outcome !== 'matched') await dependencies.putDifference(differenceOf(event, listed, outcome, ours), null, at);
  if (events.length > 0) await dependencies.sendPayments([await messageOf(event, events, at, dependencies)]);
  if (outcome === 'amount_differs' || !listed.isSettled) return null;
  if (isPayment(event))
    await dependencies.markSettled(donationIdOf(event.gateway, event.paymentId), null, dependencies.now());
  return outcome === 'matched' ? event.amountRupiah : null;
}

function isPayment({ kind, voidsPayment }: CanonicalEvent): boolean {
  return kind === 'paid' || voidsPayment === true;
}

/** Under the id that our books know, or will know, the payment by. */
async function asOnePayment(
  event: CanonicalEvent,
  { findPaymentId, settlePaymentId }: SettleListedDependencies,
): Promise<CanonicalEvent> {
  const paymentId = await (event.kind === 'paid' ? settlePaymentId(event) : findPaymentId(event));
  return underPayment(paymentId, event);
}

async function heldAgainst(
  listed: Told,
  event: CanonicalEvent,
  { readDonation, isBooked }: SettleListedDependencies,
): Promise<Reconciled> {
  if (event.kind === 'paid') {
    const stored = await readDonation(donationIdOf(event.gateway, event.paymentId));
    const held = reconcile(statedOf(event, listed.feeRupiah), stored?.donation ?? null, false);
    // Booked once more under all its names it counts once, and money back that waits under one of them finds it.
    const isJoined = event.paymentId !== listed.event.paymentId && held.outcome !== 'amount_differs';
    return isJoined ? { ...held, events: [...held.events, listed.event] } : held;
  }
  // Money back brings all its names along: booked before its payment, it moves to where the money is.
  const isHere = await isBooked(event.effectKey);
  return { outcome: isHere ? 'matched' : 'missing_here', events: isHere ? [] : [listed.event], ours: null };
}

function statedOf(event: CanonicalEvent, feeRupiah: Rupiah | null): StatedEvent {
  const { gateway, paymentId, effectKey, occurredAt, channel, orderReference, amountRupiah } = event;
  const named = { gateway, paymentId, effectKey, occurredAt, channel, orderReference };
  return { ...named, kind: 'paid', amountRupiah: amountRupiah as Rupiah, feeRupiah };
}

function differenceOf(
  { gateway, paymentId, amountRupiah }: CanonicalEvent,
  { feeRupiah }: Told,
  outcome: Difference['outcome'],
  ours: Reconciled['ours'],
): Difference {
  return {
    gateway,
    paymentId,
    outcome,
    statedAmountRupiah: amountRupiah,
    statedFeeRupiah: feeRupiah,
    oursAmountRupiah: ours?.amountRupiah ?? null,
    oursFeeRupiah: ours?.feeRupiah ?? null,
    line: null,
  };
}

/** Nobody knows what it says, so a person must look there. */
function unreadable(gateway: string, listedId: string): Difference {
  const nothing = { statedAmountRupiah: null, statedFeeRupiah: null, oursAmountRupiah: null, oursFeeRupiah: null };
  return { gateway, paymentId: listedId, outcome: 'amount_differs', ...nothing, line: null };
}

async function messageOf(
  { gateway, effectKey }: CanonicalEvent,
  events: readonly CanonicalEvent[],
  receivedAt: Instant,
  { seal }: SettleListedDependencies,
): Promise<PaymentMessage> {
  return {
    contractVersion: 1,
    gateway,
    deliveryKey: `list:${effectKey}`,
    receivedAt,
    events: [...events],
    ignored: false,
    sealedBody: await seal(Buffer.from('{}')),
    authority: 'statement',
  };
}
