/** What is authentic and cannot be booked is acknowledged and held, with its reason and its field, for a person. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newPayment, notify, signed, statusOf } from './support/midtrans.ts';
import { giftDocument } from './support/partner.ts';
import { bytesOf, type Send, type Sender, withoutBooking } from './support/sender.ts';
import { type System, startSystem } from './support/system.ts';

const changed = (fields: Record<string, unknown>) => (from: Sender) => from.midtrans(bytesOf(from.settlement(fields)));
const gift = (data: Record<string, unknown>) => (from: Sender) => from.partner(bytesOf(from.paid(data)));
const refunds = (entries: unknown) => (from: Sender) =>
  from.midtrans(bytesOf({ ...signed(statusOf(from.payment, 'refund')), refunds: entries }));

/** By the reason and the field they are held for. */
const HELD: Readonly<Record<string, Readonly<Record<string, Send>>>> = {
  'amount_has_sen gross_amount': { 'with sen': (from) => from.amount('50400.50') },
  'amount_invalid gross_amount': {
    'with a negative amount': (from) => from.amount('-50400.00'),
    'with an amount of nothing': (from) => from.amount('0.00'),
    'with an amount in words': (from) => from.amount('banyak'),
    'with an amount in thousands': (from) => from.amount('50.400,00'),
    'with an amount beyond all money': (from) => from.amount('99999999999999999999.00'),
    'with an exponent': (from) => from.amount('5e4'),
  },
  'currency_not_idr currency': { 'in dollars': changed({ currency: 'USD' }) },
  'field_missing transaction_id': { 'without its transaction': changed({ transaction_id: undefined }) },
  'field_invalid transaction_id': { 'of an endless transaction': changed({ transaction_id: 'x'.repeat(5_000) }) },
  'field_invalid settlement_time': {
    'of a day that does not exist': changed({ settlement_time: '2026-02-30 08:00:00' }),
  },
  'field_missing refunds.0.refund_key': { 'of a refund without a key': refunds([{ refund_amount: '1000.00' }]) },
  'field_invalid refunds': {
    'of a thousand refunds': refunds(
      Array.from({ length: 1_000 }, (_, key) => ({ refund_key: `${key}`, refund_amount: '1' })),
    ),
  },
  'amount_missing data.amount': { 'of a partner, with no amount': gift({ amount: null }) },
  'amount_invalid data.amount': {
    'of a partner, with a fraction': gift({ amount: 50_400.5 }),
    'of a partner, with text for money': gift({ amount: '50400' }),
    'of a partner, with a negative amount': gift({ amount: -1 }),
    'of a partner, beyond whole numbers': gift({ amount: 2 ** 60 }),
    'of a partner, with a list for money': gift({ amount: [50_400] }),
  },
  'currency_not_idr data.currency': {
    'of a partner, in ringgit': gift({ currency: 'MYR' }),
    'of a partner, without a currency': gift({ currency: undefined }),
  },
  'fee_exceeds_amount data.fee': { 'of a partner, whose fee exceeds the gift': gift({ fee: 50_401 }) },
  'field_missing data.payment_id': { 'of a partner, without a payment': gift({ payment_id: undefined }) },
  'field_missing data.refund_id': {
    'of a partner, with a refund without its id': (from) => from.partner(bytesOf(giftDocument(from.gift, 'refunded'))),
  },
};

/** Authentic, and nothing to book. */
const KEPT: Readonly<Record<string, Send>> = {
  'a status of Midtrans we do not know': changed({ transaction_status: 'rising' }),
  'a status that is a name of the language': changed({ transaction_status: 'constructor' }),
  'a type of a partner we do not know': (from) => from.partner(bytesOf({ ...from.paid(), type: 'donation.praised' })),
  'a type that is a name of the language': (from) => from.partner(bytesOf({ ...from.paid(), type: 'toString' })),
};

let system: System;
let now = 0;
beforeAll(async () => {
  system = await startSystem();
  now = await system.nowMilliseconds();
});
afterAll(() => system.stop());

describe.each(Object.entries(HELD))('held as %s: a notification', (why, cases) => {
  it.each(Object.entries(cases))('%s', async (_name, send) => {
    const [reason, field] = why.split(' ');
    const { answer, kept } = await withoutBooking(system, now, send);
    expect(answer.status).toBe(200);
    expect(kept).toMatchObject([{ source: 'payments', state: 'held', reason, field, detail: expect.any(String) }]);
  });
});

describe('acknowledged and kept, as it means nothing to the books', () => {
  it.each(Object.entries(KEPT))('%s', async (_name, send) => {
    const { answer, kept } = await withoutBooking(system, now, send);
    expect(answer.status).toBe(200);
    expect(kept).toMatchObject([{ source: 'payments', state: 'kept', reason: 'unknown_event_type' }]);
  });
});

describe('what is held', () => {
  it('is held again, for the same reason, when it is released unchanged', async () => {
    const item = (await withoutBooking(system, now, (from) => from.amount('60000.25'))).kept[0]!;
    const released = await system.operate('POST', `/api/quarantine/${item.quarantineId}/release`);
    expect(released).toMatchObject({ status: 202, body: { state: 'released' } });
    await system.settle();
    const again = (await system.quarantine()).filter(({ quarantineId }) => quarantineId === item.quarantineId);
    expect(again).toMatchObject([{ state: 'held', reason: 'amount_has_sen', field: 'gross_amount' }]);
  });

  it('is the second of two settlements that name different amounts; the first stays booked', async () => {
    const payment = newPayment(50_400, now);
    await notify(system, payment, 'settlement');
    await system.settle();
    await notify(system, { ...payment, grossAmount: '60000.00' }, 'settlement');
    await system.settle();
    expect(await system.donationOf('midtrans', payment.transactionId)).toMatchObject({ receivedRupiah: 50_400 });
    expect((await system.quarantine()).map(({ reason }) => reason)).toContain('payment_contradiction');
  });
});
