/** Months are counted from the day cover began and end with the month where that day does not exist. */
import { expect, it } from 'vitest';
import { paidMonths, provenBalances } from './support/books.ts';
import { newPayment, notify } from './support/midtrans.ts';
import { importRoster, people, roster } from './support/roster.ts';
import { describeEmbedded, startSystemForTest } from './support/system.ts';
import { at } from './support/wib.ts';

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
