import { describe, expect, it } from 'vitest';
import { applyEvent, type Donation } from '../../../shared/domain/donation.ts';
import { rupiah } from '../../../shared/domain/money.ts';
import { ageing, knownFeeRupiah, reconcile, type StatedEvent } from '../../../shared/domain/reconciliation.ts';
import { AT, eventOf, opened } from '../../support/events.ts';

function stated(amount: number, fee: number | null, changes: Partial<StatedEvent> = {}): StatedEvent {
  return {
    gateway: 'partner:kitabisa',
    kind: 'paid',
    paymentId: 'p1',
    effectKey: 'partner:kitabisa:p1:paid',
    amountRupiah: rupiah(amount),
    feeRupiah: fee === null ? null : rupiah(fee),
    occurredAt: AT,
    channel: 'qris',
    orderReference: 'order-1',
    ...changes,
  };
}

function booked(fee = 0): Donation {
  const event = eventOf('paid', 100_000, { fee });
  return applyEvent(opened(event), event, AT).donation;
}

describe('a payment that a statement names', () => {
  it('and our books too, alike, is matched and books nothing', () => {
    for (const fee of [5_000, null])
      expect(reconcile(stated(100_000, fee), booked(5_000), true)).toEqual({
        outcome: 'matched',
        events: [],
        ours: { amountRupiah: 100_000, feeRupiah: 5_000 },
      });
  });

  it('with a fee we could not know is matched, and the fee is taken over', () => {
    const { outcome, events } = reconcile(stated(100_000, 4_000), booked(), true);
    expect(outcome).toBe('matched');
    expect(events).toMatchObject([
      { kind: 'fee_charged', amountRupiah: 4_000, effectKey: 'partner:kitabisa:p1:fee:4000', paymentId: 'p1' },
    ]);
    const { donation } = applyEvent(booked(), events[0]!, AT);
    expect(reconcile(stated(100_000, 4_000), donation, true)).toMatchObject({ outcome: 'matched', events: [] });
  });

  it('with another fee than the payment named, or an earlier statement, differs; theirs is taken over', () => {
    expect(reconcile(stated(100_000, 4_000), booked(5_000), true)).toMatchObject({
      outcome: 'fee_differs',
      events: [{ kind: 'fee_charged', amountRupiah: 4_000 }],
      ours: { feeRupiah: 5_000 },
    });
    const free = applyEvent(booked(), eventOf('fee_charged', 0, { effect: 'fee:0' }), AT).donation;
    expect(reconcile(stated(100_000, 4_000), free, true).outcome).toBe('fee_differs');
  });

  it('with another amount differs, and nothing is booked', () => {
    expect(reconcile(stated(99_999, 4_000), booked(), true)).toEqual({
      outcome: 'amount_differs',
      events: [],
      ours: { amountRupiah: 100_000, feeRupiah: 0 },
    });
  });

  it('and we never heard of, or only as a promise, is booked with its fee', () => {
    const pending = eventOf('pending', 100_000);
    for (const donation of [null, applyEvent(opened(pending), pending, AT).donation]) {
      const { outcome, events, ours } = reconcile(stated(100_000, 4_000), donation, false);
      expect([outcome, ours]).toEqual(['missing_here', null]);
      expect(events).toEqual([
        {
          gateway: 'partner:kitabisa',
          kind: 'paid',
          paymentId: 'p1',
          effectKey: 'partner:kitabisa:p1:paid',
          amountRupiah: 100_000,
          feeRupiah: 4_000,
          occurredAt: AT,
          channel: 'qris',
          orderReference: 'order-1',
        },
        expect.objectContaining({ kind: 'fee_charged', amountRupiah: 4_000 }),
      ]);
    }
    expect(reconcile(stated(100_000, null), null, false).events).toMatchObject([{ kind: 'paid', feeRupiah: 0 }]);
  });

  it('and whose notice overtakes what is booked from the statement, has the fee of the statement all the same', () => {
    const { events } = reconcile(stated(100_000, 4_000), null, false);
    const overtaken = events.slice(1).reduce((donation, event) => applyEvent(donation, event, AT).donation, booked());
    expect(overtaken).toMatchObject({ feeRupiah: 4_000, remainingRupiah: 96_000, receivedRupiah: 100_000 });
    expect(events.slice(1)).toHaveLength(1);
  });
});

it('a refund a statement names is matched where it is booked, and booked where it is not', () => {
  const refund = stated(40_000, 1_000, { kind: 'refunded', effectKey: 'partner:kitabisa:p1:refund:r1' });
  expect(reconcile(refund, booked(), true)).toEqual({ outcome: 'matched', events: [], ours: null });
  expect(reconcile(refund, booked(), false)).toMatchObject({
    outcome: 'missing_here',
    events: [{ kind: 'refunded', amountRupiah: 40_000, feeRupiah: 0, effectKey: 'partner:kitabisa:p1:refund:r1' }],
  });
});

it('the whole fee is what the gift bears, what is carried and what is beyond', () => {
  expect(knownFeeRupiah(booked(12_000))).toBe(12_000);
});

it('what waits for its settlement is sorted by age, each payment once', () => {
  const waiting = [0, 2, 3, 6, 7, 59, 60, 400].map((ageDays) => ({ ageDays, amountRupiah: 1_000 }));
  expect(ageing(waiting)).toEqual([
    { fromDays: 0, count: 2, amountRupiah: 2_000 },
    { fromDays: 3, count: 2, amountRupiah: 2_000 },
    { fromDays: 7, count: 1, amountRupiah: 1_000 },
    { fromDays: 14, count: 0, amountRupiah: 0 },
    { fromDays: 30, count: 1, amountRupiah: 1_000 },
    { fromDays: 60, count: 2, amountRupiah: 2_000 },
  ]);
});
