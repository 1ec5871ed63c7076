/**
 * Books verified payment events. Each event is folded into its donation and written with its marker and its ledger
 * transactions at once, so a duplicate, a crash or a race books nothing twice (I1, I4, I5).
 */
import { asAnnounced } from '../../shared/domain/announcement.ts';
import type { CanonicalEvent, DonorContact } from '../../shared/domain/canonical-event.ts';
import type { Instant } from '../../shared/domain/dates.ts';
import { applyEvent, type Destination, type Donation, openDonation } from '../../shared/domain/donation.ts';
import type { DonorId } from '../../shared/domain/donor.ts';
import { type FundDescriptor, unrestrictedFund } from '../../shared/domain/fund.ts';
import { donationIdOf, type FundId } from '../../shared/domain/ids.ts';
import type { ReasonCode } from '../../shared/domain/reasons.ts';
import { type SelfPayOrder, selfFund } from '../../shared/domain/self-payment.ts';
import { Permanent, Transient } from '../../shared/errors.ts';
import type { Interpretation } from '../../shared/gateways/gateway.ts';
import type { Log, Meter } from '../../shared/logger.ts';
import type { FundRequest, PaymentMessage } from '../../shared/messages.ts';
import type { PaymentStatusPort } from '../../shared/ports/payment-status.ts';
import type { BookingResult, StoredDonation } from '../../shared/store/donations.ts';
import type { Pledge } from '../../shared/store/pledges.ts';
import { bookAsOnePayment, type OnePaymentDependencies } from './one-payment.ts';

export interface RecordPaymentDependencies extends OnePaymentDependencies {
  readonly now: () => Instant;
  readonly statusOf: (gateway: string) => Promise<PaymentStatusPort | null>;
  readonly readPledge: (orderReference: string) => Promise<Pledge | null>;
  /** What a worker ordered for the own cover; null for every other reference. */
  readonly readSelfPayOrder: (orderReference: string) => Promise<SelfPayOrder | null>;
  readonly ensureFund: (descriptor: FundDescriptor) => Promise<FundId>;
  readonly isBooked: (effectKey: string) => Promise<boolean>;
  readonly bookEvent: (
    event: CanonicalEvent,
    before: StoredDonation | null,
    after: StoredDonation['donation'],
    postings: ReturnType<typeof applyEvent>['postings'],
    at: Instant,
  ) => Promise<BookingResult>;
  readonly keepUnbooked: (message: PaymentMessage, reason: ReasonCode, detail: string) => Promise<void>;
  /** To those who check files: it says what a file must hold. */
  readonly passManifest: (message: PaymentMessage) => Promise<void>;
  /** Reads the sealed body again, with the code and the configuration of today. */
  readonly interpret: (message: PaymentMessage) => Promise<Interpretation>;
  /** Null for who leaves no contact. */
  readonly keepDonor: (donor: DonorContact) => Promise<DonorId | null>;
  readonly log: Log;
  readonly meter: Meter;
}

const BOOKING_TRIES = 8;

/**
 * @returns what the funds' writers are to be asked, once for all messages of a batch
 * @throws Permanent where it cannot be booked as it is, Transient `contention`
 */
export async function recordPayment(
  message: PaymentMessage,
  dependencies: RecordPaymentDependencies,
): Promise<FundRequest[]> {
  const { problem, releasedFrom } = message;
  if (problem && !releasedFrom) throw new Permanent(problem.reason, { field: problem.field, detail: problem.detail });
  // What a person released is read anew: it was stopped for something that has been mended since.
  const isReadAnew = releasedFrom && message.authority !== 'statement';
  const { ignored, events } = isReadAnew ? await dependencies.interpret(message) : message;
  if (ignored && isManifest(message)) {
    await dependencies.passManifest(message);
    return [];
  }
  if (ignored) {
    await dependencies.keepUnbooked(message, 'unknown_event_type', 'authentic, and nothing to book');
    return [];
  }
  const requests: FundRequest[] = [];
  const bookOne = (event: CanonicalEvent) => book(event, message, dependencies);
  for (const event of events) {
    for (const confirmed of await confirm(event, message, dependencies))
      requests.push(...(await bookAsOnePayment(asAnnounced(confirmed), dependencies, bookOne)));
  }
  return requests;
}

