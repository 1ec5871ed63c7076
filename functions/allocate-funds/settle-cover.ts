/**
 * What becomes of a reserved cover's money once the registrar has spoken: a rejected cover gives everything back, one
 * accepted in another month than planned is priced anew. Both touch the fund's money, so both belong to its writer.
 */
import { type CoverMonth, fundMonths, type Lot } from '../../shared/domain/allocation.ts';
import { type Cover, coverWindow } from '../../shared/domain/cover.ts';
import { type CivilDate, civilDateOf, type Instant, monthOf } from '../../shared/domain/dates.ts';
import type { CoverId, DonationId } from '../../shared/domain/ids.ts';
import { type Cohort, cohortOf } from '../../shared/domain/lifecycle.ts';
import { addRupiah, ZERO_RUPIAH } from '../../shared/domain/money.ts';
import type { ReasonCode } from '../../shared/domain/reasons.ts';
import { type PricedMonth, priceTerm, type Tariff, totalOf } from '../../shared/domain/tariff.ts';
import type { WorkerRow } from '../../shared/domain/worker.ts';
import { InvariantBroken, Transient } from '../../shared/errors.ts';
import type { FundMessage } from '../../shared/messages.ts';
import type { StoredDonation } from '../../shared/store/donations.ts';
import type { Fund } from '../../shared/store/funds.ts';
import type { CoverSettlement } from '../../shared/store/settlements.ts';
import { donorsOf, hasMovedShares, helpersFor, moneyMoved, ownLots, type PoolDependencies } from './cover-money.ts';
import { type ReattributeDependencies, reattribute } from './reattribute.ts';

export interface SettleCoverDependencies extends ReattributeDependencies, PoolDependencies {
  readonly now: () => Instant;
  readonly readCover: (coverId: CoverId) => Promise<Cover | null>;
  readonly readWorker: (workerId: Cover['workerId']) => Promise<WorkerRow | null>;
  readonly tariffInForce: (today: CivilDate) => Tariff;
  readonly cohortSizes: () => { groups: number; shards: number };
  readonly joinCohort: (cohort: Cohort, endDate: Cohort['startDate'], at: Instant) => Promise<Cohort>;
  /** False where a row changed since it was read. */
  readonly settleCover: (settlement: CoverSettlement) => Promise<boolean>;
}

const TRIES = 8;

/** A cover as it is, with whose money is in it and whom it covers. */
export interface CoverInHand {
  readonly cover: Cover;
  readonly donors: Map<DonationId, StoredDonation>;
  readonly worker: WorkerRow;
}

/**
 * Decides and writes until nothing changed in between.
 *
 * @param decide null where there is nothing to do for the cover
 * @returns the donors whose money moved, to be put in line again
 * @throws Transient `contention`
 */
export async function settle(
  coverId: CoverId,
  dependencies: SettleCoverDependencies,
  decide: (inHand: CoverInHand) => Promise<CoverSettlement | null>,
): Promise<DonationId[]> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const cover = await dependencies.readCover(coverId);
    if (!cover || cover.state === 'rejected') return [];
    const donors = await dependencies.readDonations(donorsOf(cover));
    const takenBack = [...donors.values()].filter(({ donation }) => donation.reattributeRupiah > 0);
    // The shares of a refund belong to the guarantee fund first, or the gift would come back twice.
    for (const { donation } of takenBack) await reattribute(donation.donationId, dependencies);
    if (takenBack.length > 0 || hasMovedShares(cover, donors)) continue;
    const worker = await dependencies.readWorker(cover.workerId);
    if (!worker) throw new InvariantBroken('I3', `cover ${coverId} has no worker`);
    const settlement = await decide({ cover, donors, worker });
    if (!settlement) return [];
    if (await dependencies.settleCover(settlement)) return settlement.donors.map(({ after }) => after.donationId);
  }
  throw new Transient('contention', { detail: `cover ${coverId}` });
}

