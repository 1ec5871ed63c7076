import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { daysFor } from '../../../functions/reconcile-gateways/age-awaited.ts';
import {
  type ReconcileGatewaysDependencies,
  reconcileGateways,
} from '../../../functions/reconcile-gateways/reconcile-gateways.ts';
import { sendPayments } from '../../../shared/adapters/queues.ts';
import { intakeSealing } from '../../../shared/adapters/sealing.ts';
import type { CivilDate, Instant } from '../../../shared/domain/dates.ts';
import { donationIdOf } from '../../../shared/domain/ids.ts';
import { rupiah } from '../../../shared/domain/money.ts';
import type { Listed, ListWindow, PaymentListPort } from '../../../shared/ports/payment-list.ts';
import { allDifferences, listDifferences, putDifference, settleDifference } from '../../../shared/store/differences.ts';
import { isBooked, readDonation, readDonations } from '../../../shared/store/donations.ts';
import { findPaymentId, settlePaymentId } from '../../../shared/store/payment-names.ts';
import {
  lastReports,
  readListCursor,
  readReports,
  saveListCursor,
  saveReport,
} from '../../../shared/store/reconciliations.ts';
import { awaitedSettlements, markSettled } from '../../../shared/store/settlement-awaited.ts';
import { eventOf } from '../../support/events.ts';
import { give, messageOf, send } from '../../support/people-and-gifts.ts';
import { TestSystem } from '../../support/test-system.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());
beforeEach(() => {
  system.newWorld();
  counted.length = 0;
});

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const counted: [name: string, gateway: string | undefined, amount: number][] = [];
const NO_LISTS = new Map<string, PaymentListPort>();
const DAY_SECONDS = 86_400;

function dependencies(lists: ReadonlyMap<string, PaymentListPort> = NO_LISTS): ReconcileGatewaysDependencies {
  return {
    now: () => system.now(),
    lists: async () => lists,
    settledWithinDays: { partner: 3 },
    findPaymentId,
    settlePaymentId,
    readDonation,
    readDonations,
    isBooked,
    markSettled,
    putDifference,
    settleDifference,
    allDifferences,
    awaitedSettlements,
    sendPayments,
    seal: intakeSealing.seal,
    readListCursor,
    saveListCursor,
    lastReports,
    saveReport,
    log,
    meter: { count: (name, { gateway } = {}, amount = 1) => counted.push([name, gateway, amount]) },
  };
}

const told = (paymentId: string): Listed => ({
  state: 'told',
  event: eventOf('paid', 50_000, { gateway: 'xendit', paymentId, effect: 'paid' }),
  feeRupiah: rupiah(0),
  isSettled: true,
});

/** Items in pages of two. */
function listOf(items: readonly Listed[], breaksAtPage = Number.POSITIVE_INFINITY) {
  const windows: ListWindow[] = [];
  const list: PaymentListPort = {
    async page(window) {
      windows.push(window);
      if (windows.length === breaksAtPage) throw new Error('the gateway is down');
      const start = Number(window.after ?? 0);
      const next = start + 2 < items.length ? String(start + 2) : null;
      return { items: items.slice(start, start + 2), next };
    },
  };
  return { windows, lists: new Map([['xendit', list]]) };
}

describe('the list of a gateway', () => {
  const items = ['py-1', 'py-2', 'py-3', 'py-4', 'py-5'].map(told);

  it('is read on from where it stopped, also in the middle of a page', async () => {
    const broken = listOf(items, 3);
    await expect(reconcileGateways(dependencies(broken.lists))).rejects.toThrow('down');
    expect(await readListCursor('xendit')).toMatchObject({ reading: { after: '4' } });
    system.pass(60);
    const { windows, lists } = listOf(items);
    await reconcileGateways(dependencies(lists));
    expect(windows[0]).toEqual({ ...broken.windows[2] });
    const [, rest] = windows;
    expect(rest).toMatchObject({ after: null });
    expect(Date.parse(rest!.from) - Date.parse(windows[0]!.until)).toBe(1);
    expect(await readListCursor('xendit')).toMatchObject({ readUntil: windows.at(-1)!.until });
    await system.drain();
    expect(system.rows('donation').map(({ paymentId }) => paymentId)).toHaveLength(5);
  });

  it('leaves alone what is so young that its notice may be on its way', async () => {
    const { windows, lists } = listOf([]);
    await reconcileGateways(dependencies(lists));
    expect(Date.parse(system.now()) - Date.parse(windows[0]!.until)).toBe(900_000);
    await reconcileGateways(dependencies(lists));
    expect(windows).toHaveLength(1);
  });

  it('counts what matched once a day, however often it runs', async () => {
    for (const { event } of items.slice(0, 2) as Extract<Listed, { state: 'told' }>[]) await settlePaymentId(event);
    const { lists } = listOf(items.slice(0, 2));
    await reconcileGateways(dependencies(lists));
    await system.drain();
    system.pass(3_600);
    await reconcileGateways(dependencies(listOf(items.slice(0, 2)).lists));
    await reconcileGateways(dependencies(listOf([]).lists));
    expect(await readReports('xendit')).toMatchObject([
      {
        outcomes: { matched: { count: 2, amountRupiah: 100_000 }, missing_here: { count: 2, amountRupiah: 100_000 } },
      },
    ]);
    system.pass(DAY_SECONDS);
    await reconcileGateways(dependencies(listOf([]).lists));
    expect(await readReports('xendit')).toMatchObject([
      { outcomes: { matched: { count: 0 }, missing_here: { count: 0 } } },
    ]);
  });

  it('that names what cannot be read tells a person', async () => {
    const unreadable: Listed = {
      state: 'unreadable',
      listedId: 'txn_1',
      reason: 'amount_invalid',
      at: system.now() as Instant,
    };
    await reconcileGateways(dependencies(listOf([unreadable]).lists));
    expect(await allDifferences()).toMatchObject([{ paymentId: 'txn_1', state: 'open', statedAmountRupiah: null }]);
    expect(counted).toContainEqual(['ReconciliationDifferences', 'xendit', 1]);
  });
});

