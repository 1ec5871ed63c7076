/**
 * What becomes of a reserved cover's money once the registrar has spoken: a rejected cover gives everything back, one
 * accepted in another month than planned is priced anew. Both touch the fund's money, so both belong to its writer.
 */
import { type CoverMonth, fundMonths, type Lot, MAXIMUM_DONORS_PER_COVER } from '../../shared/domain/allocation.ts';
import { type Cover, coverWindow, GUARANTEE_DONOR, sharesOf } from '../../shared/domain/cover.ts';
import { type Instant, monthOf } from '../../shared/domain/dates.ts';
import { assertDonationBalances, type Donation } from '../../shared/domain/donation.ts';
import type { CoverId, DonationId, FundId } from '../../shared/domain/ids.ts';
import { type Cohort, cohortOf } from '../../shared/domain/lifecycle.ts';
import { addRupiah, negateRupiah, type Rupiah, subtractRupiah, ZERO_RUPIAH } from '../../shared/domain/money.ts';
import type { ReasonCode } from '../../shared/domain/reasons.ts';
import { type PricedMonth, priceTerm, totalOf } from '../../shared/domain/tariff.ts';
import { Transient } from '../../shared/errors.ts';
import type { FundMessage } from '../../shared/messages.ts';
import type { StoredDonation } from '../../shared/store/donations.ts';
import type { Fund } from '../../shared/store/funds.ts';
import type { CoverSettlement } from '../../shared/store/settlements.ts';
import { type ReattributeDependencies, reattribute } from './reattribute.ts';

export interface SettleCoverDependencies extends ReattributeDependencies {
  readonly now: () => Instant;
  readonly readCover: (coverId: CoverId) => Promise<Cover | null>;
  readonly readDonations: (donationIds: readonly DonationId[]) => Promise<Map<DonationId, StoredDonation>>;
  readonly lotsInLine: (fundId: FundId) => AsyncIterable<DonationId[]>;
  readonly cohortSizes: () => { groups: number; shards: number };
  readonly joinCohort: (cohort: Cohort, endDate: Cohort['startDate'], at: Instant) => Promise<Cohort>;
  /** False where a row changed since it was read. */
  readonly settleCover: (settlement: CoverSettlement) => Promise<boolean>;
}

const TRIES = 8;

/** @returns the donors whose money came back, to be put in line again */
export async function releaseCover(
  fund: Fund,
  message: Extract<FundMessage, { kind: 'release' }>,
  dependencies: SettleCoverDependencies,
): Promise<DonationId[]> {
  return settle(message.coverId, dependencies, async (cover, donors) =>
    releaseOf(fund, cover, donors, message.reason, dependencies.now()),
  );
}

function releaseOf(
  fund: Fund,
  cover: Cover,
  donors: ReadonlyMap<DonationId, StoredDonation>,
  reason: ReasonCode,
  at: Instant,
): CoverSettlement {
  return {
    kind: 'release',
    fund,
    at,
    before: cover,
    after: { ...cover, state: 'rejected', reason },
    months: [],
    donors: donorChanges(sharesOf(cover), new Map(), donors),
    guaranteeRupiah: sharesOf(cover).get(GUARANTEE_DONOR) ?? ZERO_RUPIAH,
    contributionRupiah: ZERO_RUPIAH,
    shards: 0,
  };
}

/** Prices an accepted cover for the months it really has; the pool helps where they are dearer, else it is shorter. */
export async function repriceCover(
  fund: Fund,
  message: Extract<FundMessage, { kind: 'reprice' }>,
  dependencies: SettleCoverDependencies,
): Promise<DonationId[]> {
  return settle(message.coverId, dependencies, async (cover, donors) => {
    const own = ownLots(cover, donors);
    const helpers = await helpersFor(fund.fundId, donors, dependencies);
    const wanted = priceTerm(cover.package, cover.sector, monthOf(message.startDate), cover.termMonths);
    const lots = [...own, ...[...helpers.values()].map(({ donation }) => donation as Lot)];
    const months = fundMonths(affordable(wanted, lots), [...lots], new Map());
    // Not one month is reached: the worker waits on, in the old place, and the money is free again.
    if (months.length === 0) return releaseOf(fund, cover, donors, 'below_price', dependencies.now());
    const { after, shards } = await accepted(cover, months, message.startDate, dependencies);
    const shares = sharesOf({ months });
    return {
      kind: 'reprice',
      fund,
      at: dependencies.now(),
      before: cover,
      after,
      months,
      donors: donorChanges(sharesOf(cover), shares, new Map([...donors, ...helpers])),
      guaranteeRupiah: subtractRupiah(
        sharesOf(cover).get(GUARANTEE_DONOR) ?? ZERO_RUPIAH,
        shares.get(GUARANTEE_DONOR) ?? ZERO_RUPIAH,
      ),
      contributionRupiah: months[0]?.priceRupiah ?? ZERO_RUPIAH,
      shards,
    };
  });
}