/** It announces a partner's file; who sent it was checked at the door. */
function isManifest({ gateway, path = '' }: PaymentMessage): boolean {
  return gateway.startsWith('partner:') && path.endsWith('/manifest');
}

/** Who gave goes to the vault, from the sealed body; who leaves no contact is nobody. The pledge's donor is known. */
async function withDonor(
  donation: Donation,
  message: PaymentMessage,
  { interpret, keepDonor }: RecordPaymentDependencies,
): Promise<Donation> {
  if (donation.donorId || donation.workerId || message.authority === 'statement') return donation;
  const { donor } = await interpret(message);
  const donorId = donor && (await keepDonor(donor));
  return donorId ? { ...donation, donorId } : donation;
}

/**
 * Where the signature does not cover amount and status the gateway is asked, and its answer is booked, not the
 * notification (decision 6). An event already in the books is not asked about again.
 *
 * @throws Permanent `not_confirmable` or `status_contradiction`
 */
async function confirm(
  event: CanonicalEvent,
  message: PaymentMessage,
  dependencies: RecordPaymentDependencies,
): Promise<CanonicalEvent[]> {
  if (message.authority === 'statement') return [event];
  const port = await dependencies.statusOf(event.gateway);
  if (!port || (await dependencies.isBooked(event.effectKey))) return [event];
  const answer = await port.confirm(event);
  if (!answer.known) return unknownToGateway(event, message, dependencies);
  const same = answer.events.find(({ effectKey }) => effectKey === event.effectKey);
  // A gateway that says the money moved on since (a refund, a void) does not contradict an older notice of its own.
  const disagrees = same
    ? same.amountRupiah !== event.amountRupiah
    : movesMoney(event) && !answer.events.some(movesMoney);
  if (disagrees)
    throw new Permanent('status_contradiction', {
      detail: `notified ${event.kind} ${event.amountRupiah}, the gateway says ${answer.events.map(({ kind, amountRupiah }) => `${kind} ${amountRupiah}`).join(', ') || 'nothing'}`,
    });
  // The event itself comes last: once that is booked, and not asked about again, all the others are.
  const own = same ?? (isVoidedSince(event, answer.events) ? event : undefined);
  return [...answer.events.filter((other) => other !== same), ...(own ? [own] : [])];
}

/** Until a payer chooses how to pay, the gateway may know no payment; a notice that moves no money is not worth a person. */
async function unknownToGateway(
  event: CanonicalEvent,
  message: PaymentMessage,
  { keepUnbooked }: RecordPaymentDependencies,
): Promise<CanonicalEvent[]> {
  const detail = `notified ${event.kind} ${event.amountRupiah}, the gateway does not know this payment`;
  if (movesMoney(event)) throw new Permanent('not_confirmable', { detail });
  await keepUnbooked(message, 'not_confirmable', detail);
  return [];
}

/**
 * A payment that was voided has no other trace of having been paid than its own notice. That is booked too, or a notice
 * that comes late would end otherwise than one that came in time (I5); the two together move nothing.
 */
function isVoidedSince(event: CanonicalEvent, answer: readonly CanonicalEvent[]): boolean {
  const isSamePayment = ({ voidsPayment, amountRupiah }: CanonicalEvent) =>
    voidsPayment === true && amountRupiah === event.amountRupiah;
  return event.kind === 'paid' && answer.some(isSamePayment);
}

function movesMoney({ kind, voidsPayment }: CanonicalEvent): boolean {
  return kind === 'paid' || kind === 'refunded' || kind === 'charged_back' || voidsPayment === true;
}

