/**
 * A payment is told of by notices, by the list of its gateway and by a line of a statement, each of which looks at the
 * books before it sends and may be overtaken by the others: it is booked once, with the fee that was stated (I4, I5).
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settleListed } from '../../functions/reconcile-gateways/settle-listed.ts';
import { settleStatement } from '../../functions/settle-statement/settle-statement.ts';
import { sendPayments } from '../../shared/adapters/queues.ts';
import { intakeSealing } from '../../shared/adapters/sealing.ts';
import type { Instant } from '../../shared/domain/dates.ts';
import type { Donation } from '../../shared/domain/donation.ts';
import type { FileId } from '../../shared/domain/ids.ts';
import { rupiah } from '../../shared/domain/money.ts';
import { knownFeeRupiah } from '../../shared/domain/reconciliation.ts';
import { xendit } from '../../shared/gateways/xendit.ts';
import { xenditEvent } from '../../shared/gateways/xendit-messages.ts';
import { listedPayment } from '../../shared/gateways/xendit-transactions.ts';
import type { StatementMessage } from '../../shared/messages.ts';
import { allDifferences, putDifference } from '../../shared/store/differences.ts';
import { areBooked, isBooked, readDonation, readDonations } from '../../shared/store/donations.ts';
import { findPaymentId, settlePaymentId } from '../../shared/store/payment-names.ts';
import { enterReceiptLines } from '../../shared/store/receipts.ts';
import { markAllSettled, markSettled } from '../../shared/store/settlement-awaited.ts';
import { messageOf, partnerMessage, send } from '../support/people-and-gifts.ts';
import { TestSystem } from '../support/test-system.ts';
import * as told from '../unit/gateways/xendit-signing.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

const AMOUNT = 100_000;
const STATED_FEE = 4_000;
const REFUND = 20_000;
const AT = '2026-11-20T07:10:00.000Z';
const NOBODY = { sender_name: undefined, payer_email: undefined, payment_detail: undefined };

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const books = {
  now: () => system.now(),
  findPaymentId,
  settlePaymentId,
  readDonation,
  readDonations,
  isBooked,
  areBooked,
  markSettled,
  putDifference,
  sendPayments,
  seal: intakeSealing.seal,
  log,
};

type Source = 'notice' | 'invoice' | 'refundNotice' | 'list' | 'listedRefund' | 'statement' | 'statedRefund';

/** A file whose chunk was never seen before. */
async function statement(row: Partial<StatementMessage['rows'][number]>): Promise<void> {
  const rows = [
    {
      line: 2,
      gateway: 'xendit',
      kind: 'paid' as const,
      paymentId: 'py-1',
      effectKey: 'xendit:py-1:paid',
      amountRupiah: rupiah(AMOUNT),
      feeRupiah: rupiah(STATED_FEE),
      occurredAt: AT as Instant,
      channel: 'OVO',
      orderReference: 'DON-1',
      payoutId: 'payout-1',
      ...row,
    },
  ];
  const message = { contractVersion: 1 as const, fileId: 'fil_1' as FileId, chunk: 0, rows, credits: [] };
  await settleStatement(message, {
    ...books,
    markAllSettled,
    readFileRow: async () => ({}) as never,
    readChunk: async () => null,
    putChunk: async () => {},
    finishChunk: async () => {},
    knownOrders: async () => new Set(),
    putUnassigned: async () => {},
    unseal: intakeSealing.unseal,
    enterReceiptLines,
  });
}

async function notice(content: object): Promise<void> {
  const { body } = told.xenditMessage(content);
  const { events, deliveryKey } = xendit.interpret(told.xenditMessage(content), {
    callbackTokens: [told.TOKEN],
    statusApi: null,
  });
  send(system, await messageOf(events, { deliveryKey, body: Buffer.from(body) }));
}

const refundBody = () =>
  told.refund('refund.succeeded', { id: 'rfd-1', payment_id: 'py-1', payment_request_id: null, amount: REFUND });

const XENDIT: Readonly<Record<Source, () => Promise<unknown>>> = {
  notice: () =>
    notice(
      told.v3('payment.capture', {
        payment_id: 'py-1',
        payment_request_id: 'pr-1',
        reference_id: 'DON-1',
        request_amount: AMOUNT,
        created: AT,
        updated: AT,
      }),
    ),
  invoice: () =>
    notice(
      told.invoice({
        id: 'inv-1',
        external_id: 'DON-1',
        amount: AMOUNT,
        paid_amount: AMOUNT,
        paid_at: AT,
        payment_id: undefined,
        ...NOBODY,
      }),
    ),
  refundNotice: () => notice(refundBody()),
  list: () => {
    const item = {
      id: 'txn_1',
      product_id: 'py-1',
      type: 'PAYMENT',
      status: 'SUCCESS',
      channel_code: 'OVO',
      reference_id: 'DON-1',
      currency: 'IDR',
      amount: AMOUNT,
      net_amount: AMOUNT - STATED_FEE,
      settlement_status: 'SETTLED',
      created: AT,
      updated: AT,
      product_data: { payment_request_id: 'pr-1' },
    };
    return settleListed('xendit', { state: 'told', ...listedPayment(item)! }, books);
  },
  listedRefund: () => {
    const event = xenditEvent(JSON.parse(JSON.stringify(refundBody())))!;
    return settleListed('xendit', { state: 'told', event, feeRupiah: null, isSettled: true }, books);
  },
  statement: () => statement({}),
  statedRefund: () =>
    statement({
      kind: 'refunded',
      effectKey: 'xendit:py-1:refund:rfd-1',
      amountRupiah: rupiah(REFUND),
      feeRupiah: null,
    }),
};

