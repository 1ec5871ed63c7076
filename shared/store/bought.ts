/** What gifts bought together: workers and months of cover, of covers that were not rejected or cancelled. */
import type { Cover } from '../domain/cover.ts';
import type { DonationId } from '../domain/ids.ts';
import { allocationsOf, coversOfAllocation } from './settlements.ts';

export interface Bought {
  /** Paid for in whole or in part. */
  readonly workers: number;
  readonly months: number;
  readonly amountRupiah: number;
}

export async function boughtBy(donationIds: readonly DonationId[]): Promise<Bought> {
  const allocations = await Promise.all(donationIds.map(allocationsOf));
  const own = new Set<string>(donationIds);
  const workers = new Set<string>();
  const total = { months: 0, amountRupiah: 0 };
  for (const allocationId of new Set(allocations.flat()))
    for (const cover of await coversOfAllocation(allocationId)) {
      const shares = sharesIn(cover, own);
      if (shares.length > 0) workers.add(cover.workerId);
      total.months += shares.length;
      total.amountRupiah += shares.reduce((sum, share) => sum + share, 0);
    }
  return { workers: workers.size, ...total };
}

/** What they paid of each month they paid of. */
function sharesIn({ state, months }: Cover, donationIds: ReadonlySet<string>): number[] {
  if (state === 'rejected' || state === 'cancelled') return [];
  const ofMonths = months.map(({ shares }) =>
    shares.reduce((sum, share) => (donationIds.has(share.donationId) ? sum + share.amountRupiah : sum), 0),
  );
  return ofMonths.filter((amount) => amount > 0);
}
