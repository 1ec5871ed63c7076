import { describe, expect, it } from 'vitest';
import type { Cover } from '../../../shared/domain/cover.ts';
import type { CivilDate, CivilMonth, Instant } from '../../../shared/domain/dates.ts';
import type { CoverId, WorkerId } from '../../../shared/domain/ids.ts';
import { enrolmentOf, judgeSaid, type RegistrarAnswer, type Said } from '../../../shared/domain/registrar.ts';

const coverId = 'cov_a_2' as CoverId;
const day = (text: string) => text as CivilDate;
const acceptedAt = '2026-12-05T03:00:00.000Z' as Instant;

function cover(more: Partial<Cover> = {}): Cover {
  return {
    coverId,
    workerId: 'wrk_a' as WorkerId,
    package: 'JKK_JKM',
    state: 'reserved',
    termMonths: 3,
    months: [{ month: '2026-12' as CivilMonth }],
    monthsPaid: 0,
    reservedAt: '2026-12-01T01:00:00.000Z',
    ...more,
  } as unknown as Cover;
}

describe('what is asked of the registrar', () => {
  it('begins on the day it was bought', () => {
    expect(enrolmentOf(cover(), undefined)).toMatchObject({
      earliestStartDate: '2026-12-01',
      continuesFrom: null,
      graceEndsOn: null,
    });
  });

  it('begins with its first month where that comes later, and with the day where no month is named', () => {
    const later = cover({ months: [{ month: '2027-02' }] as unknown as Cover['months'] });
    expect(enrolmentOf(later, undefined).earliestStartDate).toBe('2027-02-01');
    expect(enrolmentOf(cover({ months: [] }), undefined).earliestStartDate).toBe('2026-12-01');
  });

  it('goes on from the cover it renews, whose grace says until when', () => {
    const before = cover({ startDate: day('2026-11-30'), months: cover().months });
    expect(enrolmentOf(cover({ continuesFrom: day('2026-12-30') }), before)).toMatchObject({
      earliestStartDate: '2026-12-30',
      continuesFrom: '2026-12-30',
      graceEndsOn: '2027-03-30',
    });
    expect(enrolmentOf(cover({ continuesFrom: day('2026-12-30') }), cover()).graceEndsOn).toBeNull();
  });
});

describe('what an office says', () => {
  const accepted = (startDate = '2026-12-05'): Said => ({
    coverId,
    outcome: 'accepted',
    startDate: day(startDate),
    acceptedAt,
  });
  const rejected = (reason = 'registrar_age'): Said => ({ coverId, outcome: 'rejected', reason });
  const asked = (more: Partial<Cover> = {}, earlier?: Said) => ({
    cover: cover(more),
    isSubmitted: true,
    earlier: earlier as RegistrarAnswer | undefined,
  });

  it('is taken where it was asked and nothing was said before', () => {
    expect(judgeSaid(accepted(), asked())).toEqual({ result: 'taken', answer: accepted() });
    expect(judgeSaid(rejected(), asked())).toEqual({ result: 'taken', answer: rejected() });
  });

  it('waits for a person where it was never asked, or not yet', () => {
    const parked = { result: 'parked', column: 'coverId', reason: 'registrar_never_submitted' };
    expect(judgeSaid(accepted(), undefined)).toEqual(parked);
    expect(judgeSaid(accepted(), { ...asked(), isSubmitted: false })).toEqual(parked);
  });

  it('waits where nobody knows its reason', () => {
    const parked = { result: 'parked', column: 'reason', reason: 'registrar_reason_unknown' };
    expect(judgeSaid(rejected('bosan'), asked())).toEqual(parked);
    expect(judgeSaid(rejected('below_price'), asked())).toEqual(parked);
  });

  it('is known where it was said before, whatever minute it names', () => {
    const again = { ...accepted(), acceptedAt: '2026-12-06T00:00:00.000Z' as Instant } as Said;
    expect(judgeSaid(again, asked({}, accepted()))).toEqual({ result: 'known', answer: accepted() });
    expect(judgeSaid(rejected(), asked({}, rejected()))).toEqual({ result: 'known', answer: rejected() });
  });

  it('is known where the cover itself says it', () => {
    const active = { state: 'active', startDate: day('2026-12-05'), acceptedAt } as const;
    expect(judgeSaid(accepted(), asked(active))).toMatchObject({ result: 'known' });
    expect(judgeSaid(rejected(), asked({ state: 'rejected', reason: 'registrar_age' }))).toMatchObject({
      result: 'known',
    });
  });

  it.each([
    ['another day', accepted('2026-12-06'), accepted(), 'startDate'],
    ['another reason', rejected('registrar_rejected'), rejected(), 'reason'],
    ['no after yes', rejected(), accepted(), 'outcome'],
    ['yes after no', accepted(), rejected(), 'outcome'],
  ])('waits where it contradicts the first word: %s', (_what, said, earlier, column) => {
    expect(judgeSaid(said, asked({}, earlier))).toEqual({
      result: 'parked',
      column,
      reason: 'registrar_contradiction',
    });
  });

  it('waits where the cover was given up meanwhile', () => {
    for (const state of ['cancelled', 'rejected'] as const)
      expect(judgeSaid(accepted(), asked({ state }))).toMatchObject({ result: 'parked', column: 'coverId' });
  });

  it.each([
    ['2026-11-30', false],
    ['2026-12-01', true],
    ['2027-02-05', true],
    ['2027-02-06', false],
  ])('can start on %s: %s', (startDate, isPossible) => {
    const judged = judgeSaid(accepted(startDate), asked());
    if (isPossible) expect(judged).toMatchObject({ result: 'taken' });
    else expect(judged).toEqual({ result: 'parked', column: 'startDate', reason: 'registrar_start_impossible' });
  });

  it('starts a renewal where the cover before ends, however far ahead, and never before', () => {
    const renewal = asked({ continuesFrom: day('2027-06-10') });
    expect(judgeSaid(accepted('2027-06-10'), renewal)).toMatchObject({ result: 'taken' });
    expect(judgeSaid(accepted('2027-06-09'), renewal)).toMatchObject({ reason: 'registrar_start_impossible' });
  });
});
