/**
 * Xendit tells of one payment twice where webhooks of invoices and of channels are both switched on. Whatever the order,
 * however often: one payment is booked once, and payments that are two are booked twice (I4, I5).
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { xendit } from '../../shared/gateways/xendit.ts';
import { balancesOf } from '../support/books.ts';
import { messageOf, send } from '../support/people-and-gifts.ts';
import { TestSystem } from '../support/test-system.ts';
import * as told from '../unit/gateways/xendit-signing.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

const secrets = { callbackTokens: [told.TOKEN], statusApi: null };

/** One payment of a donor, and which of Xendit's products tell of it. */
const payment = fc.record({
  reference: fc.constantFrom('DON-1', 'DON-2'),
  amount: fc.constantFrom(50_000, 100_000),
  by: fc.constantFrom('virtualAccount', 'ewallet', 'qr', 'v3', 'v2'),
  /** In which form the invoice tells: not at all, with the channel's payment named or not. */
  invoice: fc.constantFrom('none', 'naming', 'unnaming'),
  isSettled: fc.boolean(),
  refund: fc.constantFrom(0, 0, 20_000),
  minute: fc.integer({ min: 10, max: 59 }),
});
const SAMPLE = {
  reference: 'DON-1',
  amount: 50_000,
  by: 'v3',
  invoice: 'none',
  isSettled: false,
  refund: 0,
  minute: 10,
} as const;
type Payment = typeof payment extends fc.Arbitrary<infer Value> ? Value : never;

/** People need the vault, which these tests have no key for. */
const NOBODY = { sender_name: undefined, payer_email: undefined, payment_detail: undefined };

const idOf = (index: number) => `pay-${index}`;

function channelBody({ reference, amount, by, minute }: Payment, index: number): object {
  const id = idOf(index);
  const at = `2026-11-20T07:${minute}:00.000Z`;
  const common = { reference_id: reference, updated: at, created: at };
  if (by === 'virtualAccount')
    return told.virtualAccount({
      payment_id: id,
      external_id: reference,
      amount,
      transaction_timestamp: at,
      ...NOBODY,
    });
  if (by === 'ewallet') return told.ewallet({ ...common, id, capture_amount: amount });
  if (by === 'qr') return told.qrNested({ ...common, id, amount, ...NOBODY });
  if (by === 'v3')
    return told.v3('payment.capture', {
      ...common,
      payment_id: id,
      payment_request_id: `pr-${index}`,
      request_amount: amount,
    });
  return told.v2('payment.succeeded', { ...common, id, payment_request_id: `pr-${index}`, amount });
}

function bodiesOf(one: Payment, index: number): object[] {
  const { reference, amount, invoice, isSettled, refund, minute } = one;
  const id = idOf(index);
  const paid = told.invoice({
    id: `inv-${index}`,
    external_id: reference,
    amount,
    paid_amount: amount,
    ...NOBODY,
    paid_at: `2026-11-20T07:${minute}:30.000Z`,
    ...(invoice === 'naming' ? { payment_id: id } : {}),
  });
  return [
    channelBody(one, index),
    ...(invoice === 'none' ? [] : [paid]),
    ...(invoice !== 'none' && isSettled ? [{ ...paid, status: 'SETTLED' }] : []),
    ...(refund > 0
      ? [
          told.refund('refund.succeeded', {
            id: `rfd-${index}`,
            payment_id: id,
            payment_request_id: null,
            amount: refund,
          }),
        ]
      : []),
  ];
}

async function tell(content: object): Promise<void> {
  const { body } = told.xenditMessage(content);
  const { events, deliveryKey } = xendit.interpret(told.xenditMessage(content), secrets);
  send(system, await messageOf(events, { deliveryKey, body: Buffer.from(body) }));
}

/** In one delivery together, or one after the other. */
async function deliver(bodies: readonly object[], atOnce: boolean): Promise<void> {
  system.newWorld();
  for (const body of bodies) {
    await tell(body);
    if (!atOnce) await system.drain();
  }
  await system.drain();
}

const booked = () => {
  const donations = system.rows('donation').filter(({ status }) => status === 'paid');
  const sum = (field: string) => donations.reduce((total, row) => total + (row[field] as number), 0);
  return { count: donations.length, received: sum('receivedRupiah'), refunded: sum('refundedRupiah') };
};

/** Every invoice of a world has its channel's message too: then what was really paid is what is booked. */
const worlds = fc.array(payment, { minLength: 1, maxLength: 4 }).chain((payments) => {
  const bodies = payments.flatMap(bodiesOf);
  const withCopies = fc.subarray(bodies).map((again) => [...bodies, ...again]);
  return withCopies.chain((all) =>
    fc.record({
      payments: fc.constant(payments),
      bodies: fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
      atOnce: fc.boolean(),
    }),
  );
});

describe('a payment that is told of by two products', () => {
  it('is booked once, and two payments are two, in any order', { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(worlds, async ({ payments, bodies, atOnce }) => {
      await deliver(bodies, atOnce);
      const total = (of: (one: Payment) => number) => payments.reduce((sum, one) => sum + of(one), 0);
      expect(booked()).toEqual({
        count: payments.length,
        received: total(({ amount }) => amount),
        refunded: total(({ refund }) => refund),
      });
      expect(balancesOf(system)['gateway:xendit'] ?? 0).toBe(
        total(({ refund }) => refund) - total(({ amount }) => amount),
      );
    });
    await fc.assert(property, { numRuns: Number(process.env.LINGKARAN_WORLDS ?? 150) });
  });

  it('is booked where only one of them tells, each of many as often as it was paid', { timeout: 120_000 }, async () => {
    const payments = fc.array(payment, { minLength: 1, maxLength: 6 });
    const property = fc.asyncProperty(payments, fc.boolean(), fc.boolean(), async (all, byInvoice, atOnce) => {
      const told = all.map((one, index) => bodiesOf({ ...one, invoice: 'unnaming', refund: 0 }, index));
      const bodies = told.flatMap(([channel, ...invoices]) => (byInvoice ? invoices : [channel ?? {}, channel ?? {}]));
      await deliver(bodies, atOnce);
      expect(booked()).toEqual({
        count: all.length,
        received: all.reduce((sum, { amount }) => sum + amount, 0),
        refunded: 0,
      });
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it('has its refund, whichever of its names the refund bears and whenever it comes', { timeout: 60_000 }, async () => {
    const one: Payment = { ...SAMPLE, invoice: 'naming' };
    const [channel = {}, invoice = {}] = bodiesOf(one, 0);
    const names = [{ payment_id: 'pay-0' }, { payment_request_id: 'pr-0' }, { invoice_id: 'inv-0' }];
    for (const name of names) {
      const nameless = { payment_id: null, payment_request_id: null, invoice_id: null, amount: 20_000 };
      const back = told.refund('refund.succeeded', { ...nameless, ...name });
      for (const order of [
        [back, channel, invoice],
        [invoice, back, channel],
        [channel, invoice, back],
        [invoice, channel, back],
        [back, invoice, channel],
      ]) {
        await deliver([...order, ...order], false);
        expect(booked()).toEqual({ count: 1, received: 50_000, refunded: 20_000 });
      }
    }
  });
});
