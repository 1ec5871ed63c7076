/**
 * The one writer of a fund. The queue's group keeps it alone, the fund's sequence proves it (decision 5): credits and
 * purchases of a fund never race, so there is no hot item and no lock. Every step is a whole transaction and starts
 * from rows, so stopping anywhere and starting again ends the same.
 */
import type { DonationId } from '../../shared/domain/ids.ts';
import type { FundMessage } from '../../shared/messages.ts';
import { adjustCover } from './adjust-cover.ts';
import { type BuyFromLineDependencies, buyFromLine } from './buy-from-line.ts';
import { Desk } from './desk.ts';
import { endCoverEarly } from './end-cover.ts';
import { releaseCover, repriceCover, type SettleCoverDependencies } from './settle-cover.ts';
import { type TakeGiftsDependencies, takeGifts } from './take-gifts.ts';

export interface AllocateFundsDependencies
  extends SettleCoverDependencies,
    TakeGiftsDependencies,
    BuyFromLineDependencies {
  readonly sendToFund: (message: FundMessage, occasion: string) => Promise<void>;
}

/**
 * Does what the messages of one fund ask: each gift buys whole terms by itself, in their order, and what is left of all
 * of them is pooled. How much is bought does not depend on how many messages come together: in the end the longest
 * beginning of the queue is covered that the money reaches.
 *
 * @param messages of one fund
 * @throws Permanent `not_found`, Transient `contention`
 */
export async function allocateFunds(
  messages: readonly FundMessage[],
  dependencies: AllocateFundsDependencies,
): Promise<void> {
  const [first] = messages;
  if (!first) return;
  const desk = await Desk.open(first.fundId, dependencies);
  const touched: DonationId[] = [];
  for (const message of messages) touched.push(...(await donationsTouched(desk, message, dependencies)));
  for (const donationId of await takeGifts(desk, [...new Set(touched)], dependencies))
    await goOn(desk, { contractVersion: 1, kind: 'donation', fundId: desk.fund.fundId, donationId }, dependencies);
  if (!(await buyFromLine(desk, dependencies)))
    await goOn(desk, { contractVersion: 1, kind: 'fill', fundId: desk.fund.fundId }, dependencies);
}

/** Asks again for what this turn did not reach. */
function goOn(desk: Desk, message: FundMessage, { now, sendToFund }: AllocateFundsDependencies): Promise<void> {
  // A turn that only looked has moved nothing by which its request could be told from the next.
  const looked = desk.isCutShort ? `:${now()}` : '';
  return sendToFund(message, `go on:${desk.fund.sequence}${looked}`);
}

/** The donations whose money a message brings to the fund, new or given back. */
async function donationsTouched(
  { fund }: Desk,
  message: FundMessage,
  dependencies: AllocateFundsDependencies,
): Promise<DonationId[]> {
  switch (message.kind) {
    case 'donation':
      return [message.donationId];
    case 'release':
      return releaseCover(message, dependencies);
    case 'reprice':
      return repriceCover(fund, message, dependencies);
    case 'end':
      return endCoverEarly(message, dependencies);
    case 'adjust':
      return adjustCover(fund, message, dependencies);
    case 'fill':
      return [];
  }
}
