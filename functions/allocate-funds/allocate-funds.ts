/**
 * The one writer of a fund. The queue's group keeps it alone, the fund's sequence proves it (decision 5): credits and
 * purchases of a fund never race, so there is no hot item and no lock. Every step is a whole transaction and starts
 * from rows, so stopping anywhere and starting again ends the same.
 */
import { type Lot, POLICY_VERSION, type Purchase, planAllocation } from '../../shared/domain/allocation.ts';
import { assertSharesSum, type Cover } from '../../shared/domain/cover.ts';
import { civilDateOf, type Instant } from '../../shared/domain/dates.ts';
import { assertDonationBalances, type Donation } from '../../shared/domain/donation.ts';
import { type Candidate, firstMonthOf } from '../../shared/domain/fund.ts';
import { allocationIdOf, coverIdOf, type DonationId, type FundId } from '../../shared/domain/ids.ts';
import { addRupiah, type Rupiah, subtractRupiah } from '../../shared/domain/money.ts';
import { priceTerm } from '../../shared/domain/tariff.ts';
import { Permanent, Transient } from '../../shared/errors.ts';
import type { Log } from '../../shared/logger.ts';
import type { EnrolmentMessage, FundMessage } from '../../shared/messages.ts';
import type { AllocationDraft, AllocationResult } from '../../shared/store/allocations.ts';
import type { StoredDonation } from '../../shared/store/donations.ts';
import type { Fund } from '../../shared/store/funds.ts';
import { type ReattributeDependencies, reattribute } from './reattribute.ts';
import { releaseCover, repriceCover, type SettleCoverDependencies } from './settle-cover.ts';

/** The queue as the writer walks it. */
export interface Queue {
  peek(count: number): Promise<Candidate[]>;
  drop(workerIds: Iterable<Candidate['workerId']>): void;
  readonly looked: number;
}

export interface AllocateFundsDependencies extends ReattributeDependencies, SettleCoverDependencies {
  readonly now: () => Instant;
  readonly readFund: (fundId: FundId) => Promise<Fund | null>;
  readonly readDonation: (donationId: DonationId) => Promise<StoredDonation | null>;
  readonly readDonations: (donationIds: readonly DonationId[]) => Promise<Map<DonationId, StoredDonation>>;
  readonly lotsInLine: (fundId: FundId) => AsyncIterable<DonationId[]>;
  readonly joinLine: (stored: StoredDonation) => Promise<boolean>;
  readonly removeLot: (donation: Donation) => Promise<void>;
  readonly waitingList: (fund: Fund, firstMonth: ReturnType<typeof firstMonthOf>) => Queue;
  readonly makeAllocation: (draft: AllocationDraft) => Promise<AllocationResult>;
  readonly sendEnrolment: (message: EnrolmentMessage) => Promise<void>;
  readonly log: Log;
}

/** One look at the queue: more than an allocation holds, so that stale places can be passed over. */
const CANDIDATES_PER_LOOK = 40;
const TRIES = 12;

export async function allocateFunds(message: FundMessage, dependencies: AllocateFundsDependencies): Promise<void> {
  const fund = await dependencies.readFund(message.fundId);
  if (!fund) throw new Permanent('not_found', { field: 'fundId', detail: `fund ${message.fundId}` });
  const queue = dependencies.waitingList(fund, firstMonthOf(fund.descriptor, civilDateOf(dependencies.now())));
  for (const donationId of await donationsTouched(fund, message, dependencies))
    await takeDonation(fund, donationId, queue, dependencies);
  await buyFromLine(fund, queue, dependencies);
}

/** The donations whose money this message brings to the fund, new or given back. */
async function donationsTouched(
  fund: Fund,
  message: FundMessage,
  dependencies: AllocateFundsDependencies,
): Promise<DonationId[]> {
  switch (message.kind) {
    case 'donation':
      return [message.donationId];
    case 'release':
      return releaseCover(fund, message, dependencies);
    case 'reprice':
      return repriceCover(fund, message, dependencies);
    case 'fill':
      return [];
  }
}

/** A gift buys whole terms with its own money; what is left joins the line of the fund. */
async function takeDonation(
  fund: Fund,
  donationId: DonationId,
  queue: Queue,
  dependencies: AllocateFundsDependencies,
): Promise<void> {
  await reattribute(donationId, dependencies);
  for (let attempt = 0; attempt < TRIES; ) {
    const stored = await dependencies.readDonation(donationId);
    if (!stored || stored.dueSince === null) return;
    const outcome = await buy(fund.fundId, [stored], queue, dependencies);
    if (outcome === 'bought') continue;
    if (outcome === 'stopped' && (await dependencies.joinLine(stored))) return;
    attempt += 1;
  }
  throw new Transient('contention', { detail: `donation ${donationId}` });
}

/** Buys with the pooled remainders, first in first out, until they reach no further. */
async function buyFromLine(fund: Fund, queue: Queue, dependencies: AllocateFundsDependencies): Promise<void> {
  for (let attempt = 0; attempt < TRIES; ) {
    if ((await queue.peek(1)).length === 0) return;
    const donors = await moneyInLine(fund, queue, dependencies);
    const outcome = donors.length === 0 ? 'stopped' : await buy(fund.fundId, donors, queue, dependencies);
    if (outcome === 'stopped') return;
    if (outcome === 'changed') attempt += 1;
  }
  throw new Transient('contention', { detail: `fund ${fund.fundId}` });
}

/** The first donations in line whose money together could fill one allocation; spent ones leave the line. */
async function moneyInLine(
  fund: Fund,
  queue: Queue,
  dependencies: AllocateFundsDependencies,
): Promise<StoredDonation[]> {
  const candidates = await queue.peek(CANDIDATES_PER_LOOK);
  const firstMonth = firstMonthOf(fund.descriptor, civilDateOf(dependencies.now()));
  const wantedRupiah = candidates.reduce((sum, candidate) => sum + termPrice(fund, candidate, firstMonth), 0);
  const found: StoredDonation[] = [];
  let sumRupiah = 0;
  for await (const page of dependencies.lotsInLine(fund.fundId)) {
    const donations = await dependencies.readDonations(page);
    for (const donationId of page) {
      const stored = donations.get(donationId);
      if (!stored) continue;
      if (stored.donation.remainingRupiah === 0) await dependencies.removeLot(stored.donation);
      else found.push(stored);
      sumRupiah += stored.donation.remainingRupiah;
    }
    if (sumRupiah >= wantedRupiah) break;
  }
  return found;
}

function priceFor(fund: Fund, candidate: Candidate, firstMonth: ReturnType<typeof firstMonthOf>) {
  return priceTerm(fund.descriptor.package, candidate.sector, firstMonth, fund.descriptor.termMonths);
}

function termPrice(fund: Fund, candidate: Candidate, firstMonth: ReturnType<typeof firstMonthOf>): number {
  return priceFor(fund, candidate, firstMonth).reduce((sum, { priceRupiah }) => sum + priceRupiah, 0);
}

type BuyOutcome = 'bought' | 'stopped' | 'changed';

/** Plans and writes one allocation from the given money. */
async function buy(
  fundId: FundId,
  donors: readonly StoredDonation[],
  queue: Queue,
  dependencies: AllocateFundsDependencies,
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
  if (result.outcome === 'stale_workers') queue.drop(result.workerIds);
  if (result.outcome !== 'made') return 'changed';
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