describe('a payment that no statement names', () => {
  const donationId = donationIdOf('partner:kitabisa', 'p1');

  it('rings once its days are over, until a statement names it', async () => {
    await give(system, { paymentId: 'p1', amount: 50_000, paidAt: system.now() });
    await system.drain();
    system.pass(3 * DAY_SECONDS);
    await reconcileGateways(dependencies());
    expect(await allDifferences()).toEqual([]);
    expect(counted).toEqual([
      ['ReconciliationDifferences', undefined, 0],
      ['PaymentsUnsettled', undefined, 0],
    ]);
    system.pass(DAY_SECONDS);
    counted.length = 0;
    for (let run = 0; run < 2; run += 1) await reconcileGateways(dependencies());
    expect(await allDifferences()).toMatchObject([{ outcome: 'missing_there', state: 'open' }]);
    expect(counted).toContainEqual(['PaymentsUnsettled', undefined, 1]);
    expect(counted).toContainEqual(['PaymentsUnsettled', 'partner:kitabisa', 1]);
    expect(counted).toContainEqual(['ReconciliationDifferences', undefined, 0]);
    await markSettled(donationId, 'payout-1', system.now());
    await reconcileGateways(dependencies());
    const page = { gateway: 'partner:kitabisa', state: 'open', limit: 10, cursor: undefined };
    expect((await listDifferences(page)).items).toEqual([]);
    expect((await listDifferences({ ...page, state: 'settled' })).items).toMatchObject([{ outcome: 'missing_there' }]);
  });

  it('leaves the report as it is on days without news', async () => {
    await give(system, { paymentId: 'p1', amount: 50_000, paidAt: system.now() });
    await system.drain();
    const days = [0, 1, 2, 3, 4, 5, 6];
    for (const _day of days) {
      await reconcileGateways(dependencies());
      system.pass(DAY_SECONDS);
    }
    const dates = system.rows('reconciliation').map(({ sk }) => sk);
    // Paid; three days old; over its days; told already.
    expect(dates.sort()).toEqual(['2026-11-20', '2026-11-23', '2026-11-24', '2026-11-25']);
    const [quiet] = await readReports('partner:kitabisa', '2026-11-22' as CivilDate);
    expect(quiet).toMatchObject({ date: '2026-11-20', awaited: { count: 1 }, open: { count: 0 } });
    expect(await readReports(undefined, '2026-11-19' as CivilDate)).toEqual([]);
    expect(await readReports()).toMatchObject([{ date: '2026-11-25', open: { count: 1 } }]);
  });

  it('waits as long as its own gateway needs', () => {
    const days = { 'partner:kitabisa': 30, partner: 3, '*': 10 };
    expect(['partner:kitabisa', 'partner:baznas', 'midtrans'].map((name) => daysFor(name, days))).toEqual([30, 3, 10]);
    expect(daysFor('midtrans', {})).toBe(7);
  });
});

describe('a settlement', () => {
  const donationId = donationIdOf('partner:kitabisa', 'p1');
  const settlement = () => system.rows('settlement')[0];

  it('that is told before its payment is booked is not awaited', async () => {
    await markSettled(donationId, 'payout-1', system.now());
    await give(system, { paymentId: 'p1', amount: 50_000 });
    await system.drain();
    expect(settlement()).toMatchObject({ payoutId: 'payout-1', amountRupiah: 50_000, paymentId: 'p1' });
    expect(settlement()).not.toHaveProperty('dueKey');
  });

  it('keeps when it was first told, and gets the payout’s id later', async () => {
    await give(system, { paymentId: 'p1', amount: 50_000 });
    await system.drain();
    expect(settlement()).toHaveProperty('dueKey');
    const first = system.now();
    await markSettled(donationId, null, first);
    system.pass(60);
    for (const payoutId of [null, 'payout-1', 'payout-2']) await markSettled(donationId, payoutId, system.now());
    expect(settlement()).toMatchObject({ settledAt: first, payoutId: 'payout-1' });
    expect(settlement()).not.toHaveProperty('dueKey');
  });

  it('of what is itself the last word is not awaited', async () => {
    const bank = eventOf('paid', 50_000, { gateway: 'bank:1234567890', paymentId: 'c1' });
    send(system, { ...(await messageOf([bank])), authority: 'statement' });
    await system.drain();
    expect(system.rows('donation')).toHaveLength(1);
    expect(settlement()).toBeUndefined();
  });
});
