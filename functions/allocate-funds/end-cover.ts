/** A cover that ends before its term: what was used is paid, what was not goes back to its donors and the next in line. */
import { paidPriceOf } from '../../shared/domain/cover.ts';
import { endCover } from '../../shared/domain/cover-end.ts';
import { civilDateOf } from '../../shared/domain/dates.ts';
import type { DonationId } from '../../shared/domain/ids.ts';
import { subtractRupiah } from '../../shared/domain/money.ts';
import type { FundMessage } from '../../shared/messages.ts';
import { moneyMoved } from './cover-money.ts';
import { type SettleCoverDependencies, settle } from './settle-cover.ts';

/** @returns the donors whose money came back, to be put in line again */
export function endCoverEarly(
  { coverId, endsOn, reason }: Extract<FundMessage, { kind: 'end' }>,
  dependencies: SettleCoverDependencies,
): Promise<DonationId[]> {
  return settle(coverId, dependencies, async ({ cover, donors, worker }) => {
    const at = dependencies.now();
    const after = endCover(cover, { endsOn, reason }, civilDateOf(at));
    if (!after) return null;
    const money = moneyMoved(cover, after, donors);
    const contributionRupiah = subtractRupiah(paidPriceOf(after), paidPriceOf(cover));
    return { kind: 'end', at, before: cover, after, worker, endsOn, ...money, contributionRupiah, shards: null };
  });
}
