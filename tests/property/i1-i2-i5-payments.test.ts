import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asAnnounced } from '../../shared/domain/announcement.ts';
import type { CanonicalEvent } from '../../shared/domain/canonical-event.ts';
import { applyEvent, type Donation, donationState } from '../../shared/domain/donation.ts';
import type { LedgerTransaction } from '../../shared/domain/ledger.ts';
import { rupiah } from '../../shared/domain/money.ts';
import { AT, eventOf, opened } from '../support/events.ts';

const AMOUNT = 100_000;

/** Everything that can be told of one payment of 100,000: it was paid or not, and money went back and forth. */
const streams = fc
  .record({
    fee: fc.integer({ min: 0, max: AMOUNT }),
    isPaid: fc.boolean(),
    isAnnounced: fc.boolean(),
    notices: fc.subarray(['pending', 'expired', 'failed'] as const),
    back: fc.array(
      fc.record({
        kind: fc.constantFrom('refunded', 'charged_back', 'reinstated'),
        amount: fc.integer({ min: 1, max: 150_000 }),
      }),
      { maxLength: 5 },
    ),
    isVoided: fc.boolean(),
    stated: fc.option(fc.integer({ min: 0, max: AMOUNT })),
  })
  .map(({ fee, isPaid, isAnnounced, notices, back, isVoided, stated }): CanonicalEvent[] => [
    ...notices.map((kind) => eventOf(kind, AMOUNT)),
    ...(isAnnounced ? [asAnnounced(eventOf('paid', null))] : []),
    ...(isPaid ? [eventOf('paid', AMOUNT, { fee })] : []),
    ...back.map(({ kind, amount }, index) => eventOf(kind, amount, { effect: `${kind}:${index}` })),
    ...(stated === null ? [] : [eventOf('fee_charged', stated, { effect: 'fee' })]),
    ...(isVoided ? [eventOf('failed', null, { effect: 'void', voidsPayment: true })] : []),
  ])
  .filter((events) => events.length > 0);

/** The same events in two orders, some of them more than once. */
const permutations = streams.chain((events) => {
  const someTwice = fc.tuple(fc.constant(events), fc.subarray(events)).map(([all, again]) => [...all, ...again]);
  const shuffled = someTwice.chain((all) => fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }));
  return fc.tuple(shuffled, shuffled);
});

interface Folded {
  readonly donation: Donation;
  readonly postings: LedgerTransaction[];
}

/** As the books fold: a marker keeps an event from taking effect twice. `step` may do something after each event. */
function fold(events: readonly CanonicalEvent[], step = (donation: Donation) => donation): Folded {
  const taken = new Set<string>();
  const postings: LedgerTransaction[] = [];
  let donation = opened(events[0]!);
  for (const event of events) {
    if (taken.has(event.effectKey)) continue;
    taken.add(event.effectKey);
    const folded = applyEvent(donation, event, AT);
    postings.push(...folded.postings);
    donation = step(folded.donation);
  }
  return { donation, postings };
}

function balances(postings: readonly LedgerTransaction[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { account, amountRupiah } of postings.flatMap(({ entries }) => entries))
    sums[account] = (sums[account] ?? 0) + amountRupiah;
  return Object.fromEntries(Object.entries(sums).filter(([, amount]) => amount !== 0));
}

describe('the events of one payment, in any order and with any duplicates', () => {
  it('I5: end in the same booked donation, and in the same books', () => {
    fc.assert(
      fc.property(permutations, ([one, other]) => {
        const [left, right] = [fold(one), fold(other)];
        expect({ ...left.donation, claims: null }).toEqual({ ...right.donation, claims: null });
        expect(new Map(Object.entries(left.donation.claims))).toEqual(new Map(Object.entries(right.donation.claims)));
        expect(donationState(left.donation)).toBe(donationState(right.donation));
        expect(balances(left.postings)).toEqual(balances(right.postings));
      }),
      { numRuns: 1_000 },
    );
  });

  it('I1: make postings that each sum to zero, and a fund that holds what is left', () => {
    fc.assert(
      fc.property(permutations, ([events]) => {
        const { donation, postings } = fold(events);
        for (const { entries } of postings)
          expect(entries.reduce((sum, { amountRupiah }) => sum + amountRupiah, 0)).toBe(0);
        expect(balances(postings)['fund:general'] ?? 0).toBe(donation.remainingRupiah);
        const heldByGateway = balances(postings)['gateway:partner:kitabisa'] ?? 0;
        expect(heldByGateway + donation.receivedRupiah - donation.refundedRupiah).toBe(0);
        const { feeRupiah, feeCarriedRupiah, feeBeyondRupiah, receivedRupiah } = donation;
        expect(balances(postings)['fees:partner:kitabisa'] ?? 0).toBe(feeRupiah + feeCarriedRupiah + feeBeyondRupiah);
        expect(feeRupiah + feeCarriedRupiah).toBeLessThanOrEqual(receivedRupiah / 10);
      }),
      { numRuns: 1_000 },
    );
  });

  it('I2: keep the equation at every moment, whatever the fund buys in between', () => {
    const purchases = fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(permutations, purchases, ([events], shares) => {
        const buy = (donation: Donation): Donation => {
          const spent = Math.floor((shares.next().value ?? 0) * donation.remainingRupiah);
          const { allocatedRupiah, remainingRupiah } = donation;
          return {
            ...donation,
            allocatedRupiah: rupiah(allocatedRupiah + spent),
            remainingRupiah: rupiah(remainingRupiah - spent),
          };
        };
        const { donation } = fold(events, (folded) => {
          const after = buy(folded);
          const { receivedRupiah, feeRupiah, refundedRupiah, allocatedRupiah, remainingRupiah } = after;
          expect(receivedRupiah).toBe(feeRupiah + refundedRupiah + allocatedRupiah + remainingRupiah);
          expect(Math.min(feeRupiah, refundedRupiah, allocatedRupiah, remainingRupiah)).toBeGreaterThanOrEqual(0);
          return after;
        });
        // What went back in all does not depend on what was bought meanwhile.
        expect(donation.refundedRupiah).toBe(fold(events).donation.refundedRupiah);
      }),
      { numRuns: 1_000 },
    );
  });
});
