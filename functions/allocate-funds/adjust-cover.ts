/** Prices the months of a cover anew that were not handed over when the tariff changed. */
import type { CoverMonth, Lot } from '../../shared/domain/allocation.ts';
import { type Cover, coverWindow } from '../../shared/domain/cover.ts';
import { adjustMonths } from '../../shared/domain/cover-adjustment.ts';
import { civilDateOf } from '../../shared/domain/dates.ts';
import type { DonationId } from '../../shared/domain/ids.ts';
import { cohortInGroup, groupOf } from '../../shared/domain/lifecycle.ts';
import { ZERO_RUPIAH } from '../../shared/domain/money.ts';
import type { FundMessage } from '../../shared/messages.ts';
import type { Fund } from '../../shared/store/funds.ts';
import { helpersFor, moneyMoved } from './cover-money.ts';
import { releaseOf, type SettleCoverDependencies, settle } from './settle-cover.ts';

/** @returns the donors whose money moved, to be put in line again */
export function adjustCover(
  fund: Fund,
  { coverId }: Extract<FundMessage, { kind: 'adjust' }>,
  dependencies: SettleCoverDependencies,
): Promise<DonationId[]> {
  return settle(coverId, dependencies, async (inHand) => {
    const { cover, donors, worker } = inHand;
    if (cover.state !== 'reserved' && cover.state !== 'active') return null;
    const at = dependencies.now();
    const helpers = new Map([...donors, ...(await helpersFor(fund.fundId, donors, dependencies))]);
    const months = adjustMonths(cover, {
      tariff: dependencies.tariffInForce(civilDateOf(at)),
      helpers: [...helpers.values()].map(({ donation }) => donation as Lot),
      isFree: (month) => !worker.paidMonths.has(month),
    });
    if (!months) return null;
    if (months.length === 0) return releaseOf(inHand, 'below_price', at);
    const { after, shards } = await withMonths(cover, months, dependencies);
    const money = moneyMoved(cover, after, helpers);
    return { kind: 'adjust', at, before: cover, after, worker, ...money, contributionRupiah: ZERO_RUPIAH, shards };
  });
}

/** A cover that runs gets another end where it has more or fewer months, and goes on in the cohort of that term. */
async function withMonths(
  cover: Cover,
  months: readonly CoverMonth[],
  { joinCohort, cohortSizes, now }: SettleCoverDependencies,
): Promise<{ after: Cover; shards: number | null }> {
  const { startDate, cohortId, anchorDay } = cover;
  if (!startDate || !cohortId || months.length === cover.months.length)
    return { after: { ...cover, months }, shards: null };
  const window = coverWindow(startDate, months.length, anchorDay);
  const place = cohortInGroup(startDate, months.length, groupOf(cohortId), anchorDay);
  const { shards } = await joinCohort({ ...place, shards: cohortSizes().shards }, window.endDate, now());
  return { after: { ...cover, ...window, months, cohortId: place.cohortId }, shards };
}