/** A channel's own class binds: zakat stays zakat whatever pledge it names (domain rule 3.2.1). */
async function destinationOf(
  { orderReference, fundClass }: CanonicalEvent,
  dependencies: RecordPaymentDependencies,
): Promise<Destination> {
  const own = orderReference && !fundClass ? await dependencies.readSelfPayOrder(orderReference) : null;
  if (own) return ownDestination(own, dependencies);
  const pledge = orderReference ? await dependencies.readPledge(orderReference) : null;
  const descriptor = pledge?.descriptor ?? unrestrictedFund('general');
  const fundId = await dependencies.ensureFund(fundClass ? { ...descriptor, fundClass } : descriptor);
  const donor = pledge?.donorId ? { donorId: pledge.donorId } : {};
  return { fundId, pledgeId: pledge?.pledgeId ?? null, ...donor };
}

/** What a worker pays goes into a fund of the own, and buys nobody else's cover. */
async function ownDestination(order: SelfPayOrder, { ensureFund }: RecordPaymentDependencies): Promise<Destination> {
  const { workerId, termMonths } = order;
  return { fundId: await ensureFund(selfFund(workerId, order.package, termMonths)), pledgeId: null, workerId };
}

/**
 * The donation an event is folded into. Where its money goes is the payment's own word: a notice before it may not
 * have named the pledge, and the order of the two must not decide (I5).
 */
async function openFor(
  event: CanonicalEvent,
  before: StoredDonation | null,
  at: Instant,
  dependencies: RecordPaymentDependencies,
): Promise<StoredDonation['donation']> {
  if (!before) return openDonation(event, await destinationOf(event, dependencies), at);
  const { donation } = before;
  if (event.kind !== 'paid' || donation.status === 'paid') return donation;
  const { workerId: _meantBefore, ...payment } = donation;
  return { ...payment, ...(await destinationOf(event, dependencies)) };
}

/**
 * Money that went back in a foreign currency names no rupiah and is held until a statement does. Released after that,
 * there is nothing left to do: the statement's line was this very effect.
 */
async function isBookedByStatement(
  { kind, amountRupiah, effectKey }: CanonicalEvent,
  { isBooked }: RecordPaymentDependencies,
): Promise<boolean> {
  const isMoneyBack = kind === 'refunded' || kind === 'charged_back' || kind === 'reinstated';
  return isMoneyBack && amountRupiah === null && (await isBooked(effectKey));
}

async function book(
  event: CanonicalEvent,
  message: PaymentMessage,
  dependencies: RecordPaymentDependencies,
): Promise<FundRequest[]> {
  if (await isBookedByStatement(event, dependencies)) return [];
  const donationId = donationIdOf(event.gateway, event.paymentId);
  for (let attempt = 0; attempt < BOOKING_TRIES; attempt += 1) {
    const at = dependencies.now();
    const before = await dependencies.readDonation(donationId);
    const open = await openFor(event, before, at, dependencies);
    const folded = applyEvent(open, event, at);
    const isAnnouncement = event.kind === 'paid' && event.amountRupiah === null;
    // Before the books: whoever dies in between keeps the donor once more, and loses none. A statement names nobody.
    const isNew = isAnnouncement || (event.kind === 'paid' && open.status !== 'paid');
    const donation = isNew ? await withDonor(folded.donation, message, dependencies) : folded.donation;
    const { postings } = folded;
    const result = await dependencies.bookEvent(event, before, donation, postings, at);
    if (result === 'stale') continue;
    if (result === 'booked') {
      dependencies.log.info('event booked', { donationId, kind: event.kind, gateway: event.gateway });
      const counted = isAnnouncement ? 'PaymentsAnnounced' : 'PaymentsBooked';
      if (event.kind === 'paid') dependencies.meter.count(counted, { gateway: event.gateway });
    }
    const fundWaits = result === 'booked' ? postings.length > 0 : before?.dueSince != null;
    if (!fundWaits) return [];
    const { fundId } = donation;
    const occasion = `${event.effectKey}:${before?.version ?? 0}`;
    return [{ message: { contractVersion: 1, kind: 'donation', fundId, donationId }, occasion }];
  }
  throw new Transient('contention', { detail: `donation ${donationId} changed ${BOOKING_TRIES} times` });
}
