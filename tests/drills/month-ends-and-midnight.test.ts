/**
 * Months are counted from the day cover began and end with the month where that day does not exist; days are those of
 * Jakarta, where midnight is five in the afternoon of UTC.
 */
import { expect, it } from 'vitest';
import { paidMonths, provenBalances } from '../acceptance/support/books.ts';
import { newPayment, notify } from '../acceptance/support/midtrans.ts';
import { importRoster, people, roster } from '../acceptance/support/roster.ts';
import { describeEmbedded, startSystemForTest } from '../acceptance/support/system.ts';
import { at } from '../acceptance/support/wib.ts';

interface Calendar {
  readonly startDate: string;
  readonly secondMonth: readonly [dayBefore: string, day: string];
  readonly thirdMonth: readonly [dayBefore: string, day: string];
  readonly endDate: string;
}

/** 2028 is a leap year. */
const CALENDARS: readonly Calendar[] = [
  {
    startDate: '2027-01-31',
    secondMonth: ['2027-02-27', '2027-02-28'],
    thirdMonth: ['2027-03-30', '2027-03-31'],
    endDate: '2027-04-30',
  },
  {
    startDate: '2027-11-30',
    secondMonth: ['2027-12-29', '2027-12-30'],
    thirdMonth: ['2028-01-29', '2028-01-30'],
    endDate: '2028-02-29',
  },
  {
    startDate: '2027-02-28',
    secondMonth: ['2027-03-27', '2027-03-28'],
    thirdMonth: ['2027-04-27', '2027-04-28'],
    endDate: '2027-05-28',
  },
  {
    startDate: '2028-02-29',
    secondMonth: ['2028-03-28', '2028-03-29'],
    thirdMonth: ['2028-04-28', '2028-04-29'],
    endDate: '2028-05-29',
  },
];

describeEmbedded('cover that begins at the end of a month', () => {
  it.each(CALENDARS)('on $startDate ends on $endDate', async ({ startDate, secondMonth, thirdMonth, endDate }) => {
    const system = await startSystemForTest({ now: at(startDate, '08:00') });
    await importRoster(system, roster(people(1, 1)));
    await notify(system, newPayment(50_400, await system.nowMilliseconds()), 'settlement');
    await system.settle();
    await system.advanceBy('PT15M');
    const [cover] = await system.covers();
    expect(cover).toMatchObject({ state: 'active', startDate, endDate });
    const paidOn = async (day: string) => {
      await system.advanceTo(at(day, '12:00'));
      return paidMonths(await system.cover(cover!.coverId)).length;
    };
    expect(await paidOn(secondMonth[0])).toBe(1);
    expect(await paidOn(secondMonth[1])).toBe(2);
    expect(await paidOn(thirdMonth[0])).toBe(2);
    expect(await paidOn(thirdMonth[1])).toBe(3);
    await system.advanceTo(at(endDate, '12:00'));
    const ended = await system.cover(cover!.coverId);
    expect(ended.state).toBe('expired_in_grace');
    expect(ended.nudges.map(({ step }) => step)).toEqual(['T-30', 'T-14', 'T-7', 'T-1', 'T+0']);
    await provenBalances(system);
  });
});

describeEmbedded('cover accepted one minute before and one after midnight in Jakarta', () => {
  it('begins on two days, and each day changes at midnight and not before', async () => {
    // The registrar answers after ten minutes.
    const system = await startSystemForTest({ now: at('2027-01-30', '23:48') });
    await importRoster(system, roster(people(1, 2)));
    const coverOne = async () => {
      await notify(system, newPayment(50_400, await system.nowMilliseconds()), 'settlement');
      await system.settle();
    };
    const startDates = async () => (await system.covers()).map(({ startDate }) => startDate).sort();
    await coverOne();
    await system.advanceTo(at('2027-01-30', '23:50'));
    await coverOne();
    await system.advanceTo(at('2027-01-30', '23:59'));
    expect(await startDates()).toEqual(['2027-01-30', null]);
    await system.advanceTo(at('2027-01-31', '00:01'));
    expect(await startDates()).toEqual(['2027-01-30', '2027-01-31']);
    // Neither 30 nor 31 February exists, nor 31 April: both are paid and end on the same days.
    await system.advanceTo(at('2027-02-28', '05:59'));
    expect((await system.covers()).map((cover) => paidMonths(cover).length)).toEqual([1, 1]);
    await system.advanceTo(at('2027-02-28', '06:01'));
    expect((await system.covers()).map((cover) => paidMonths(cover).length)).toEqual([2, 2]);
    await system.advanceTo(at('2027-04-29', '23:59'));
    expect(await system.covers({ state: 'expiring' })).toHaveLength(2);
    await system.advanceTo(at('2027-04-30', '00:00'));
    expect(await system.covers({ state: 'expired_in_grace' })).toHaveLength(2);
    await provenBalances(system);
  });
});
