/**
 * Whom a gift protects. Deterministic: the same money and the same queue give the same purchases. The head of the
 * queue is never skipped for somebody cheaper, so a fund always buys the longest prefix of its queue that its money
 * reaches, whatever the order of the gifts (I5). Money is consumed first in, first out.
 */
import { assertInvariant } from '../errors.ts';
import type { DonationId, WorkerId } from './ids.ts';
import { addRupiah, minimumRupiah, type Rupiah, subtractRupiah, ZERO_RUPIAH } from './money.ts';
import type { ReasonCode } from './reasons.ts';
import { type PricedMonth, totalOf } from './tariff.ts';

/** What a transaction takes; 2 of them are the allocation's own. */
const MAXIMUM_ITEMS = 100;
const OWN_ITEMS = 2;
/** The cover and the worker. */
const ITEMS_OF_A_COVER = 2;
/** The donation and its place in line: all that a gift needs which buys nothing. */
const ITEMS_OF_A_GIFT = 2;
/** What the ledger says of a gift that bought. */
const ITEMS_OF_A_POSTING = 1;

/** Items of one transaction, 100 at most: 2 of its own, 2 a cover, 2 a donor. 30 covers and 19 donors: 2 + 60 + 38 = 100. */
export const MAXIMUM_COVERS_PER_ALLOCATION = 30;
export const MAXIMUM_DONORS_PER_ALLOCATION = 19;
/** A single cover may draw on as many donors as still fit: 2 + 2 + 2 x 48 = 100 items. */
export const MAXIMUM_DONORS_PER_COVER = 48;

export interface Lot {
  readonly donationId: DonationId;
  readonly remainingRupiah: Rupiah;
}

export interface Share {
  readonly donationId: string;
  readonly amountRupiah: Rupiah;
}

export interface CoverMonth extends PricedMonth {
  /** Sum to the price exactly (I6). */
  readonly shares: readonly Share[];
}

export interface Purchase<C extends { readonly workerId: WorkerId }> {
  readonly candidate: C;
  readonly months: readonly CoverMonth[];
}

export interface AllocationPlan<C extends { readonly workerId: WorkerId }> {
  readonly purchases: readonly Purchase<C>[];
  /** What each donation gave, in the order of the lots. */
  readonly used: ReadonlyMap<DonationId, Rupiah>;
  /** Why the plan holds no more covers. */
  readonly stopped: ReasonCode | 'full';
}

function draw(lots: Lot[], used: Map<DonationId, Rupiah>, priceRupiah: Rupiah): Share[] {
  const shares: Share[] = [];
  let missing = priceRupiah;
  for (let index = 0; index < lots.length && missing > 0; index += 1) {
    const lot = lots[index] as Lot;
    const taken = minimumRupiah(lot.remainingRupiah, missing);
    if (taken === 0) continue;
    shares.push({ donationId: lot.donationId, amountRupiah: taken });
    used.set(lot.donationId, addRupiah(used.get(lot.donationId) ?? ZERO_RUPIAH, taken));
    lots[index] = { ...lot, remainingRupiah: subtractRupiah(lot.remainingRupiah, taken) };
    missing = subtractRupiah(missing, taken);
  }
  assertInvariant(missing === 0, 'I6', 'the shares of a month do not reach its price');
  return shares;
}

/** Splits the price of each month over lots in their order: first in, first out (domain vector 5.2). */
export function fundMonths(months: readonly PricedMonth[], lots: Lot[], used: Map<DonationId, Rupiah>): CoverMonth[] {
  return months.map((month) => ({ ...month, shares: draw(lots, used, month.priceRupiah) }));
}

/**
 * The lots that pay a price: first in first out, unless that takes more donors than a transaction can name; then the
 * largest first. Null where even those do not reach it.
 */
