/** Gifts that come to a fund buy whole terms with their own money; what is left of them joins the line. */
import { type Lot, planOwnTerms } from '../../shared/domain/allocation.ts';
import type { DonationId } from '../../shared/domain/ids.ts';
import type { Rupiah } from '../../shared/domain/money.ts';
import { totalOf } from '../../shared/domain/tariff.ts';
import { Transient } from '../../shared/errors.ts';
import type { StoredDonation } from '../../shared/store/donations.ts';
import { type BuyCoversDependencies, type BuyOutcome, buyCovers, CANDIDATES_PER_LOOK } from './buy-covers.ts';
import type { Desk } from './desk.ts';
import { needsReattribution, type ReattributeDependencies, reattribute } from './reattribute.ts';

export interface TakeGiftsDependencies extends BuyCoversDependencies, ReattributeDependencies {
  readonly readDonations: (donationIds: readonly DonationId[]) => Promise<Map<DonationId, StoredDonation>>;
  /** False where one of the gifts changed since it was read. */
  readonly joinLine: (gifts: readonly StoredDonation[]) => Promise<boolean>;
}

const TRIES = 12;

/**
 * @returns the gifts that are still due, because this turn may write no more
 * @throws Transient `contention`
 */
export async function takeGifts(
  desk: Desk,
  donationIds: readonly DonationId[],
  dependencies: TakeGiftsDependencies,
): Promise<DonationId[]> {
  let gifts = await readDue(donationIds, dependencies);
  for (let attempt = 0; attempt < TRIES; ) {
    if (gifts.length === 0) return [];
    if (desk.isSpent) return gifts.map(({ donation }) => donation.donationId);
    const result = await takeSome(desk, gifts, dependencies);
    if (result.outcome === 'bought') gifts = result.gifts.filter(({ dueSince }) => dueSince !== null);
    if (result.outcome !== 'changed') continue;
    attempt += 1;
    await desk.readAgain();
    gifts = await readDue(donationIds, dependencies);
  }
  throw new Transient('contention', { detail: `donations ${donationIds.join(', ')}` });
}

/** Those the fund's writer has work with. What was taken back since it bought goes to the guarantee fund first, and back. */
async function readDue(
  donationIds: readonly DonationId[],
  dependencies: TakeGiftsDependencies,
): Promise<StoredDonation[]> {
  const found = await dependencies.readDonations(donationIds);
  const takenBack = [...found.values()].filter(({ donation }) => needsReattribution(donation));
  for (const { donation } of takenBack) await reattribute(donation.donationId, dependencies);
  const again = takenBack.map(({ donation }) => donation.donationId);
  const moved = again.length > 0 ? await dependencies.readDonations(again) : new Map<DonationId, StoredDonation>();
  return donationIds.flatMap((donationId) => {
    const stored = moved.get(donationId) ?? found.get(donationId);
    return stored && stored.dueSince !== null ? [stored] : [];
  });
}

/**
 * One transaction: as many of the gifts, from the first on, as it takes. What a worker paid alone is taken payment by
 * payment, and stays due while a cover of the worker waits for its answer: the next one goes on from that.
 */
async function takeSome(
  desk: Desk,
  due: readonly StoredDonation[],
  dependencies: TakeGiftsDependencies,
): Promise<BuyOutcome> {
  if (desk.isOwnMoney && (await desk.peek(1)).length === 0) return { outcome: 'bought', gifts: [] };
  const gifts = desk.isOwnMoney ? due.slice(0, 1) : due;
  const result = await takeFrom(desk, gifts, dependencies);
  if (result.outcome !== 'bought') return result;
  return { outcome: 'bought', gifts: [...result.gifts, ...due.slice(gifts.length)] };
}

async function takeFrom(
  desk: Desk,
  gifts: readonly StoredDonation[],
  dependencies: TakeGiftsDependencies,
): Promise<BuyOutcome> {
  const candidates = await desk.peek(CANDIDATES_PER_LOOK);
  const lots = gifts.map(({ donation }) => donation);
  const { purchases, used, finished: inOrder } = planOwnTerms(lots, candidates, desk.priced());
  const priceRupiah = totalOf(purchases.flatMap(({ months }) => months));
  const finished = new Set(desk.isOwnMoney ? inOrder.filter((id) => !reachesAgain(id, lots, priceRupiah)) : inOrder);
  if (purchases.length > 0) return buyCovers(desk, { purchases, used, gifts, finished }, dependencies);
  const joining = gifts.filter(({ donation }) => finished.has(donation.donationId));
  if (!(await dependencies.joinLine(joining))) return { outcome: 'changed' };
  return { outcome: 'bought', gifts: gifts.filter((gift) => !joining.includes(gift)) };
}

/** Paid twice or for more: it buys the next period too, and stays due until this one has its answer. */
function reachesAgain(donationId: DonationId, lots: readonly Lot[], priceRupiah: Rupiah): boolean {
  const paid = lots.find((lot) => lot.donationId === donationId);
  return priceRupiah > 0 && paid !== undefined && paid.remainingRupiah >= 2 * priceRupiah;
}
