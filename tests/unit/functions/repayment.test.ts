/** A dispute that is won after the guarantee fund stood in: it is repaid first, and everything ends as if nothing had been. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cover } from '../../../shared/domain/cover.ts';
import { balancesOf } from '../../support/books.ts';
import { eventOf } from '../../support/events.ts';
import { addWorkers, give, messageOf, type Notice, send } from '../../support/people-and-gifts.ts';
import { TestSystem } from '../../support/test-system.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

const FACTS = { gateway: 'partner:kitabisa', paymentId: 'p1' };
const PAID: Notice = { paymentId: 'p1', amount: 42_000 };
const CHARGED_BACK: Notice = { ...PAID, kind: 'charged_back' };

async function reinstate(amount = PAID.amount): Promise<void> {
  send(system, await messageOf([eventOf('reinstated', amount, FACTS)]));
}

const donors = () =>
  (system.rows('cover') as unknown as Cover[]).map(({ months }) => months.map(({ shares }) => shares));

async function world(workers: number, settings: object = {}): Promise<void> {
  system.newWorld({ settings, startsAt: '2026-12-05T03:00:00.000Z' });
  await addWorkers(
    system,
    Array.from({ length: workers }, () => ({})),
  );
}

/** As if there had never been a dispute. */
async function undisputed(workers: number) {
  await world(workers);
  await give(system, PAID);
  await system.drain();
  return { balances: balancesOf(system), donors: donors() };
}

describe('money that comes back after its cover moved to the guarantee fund', () => {
  it('repays the guarantee fund and buys nobody else a cover', async () => {
    const expected = await undisputed(3);
    await world(3);
    await give(system, PAID);
    await system.drain();
    await give(system, CHARGED_BACK);
    await system.drain();
    expect(balancesOf(system).guarantee).toBe(-42_000);
    expect(
      donors()
        .flat(2)
        .map(({ donationId }) => donationId),
    ).toEqual(['guarantee', 'guarantee', 'guarantee']);
    await reinstate();
    await system.drain();
    expect(balancesOf(system)).toEqual({ ...expected.balances, guarantee: 0 });
    expect(donors()).toEqual(expected.donors);
    expect(system.rows('donation')).toMatchObject([
      { allocatedRupiah: 42_000, remainingRupiah: 0, refundedRupiah: 0, guaranteedRupiah: 0 },
    ]);
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('keeps its shares where they had not moved yet', async () => {
    const expected = await undisputed(2);
    await world(2);
    await give(system, PAID);
    await system.drain();
    await give(system, CHARGED_BACK);
    await system.deliver('payments');
    await reinstate();
    await system.drain();
    expect(balancesOf(system)).toEqual({ ...expected.balances, guarantee: 0 });
    expect(donors()).toEqual(expected.donors);
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('repays as far as it goes', async () => {
    await world(1);
    await give(system, PAID);
    await system.drain();
    await give(system, CHARGED_BACK);
    await system.drain();
    await reinstate(20_400);
    await system.drain();
    expect(balancesOf(system).guarantee).toBe(-21_600);
    expect(system.rows('donation')).toMatchObject([
      { allocatedRupiah: 20_400, refundedRupiah: 21_600, remainingRupiah: 0, guaranteedRupiah: 21_600 },
    ]);
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('belongs to the fund where the cover never came to be, which repaid the guarantee fund already', async () => {
    await world(1, { registrar: { kind: 'simulator', acceptAfter: 'PT10M', rejectEvery: 1 } });
    await give(system, PAID);
    for (const queue of ['payments', 'funds', 'enrolments'] as const) await system.deliver(queue);
    await give(system, CHARGED_BACK);
    await system.drain();
    expect(balancesOf(system).guarantee ?? 0).toBe(0);
    await reinstate();
    await system.drain();
    expect(balancesOf(system).guarantee ?? 0).toBe(0);
    expect(system.rows('donation')).toMatchObject([{ allocatedRupiah: 0, remainingRupiah: 42_000 }]);
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('told twice, or delivered twice at once, repays once', async () => {
    await world(2);
    await give(system, PAID);
    await system.drain();
    await give(system, CHARGED_BACK);
    await system.drain();
    await reinstate();
    await reinstate();
    await system.drain({ again: () => true, consumers: 2 });
    expect(balancesOf(system).guarantee).toBe(0);
    expect(system.dead()).toEqual([]);
    expect(await system.prove()).toMatchObject({ holds: true });
  });
});