function lotsFor(priceRupiah: Rupiah, lots: readonly Lot[]): Lot[] | null {
  const reach = (ordered: readonly Lot[]): Lot[] | null => {
    const chosen: Lot[] = [];
    let sum = 0;
    for (const lot of ordered) {
      if (lot.remainingRupiah === 0) continue;
      if (sum >= priceRupiah || chosen.length === MAXIMUM_DONORS_PER_COVER) break;
      chosen.push(lot);
      sum += lot.remainingRupiah;
    }
    return sum >= priceRupiah ? chosen : null;
  };
  return reach(lots) ?? reach([...lots].sort((a, b) => b.remainingRupiah - a.remainingRupiah));
}

function spend(lots: Lot[], chosen: readonly Lot[]): void {
  for (const lot of chosen) {
    const index = lots.findIndex(({ donationId }) => donationId === lot.donationId);
    lots[index] = lot;
  }
}

/**
 * Buys whole terms for the candidates in their order until the money, the queue or the transaction is full.
 *
 * @param price the months of a term for a candidate, each at its tariff
 */
export function planAllocation<C extends { readonly workerId: WorkerId }>(
  lots: readonly Lot[],
  candidates: readonly C[],
  price: (candidate: C) => readonly PricedMonth[],
): AllocationPlan<C> {
  const open = [...lots];
  const used = new Map<DonationId, Rupiah>();
  const purchases: Purchase<C>[] = [];
  for (const candidate of candidates) {
    if (purchases.length === MAXIMUM_COVERS_PER_ALLOCATION) return { purchases, used, stopped: 'full' };
    const months = price(candidate);
    const chosen = lotsFor(totalOf(months), open);
    if (!chosen) return { purchases, used, stopped: 'below_price' };
    const donors = new Set([...used.keys(), ...chosen.map(({ donationId }) => donationId)]).size;
    if (purchases.length > 0 && donors > MAXIMUM_DONORS_PER_ALLOCATION) return { purchases, used, stopped: 'full' };
    purchases.push({ candidate, months: fundMonths(months, chosen, used) });
    spend(open, chosen);
  }
  return { purchases, used, stopped: 'no_candidate' };
}

export interface OwnTermsPlan<C extends { readonly workerId: WorkerId }> {
  readonly purchases: readonly Purchase<C>[];
  /** What each gift gave. */
  readonly used: ReadonlyMap<DonationId, Rupiah>;
  /** The gifts that reach no further by themselves, in their order; what is left of them joins the line. */
  readonly finished: readonly DonationId[];
}

/**
 * Buys whole terms for the candidates in their order, each with the money of one gift: every gift in turn as many as it
 * reaches by itself. As many gifts as one transaction takes; those not `finished` go on in the next.
 *
 * @param candidates more than an allocation holds, unless these are all
 * @param price the months of a term for a candidate, each at its tariff
 */
export function planOwnTerms<C extends { readonly workerId: WorkerId }>(
  gifts: readonly Lot[],
  candidates: readonly C[],
  price: (candidate: C) => readonly PricedMonth[],
): OwnTermsPlan<C> {
  const plan = { purchases: [] as Purchase<C>[], used: new Map<DonationId, Rupiah>(), finished: [] as DonationId[] };
  let itemsLeft = MAXIMUM_ITEMS - OWN_ITEMS;
  for (const gift of gifts) {
    if (itemsLeft < ITEMS_OF_A_GIFT) return plan;
    itemsLeft -= ITEMS_OF_A_GIFT;
    const lot = [gift];
    for (;;) {
      const candidate = candidates[plan.purchases.length];
      const months = candidate && price(candidate);
      if (!months || totalOf(months) > (lot[0] as Lot).remainingRupiah) break;
      const items = ITEMS_OF_A_COVER + (plan.used.has(gift.donationId) ? 0 : ITEMS_OF_A_POSTING);
      if (plan.purchases.length === MAXIMUM_COVERS_PER_ALLOCATION || items > itemsLeft) return plan;
      itemsLeft -= items;
      plan.purchases.push({ candidate, months: fundMonths(months, lot, plan.used) });
    }
    plan.finished.push(gift.donationId);
  }
  return plan;
}
