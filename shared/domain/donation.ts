/**
 * The life of one payment, folded from its events in any order (I5). The fold keeps what each event claims and
 * derives the money from the whole of the claims, so that no order of arrival can change the end.
 */
import { assertInvariant, Permanent } from '../errors.ts';
import { awaitsAmount } from './announcement.ts';
import type { CanonicalEvent } from './canonical-event.ts';
import type { Instant } from './dates.ts';
import { feeOfPayment, takeFee } from './donation-fees.ts';
import type { DonorId } from './donor.ts';
import { type DonationId, donationIdOf, type FundId, type PledgeId, type WorkerId } from './ids.ts';
import { ACCOUNTS, type LedgerTransaction, ledgerTransaction, move } from './ledger.ts';
import { addRupiah, minimumRupiah, negateRupiah, type Rupiah, rupiah, subtractRupiah, ZERO_RUPIAH } from './money.ts';

/** Rank by place: a later one in this list outranks an earlier one and is never undone by it. */
export const PAYMENT_STATUSES = ['pending', 'expired', 'failed', 'paid'] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

export type ClaimKind = 'refunded' | 'charged_back' | 'voided' | 'reinstated';

/** Money the payer's side says went back (or came back again, when reinstated). */
export interface Claim {
  readonly kind: ClaimKind;
  /** Null: the whole payment. */
  readonly amountRupiah: Rupiah | null;
}

export interface Donation {
  readonly donationId: DonationId;
  readonly gateway: string;
  readonly paymentId: string;
  readonly orderReference: string | null;
  readonly channel: string;
  readonly fundId: FundId;
  readonly pledgeId: PledgeId | null;
  /** Who gave, where a contact is known; opaque outside the vault (I9). */
  readonly donorId?: DonorId;
  /** No gift: this worker paid for the own cover. */
  readonly workerId?: WorkerId;
  readonly firstSeenAt: Instant;
  readonly paidAt: Instant | null;
  readonly status: PaymentStatus;
  readonly claims: Readonly<Record<string, Claim>>;
  /** The channel said that it was paid and named no amount in rupiah (`announcement.ts`). */
  readonly announced?: true;
  /** I2: received = fees + refunded + allocated + remaining. */
  readonly receivedRupiah: Rupiah;
  readonly feeRupiah: Rupiah;
  readonly refundedRupiah: Rupiah;
  readonly allocatedRupiah: Rupiah;
  readonly remainingRupiah: Rupiah;
  /** Taken back after it had bought cover: shares still to be moved to the guarantee fund by the fund's writer. */
  readonly reattributeRupiah: Rupiah;
  /** Of what was moved there, what the guarantee fund holds still: repaid first when the money comes back. */
  readonly guaranteedRupiah?: Rupiah;
  /** Part of the fee the gift should bear and has no money left for: the guarantee fund carries it. */
  readonly feeCarriedRupiah: Rupiah;
  /** Part of the fee no gift may bear (`fees.ts`): the guarantee fund carries it for good. */
  readonly feeBeyondRupiah: Rupiah;
  /** The whole fee where a statement named it; null: only the payment's own word is known. */
  readonly statedFeeRupiah: Rupiah | null;
}

export type DonationState =
  | 'pending'
  | 'received'
  | 'partly_allocated'
  | 'allocated'
  | 'refunded'
  | 'partly_refunded'
  | 'charged_back'
  | 'failed'
  | 'expired';

/** Where a donation's money goes: decided by its pledge or its channel. */
export interface Destination {
  readonly fundId: FundId;
  readonly pledgeId: PledgeId | null;
  /** The pledge's donor: whoever pays the invoice, the gift is theirs. */
  readonly donorId?: DonorId;
  /** Whose own cover it pays: what a worker pays is no gift and has no donor. */
  readonly workerId?: WorkerId;
}

export function openDonation(event: CanonicalEvent, destination: Destination, at: Instant): Donation {
  return {
    donationId: donationIdOf(event.gateway, event.paymentId),
    gateway: event.gateway,
    paymentId: event.paymentId,
    orderReference: event.orderReference,
    channel: event.channel,
    ...destination,
    firstSeenAt: at,
    paidAt: null,
    status: 'pending',
    claims: {},
    receivedRupiah: ZERO_RUPIAH,
    feeRupiah: ZERO_RUPIAH,
    refundedRupiah: ZERO_RUPIAH,
    allocatedRupiah: ZERO_RUPIAH,
    remainingRupiah: ZERO_RUPIAH,
    reattributeRupiah: ZERO_RUPIAH,
    feeCarriedRupiah: ZERO_RUPIAH,
    feeBeyondRupiah: ZERO_RUPIAH,
    statedFeeRupiah: null,
  };
}

