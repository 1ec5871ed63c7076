import { describe, expect, it } from 'vitest';
import { asAnnounced, awaitsAmount } from '../../../shared/domain/announcement.ts';
import type { CanonicalEvent } from '../../../shared/domain/canonical-event.ts';
import { applyEvent, donationState } from '../../../shared/domain/donation.ts';
import { AT, eventOf, opened } from '../../support/events.ts';

const push = asAnnounced(eventOf('paid', null));
const statement = eventOf('paid', 100_000, { fee: 5_000 });
const failed = eventOf('failed', null);
const cancelled = eventOf('failed', null, { effect: 'void', voidsPayment: true });

function fold(...events: readonly CanonicalEvent[]) {
  let donation = opened(events[0]!);
  let postings = 0;
  for (const event of events) {
    const folded = applyEvent(donation, event, AT);
    donation = folded.donation;
    postings += folded.postings.length;
  }
  return { donation, postings, isAwaited: awaitsAmount(donation), state: donationState(donation) };
}

describe('a payment announced without its amount', () => {
  it('moves nothing, and is pending until the amount comes', () => {
    expect(fold(push)).toMatchObject({ postings: 0, isAwaited: true, state: 'pending' });
    expect(fold(push).donation).toMatchObject({ receivedRupiah: 0, paidAt: null });
    expect(fold(push, push).donation).toEqual(fold(push).donation);
  });

  it('is an effect of its own, so that the amount can still be booked', () => {
    expect(push.effectKey).toBe('partner:kitabisa:p1:paid:announced');
    expect(asAnnounced(statement)).toBe(statement);
    expect(asAnnounced(failed)).toBe(failed);
  });

  it('ends the same whether the statement comes after it or came before', () => {
    const after = fold(push, statement);
    expect(fold(statement, push)).toEqual(after);
    expect(after).toMatchObject({ isAwaited: false, state: 'received', postings: 1 });
    expect(after.donation).toMatchObject({ receivedRupiah: 100_000, feeRupiah: 5_000, remainingRupiah: 95_000 });
  });

  it('outranks a card that failed before, whatever came first', () => {
    for (const told of [fold(failed, push), fold(push, failed)])
      expect(told).toMatchObject({ isAwaited: true, state: 'pending' });
    expect(fold(failed)).toMatchObject({ isAwaited: false, state: 'failed' });
  });

  it('is none once the channel cancelled it, whatever came first', () => {
    for (const told of [fold(cancelled, push), fold(push, cancelled)])
      expect(told).toMatchObject({ isAwaited: false, state: 'failed', postings: 0 });
  });
});
