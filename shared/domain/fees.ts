/**
 * What a channel keeps of a gift, and how much of that may be taken from the gift. Collecting may cost a tenth at most
 * (PP 29/1980, article 6), and nothing of zakat: all of it is for the poor (MUI fatwa 102/2025). What a channel keeps
 * beyond that is carried by the guarantee fund. Held to gift by gift, so it holds for every campaign made of them.
 */
import type { FundClass } from './fund.ts';
import { minimumRupiah, type Rupiah, rupiah, ZERO_RUPIAH } from './money.ts';

/** One part in so many; zero: no part. What a worker pays buys months to the last rupiah. */
const SHARE_OF_GIFT: Readonly<Record<FundClass, number>> = { general: 10, csr: 10, zakat: 0, self: 0 };

/** The part of a fee the gift itself may bear, in whole rupiah: a tenth is rounded down. */
export function chargeableFee(feeRupiah: Rupiah, receivedRupiah: Rupiah, fundClass: FundClass): Rupiah {
  const share = SHARE_OF_GIFT[fundClass];
  return share === 0 ? ZERO_RUPIAH : minimumRupiah(feeRupiah, rupiah(Math.floor(receivedRupiah / share)));
}