export function assertDonationBalances(donation: Donation): void {
  const { receivedRupiah, feeRupiah, refundedRupiah, allocatedRupiah, remainingRupiah } = donation;
  assertInvariant(
    receivedRupiah === feeRupiah + refundedRupiah + allocatedRupiah + remainingRupiah,
    'I2',
    `donation ${donation.donationId} does not add up`,
  );
  assertInvariant(
    [feeRupiah, refundedRupiah, allocatedRupiah, remainingRupiah].every((amount) => amount >= 0),
    'I1',
    `donation ${donation.donationId} has a negative part`,
  );
}

function raiseStatus(status: PaymentStatus, seen: PaymentStatus): PaymentStatus {
  return PAYMENT_STATUSES.indexOf(seen) > PAYMENT_STATUSES.indexOf(status) ? seen : status;
}

function takePaid(donation: Donation, event: CanonicalEvent, at: Instant): [Donation, LedgerTransaction[]] {
  if (event.amountRupiah === null) return [{ ...donation, announced: true }, []];
  if (event.feeRupiah > event.amountRupiah) throw new Permanent('fee_exceeds_amount', { field: 'fee' });
  if (donation.status === 'paid') {
    if (donation.receivedRupiah !== event.amountRupiah)
      throw new Permanent('payment_contradiction', { field: 'amount' });
    return [donation, []];
  }
  const { chargedRupiah, beyondRupiah } = feeOfPayment(donation, event.amountRupiah, event.feeRupiah);
  const netRupiah = subtractRupiah(event.amountRupiah, chargedRupiah);
  const [source, fees] = [ACCOUNTS.gateway(donation.gateway), ACCOUNTS.fees(donation.gateway)];
  const posting = ledgerTransaction('payment', at, [
    ...move(source, ACCOUNTS.fund(donation.fundId), netRupiah),
    ...move(source, fees, chargedRupiah),
    ...move(ACCOUNTS.guarantee, fees, beyondRupiah),
  ]);
  const paid: Donation = {
    ...donation,
    status: 'paid',
    paidAt: event.occurredAt,
    channel: event.channel,
    orderReference: event.orderReference ?? donation.orderReference,
    receivedRupiah: event.amountRupiah,
    feeRupiah: chargedRupiah,
    feeBeyondRupiah: beyondRupiah,
    remainingRupiah: netRupiah,
  };
  return [paid, [posting]];
}

/** What should have gone back by now: the claims together, never more than was received. */
function owedBack({ claims, receivedRupiah, status }: Donation): Rupiah {
  if (status !== 'paid') return ZERO_RUPIAH;
  const claimed = Object.values(claims).reduce((total, { kind, amountRupiah }) => {
    const amount = amountRupiah ?? receivedRupiah;
    return kind === 'reinstated' ? total - amount : total + amount;
  }, 0);
  return rupiah(Math.min(Math.max(claimed, 0), receivedRupiah));
}

/**
 * Money out is taken from what is left of the gift, then from what it bought (the worker keeps the cover and the
 * guarantee fund carries it), last from the fee the channel kept.
 */
function payBack(donation: Donation, amountRupiah: Rupiah, at: Instant): [Donation, LedgerTransaction[]] {
  const fromRemaining = minimumRupiah(amountRupiah, donation.remainingRupiah);
  const fromAllocated = minimumRupiah(subtractRupiah(amountRupiah, fromRemaining), donation.allocatedRupiah);
  const fromFee = rupiah(amountRupiah - fromRemaining - fromAllocated);
  const target = ACCOUNTS.gateway(donation.gateway);
  const posting = ledgerTransaction('money_out', at, [
    ...move(ACCOUNTS.fund(donation.fundId), target, fromRemaining),
    ...move(ACCOUNTS.guarantee, target, addRupiah(fromAllocated, fromFee)),
  ]);
  const after: Donation = {
    ...donation,
    refundedRupiah: addRupiah(donation.refundedRupiah, amountRupiah),
    remainingRupiah: subtractRupiah(donation.remainingRupiah, fromRemaining),
    allocatedRupiah: subtractRupiah(donation.allocatedRupiah, fromAllocated),
    feeRupiah: subtractRupiah(donation.feeRupiah, fromFee),
    reattributeRupiah: addRupiah(donation.reattributeRupiah, fromAllocated),
    feeCarriedRupiah: addRupiah(donation.feeCarriedRupiah, fromFee),
  };
  return [after, [posting]];
}