const PARTNER: Readonly<Partial<Record<Source, () => Promise<unknown>>>> = {
  notice: async () => send(system, await partnerMessage({ kind: 'paid', paymentId: 'p1', amount: AMOUNT })),
  refundNotice: async () =>
    send(system, await partnerMessage({ kind: 'refunded', paymentId: 'p1', amount: REFUND, refundId: 'r1' })),
  statement: () => statement({ gateway: 'partner:kitabisa', paymentId: 'p1', effectKey: 'partner:kitabisa:p1:paid' }),
  statedRefund: () =>
    statement({
      gateway: 'partner:kitabisa',
      paymentId: 'p1',
      kind: 'refunded',
      effectKey: 'partner:kitabisa:p1:refund:r1',
      amountRupiah: rupiah(REFUND),
      feeRupiah: null,
    }),
};

const PAID: readonly Source[] = ['notice', 'invoice', 'list', 'statement'];
/** They name the payment as its refund does; an invoice that names nobody does not. */
const NAMING: readonly Source[] = ['notice', 'list', 'statement'];
const STATING: readonly Source[] = ['list', 'statement'];

/** Who tells, in which order, and after whom how many messages are delivered, and which. */
const world = fc
  .subarray(['notice', 'invoice', 'refundNotice', 'list', 'listedRefund', 'statement', 'statedRefund'] as Source[], {
    minLength: 1,
  })
  .chain((sources) => fc.subarray(sources).map((again) => [...sources, ...again]))
  .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }))
  .chain((sources) =>
    fc.record({
      sources: fc.constant(sources),
      deliveries: fc.array(fc.nat({ max: 3 }), { minLength: sources.length, maxLength: sources.length }),
      picks: fc.infiniteStream(fc.nat()),
    }),
  );

async function play(
  { sources, deliveries, picks }: typeof world extends fc.Arbitrary<infer World> ? World : never,
  tellers: Readonly<Partial<Record<Source, () => Promise<unknown>>>>,
): Promise<Source[]> {
  system.newWorld();
  const pick = (count: number) => (picks.next().value ?? 0) % count;
  const heard = sources.filter((source) => tellers[source]);
  for (const [index, source] of heard.entries()) {
    await tellers[source]!();
    for (let turn = 0; turn < deliveries[index]!; turn += 1) await system.deliver('payments', { batchSize: 1, pick });
  }
  await system.drain({ pick });
  return heard;
}

async function expectBookedOnce(heard: readonly Source[]): Promise<void> {
  const paid = system.rows('donation').filter(({ status }) => status === 'paid') as unknown as Donation[];
  const isPaid = heard.some((source) => PAID.includes(source));
  const isStated = heard.some((source) => STATING.includes(source));
  const isRefunded = heard.some((source) => /refund/i.test(source)) && heard.some((source) => NAMING.includes(source));
  expect(paid.length).toBe(isPaid ? 1 : 0);
  for (const donation of paid) {
    expect(donation.receivedRupiah).toBe(AMOUNT);
    expect(knownFeeRupiah(donation)).toBe(isStated ? STATED_FEE : 0);
    expect(donation.refundedRupiah).toBe(isRefunded ? REFUND : 0);
  }
  const settlements = system.rows('settlement').filter(({ amountRupiah }) => amountRupiah !== undefined);
  expect(settlements.length).toBe(paid.length);
  for (const row of settlements) {
    expect(row).toMatchObject({ donationId: paid[0]?.donationId, amountRupiah: AMOUNT });
    expect(row.settledAt !== undefined).toBe(isStated);
    expect(row.dueKey === undefined).toBe(isStated);
  }
  expect((await allDifferences()).filter(({ state }) => state === 'open')).toEqual([]);
  expect(system.dead()).toEqual([]);
  expect(system.rows('quarantine')).toEqual([]);
  expect((await system.prove()).holds).toBe(true);
}

describe('a payment that notices, a list and a statement tell of', () => {
  const runs = { numRuns: Number(process.env.LINGKARAN_WORLDS ?? 150) };

  it('is booked once with its fee, under whichever of its names, in any order', { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(world, async (one) => expectBookedOnce(await play(one, XENDIT)));
    await fc.assert(property, runs);
  });

  it('is booked once with its fee where it has one name', { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(world, async (one) => expectBookedOnce(await play(one, PARTNER)));
    await fc.assert(property, runs);
  });
});
