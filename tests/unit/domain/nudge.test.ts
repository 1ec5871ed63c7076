import { describe, expect, it } from 'vitest';
import type { Cover } from '../../../shared/domain/cover.ts';
import type { CivilDate } from '../../../shared/domain/dates.ts';
import type { CoverId } from '../../../shared/domain/ids.ts';
import { isStale, NUDGE_STEPS, nudgeRefusal, stepAt, stepDate, stepNamed } from '../../../shared/domain/nudge.ts';

const END = '2027-03-01' as CivilDate;
const day = (text: string) => text as CivilDate;
const cover = (changes: Partial<Cover> = {}) => ({ state: 'active', endDate: END, ...changes }) as Cover;
const willing = { consentMessaging: true };

it('reminders are due 30, 14, 7 and 1 day before the end, on it, and 7, 30 and 60 days after', () => {
  expect(NUDGE_STEPS.map((step) => [step.name, stepDate(END, step)])).toEqual([
    ['T-30', '2027-01-30'],
    ['T-14', '2027-02-15'],
    ['T-7', '2027-02-22'],
    ['T-1', '2027-02-28'],
    ['T+0', '2027-03-01'],
    ['T+7', '2027-03-08'],
    ['T+30', '2027-03-31'],
    ['T+60', '2027-04-30'],
  ]);
});

it('a step and its name lead to each other', () => {
  for (const step of NUDGE_STEPS) expect(stepNamed(step.name)).toEqual(step);
  expect(stepAt(0).name).toBe('T+0');
});

it('a step is stale from the day on which the next one is due; the last never is', () => {
  expect(isStale(END, 'T-14', day('2027-02-21'))).toBe(false);
  expect(isStale(END, 'T-14', day('2027-02-22'))).toBe(true);
  expect(isStale(END, 'T+60', day('2028-01-01'))).toBe(false);
});

describe('a reminder (I7)', () => {
  it('goes out while the cover runs to that end, the step is fresh and the worker agreed', () => {
    expect(nudgeRefusal(cover(), END, 'T-14', willing, day('2027-02-15'))).toBeNull();
  });

  it.each([
    ['cover_renewed', cover({ renewedBy: 'cov_1_2' as CoverId })],
    ['claim_open', cover({ claimOpenSince: day('2027-02-10') })],
    ['worker_deceased', cover({ state: 'deceased' })],
    ['worker_withdrawn', cover({ state: 'withdrawn' })],
    ['cover_ended_early', cover({ state: 'cancelled' })],
    ['cover_ended_early', cover({ state: 'rejected' })],
    ['cover_ended_early', cover({ state: 'reserved' })],
    ['end_date_changed', cover({ endDate: day('2027-06-01') })],
  ])('does not: %s', (reason, changed) => {
    expect(nudgeRefusal(changed, END, 'T-14', willing, day('2027-02-15'))).toBe(reason);
  });

  it('does not as soon as a cover that goes on from this one was bought, nor to a child', () => {
    const refusal = (worker: object) =>
      nudgeRefusal(cover({ coverId: 'cov_1_1' as CoverId }), END, 'T-14', { ...willing, ...worker }, day('2027-02-15'));
    expect(refusal({ currentCoverId: 'cov_1_1' })).toBeNull();
    expect(refusal({ currentCoverId: 'cov_1_2' })).toBe('cover_renewed');
    expect(refusal({ needsReview: true })).toBe('child_data');
  });

  it('does not once its step has passed, nor without consent', () => {
    expect(nudgeRefusal(cover(), END, 'T-14', willing, day('2027-02-22'))).toBe('step_stale');
    expect(nudgeRefusal(cover(), END, 'T-14', { consentMessaging: false }, day('2027-02-15'))).toBe('no_consent');
  });
});
