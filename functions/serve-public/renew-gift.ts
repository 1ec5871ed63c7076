/** A donor covers the same workers again: who of them can be renewed now, at what price, and the promise to pay it. */
import { firstMonthFor } from '../../shared/domain/continuation.ts';
import type { Cover } from '../../shared/domain/cover.ts';
import { addDays, type CivilDate, type CivilMonth, civilDateOf, type Instant } from '../../shared/domain/dates.ts';
import { type Candidate, fundAllows, type GiftPurpose } from '../../shared/domain/fund.ts';
import type { CoverId, DonationId } from '../../shared/domain/ids.ts';
import { addRupiah, type Rupiah, ZERO_RUPIAH } from '../../shared/domain/money.ts';
import type { AllocationPolicy } from '../../shared/domain/policy.ts';
import { type PricedMonth, priceTerm, type Tariff, totalOf } from '../../shared/domain/tariff.ts';
import { Permanent } from '../../shared/errors.ts';
import type { ContinuityQuestion } from '../../shared/store/continuing.ts';
import type { Pledge } from '../../shared/store/pledges.ts';
import { type MakePledgeDependencies, makePledge, pledgeRequestSchema } from './make-pledge.ts';

export interface RenewDependencies extends MakePledgeDependencies {
  readonly readPledgeOfReceipt: (receiptToken: string) => Promise<Pledge | null>;
  /** Those whom the gifts under a pledge covered, as the fund's writer would take them. */
  readonly renewedCandidates: (orderReference: string, question: ContinuityQuestion) => AsyncIterable<Candidate>;
  readonly readCovers: (coverIds: readonly CoverId[]) => Promise<Cover[]>;
  readonly donationsOfPledge: (orderReference: string) => Promise<DonationId[]>;
  readonly policyAt: (now: Instant) => Promise<AllocationPolicy>;
  readonly tariffInForce: (today: CivilDate) => Tariff;
}

export interface RenewalOffer {
  readonly workers: number;
  readonly termMonths: number;
  /** The first and the last end of cover that goes on without a gap: days no longer covered. Null: all has lapsed. */
  readonly ends: { readonly firstEnd: CivilDate; readonly lastEnd: CivilDate } | null;
  readonly months: readonly PricedMonth[];
  readonly totalRupiah: Rupiah;
  /** From this day on, money for workers who could not be renewed protects others. */
  readonly widensOn: CivilDate;
}

/** Long enough for grace and a lapse; after that nobody who was meant comes back. */
const WIDENS_AFTER_DAYS = 180;

function purposeOf({ descriptor, orderReference }: Pledge): GiftPurpose {
  return { ...descriptor, startMonth: null, earmark: { renewalOf: orderReference } };
}

/** Of those, the ones nobody has renewed yet: their last cover is of this gift, or they wait again. */
async function notRenewed(
  candidates: readonly Candidate[],
  { orderReference }: Pledge,
  { donationsOfPledge, readCovers }: RenewDependencies,
): Promise<Candidate[]> {
  const own = new Set<string>(await donationsOfPledge(orderReference));
  const last = await readCovers(candidates.flatMap(({ continues }) => (continues ? [continues.coverId] : [])));
  const paid = last.filter(({ months }) =>
    months.some(({ shares }) => shares.some((share) => own.has(share.donationId))),
  );
  const ids = new Set(paid.map(({ coverId }) => coverId));
  return candidates.filter(({ continues }) => continues === null || ids.has(continues.coverId));
}

async function candidatesOf(pledge: Pledge, question: ContinuityQuestion, dependencies: RenewDependencies) {
  const { descriptor, policy, today } = question;
  const cap = policy.donatedTermsCap ?? Number.POSITIVE_INFINITY;
  const found: Candidate[] = [];
  for await (const candidate of dependencies.renewedCandidates(pledge.orderReference, question))
    if (candidate.donatedTerms < cap && fundAllows(descriptor, candidate, firstMonthFor(candidate, descriptor, today)))
      found.push(candidate);
  return notRenewed(found, pledge, dependencies);
}

/** At the tariff of today, worker by worker, as the money would be spent if it came now. */
export async function offerOf(pledge: Pledge, dependencies: RenewDependencies): Promise<RenewalOffer> {
  const now = dependencies.now();
  const today = civilDateOf(now);
  const [descriptor, policy] = [purposeOf(pledge), await dependencies.policyAt(now)];
  const tariff = dependencies.tariffInForce(today);
  const candidates = await candidatesOf(pledge, { descriptor, policy, today }, dependencies);
  const prices = new Map<CivilMonth, Rupiah>();
  for (const candidate of candidates) {
    const first = firstMonthFor(candidate, descriptor, today);
    const term = priceTerm(descriptor.package, candidate.sector, first, descriptor.termMonths, tariff);
    for (const { month, priceRupiah } of term)
      prices.set(month, addRupiah(prices.get(month) ?? ZERO_RUPIAH, priceRupiah));
  }
  const ends = candidates.flatMap(({ continues }) => (continues?.from ? [continues.from] : [])).sort();
  const months = [...prices].sort().map(([month, priceRupiah]) => ({ month, priceRupiah }));
  const [firstEnd, lastEnd] = [ends[0], ends.at(-1)];
  return {
    workers: candidates.length,
    termMonths: descriptor.termMonths,
    ends: firstEnd && lastEnd ? { firstEnd, lastEnd } : null,
    months,
    totalRupiah: totalOf(months),
    widensOn: addDays(today, WIDENS_AFTER_DAYS),
  };
}

/**
 * The promise to renew, of the same donor and for the same purpose as the gift.
 *
 * @throws Permanent `nothing_to_renew`
 */
export function renewGift(gift: Pledge, offer: RenewalOffer, dependencies: RenewDependencies): Promise<Pledge> {
  if (offer.workers === 0) throw new Permanent('nothing_to_renew');
  const { donorId, donorKind, anonymous, language, channel, descriptor, orderReference, overpayment } = gift;
  const request = pledgeRequestSchema.parse({
    donor: { kind: donorKind, anonymous, language },
    channel,
    amountRupiah: offer.totalRupiah,
    fundClass: descriptor.fundClass,
    package: descriptor.package,
    termMonths: offer.termMonths,
    renewalOf: orderReference,
    earmark: { expiresOn: offer.widensOn, fallback: 'widen' },
    overpayment,
  });
  // Whoever has the link pays; the gift is of the donor of the first one.
  return makePledge(request, { ...dependencies, keepDonor: async () => donorId });
}
