import { describe, expect, it } from 'vitest';
import type { CivilDate } from '../../../shared/domain/dates.ts';
import type { CoverId } from '../../../shared/domain/ids.ts';
import {
  cohortClosesOn,
  cohortIdOf,
  cohortKeyOf,
  cohortOf,
  executionNameOf,
  phasesOf,
  shardOfCover,
} from '../../../shared/domain/lifecycle.ts';

const day = (text: string) => text as CivilDate;
const coverIds = Array.from({ length: 200 }, (_, index) => `cov_${index}_1` as CoverId);

describe('a cohort', () => {
  it('is named by its start date and group, and by its term where that is not three months', () => {
    expect(cohortIdOf(day('2026-12-01'), 3, 0)).toBe('2026-12-01-g00');
    expect(cohortIdOf(day('2026-12-01'), 6, 12)).toBe('2026-12-01-m06-g12');
    expect(executionNameOf(cohortIdOf(day('2026-12-01'), 3, 0))).toBe('cover-2026-12-01-g00');
  });

  it('takes a cover by its id alone, in one of its groups and shards', () => {
    const sizes = { groups: 4, shards: 8 };
    const cohorts = coverIds.map((coverId) => cohortOf(coverId, day('2026-12-01'), 3, sizes));
    expect(new Set(cohorts.map(({ group }) => group))).toEqual(new Set([0, 1, 2, 3]));
    expect(cohorts[0]).toEqual(cohortOf(coverIds[0]!, day('2026-12-01'), 3, sizes));
    expect(cohorts[0]).toMatchObject({ startDate: '2026-12-01', termMonths: 3, shards: 8 });
    expect(new Set(coverIds.map((coverId) => shardOfCover(coverId, 8))).size).toBe(8);
    expect(cohortKeyOf(cohorts[0]!.cohortId, 3)).toBe(`COHORT#${cohorts[0]!.cohortId}#3`);
  });

  it('closes a day after its grace', () => {
    expect(cohortClosesOn({ startDate: day('2026-12-01'), termMonths: 3 })).toBe('2027-06-02');
  });
});

describe('the phases of a cohort', () => {
  it('of three months are in order of time, each at its hour in Jakarta', () => {
    const phases = phasesOf({ startDate: day('2026-12-01'), termMonths: 3 });
    expect(phases.map(({ name, kind, on, at }) => [name, kind, on, at])).toEqual([
      ['month-2', 'contribution', '2027-01-01', '2026-12-31T23:00:00.000Z'],
      ['T-30', 'nudge', '2027-01-30', '2027-01-30T02:00:00.000Z'],
      ['month-3', 'contribution', '2027-02-01', '2027-01-31T23:00:00.000Z'],
      ['T-14', 'nudge', '2027-02-15', '2027-02-15T02:00:00.000Z'],
      ['T-7', 'nudge', '2027-02-22', '2027-02-22T02:00:00.000Z'],
      ['T-1', 'nudge', '2027-02-28', '2027-02-28T02:00:00.000Z'],
      ['end', 'end', '2027-03-01', '2027-02-28T17:00:00.000Z'],
      ['T+0', 'nudge', '2027-03-01', '2027-03-01T02:00:00.000Z'],
      ['T+7', 'nudge', '2027-03-08', '2027-03-08T02:00:00.000Z'],
      ['T+30', 'nudge', '2027-03-31', '2027-03-31T02:00:00.000Z'],
      ['T+60', 'nudge', '2027-04-30', '2027-04-30T02:00:00.000Z'],
      ['lapse', 'lapse', '2027-06-01', '2027-05-31T17:00:00.000Z'],
    ]);
    expect(phases.filter(({ monthNumber }) => monthNumber !== undefined).map(({ monthNumber }) => monthNumber)).toEqual(
      [2, 3],
    );
    for (const phase of phases) expect('monthNumber' in phase).toBe(phase.kind === 'contribution');
  });

  it('of one month leave out the contribution there is not and the reminder before the start', () => {
    const names = phasesOf({ startDate: day('2027-02-01'), termMonths: 1 }).map(({ name }) => name);
    expect(names).not.toContain('T-30');
    expect(names).toEqual(['T-14', 'T-7', 'T-1', 'end', 'T+0', 'T+7', 'T+30', 'T+60', 'lapse']);
  });

  it('leave out a reminder of the first week: it would greet the worker with the end', () => {
    for (const start of ['2026-11-01', '2026-12-01', '2027-02-01'])
      expect(phasesOf({ startDate: day(start), termMonths: 1 })[0]).toMatchObject({ name: 'T-14' });
    const [first, second] = phasesOf({ startDate: day('2026-12-01'), termMonths: 2 });
    expect([first, second]).toMatchObject([{ name: 'month-2' }, { name: 'T-30' }]);
  });

  it('of twelve months have eleven contributions, and no name or instant twice', () => {
    const phases = phasesOf({ startDate: day('2026-12-01'), termMonths: 12 });
    const names = phases.map(({ name }) => name);
    expect(new Set(phases.map(({ at }) => at)).size).toBe(phases.length);
    expect(names).toEqual([...new Set(names)]);
    expect(names.filter((name) => name.startsWith('month'))).toHaveLength(11);
  });
});
