/**
 * The execution of a cohort is lost for ever and the sweeper is switched off for five days, twice: once over a reminder
 * and a month that is to be paid, once over two reminders and the end. When it runs again it finds what is due, does it
 * once, and drops what would come too late, with the reason: nobody is reminded twice, and nobody of two steps at once.
 */
import { expect, it } from 'vitest';
import { expectAddsUp, paidMonths, provenAccounts } from '../acceptance/support/books.ts';
import { give, newGift } from '../acceptance/support/partner.ts';
import { importRoster, people, roster } from '../acceptance/support/roster.ts';
import { describeEmbedded, type System } from '../acceptance/support/system.ts';
import { at, wibDate } from '../acceptance/support/wib.ts';
import type { Drill } from './support/drill.ts';
import { Systems } from './support/start.ts';

const WORKERS = 4;
const TERM_RUPIAH = 42_000;
const NO_ALARM_CLOCKS = ['sweep-overdue', 'start-cohorts'] as const;

async function coverThem(system: System): Promise<void> {
  await importRoster(system, roster(people(1, WORKERS)));
  await give(system, newGift(WORKERS * TERM_RUPIAH, await system.nowMilliseconds()));
  await system.settle();
  await system.advanceBy('PT15M');
  expect(await system.covers({ state: 'active' })).toHaveLength(WORKERS);
}

const paidOfEach = async (system: System) => (await system.covers()).map((cover) => paidMonths(cover).length);

/** How many messages of each step went out. */
async function sent(system: System): Promise<Record<string, number>> {
  const byStep = Map.groupBy(await system.outbox(), ({ step }) => step);
  return Object.fromEntries([...byStep].map(([step, messages]) => [step, messages.length]));
}

/** How many messages each person got on a day, at most. */
async function mostInADay(system: System): Promise<number> {
  const byPersonAndDay = Map.groupBy(await system.outbox(), ({ to, sentAt }) => `${to} ${wibDate(Date.parse(sentAt))}`);
  return Math.max(0, ...[...byPersonAndDay.values()].map(({ length }) => length));
}

describeEmbedded('the sweeper off for five days, with no execution to do its work', { timeout: 240_000 }, () => {
  it('catches up when it is on again: months once, no reminder twice, the stale one dropped', async () => {
    const systems = new Systems();
    const before = await systems.start();
    await coverThem(before);
    await before.advanceTo(at('2027-01-29', '12:00'));

    const off: Drill = { schedulesOff: NO_ALARM_CLOCKS };
    const first = await systems.start({ ...off, abortExecutions: true });
    await first.advanceTo(at('2027-02-03', '12:00'));
    expect(await paidOfEach(first)).toEqual(Array(WORKERS).fill(2));
    expect(await sent(first)).toEqual({});

    const between = await systems.start();
    await between.advanceTo(at('2027-02-04', '01:04'));
    expect(await paidOfEach(between)).toEqual(Array(WORKERS).fill(2));
    await between.advanceTo(at('2027-02-04', '01:06'));
    expect(await paidOfEach(between)).toEqual(Array(WORKERS).fill(3));
    // The third month was the last: nothing committed is left.
    const paid = { 'contributions:paid': WORKERS * TERM_RUPIAH, 'gateway:partner:kitabisa': -WORKERS * TERM_RUPIAH };
    expect(await provenAccounts(between)).toEqual(paid);
    await between.advanceTo(at('2027-02-04', '12:00'));
    expect(await sent(between)).toEqual({ 'T-30': WORKERS });
    await between.advanceTo(at('2027-02-24', '12:00'));
    const threeSteps = { 'T-30': WORKERS, 'T-14': WORKERS, 'T-7': WORKERS };
    expect(await sent(between)).toEqual(threeSteps);

    const second = await systems.start(off);
    await second.advanceTo(at('2027-03-01', '12:00'));
    expect(await sent(second)).toEqual(threeSteps);
    expect(await second.covers({ state: 'expired_in_grace' })).toHaveLength(WORKERS);

    const after = await systems.start();
    await after.advanceTo(at('2027-03-05', '12:00'));
    expect(await sent(after)).toEqual({ ...threeSteps, 'T+0': WORKERS });
    expect(await mostInADay(after)).toBe(1);
    for (const { coverId } of await after.covers()) {
      const nudges = await after.nudges(coverId);
      expect(Object.fromEntries(nudges.map(({ step, state, reason }) => [step, reason ?? state]))).toEqual({
        ...{ 'T-30': 'sent', 'T-14': 'sent', 'T-7': 'sent', 'T+0': 'sent' },
        'T-1': 'step_stale',
      });
      expect(nudges).toHaveLength(5);
    }
    expect(await provenAccounts(after)).toEqual(paid);
  });

  it('offers a gift the fund’s writer forgot to the waiting list', async () => {
    const systems = new Systems();
    const careless: Drill = {
      changed: { functionFolder: 'allocate-funds', release: 'forgets' },
      schedulesOff: NO_ALARM_CLOCKS,
    };
    const forgetful = await systems.start(careless);
    await importRoster(forgetful, roster(people(1, WORKERS)));
    const gift = newGift(WORKERS * TERM_RUPIAH, await forgetful.nowMilliseconds());
    await give(forgetful, gift);
    await forgetful.advanceBy('PT120H');
    const waiting = await forgetful.donationOf('partner:kitabisa', gift.paymentId);
    expect(waiting).toMatchObject({ state: 'received', remainingRupiah: WORKERS * TERM_RUPIAH });
    expect(await forgetful.covers()).toEqual([]);

    const system = await systems.start();
    await system.advanceTo(at('2026-12-07', '01:04'));
    expect(await system.covers()).toEqual([]);
    await system.advanceTo(at('2026-12-07', '01:20'));
    expect(await system.covers({ state: 'active' })).toHaveLength(WORKERS);
    const spent = await system.donationOf('partner:kitabisa', gift.paymentId);
    expectAddsUp(spent);
    expect(spent).toMatchObject({ state: 'allocated', allocatedRupiah: WORKERS * TERM_RUPIAH });
    await provenAccounts(system);
  });
});