/** Gives everything back. */
export async function releaseCover(
  message: Extract<FundMessage, { kind: 'release' }>,
  dependencies: SettleCoverDependencies,
): Promise<DonationId[]> {
  return settle(message.coverId, dependencies, async (inHand) =>
    inHand.cover.state === 'reserved' ? releaseOf(inHand, message.reason, dependencies.now()) : null,
  );
}

export function releaseOf({ cover, donors, worker }: CoverInHand, reason: ReasonCode, at: Instant): CoverSettlement {
  const after: Cover = { ...cover, state: 'rejected', reason };
  const money = moneyMoved(cover, after, donors);
  return { kind: 'release', at, before: cover, after, worker, ...money, contributionRupiah: ZERO_RUPIAH, shards: null };
}

/** Prices an accepted cover for the months it really has; the pool helps where they are dearer, else it is shorter. */
export async function repriceCover(
  fund: Fund,
  message: Extract<FundMessage, { kind: 'reprice' }>,
  dependencies: SettleCoverDependencies,
): Promise<DonationId[]> {
  return settle(message.coverId, dependencies, async (inHand) => {
    const { cover, donors, worker } = inHand;
    if (cover.state !== 'reserved') return null;
    const at = dependencies.now();
    const free = freeMonths(inHand, message.startDate, dependencies.tariffInForce(civilDateOf(at)));
    if (free.length === 0) return releaseOf(inHand, 'already_covered', at);
    const helpers = await helpersFor(fund.fundId, donors, dependencies);
    const lots = [...ownLots(cover, donors), ...[...helpers.values()].map(({ donation }) => donation as Lot)];
    const months = fundMonths(affordable(free, lots), [...lots], new Map());
    // Not one month is reached: the worker waits on, in the old place, and the money is free again.
    if (months.length === 0) return releaseOf(inHand, 'below_price', at);
    const { after, shards } = await accepted(cover, months, message.startDate, dependencies);
    const money = moneyMoved(cover, after, new Map([...donors, ...helpers]));
    const contributionRupiah = months[0]?.priceRupiah ?? ZERO_RUPIAH;
    return { kind: 'reprice', at, before: cover, after, worker, ...money, contributionRupiah, shards };
  });
}

/** The months from the start on, up to the first that somebody else pays (I3). */
function freeMonths({ cover, worker }: CoverInHand, startDate: CivilDate, tariff: Tariff): PricedMonth[] {
  const own = new Set(cover.months.map(({ month }) => month));
  const wanted = priceTerm(cover.package, cover.sector, monthOf(startDate), cover.termMonths, tariff);
  const taken = wanted.findIndex(({ month }) => worker.paidMonths.has(month) && !own.has(month));
  return taken < 0 ? wanted : wanted.slice(0, taken);
}

/** The longest beginning of a term that the money reaches. */
function affordable(months: readonly PricedMonth[], lots: readonly Lot[]): PricedMonth[] {
  const sumRupiah = addRupiah(...lots.map(({ remainingRupiah }) => remainingRupiah));
  const reached = [...months];
  while (reached.length > 0 && totalOf(reached) > sumRupiah) reached.pop();
  return reached;
}

async function accepted(
  cover: Cover,
  months: readonly CoverMonth[],
  startDate: Cohort['startDate'],
  dependencies: SettleCoverDependencies,
): Promise<{ after: Cover; shards: number }> {
  const at = dependencies.now();
  const window = coverWindow(startDate, months.length, cover.anchorDay);
  const cohort = cohortOf(cover.coverId, startDate, months.length, dependencies.cohortSizes(), cover.anchorDay);
  const { shards } = await dependencies.joinCohort(cohort, window.endDate, at);
  const { cohortId } = cohort;
  return { after: { ...cover, ...window, state: 'active', acceptedAt: at, months, monthsPaid: 1, cohortId }, shards };
}
