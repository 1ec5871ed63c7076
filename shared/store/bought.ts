/** What gifts bought together: workers and months of cover, of covers that were not rejected. */
import type { Cover } from '../domain/cover.ts';
import type { DonationId } from '../domain/ids.ts';
import { inParallel } from '../parallel.ts';
import { allocationsOf, coversOfAllocation } from './settlements.ts';

/** A company's pledge is some hundred allocations, and somebody waits for the page. */
const CONCURRENT_READS = 16;

export interface Bought {
  /** Paid for in whole or in part. */
  readonly workers: number;
  readonly months: number;
}

export async function boughtBy(donationIds: readonly DonationId[]): Promise<Bought> {
  const allocations = await inParallel(donationIds, CONCURRENT_READS, allocationsOf);
  const covers = await inParallel([...new Set(allocations.flat())], CONCURRENT_READS, coversOfAllocation);
  const own = new Set<string>(donationIds);
  const bought = covers.flat().map(({ workerId, ...cover }) => ({ workerId, months: monthsPaidBy(own, cover) }));
  const paid = bought.filter(({ months }) => months > 0);
  return {
    workers: new Set(paid.map(({ workerId }) => workerId)).size,
    months: paid.reduce((sum, { months }) => sum + months, 0),
  };
}

/** Of how many months they paid all or some. */
function monthsPaidBy(donationIds: ReadonlySet<string>, { state, months }: Pick<Cover, 'state' | 'months'>): number {
  if (state === 'rejected') return 0;
  return months.filter(({ shares }) => shares.some(({ donationId }) => donationIds.has(donationId))).length;
}
