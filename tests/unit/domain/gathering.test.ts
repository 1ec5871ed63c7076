import { describe, expect, it } from 'vitest';
import type { Instant } from '../../../shared/domain/dates.ts';
import type { Donation } from '../../../shared/domain/donation.ts';
import {
  chooseForGathering,
  gather,
  MAXIMUM_DONORS_PER_GATHERING,
  needsGathering,
} from '../../../shared/domain/gathering.ts';
import type { DonationId, FundId } from '../../../shared/domain/ids.ts';
import { rupiah, ZERO_RUPIAH } from '../../../shared/domain/money.ts';

const NOW = '2027-04-05T03:00:00.000Z' as Instant;

function donor(number: number, amount: number, firstSeenAt: string): Donation {
  return {
    donationId: `don_${number}` as DonationId,
    gateway: 'partner:kitabisa',
    paymentId: `p${number}`,
    orderReference: null,
    channel: 'qris',
    fundId: 'general' as FundId,
    pledgeId: null,
    firstSeenAt: firstSeenAt as Instant,
    paidAt: NOW,
    status: 'paid',
    claims: {},
    receivedRupiah: rupiah(amount),
    feeRupiah: ZERO_RUPIAH,
    feeCarriedRupiah: ZERO_RUPIAH,
    feeBeyondRupiah: ZERO_RUPIAH,
    statedFeeRupiah: null,
    refundedRupiah: ZERO_RUPIAH,
    allocatedRupiah: ZERO_RUPIAH,
    remainingRupiah: rupiah(amount),
    reattributeRupiah: ZERO_RUPIAH,
  };
}

const lots = (count: number, amount: number) =>
  Array.from({ length: count }, (_, index) => ({
    donationId: `don_${index}` as DonationId,
    remainingRupiah: rupiah(amount),
  }));

describe('gathering small remainders', () => {
  it('is needed only where the money is there and in too many hands', () => {
    expect(needsGathering(lots(51, 1_000), rupiah(50_400))).toBe(true);
    expect(needsGathering(lots(48, 1_100), rupiah(50_400))).toBe(false);
    expect(needsGathering(lots(50, 1_000), rupiah(50_400))).toBe(false);
    expect(needsGathering(lots(50, 1_008), rupiah(50_400))).toBe(true);
  });

  it('takes the smallest, and of equal ones the first in line', () => {
    const chosen = chooseForGathering([
      { donationId: 'don_big' as DonationId, remainingRupiah: rupiah(9_000) },
      ...lots(60, 500),
    ]);
    expect(chosen).toHaveLength(MAXIMUM_DONORS_PER_GATHERING);
    expect(chosen[0]?.donationId).toBe('don_0');
    expect(chosen.some(({ donationId }) => donationId === 'don_big')).toBe(false);
  });

  it('makes one gift of many, which stands where the first of them stood, and loses nothing', () => {
    const donors = [
      donor(1, 700, '2027-04-03T03:00:00.000Z'),
      donor(2, 300, '2027-04-01T03:00:00.000Z'),
      donor(3, 5, NOW),
    ];
    const { gathered, donors: after } = gather('general' as FundId, donors, 7, NOW);
    expect(gathered).toMatchObject({
      gateway: 'gathered',
      status: 'paid',
      receivedRupiah: 1_005,
      remainingRupiah: 1_005,
      allocatedRupiah: 0,
    });
    expect(gathered.firstSeenAt).toBe('2027-04-01T03:00:00.000Z');
    expect(after.map(({ allocatedRupiah, remainingRupiah }) => [allocatedRupiah, remainingRupiah])).toEqual([
      [700, 0],
      [300, 0],
      [5, 0],
    ]);
    expect(gather('general' as FundId, donors, 7, NOW).gathered.donationId).toBe(gathered.donationId);
    expect(gather('general' as FundId, donors, 8, NOW).gathered.donationId).not.toBe(gathered.donationId);
  });
});
