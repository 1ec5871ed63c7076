/**
 * Remainders too small to name in one transaction are gathered: many of them become one gift of the fund itself, which
 * then buys cover like any other. Each donor's row says what went into which gathered gift, and that gift's shares say
 * which months it bought, so every rupiah can still be followed.
 */
import { type Lot, MAXIMUM_DONORS_PER_COVER } from './allocation.ts';
import type { Instant } from './dates.ts';
import { assertDonationBalances, type Donation } from './donation.ts';
import { donationIdOf, type FundId } from './ids.ts';
import { addRupiah, type Rupiah, ZERO_RUPIAH } from './money.ts';

/** Stands where a gift names its gateway. */
export const GATHERED_GATEWAY = 'gathered';

/** Items of one transaction, 100 at most: 4 of its own and 2 a donor. */
export const MAXIMUM_DONORS_PER_GATHERING = 48;

/** Is there money enough for the next in line, only in too many hands? */
export function needsGathering(lots: readonly Lot[], priceRupiah: Rupiah): boolean {
  const sumRupiah = lots.reduce((sum, { remainingRupiah }) => sum + remainingRupiah, 0);
  return lots.length > MAXIMUM_DONORS_PER_COVER && sumRupiah >= priceRupiah;
}

/** The smallest remainders, as many as a transaction takes; of equal ones the first in line. */
export function chooseForGathering<L extends Lot>(lots: readonly L[]): L[] {
  return lots.toSorted((a, b) => a.remainingRupiah - b.remainingRupiah).slice(0, MAXIMUM_DONORS_PER_GATHERING);
}

export interface Gathering {
  /** The gift of the fund itself; it stands in line where the first of its donors stood. */
  readonly gathered: Donation;
  /** The donors, with nothing left; in the order they were given. */
  readonly donors: readonly Donation[];
}

/** @param sequence the fund's own count, which makes the gathered gift the same on every try */
export function gather(fundId: FundId, donors: readonly Donation[], sequence: number, at: Instant): Gathering {
  const paymentId = `${fundId}:${sequence}`;
  const sumRupiah = addRupiah(...donors.map(({ remainingRupiah }) => remainingRupiah));
  const firstSeenAt = donors.reduce((first, donor) => (donor.firstSeenAt < first ? donor.firstSeenAt : first), at);
  const gathered: Donation = {
    donationId: donationIdOf(GATHERED_GATEWAY, paymentId),
    gateway: GATHERED_GATEWAY,
    paymentId,
    orderReference: null,
    channel: GATHERED_GATEWAY,
    fundId,
    pledgeId: null,
    firstSeenAt,
    paidAt: at,
    status: 'paid',
    claims: {},
    receivedRupiah: sumRupiah,
    feeRupiah: ZERO_RUPIAH,
    feeCarriedRupiah: ZERO_RUPIAH,
    feeBeyondRupiah: ZERO_RUPIAH,
    statedFeeRupiah: null,
    refundedRupiah: ZERO_RUPIAH,
    allocatedRupiah: ZERO_RUPIAH,
    remainingRupiah: sumRupiah,
    reattributeRupiah: ZERO_RUPIAH,
  };
  return { gathered, donors: donors.map(given) };
}

function given(donor: Donation): Donation {
  const after = {
    ...donor,
    allocatedRupiah: addRupiah(donor.allocatedRupiah, donor.remainingRupiah),
    remainingRupiah: ZERO_RUPIAH,
  };
  assertDonationBalances(after);
  return after;
}
