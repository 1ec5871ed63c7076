/** Whose money is in a cover, what more they and the pool could give, and what a change of the cover means for each. */
import { type Lot, MAXIMUM_DONORS_PER_COVER } from '../../shared/domain/allocation.ts';
import { type Cover, GUARANTEE_DONOR, sharesOf } from '../../shared/domain/cover.ts';
import { assertDonationBalances, type Donation } from '../../shared/domain/donation.ts';
import type { DonationId, FundId } from '../../shared/domain/ids.ts';
import { addRupiah, negateRupiah, type Rupiah, subtractRupiah, ZERO_RUPIAH } from '../../shared/domain/money.ts';
import type { StoredDonation } from '../../shared/store/donations.ts';
import type { CoverSettlement } from '../../shared/store/settlements.ts';

export type Donors = ReadonlyMap<DonationId, StoredDonation>;

export interface PoolDependencies {
  readonly readDonations: (donationIds: readonly DonationId[]) => Promise<Map<DonationId, StoredDonation>>;
  readonly lotsInLine: (fundId: FundId) => AsyncIterable<DonationId[]>;
}

export function donorsOf(cover: Cover): DonationId[] {
  return [...sharesOf(cover).keys()].filter((id) => id !== GUARANTEE_DONOR) as DonationId[];
}

/** What the cover's own donors can pay: the shares they hold in it, and what else is left of their gifts. */
export function ownLots(cover: Cover, donors: Donors): Lot[] {
  return [...sharesOf(cover)].map(([id, shareRupiah]) => {
    const donationId = id as DonationId;
    const leftRupiah = donors.get(donationId)?.donation.remainingRupiah ?? ZERO_RUPIAH;
    return { donationId, remainingRupiah: addRupiah(shareRupiah, leftRupiah) };
  });
}

/** Whether a share went to the guarantee fund after the cover was read and before its gift was. */
export function hasMovedShares(cover: Cover, donors: Donors): boolean {
  const shares = sharesOf(cover);
  return [...donors.values()].some(
    ({ donation }) => donation.allocatedRupiah < (shares.get(donation.donationId) ?? ZERO_RUPIAH),
  );
}

/** Pool donors that may help one cover over a dearer month; with its own donors they fit one transaction. */
export async function helpersFor(
  fundId: FundId,
  donors: Donors,
  { lotsInLine, readDonations }: PoolDependencies,
): Promise<Map<DonationId, StoredDonation>> {
  for await (const page of lotsInLine(fundId)) {
    const others = page
      .filter((donationId) => !donors.has(donationId))
      .slice(0, MAXIMUM_DONORS_PER_COVER - donors.size);
    const found = await readDonations(others);
    return new Map([...found].filter(([, { donation }]) => donation.remainingRupiah > 0));
  }
  return new Map();
}

/** What each donor's share changed by, and what the guarantee fund gets back. */
export function moneyMoved(
  before: Cover,
  after: Cover,
  donors: Donors,
): Pick<CoverSettlement, 'donors' | 'guaranteeRupiah'> {
  const [was, is] = [sharesOf(before), after.state === 'rejected' ? new Map<string, Rupiah>() : sharesOf(after)];
  const deltaOf = (id: string) => subtractRupiah(is.get(id) ?? ZERO_RUPIAH, was.get(id) ?? ZERO_RUPIAH);
  return {
    donors: [...donors.values()].flatMap((stored) => {
      const deltaRupiah = deltaOf(stored.donation.donationId);
      return deltaRupiah === 0 ? [] : [{ stored, deltaRupiah, after: shifted(stored.donation, deltaRupiah) }];
    }),
    guaranteeRupiah: negateRupiah(deltaOf(GUARANTEE_DONOR)),
  };
}

/** A positive difference is spent, a negative one comes back. */
function shifted(donation: Donation, deltaRupiah: Rupiah): Donation {
  const after = {
    ...donation,
    allocatedRupiah: addRupiah(donation.allocatedRupiah, deltaRupiah),
    remainingRupiah: addRupiah(donation.remainingRupiah, negateRupiah(deltaRupiah)),
  };
  assertDonationBalances(after);
  return after;
}
