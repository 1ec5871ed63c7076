/**
 * Money that comes back after its cover moved to the guarantee fund (a dispute that was won): the guarantee fund is
 * repaid before the gift buys anything else, so it ends as if the money had never gone (I5).
 */
import type { Instant } from './dates.ts';
import type { Donation } from './donation.ts';
import { ACCOUNTS, type LedgerTransaction, ledgerTransaction, move } from './ledger.ts';
import { addRupiah, minimumRupiah, type Rupiah, subtractRupiah, ZERO_RUPIAH } from './money.ts';

/** Shares that went to the guarantee fund. */
export function withMovedShares(donation: Donation, movedRupiah: Rupiah): Donation {
  return {
    ...donation,
    reattributeRupiah: subtractRupiah(donation.reattributeRupiah, movedRupiah),
    guaranteedRupiah: addRupiah(donation.guaranteedRupiah ?? ZERO_RUPIAH, movedRupiah),
  };
}

/** What the gift can buy back of the shares that the guarantee fund holds for it. */
export function repayableRupiah({ guaranteedRupiah = ZERO_RUPIAH, remainingRupiah }: Donation): Rupiah {
  return minimumRupiah(guaranteedRupiah, remainingRupiah);
}

/** The gift pays shares again that were moved. */
export function withRepaidShares(donation: Donation, repaidRupiah: Rupiah, at: Instant): [Donation, LedgerTransaction] {
  const guaranteedRupiah = subtractRupiah(donation.guaranteedRupiah ?? ZERO_RUPIAH, repaidRupiah);
  return repaid({ ...donation, guaranteedRupiah }, repaidRupiah, at);
}

/** The money was back before its shares had moved: they stay. */
export function keepShares(donation: Donation, at: Instant): [Donation, LedgerTransaction] | null {
  const keptRupiah = minimumRupiah(donation.reattributeRupiah, donation.remainingRupiah);
  if (keptRupiah === 0) return null;
  const reattributeRupiah = subtractRupiah(donation.reattributeRupiah, keptRupiah);
  return repaid({ ...donation, reattributeRupiah }, keptRupiah, at);
}

function repaid(donation: Donation, amountRupiah: Rupiah, at: Instant): [Donation, LedgerTransaction] {
  const posting = ledgerTransaction(
    'repayment',
    at,
    move(ACCOUNTS.fund(donation.fundId), ACCOUNTS.guarantee, amountRupiah),
  );
  const after: Donation = {
    ...donation,
    remainingRupiah: subtractRupiah(donation.remainingRupiah, amountRupiah),
    allocatedRupiah: addRupiah(donation.allocatedRupiah, amountRupiah),
  };
  return [after, posting];
}
