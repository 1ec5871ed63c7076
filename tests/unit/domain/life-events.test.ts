import { expect, it } from 'vitest';
import type { CivilDate } from '../../../shared/domain/dates.ts';
import {
  effectiveDay,
  endingOf,
  LIFE_EVENT_KINDS,
  monthsFrom,
  workerStateAfter,
} from '../../../shared/domain/life-events.ts';

const on = '2027-01-31' as CivilDate;

it('who dies is covered to the end of that day; who leaves or is paid for elsewhere not from that day on', () => {
  expect(LIFE_EVENT_KINDS.map((kind) => [kind, endingOf({ kind, on })])).toEqual([
    ['deceased', { endsOn: '2027-02-01', reason: 'worker_deceased' }],
    ['withdrawn', { endsOn: '2027-01-31', reason: 'worker_withdrawn' }],
    ['claim_opened', null],
    ['claim_closed', null],
    ['wage_earning', { endsOn: '2027-01-31', reason: 'worker_wage_earning' }],
    ['government_paid', { endsOn: '2027-01-31', reason: 'government_paid' }],
  ]);
});

it('who pays changes with the month', () => {
  expect(LIFE_EVENT_KINDS.map((kind) => effectiveDay(kind, on))).toEqual([on, on, on, on, '2027-01-01', '2027-01-01']);
  expect(monthsFrom('2026-12-15' as CivilDate, 3)).toEqual(['2026-12', '2027-01', '2027-02']);
});

it('only who left is somebody else from then on', () => {
  expect(LIFE_EVENT_KINDS.map(workerStateAfter)).toEqual(['deceased', 'withdrawn', null, null, 'withdrawn', null]);
});
