/**
 * The one writer of a fund. The queue's group keeps it alone, the fund's sequence proves it (decision 5): credits and
 * purchases of a fund never race, so there is no hot item and no lock. Every step is a whole transaction and starts
 * from rows, so stopping anywhere and starting again ends the same.
 */
import { type CivilMonth, civilDateOf, type Instant } from '../../shared/domain/dates.ts';
import type { Donation } from '../../shared/domain/donation.ts';
import { firstMonthOf } from '../../shared/domain/fund.ts';
import { chooseForGathering, type Gathering, gather, needsGathering } from '../../shared/domain/gathering.ts';
import type { DonationId, FundId } from '../../shared/domain/ids.ts';
import { totalOf } from '../../shared/domain/tariff.ts';
import { Permanent, Transient } from '../../shared/errors.ts';
import type { FundMessage } from '../../shared/messages.ts';
import type { StoredDonation } from '../../shared/store/donations.ts';
import type { Fund } from '../../shared/store/funds.ts';
import { type BuyCoversDependencies, buyCovers, CANDIDATES_PER_LOOK, priceFor, type Queue } from './buy-covers.ts';
import { type ReattributeDependencies, reattribute } from './reattribute.ts';
import { releaseCover, repriceCover, type SettleCoverDependencies } from './settle-cover.ts';

export interface AllocateFundsDependencies
  extends ReattributeDependencies,
    SettleCoverDependencies,
    BuyCoversDependencies {
  readonly joinLine: (stored: StoredDonation) => Promise<boolean>;
  readonly removeLot: (donation: Donation) => Promise<void>;
  /** False where the fund or a donor changed since it was read. */
  readonly saveGathering: (
    fund: Fund,
    donors: readonly StoredDonation[],
    gathering: Gathering,
    at: Instant,
  ) => Promise<boolean>;
  readonly waitingList: (fund: Fund, firstMonth: CivilMonth) => Queue;
  readonly sendToFund: (message: FundMessage, occasion: string) => Promise<void>;
}

const TRIES = 12;
/** 100 allocations are 3,000 covers and some ten seconds; the rest of a great gift goes on in a message of its own. */
const ALLOCATIONS_PER_MESSAGE = 100;

/** What one message may still write. */
class Budget {
  #left = ALLOCATIONS_PER_MESSAGE;
  spend(): void {
    this.#left -= 1;
  }
  get isSpent(): boolean {
    return this.#left <= 0;
  }
}

export async function allocateFunds(message: FundMessage, dependencies: AllocateFundsDependencies): Promise<void> {
  const budget = new Budget();
  const fund = await dependencies.readFund(message.fundId);
  if (!fund) throw new Permanent('not_found', { field: 'fundId', detail: `fund ${message.fundId}` });
  const queue = dependencies.waitingList(fund, firstMonthOf(fund.descriptor, civilDateOf(dependencies.now())));
  for (const donationId of await donationsTouched(fund, message, dependencies))
    await takeDonation(fund, donationId, queue, budget, dependencies);
  await buyFromLine(fund, queue, budget, dependencies);
}

/** Asks again for what the budget of this message did not reach. */
async function goOn(message: FundMessage, dependencies: AllocateFundsDependencies): Promise<void> {
  const fund = await dependencies.readFund(message.fundId);
  await dependencies.sendToFund(message, `go on:${fund?.sequence}`);
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
  budget: Budget,
  dependencies: AllocateFundsDependencies,
): Promise<void> {
  await reattribute(donationId, dependencies);
  for (let attempt = 0; attempt < TRIES; ) {
    const stored = await dependencies.readDonation(donationId);
    if (!stored || stored.dueSince === null) return;
    if (budget.isSpent)
      return goOn({ contractVersion: 1, kind: 'donation', fundId: fund.fundId, donationId }, dependencies);
    const outcome = await buyCovers(fund.fundId, [stored], queue, dependencies);
    if (outcome === 'bought') budget.spend();
    else if (outcome === 'stopped' && (await dependencies.joinLine(stored))) return;
    else if (outcome !== 'passed') attempt += 1;
  }
  throw new Transient('contention', { detail: `donation ${donationId}` });
}

/** Buys with the pooled remainders, first in first out, until they reach no further. */
async function buyFromLine(
  fund: Fund,
  queue: Queue,
  budget: Budget,
  dependencies: AllocateFundsDependencies,
): Promise<void> {
  for (let attempt = 0; attempt < TRIES; ) {
    if ((await queue.peek(1)).length === 0) return;
    if (budget.isSpent) return goOn({ contractVersion: 1, kind: 'fill', fundId: fund.fundId }, dependencies);
    const donors = await moneyInLine(fund, queue, dependencies);
    const outcome = donors.length === 0 ? 'stopped' : await buyCovers(fund.fundId, donors, queue, dependencies);
    if (outcome === 'stopped' && !(await gatherRemainders(fund.fundId, donors, queue, dependencies))) return;
    if (outcome === 'bought' || outcome === 'stopped') budget.spend();
    else if (outcome === 'changed') attempt += 1;
  }
  throw new Transient('contention', { detail: `fund ${fund.fundId}` });
}

/**
 * Where the money for the next in line is in more hands than a transaction can name, the smallest remainders become
 * one gathered gift. Every gathering leaves fewer hands, so this ends.
 *
 * @returns false where there is nothing to gather
 */
async function gatherRemainders(
  fundId: FundId,
  donors: readonly StoredDonation[],
  queue: Queue,
  dependencies: AllocateFundsDependencies,
): Promise<boolean> {
  const fund = await dependencies.readFund(fundId);
  const [next] = await queue.peek(1);
  if (!fund || !next) return false;
  const at = dependencies.now();
  const priceRupiah = totalOf(priceFor(fund, next, firstMonthOf(fund.descriptor, civilDateOf(at))));
  if (
    !needsGathering(
      donors.map(({ donation }) => donation),
      priceRupiah,
    )
  )
    return false;
  const chosen = chooseForGathering(donors.map((stored) => ({ ...stored.donation, stored }))).map(
    ({ stored }) => stored,
  );
  const gathering = gather(
    fundId,
    chosen.map(({ donation }) => donation),
    fund.sequence + 1,
    at,
  );
  await dependencies.saveGathering(fund, chosen, gathering, at);
  return true;
}

/** The first donations in line whose money together could fill one allocation; spent ones leave the line. */
async function moneyInLine(
  fund: Fund,
  queue: Queue,
  dependencies: AllocateFundsDependencies,
): Promise<StoredDonation[]> {
  const candidates = await queue.peek(CANDIDATES_PER_LOOK);
  const firstMonth = firstMonthOf(fund.descriptor, civilDateOf(dependencies.now()));
  const wantedRupiah = candidates.reduce((sum, candidate) => sum + totalOf(priceFor(fund, candidate, firstMonth)), 0);
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
