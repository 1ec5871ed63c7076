/** How a pledge stands: what its payments come to, read from the books at the moment of looking. */
import { civilDateOf, type Instant } from '../domain/dates.ts';
import type { Donation } from '../domain/donation.ts';
import { subtractRupiah } from '../domain/money.ts';
import {
  dueDateOf,
  invoiceReferenceOf,
  type PledgePayment,
  periodsOf,
  progressOf,
  unitPriceRupiah,
} from '../domain/pledge.ts';
import { tariffInForce } from '../tariff-in-force.ts';
import { readDonations } from './donations.ts';
import { donationsOfPledge, type Pledge } from './pledges.ts';

export function paymentOf({
  donationId,
  paidAt,
  firstSeenAt,
  receivedRupiah,
  refundedRupiah,
}: Donation): PledgePayment {
  const keptRupiah = subtractRupiah(receivedRupiah, refundedRupiah);
  return { donationId, paidAt: paidAt ?? firstSeenAt, keptRupiah };
}

export async function pledgeStanding(pledge: Pledge, at: Instant) {
  const { orderReference, pledgeId, createdAt, expiresAt, workers } = pledge;
  const stored = await readDonations(await donationsOfPledge(orderReference));
  const donations = [...stored.values()]
    .map(({ donation }) => donation)
    .sort((a, b) => ((a.paidAt ?? '') < (b.paidAt ?? '') ? -1 : 1));
  const payments = donations.map(paymentOf);
  const today = civilDateOf(at);
  const progress = progressOf(pledge, payments, at);
  const decision = pledge.overpayment ?? 'fund';
  const unspentRupiah = donations.reduce((sum, { remainingRupiah }) => sum + remainingRupiah, 0);
  const standing = {
    pledgeId,
    orderReference,
    invoiceReference: invoiceReferenceOf(orderReference),
    ...progress,
    workers,
    unitPriceRupiah: pledge.unitPriceRupiah ?? null,
    /** What one worker costs today: money that comes late buys at this price. */
    unitPriceTodayRupiah: workers === null ? null : unitPriceRupiah(pledge.descriptor, today, tariffInForce(today)),
    createdAt,
    expiresAt,
    dueDate: dueDateOf(pledge),
    /** The first payment of one that recurs came: it goes on. */
    isExpired: at > expiresAt && !(pledge.recurrence && payments.length > 0),
    overpayment: {
      decision,
      /** Of the money beyond the promise, what no worker was covered with yet. */
      waitsInFundRupiah: decision === 'fund' ? Math.min(progress.overRupiah, unspentRupiah) : 0,
      refundableRupiah: decision === 'refund' ? Math.min(progress.overRupiah, unspentRupiah) : 0,
    },
  };
  return { standing, donations, periods: periodsOf(pledge, payments, today) };
}
