/** Writes one planned allocation: whom it covers, what it costs, who gave. */
import type { Purchase } from '../../shared/domain/allocation.ts';
import { assertSharesSum, type Cover } from '../../shared/domain/cover.ts';
import type { Instant } from '../../shared/domain/dates.ts';
import { assertDonationBalances, type Donation } from '../../shared/domain/donation.ts';
import type { Continuation } from '../../shared/domain/fund.ts';
import { allocationIdOf, coverIdOf, type DonationId } from '../../shared/domain/ids.ts';
import { addRupiah, type Rupiah, subtractRupiah } from '../../shared/domain/money.ts';
import type { Log } from '../../shared/logger.ts';
import type { EnrolmentMessage } from '../../shared/messages.ts';
import type { AllocationDraft, AllocationResult } from '../../shared/store/allocations.ts';
import type { StoredDonation } from '../../shared/store/donations.ts';
import type { Fund } from '../../shared/store/funds.ts';
import type { Chosen } from './candidate-queue.ts';
import type { Desk, DeskDependencies } from './desk.ts';

export interface BuyCoversDependencies extends DeskDependencies {
  readonly makeAllocation: (draft: AllocationDraft) => Promise<AllocationResult>;
  readonly sendEnrolment: (message: EnrolmentMessage) => Promise<void>;
  readonly log: Log;
}

/** One look at the queue: more than an allocation holds, so that stale places can be passed over. */
export const CANDIDATES_PER_LOOK = 40;

/** What is to be written. */
export interface PlannedPurchase {
  readonly purchases: readonly Purchase<Chosen>[];
  readonly used: ReadonlyMap<DonationId, Rupiah>;
  readonly gifts: readonly StoredDonation[];
  /** Gifts that join the line with what is left of them; the others stay as due as they were. */
  readonly finished: ReadonlySet<DonationId>;
}

/**
 * `bought`: the gifts as they are now.
 * `passed`: some of these workers had changed since the index saw them and were passed over, which shortens the queue.
 * `changed`: the fund or a gift had changed.
 */
export type BuyOutcome =
  | { readonly outcome: 'bought'; readonly gifts: StoredDonation[] }
  | { readonly outcome: 'passed' | 'changed' };

export async function buyCovers(
  desk: Desk,
  plan: PlannedPurchase,
  dependencies: BuyCoversDependencies,
): Promise<BuyOutcome> {
  const draft = draftOf(desk, plan, dependencies.now());
  const result = await dependencies.makeAllocation(draft);
  if (result.outcome === 'stale_money') return { outcome: 'changed' };
  if (result.outcome === 'stale_workers') {
    desk.drop(result.workerIds);
    return { outcome: 'passed' };
  }
  desk.wrote(plan.purchases.map(({ candidate }) => candidate.workerId));
  const allocationId = allocationIdOf(draft.fund.fundId, draft.fund.sequence + 1);
  await dependencies.sendEnrolment({ contractVersion: 1, kind: 'submit', allocationId });
  dependencies.log.info('covers bought', { allocationId, covers: plan.purchases.length });
  return { outcome: 'bought', gifts: giftsAfter(plan, draft) };
}

function draftOf(
  { fund, policy, looked }: Desk,
  { purchases, used, gifts, finished }: PlannedPurchase,
  at: Instant,
): AllocationDraft {
  return {
    fund,
    at,
    covers: purchases.map((purchase) => ({
      cover: coverOf(fund, purchase, at),
      purchase,
      reason: purchase.candidate.reason,
    })),
    donors: gifts.flatMap((stored) => {
      const { donationId } = stored.donation;
      const usedRupiah = used.get(donationId);
      if (!usedRupiah) return [];
      return [{ stored, usedRupiah, after: spent(stored.donation, usedRupiah), isFinished: finished.has(donationId) }];
    }),
    joining: gifts.filter(({ donation: { donationId } }) => finished.has(donationId) && !used.has(donationId)),
    facts: { policyVersion: policy.version, candidatesSeen: looked },
  };
}

function giftsAfter({ gifts, finished }: PlannedPurchase, { donors }: AllocationDraft): StoredDonation[] {
  const bought = new Map(donors.map(({ after }) => [after.donationId, after]));
  return gifts.map((stored) => {
    const { donationId } = stored.donation;
    const isFinished = finished.has(donationId);
    const after = bought.get(donationId);
    if (!after && !isFinished) return stored;
    const dueSince = isFinished ? null : stored.dueSince;
    return { donation: after ?? stored.donation, version: stored.version + 1, dueSince };
  });
}

function spent(donation: Donation, usedRupiah: Rupiah): Donation {
  const after = {
    ...donation,
    allocatedRupiah: addRupiah(donation.allocatedRupiah, usedRupiah),
    remainingRupiah: subtractRupiah(donation.remainingRupiah, usedRupiah),
  };
  assertDonationBalances(after);
  return after;
}

function coverOf(fund: Fund, { candidate, months }: Purchase<Chosen>, at: Instant): Cover {
  assertSharesSum(months);
  const { continues } = candidate;
  return {
    coverId: coverIdOf(candidate.workerId, candidate.coverOrdinal + 1),
    workerId: candidate.workerId,
    fundId: fund.fundId,
    allocationId: allocationIdOf(fund.fundId, fund.sequence + 1),
    package: fund.descriptor.package,
    sector: candidate.sector,
    region: candidate.region,
    state: 'reserved',
    termMonths: fund.descriptor.termMonths,
    months,
    monthsPaid: 0,
    reservedAt: at,
    ...(continues ? { renews: continues.coverId } : {}),
    ...(continues?.from ? { continuesFrom: continues.from, ...anchorOf(continues) } : {}),
  };
}

/** Said only where it is not the day on which the cover starts anyway. */
function anchorOf({ from, anchorDay }: Continuation): Pick<Cover, 'anchorDay'> {
  return anchorDay === undefined || anchorDay === Number(from?.slice(8)) ? {} : { anchorDay };
}
