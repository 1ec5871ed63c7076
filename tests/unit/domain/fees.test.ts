import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../../shared/domain/canonical-event.ts';
import { applyEvent, type Donation, openDonation } from '../../../shared/domain/donation.ts';
import { chargeableFee } from '../../../shared/domain/fees.ts';
import { fundClassOf } from '../../../shared/domain/fund.ts';
import type { FundId } from '../../../shared/domain/ids.ts';
import type { LedgerTransaction } from '../../../shared/domain/ledger.ts';
import { rupiah } from '../../../shared/domain/money.ts';
import { Permanent } from '../../../shared/errors.ts';
import { AT, eventOf } from '../../support/events.ts';

function fold(fundId: string, ...events: CanonicalEvent[]) {
  const destination = { fundId: fundId as FundId, pledgeId: null };
  let donation: Donation = openDonation(events[0]!, destination, AT);
  const postings: LedgerTransaction[] = [];
  for (const event of events) {
    const folded = applyEvent(donation, event, AT);
    donation = folded.donation;
    postings.push(...folded.postings);
  }
  return { donation, postings };
}

const balanceOf = (postings: readonly LedgerTransaction[], name: string) =>
  postings
    .flatMap(({ entries }) => entries)
    .reduce((sum, { account, amountRupiah }) => (account === name ? sum + amountRupiah : sum), 0);

const paid = (fee = 0) => eventOf('paid', 100_000, { fee });
const stated = (fee: number | null) => eventOf('fee_charged', fee, { effect: 'fee' });

describe('a channel may keep', () => {
  it.each([
    [5_000, 100_000, 'general', 5_000],
    [10_000, 100_000, 'csr', 10_000],
    [10_001, 100_000, 'general', 10_000],
    [300, 1_009, 'general', 100],
    [2_500, 100_000, 'zakat', 0],
  ] as const)('of a fee of %i on a gift of %i (%s): %i from the gift', (fee, received, fundClass, charged) => {
    expect(chargeableFee(rupiah(fee), rupiah(received), fundClass)).toBe(charged);
  });

  it('by the class a fund’s id begins with', () => {
    const names = ['general', 'csr-1f2e3d4c5b', 'zakat'].map((fundId) => fundClassOf(fundId as FundId));
    expect(names).toEqual(['general', 'csr', 'zakat']);
  });
});

describe('the fee of a payment', () => {
  it('beyond a tenth is carried by the guarantee fund, and the channel still has all of it', () => {
    const { donation, postings } = fold('general', paid(12_000));
    expect(donation).toMatchObject({ feeRupiah: 10_000, feeBeyondRupiah: 2_000, remainingRupiah: 90_000 });
    expect(balanceOf(postings, 'fees:partner:kitabisa')).toBe(12_000);
    expect(balanceOf(postings, 'guarantee')).toBe(-2_000);
  });

  it('takes nothing from zakat', () => {
    const { donation, postings } = fold('zakat', paid(2_500));
    expect(donation).toMatchObject({ feeRupiah: 0, feeBeyondRupiah: 2_500, remainingRupiah: 100_000 });
    expect(balanceOf(postings, 'fund:zakat')).toBe(100_000);
  });
});

describe('a fee that only a statement names', () => {
  it('is taken from what is left of the gift, before the payment or after', () => {
    const [after, before] = [fold('general', paid(), stated(4_000)), fold('general', stated(4_000), paid())];
    for (const { donation, postings } of [after, before]) {
      expect(donation).toMatchObject({ feeRupiah: 4_000, remainingRupiah: 96_000, statedFeeRupiah: 4_000 });
      expect(balanceOf(postings, 'fees:partner:kitabisa')).toBe(4_000);
    }
  });

  it('is carried where the gift has bought cover with all it had', () => {
    const { donation } = fold('general', paid());
    const spent = { ...donation, remainingRupiah: rupiah(1_000), allocatedRupiah: rupiah(99_000) };
    const { donation: charged, postings } = applyEvent(spent, stated(4_000), AT);
    expect(charged).toMatchObject({ feeRupiah: 1_000, feeCarriedRupiah: 3_000, remainingRupiah: 0 });
    expect(balanceOf(postings, 'guarantee')).toBe(-3_000);
  });

  it('corrects the payment’s own word, up and down, and says nothing where they agree', () => {
    const less = fold('general', paid(6_000), stated(4_000));
    expect(less.donation).toMatchObject({ feeRupiah: 4_000, remainingRupiah: 96_000 });
    expect(balanceOf(less.postings, 'fees:partner:kitabisa')).toBe(4_000);
    const beyond = fold('general', paid(6_000), stated(11_000));
    expect(beyond.donation).toMatchObject({ feeRupiah: 10_000, feeBeyondRupiah: 1_000 });
    expect(fold('general', paid(6_000), stated(6_000)).postings).toHaveLength(1);
  });

  it('relieves the guarantee fund first', () => {
    const refund = eventOf('refunded', 100_000, { effect: 'refund:1' });
    const { donation, postings } = fold('general', paid(6_000), refund, stated(4_000));
    expect(donation).toMatchObject({ feeRupiah: 0, feeCarriedRupiah: 4_000, remainingRupiah: 0 });
    expect(balanceOf(postings, 'guarantee')).toBe(-4_000);
  });

  it('that is missing, or larger than the payment, is refused and holds no payment up', () => {
    expect(() => fold('general', paid(), stated(null))).toThrow(new Permanent('amount_missing', { field: 'fee' }));
    expect(() => fold('general', paid(), stated(100_001))).toThrow(
      new Permanent('fee_exceeds_amount', { field: 'fee' }),
    );
    expect(fold('general', stated(100_001), paid(500)).donation).toMatchObject({ feeRupiah: 500 });
    expect(fold('general', stated(100_000), paid()).donation).toMatchObject({ feeRupiah: 10_000 });
  });
});
