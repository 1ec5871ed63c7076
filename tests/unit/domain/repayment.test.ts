import { expect, it } from 'vitest';
import { applyEvent, assertDonationBalances, type Donation } from '../../../shared/domain/donation.ts';
import { rupiah } from '../../../shared/domain/money.ts';
import { keepShares, repayableRupiah, withMovedShares, withRepaidShares } from '../../../shared/domain/repayment.ts';
import { AT, eventOf, opened } from '../../support/events.ts';

const paid = eventOf('paid', 100_000);
const chargeback = eventOf('charged_back', 100_000, { effect: 'chargeback:full' });
const fold = (donation: Donation, event: typeof paid) => applyEvent(donation, event, AT).donation;

/** Of 100,000 it bought cover for 84,000, and all of it was charged back. */
function chargedBack(): Donation {
  const bought = { ...fold(opened(paid), paid), allocatedRupiah: rupiah(84_000), remainingRupiah: rupiah(16_000) };
  return fold(bought, chargeback);
}

const repayment = (amount: number) => [
  { account: 'fund:general', amountRupiah: -amount },
  { account: 'guarantee', amountRupiah: amount },
];

it('what was moved to the guarantee fund is repaid as far as there is money, and I2 holds', () => {
  const moved = withMovedShares(chargedBack(), rupiah(84_000));
  expect(moved).toMatchObject({ reattributeRupiah: 0, guaranteedRupiah: 84_000, remainingRupiah: 0 });
  expect(repayableRupiah(moved)).toBe(0);
  const half = fold(moved, eventOf('reinstated', 50_000));
  expect(repayableRupiah(half)).toBe(50_000);
  const [after, posting] = withRepaidShares(half, rupiah(50_000), AT);
  expect(after).toMatchObject({ allocatedRupiah: 50_000, remainingRupiah: 0, guaranteedRupiah: 34_000 });
  expect(posting).toMatchObject({ kind: 'repayment', entries: repayment(50_000) });
  expect(() => assertDonationBalances(after)).not.toThrow();
});

it('of a gift that never was taken back nothing is repaid', () => {
  expect(repayableRupiah(fold(opened(paid), paid))).toBe(0);
  expect(keepShares(fold(opened(paid), paid), AT)).toBeNull();
  const [odd] = withRepaidShares(fold(opened(paid), paid), rupiah(0), AT);
  expect(odd.guaranteedRupiah).toBe(0);
});

it('shares that had not moved yet stay with the gift whose money is back', () => {
  const back = fold(chargedBack(), eventOf('reinstated', 100_000));
  const [kept, posting] = keepShares(back, AT)!;
  expect(kept).toMatchObject({ allocatedRupiah: 84_000, remainingRupiah: 16_000, reattributeRupiah: 0 });
  expect(posting).toMatchObject({ kind: 'repayment', entries: repayment(84_000) });
  expect(() => assertDonationBalances(kept)).not.toThrow();
});
