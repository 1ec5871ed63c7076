import { describe, expect, it } from 'vitest';
import {
  dueSteps,
  firstDayOf,
  isOver,
  lastDayDue,
  runsThrough,
  stepsOn,
} from '../../../shared/domain/campaign-schedule.ts';
import type { CivilDate, Instant } from '../../../shared/domain/dates.ts';
import { stepAt } from '../../../shared/domain/nudge.ts';
import { campaignWith } from '../../support/campaigns.ts';

const day = (text: string) => text as CivilDate;
/** Nine in Jakarta is two in UTC. */
const wib = (date: string, hour: number) =>
  new Date(Date.parse(`${date}T00:00:00+07:00`) + hour * 3_600_000).toISOString() as Instant;
const STEPS = [stepAt(-7), stepAt(-1), stepAt(7)];

it('a day is due from its hour on', () => {
  expect(lastDayDue(9, wib('2026-12-10', 8.99))).toBe('2026-12-09');
  expect(lastDayDue(9, wib('2026-12-10', 9))).toBe('2026-12-10');
});

it('a campaign begins with the first hour of sending after its launch, and not before its start', () => {
  const at = (hour: number, startsOn: CivilDate | null = null) =>
    firstDayOf({ sendHour: 9, startsOn }, wib('2026-12-10', hour));
  expect(at(8)).toBe('2026-12-10');
  expect(at(9)).toBe('2026-12-11');
  expect(at(8, day('2026-12-20'))).toBe('2026-12-20');
  expect(at(9, day('2026-12-01'))).toBe('2026-12-11');
});

describe('a run', () => {
  const campaign = campaignWith({ steps: STEPS, firstDay: day('2026-12-01') });
  const through = (changes: Partial<typeof campaign>, at: Instant) => runsThrough({ ...campaign, ...changes }, at);

  it('reaches the last day that is due, once', () => {
    expect(through({}, wib('2026-11-30', 23))).toBeNull();
    expect(through({}, wib('2026-12-01', 8))).toBeNull();
    expect(through({}, wib('2026-12-01', 9))).toBe('2026-12-01');
    expect(through({ ranThrough: day('2026-12-01') }, wib('2026-12-01', 20))).toBeNull();
    expect(through({ ranThrough: day('2026-12-01') }, wib('2026-12-05', 9))).toBe('2026-12-05');
    expect(through({ firstDay: null }, wib('2026-12-05', 9))).toBeNull();
  });

  it('reaches no day from the end of the campaign on', () => {
    const endsOn = day('2026-12-04');
    expect(through({ endsOn }, wib('2026-12-09', 9))).toBe('2026-12-03');
    expect(through({ endsOn, ranThrough: day('2026-12-03') }, wib('2026-12-09', 9))).toBeNull();
    expect(through({ endsOn }, wib('2026-12-02', 9))).toBe('2026-12-02');
  });

  it('has the steps of the day, by the end dates they belong to', () => {
    const due = dueSteps(campaign, wib('2026-12-01', 9));
    expect(due.map(({ step, endDate, stale }) => [step.name, endDate, stale])).toEqual([
      ['T-7', '2026-12-08', false],
      ['T-1', '2026-12-02', false],
      ['T+7', '2026-11-24', false],
    ]);
    expect(dueSteps(campaign, wib('2026-11-30', 9))).toEqual([]);
    expect(dueSteps({ ...campaign, firstDay: null }, wib('2026-12-05', 9))).toEqual([]);
  });

  it('makes good the days since the last, and records what a later step has overtaken', () => {
    const due = dueSteps({ ...campaign, ranThrough: day('2026-12-08') }, wib('2026-12-16', 9));
    const of = (endDate: string) =>
      due.filter((each) => each.endDate === endDate).map(({ step, stale }) => [step.name, stale]);
    // Its T-7 was due on the ninth, its T-1 on the fifteenth.
    expect(of('2026-12-16')).toEqual([
      ['T-7', true],
      ['T-1', false],
    ]);
    expect(of('2026-12-18')).toEqual([['T-7', false]]);
  });

  it('looks a week back, for covers that joined late, and never before the first day', () => {
    const days = (ranThrough: string | null) => [
      ...new Set(
        dueSteps({ ...campaign, ranThrough: ranThrough as CivilDate | null }, wib('2026-12-12', 9)).map(({ on }) => on),
      ),
    ];
    expect(days('2026-12-11')[0]).toBe('2026-12-05');
    expect(days('2026-12-03')[0]).toBe('2026-12-01');
    expect(days(null)[0]).toBe('2026-12-01');
  });

  it('gives up a last step after a month', () => {
    const [, , last] = stepsOn(STEPS, day('2026-12-01'), day('2026-12-31'));
    expect(last?.stale).toBe(false);
    expect(stepsOn(STEPS, day('2026-12-01'), day('2027-01-01'))[2]?.stale).toBe(true);
  });
});

it('a campaign is over on its end, once its last day was run', () => {
  const end = { endsOn: day('2026-12-05'), ranThrough: day('2026-12-04') };
  expect(isOver(end, day('2026-12-05'))).toBe(true);
  expect(isOver(end, day('2026-12-04'))).toBe(false);
  expect(isOver({ ...end, ranThrough: day('2026-12-03') }, day('2026-12-06'))).toBe(false);
  expect(isOver({ ...end, ranThrough: null }, day('2026-12-06'))).toBe(false);
  expect(isOver({ ...end, endsOn: null }, day('2030-01-01'))).toBe(false);
});