/** Money that comes back makes good the fee first, as it was taken last: a gift ends the same in any order (I5). */
function comeBack(donation: Donation, amountRupiah: Rupiah, at: Instant): [Donation, LedgerTransaction[]] {
  const toFee = minimumRupiah(amountRupiah, donation.feeCarriedRupiah);
  const toRemaining = subtractRupiah(amountRupiah, toFee);
  const source = ACCOUNTS.gateway(donation.gateway);
  const posting = ledgerTransaction('reinstatement', at, [
    ...move(source, ACCOUNTS.guarantee, toFee),
    ...move(source, ACCOUNTS.fund(donation.fundId), toRemaining),
  ]);
  const after: Donation = {
    ...donation,
    refundedRupiah: subtractRupiah(donation.refundedRupiah, amountRupiah),
    feeRupiah: addRupiah(donation.feeRupiah, toFee),
    feeCarriedRupiah: subtractRupiah(donation.feeCarriedRupiah, toFee),
    remainingRupiah: addRupiah(donation.remainingRupiah, toRemaining),
  };
  return [after, [posting]];
}

function settleClaims(donation: Donation, at: Instant): [Donation, LedgerTransaction[]] {
  const difference = subtractRupiah(owedBack(donation), donation.refundedRupiah);
  if (difference > 0) return payBack(donation, difference, at);
  if (difference < 0) return comeBack(donation, negateRupiah(difference), at);
  return [donation, []];
}

function claimOf(event: CanonicalEvent): Claim | null {
  if (event.kind === 'failed' && event.voidsPayment) return { kind: 'voided', amountRupiah: null };
  if (event.kind === 'refunded' || event.kind === 'charged_back' || event.kind === 'reinstated') {
    if (event.amountRupiah === null) throw new Permanent('amount_awaited', { field: 'amount' });
    return { kind: event.kind, amountRupiah: event.amountRupiah };
  }
  return null;
}

export interface FoldedEvent {
  readonly donation: Donation;
  readonly postings: readonly LedgerTransaction[];
}

/**
 * Folds one event into its donation and says what to post. Pure and total over orders: a refund before its payment is
 * parked as a claim and settled when the payment comes.
 *
 * @throws Permanent where the event can never be booked as it is
 */
export function applyEvent(donation: Donation, event: CanonicalEvent, at: Instant): FoldedEvent {
  const claim = claimOf(event);
  let [next, postings]: [Donation, LedgerTransaction[]] = [donation, []];
  if (event.kind === 'paid') [next, postings] = takePaid(donation, event, at);
  else if (event.kind === 'fee_charged') [next, postings] = takeFee(donation, event, at);
  else if (claim) next = { ...donation, claims: { ...donation.claims, [event.effectKey]: claim } };
  if (event.kind === 'pending' || event.kind === 'expired' || event.kind === 'failed')
    next = { ...next, status: raiseStatus(next.status, event.kind) };
  const [settled, settlements] = settleClaims(next, at);
  assertDonationBalances(settled);
  return { donation: settled, postings: [...postings, ...settlements] };
}

/** The state a person sees (contract). */
export function donationState(donation: Donation): DonationState {
  // A card that failed and another that was paid: the later word is the good one, whatever came first.
  if (awaitsAmount(donation)) return 'pending';
  if (donation.status !== 'paid') return donation.status;
  if (donation.refundedRupiah > 0) {
    if (Object.values(donation.claims).some(({ kind }) => kind === 'charged_back')) return 'charged_back';
    return donation.refundedRupiah === donation.receivedRupiah ? 'refunded' : 'partly_refunded';
  }
  if (donation.remainingRupiah === 0) return 'allocated';
  return donation.allocatedRupiah > 0 ? 'partly_allocated' : 'received';
}
