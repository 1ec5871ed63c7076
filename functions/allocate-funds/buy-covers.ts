/** Plans one allocation from given money and writes it: whom it covers, what it costs, who gave. */
import { type Lot, POLICY_VERSION, type Purchase, planAllocation } from '../../shared/domain/allocation.ts';
import { assertSharesSum, type Cover } from '../../shared/domain/cover.ts';
import { type CivilMonth, civilDateOf, type Instant } from '../../shared/domain/dates.ts';
import { assertDonationBalances, type Donation } from '../../shared/domain/donation.ts';
import { type Candidate, firstMonthOf } from '../../shared/domain/fund.ts';
import { allocationIdOf, coverIdOf, type DonationId, type FundId } from '../../shared/domain/ids.ts';
import { addRupiah, type Rupiah, subtractRupiah } from '../../shared/domain/money.ts';
import { type PricedMonth, priceTerm } from '../../shared/domain/tariff.ts';
import { Permanent } from '../../shared/errors.ts';
import type { Log } from '../../shared/logger.ts';
import type { EnrolmentMessage } from '../../shared/messages.ts';
import type { AllocationDraft, AllocationResult } from '../../shared/store/allocations.ts';
import type { StoredDonation } from '../../shared/store/donations.ts';
import type { Fund } from '../../shared/store/funds.ts';

/** The queue as the writer walks it. */
export interface Queue {
  peek(count: number): Promise<Candidate[]>;
  drop(workerIds: Iterable<Candidate['workerId']>): void;
  readonly looked: number;
}

export interface BuyCoversDependencies {
  readonly now: () => Instant;
  readonly readFund: (fundId: FundId) => Promise<Fund | null>;
  readonly makeAllocation: (draft: AllocationDraft) => Promise<AllocationResult>;
  readonly sendEnrolment: (message: EnrolmentMessage) => Promise<void>;
  readonly log: Log;
}

/** One look at the queue: more than an allocation holds, so that stale places can be passed over. */
export const CANDIDATES_PER_LOOK = 40;
export function priceFor(fund: Fund, candidate: Candidate, firstMonth: CivilMonth): PricedMonth[] {
  return priceTerm(fund.descriptor.package, candidate.sector, firstMonth, fund.descriptor.termMonths);
}

/**
 * `passed`: some of these workers had changed since the index saw them and were passed over, which shortens the queue.
 * `changed`: the fund or a gift had changed.
 */
export type BuyOutcome = 'bought' | 'stopped' | 'passed' | 'changed';

/** Plans and writes one allocation from the given money. */
export async function buyCovers(
  fundId: FundId,
  donors: readonly StoredDonation[],
  queue: Queue,
  dependencies: BuyCoversDependencies,
): Promise<BuyOutcome> {
  const fund = await dependencies.readFund(fundId);
  if (!fund) throw new Permanent('not_found', { field: 'fundId' });
  const at = dependencies.now();
  const firstMonth = firstMonthOf(fund.descriptor, civilDateOf(at));
  const candidates = await queue.peek(CANDIDATES_PER_LOOK);
  const lots: Lot[] = donors.map(({ donation }) => donation);
  const plan = planAllocation(lots, candidates, (candidate) => priceFor(fund, candidate, firstMonth));
  if (plan.purchases.length === 0) return 'stopped';
  const result = await dependencies.makeAllocation(draftOf(fund, plan.purchases, plan.used, donors, queue.looked, at));
  if (result.outcome === 'stale_money') return 'changed';
  if (result.outcome === 'stale_workers') {
    queue.drop(result.workerIds);
    return 'passed';
  }
  queue.drop(plan.purchases.map(({ candidate }) => candidate.workerId));
  const allocationId = allocationIdOf(fund.fundId, fund.sequence + 1);
  await dependencies.sendEnrolment({ contractVersion: 1, kind: 'submit', allocationId });
  dependencies.log.info('covers bought', { allocationId, covers: plan.purchases.length });
  return 'bought';
}

function draftOf(
  fund: Fund,
  purchases: readonly Purchase<Candidate>[],
  used: ReadonlyMap<DonationId, Rupiah>,
  donors: readonly StoredDonation[],
  candidatesSeen: number,
  at: Instant,
): AllocationDraft {
  const reason = fund.descriptor.earmark.workers ? 'named_by_donor' : 'oldest_waiting';
  return {
    fund,
    at,
    covers: purchases.map((purchase) => ({ cover: coverOf(fund, purchase, at), purchase })),
    donors: donors.flatMap((stored) => {
      const usedRupiah = used.get(stored.donation.donationId);
      return usedRupiah ? [{ stored, usedRupiah, after: spent(stored.donation, usedRupiah) }] : [];
    }),
    facts: { policyVersion: POLICY_VERSION, candidatesSeen, reason },
  };
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

function coverOf(fund: Fund, { candidate, months }: Purchase<Candidate>, at: Instant): Cover {
  assertSharesSum(months);
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
  };
}
