/** The fee side of a payment's fold: what the gift bears of it, what the guarantee fund carries. */
import { Permanent } from '../errors.ts';
import type { CanonicalEvent } from './canonical-event.ts';
import type { Instant } from './dates.ts';
import type { Donation } from './donation.ts';
import { chargeableFee } from './fees.ts';
import { fundClassOf } from './fund.ts';
import { ACCOUNTS, type LedgerTransaction, ledgerTransaction, move } from './ledger.ts';
import { type Rupiah, rupiah, subtractRupiah } from './money.ts';

/** The parts of a payment's fee: what the gift bears, and what is beyond that. The statement's word beats the payment's. */
export function feeOfPayment(
  { statedFeeRupiah, fundId }: Donation,
  receivedRupiah: Rupiah,
  ownFeeRupiah: Rupiah,
): { readonly chargedRupiah: Rupiah; readonly beyondRupiah: Rupiah } {
  // A stated fee larger than its payment is nobody's fee; a payment is not held up by it.
  const isKnown = statedFeeRupiah !== null && statedFeeRupiah <= receivedRupiah;
  const feeRupiah = isKnown ? statedFeeRupiah : ownFeeRupiah;
  const chargedRupiah = chargeableFee(feeRupiah, receivedRupiah, fundClassOf(fundId));
  return { chargedRupiah, beyondRupiah: subtractRupiah(feeRupiah, chargedRupiah) };
}

/**
 * The whole fee as a statement names it, before the payment or after. More fee is taken from what is left of the gift,
 * then carried; less fee relieves the guarantee fund first: a gift ends the same in any order (I5).
 *
 * @throws Permanent `fee_exceeds_amount`
 */
export function takeFee(donation: Donation, event: CanonicalEvent, at: Instant): [Donation, LedgerTransaction[]] {
  const { amountRupiah: statedRupiah } = event;
  if (statedRupiah === null) throw new Permanent('amount_missing', { field: 'fee' });
  const stated = { ...donation, statedFeeRupiah: statedRupiah };
  if (donation.status !== 'paid') return [stated, []];
  if (statedRupiah > donation.receivedRupiah) throw new Permanent('fee_exceeds_amount', { field: 'fee' });
  const chargeableRupiah = chargeableFee(statedRupiah, donation.receivedRupiah, fundClassOf(donation.fundId));
  const moreRupiah = chargeableRupiah - donation.feeRupiah - donation.feeCarriedRupiah;
  const fromRemaining =
    moreRupiah > 0
      ? Math.min(moreRupiah, donation.remainingRupiah)
      : Math.min(0, moreRupiah + donation.feeCarriedRupiah);
  const carried = moreRupiah - fromRemaining;
  const beyond = statedRupiah - chargeableRupiah - donation.feeBeyondRupiah;
  const fees = ACCOUNTS.fees(donation.gateway);
  const posting = ledgerTransaction('fee', at, [
    ...move(ACCOUNTS.fund(donation.fundId), fees, rupiah(fromRemaining)),
    ...move(ACCOUNTS.guarantee, fees, rupiah(carried + beyond)),
  ]);
  const charged: Donation = {
    ...stated,
    feeRupiah: rupiah(donation.feeRupiah + fromRemaining),
    remainingRupiah: rupiah(donation.remainingRupiah - fromRemaining),
    feeCarriedRupiah: rupiah(donation.feeCarriedRupiah + carried),
    feeBeyondRupiah: rupiah(donation.feeBeyondRupiah + beyond),
  };
  return [charged, posting.entries.length > 0 ? [posting] : []];
}