/** What the cover's own donors can pay: the shares they hold in it, and what else is left of their gifts. */
function ownLots(cover: Cover, donors: ReadonlyMap<DonationId, StoredDonation>): Lot[] {
  return [...sharesOf(cover)].map(([id, shareRupiah]) => {
    const donationId = id as DonationId;
    const leftRupiah = donors.get(donationId)?.donation.remainingRupiah ?? ZERO_RUPIAH;
    return { donationId, remainingRupiah: addRupiah(shareRupiah, leftRupiah) };
  });
}

async function settle(
  coverId: CoverId,
  dependencies: SettleCoverDependencies,
  decide: (cover: Cover, donors: Map<DonationId, StoredDonation>) => Promise<CoverSettlement>,
): Promise<DonationId[]> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const cover = await dependencies.readCover(coverId);
    if (cover?.state !== 'reserved') return [];
    const donors = await dependencies.readDonations(donorsOf(cover));
    const takenBack = [...donors.values()].filter(({ donation }) => donation.reattributeRupiah > 0);
    // The shares of a refund belong to the guarantee fund first, or the gift would come back twice.
    for (const { donation } of takenBack) await reattribute(donation.donationId, dependencies);
    if (takenBack.length > 0 || hasMovedShares(cover, donors)) continue;
    const settlement = await decide(cover, donors);
    if (await dependencies.settleCover(settlement)) return settlement.donors.map(({ after }) => after.donationId);
  }
  throw new Transient('contention', { detail: `cover ${coverId}` });
}

/** Whether a share went to the guarantee fund after the cover was read and before its gift was. */
function hasMovedShares(cover: Cover, donors: ReadonlyMap<DonationId, StoredDonation>): boolean {
  const shares = sharesOf(cover);
  return [...donors.values()].some(
    ({ donation }) => donation.allocatedRupiah < (shares.get(donation.donationId) ?? ZERO_RUPIAH),
  );
}

function donorsOf(cover: Cover): DonationId[] {
  return [...sharesOf(cover).keys()].filter((id) => id !== GUARANTEE_DONOR) as DonationId[];
}

/** Pool donors that may help one cover over a dearer month; with its own donors they fit one transaction. */
async function helpersFor(
  fundId: FundId,
  donors: ReadonlyMap<DonationId, StoredDonation>,
  dependencies: SettleCoverDependencies,
): Promise<Map<DonationId, StoredDonation>> {
  for await (const page of dependencies.lotsInLine(fundId)) {
    const others = page
      .filter((donationId) => !donors.has(donationId))
      .slice(0, MAXIMUM_DONORS_PER_COVER - donors.size);
    const found = await dependencies.readDonations(others);
    return new Map([...found].filter(([, { donation }]) => donation.remainingRupiah > 0));
  }
  return new Map();
}

/** The longest beginning of a term that the money reaches. */
function affordable(months: readonly PricedMonth[], lots: readonly Lot[]): PricedMonth[] {
  const sumRupiah = addRupiah(...lots.map(({ remainingRupiah }) => remainingRupiah));
  const reached = [...months];
  while (reached.length > 0 && totalOf(reached) > sumRupiah) reached.pop();
  return reached;
}

/** What each donor's share changed by, applied to the donation: positive deltas are spent, negative come back. */
function donorChanges(
  before: ReadonlyMap<string, Rupiah>,
  after: ReadonlyMap<string, Rupiah>,
  donors: ReadonlyMap<DonationId, StoredDonation>,
): CoverSettlement['donors'] {
  return [...donors.values()].flatMap((stored) => {
    const { donation } = stored;
    const was = before.get(donation.donationId) ?? ZERO_RUPIAH;
    const deltaRupiah = subtractRupiah(after.get(donation.donationId) ?? ZERO_RUPIAH, was);
    return deltaRupiah === 0 ? [] : [{ stored, deltaRupiah, after: shifted(donation, deltaRupiah) }];
  });
}

function shifted(donation: Donation, deltaRupiah: Rupiah): Donation {
  const after = {
    ...donation,
    allocatedRupiah: addRupiah(donation.allocatedRupiah, deltaRupiah),
    remainingRupiah: addRupiah(donation.remainingRupiah, negateRupiah(deltaRupiah)),
  };
  assertDonationBalances(after);
  return after;
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
