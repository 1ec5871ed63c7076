import { describe, expect, it } from 'vitest';
import { type Cover, coverWindow } from '../../../shared/domain/cover.ts';
import {
  type CoverChange,
  type CoverEvidence,
  differences,
  eventsOf,
  inOrder,
  replay,
} from '../../../shared/domain/cover-events.ts';
import type { CivilDate, CivilMonth, Instant } from '../../../shared/domain/dates.ts';
import type { CoverId } from '../../../shared/domain/ids.ts';
import { rupiah } from '../../../shared/domain/money.ts';

const at = (day: string, time = '03:00:00.000') => `${day}T${time}Z` as Instant;
const day = (text: string) => text as CivilDate;
const monthsFrom = (...months: string[]) =>
  months.map((month) => ({ month: month as CivilMonth, priceRupiah: rupiah(16_800), shares: [] }));
const THREE = monthsFrom('2027-01', '2027-02', '2027-03');
const IDENTITY = { coverId: 'cov_a_1' as CoverId, group: 2 };
const NEXT = 'cov_a_2' as CoverId;

/** Bought on 30 December, from 5 January to 5 April. */
const cover = {
  ...IDENTITY,
  state: 'active',
  reservedAt: at('2026-12-30'),
  months: THREE,
  monthsPaid: 2,
  ...coverWindow(day('2027-01-05'), 3),
  cohortId: '2027-01-05-g02',
} as unknown as Cover;
const PAID: CoverEvidence['payments'] = [
  { at: at('2027-01-05'), monthNumber: 1 },
  { at: at('2027-02-04'), monthNumber: 2 },
];
const NOTHING: CoverEvidence = { changes: [], payments: [], claims: [], renewal: null };
const change = (when: string, what: Omit<CoverChange, 'monthsBefore'>, monthsBefore = THREE) => ({
  at: at(when),
  change: { monthsBefore, ...what },
});
const lifeOf = (evidence: Partial<CoverEvidence>, row: Cover = cover) =>
  replay(IDENTITY, eventsOf(row, { ...NOTHING, ...evidence }));
const differs = (row: Cover, evidence: Partial<CoverEvidence>) => differences(row, lifeOf(evidence, row));

describe('the life of a cover', () => {
  it('follows from what was bought, accepted and paid', () => {
    expect(lifeOf({ payments: PAID })).toMatchObject({
      state: 'active',
      monthsPaid: 2,
      startDate: '2027-01-05',
      endDate: '2027-04-05',
      cohortId: '2027-01-05-g02',
    });
    expect(differs(cover, { payments: PAID })).toEqual([]);
  });

  it('is the same in whatever order its events are told', () => {
    const events = eventsOf(cover, { ...NOTHING, payments: PAID, renewal: { at: at('2027-03-20'), by: NEXT } });
    expect(replay(IDENTITY, events.toReversed())).toEqual(replay(IDENTITY, events));
    expect(inOrder(events.toReversed())).toEqual(events);
  });

  it('is only what was bought until the registrar answers, and nothing where it was rejected', () => {
    const { startDate: _start, endDate: _end, cohortId: _cohort, ...planned } = cover;
    const reserved = { ...planned, state: 'reserved', monthsPaid: 0 } as Cover;
    expect(differs(reserved, {})).toEqual([]);
    const release = change('2027-01-02', { kind: 'release', months: THREE, reason: 'registrar_rejected' });
    const rejected = { ...reserved, state: 'rejected', reason: 'registrar_rejected' } as Cover;
    expect(differs(rejected, { changes: [release] })).toEqual([]);
    expect(differs(reserved, { changes: [release] })).toEqual([
      'state reserved, its events rejected',
      'reason none, its events registrar_rejected',
    ]);
  });

  it('starts in another month, at that month’s prices, with an acceptance that was late', () => {
    const later = monthsFrom('2027-02', '2027-03', '2027-04');
    const window = coverWindow(day('2027-02-01'), 3);
    const row = { ...cover, ...window, months: later, monthsPaid: 1, cohortId: '2027-02-01-g02' } as unknown as Cover;
    const reprice = change('2027-02-01', { kind: 'reprice', months: later, startDate: window.startDate });
    expect(differs(row, { changes: [reprice] })).toEqual([]);
    expect(eventsOf(row, { ...NOTHING, changes: [reprice] })[0]).toMatchObject({
      event: 'reserved',
      months: THREE.map(({ month, priceRupiah }) => ({ month, priceRupiah })),
    });
  });

  it('is longer where a tariff made it so, before the registrar answered or after', () => {
    const four = [...THREE, ...monthsFrom('2027-04')];
    const adjust = change('2027-01-20', { kind: 'adjust', months: four });
    const row = {
      ...cover,
      months: four,
      ...coverWindow(day('2027-01-05'), 4),
      cohortId: '2027-01-05-m04-g02',
    } as unknown as Cover;
    expect(differs(row, { payments: PAID, changes: [adjust] })).toEqual([]);
    const before = change('2026-12-31', { kind: 'adjust', months: four });
    expect(differs(row, { payments: PAID, changes: [before] })).toEqual([]);
  });

  it('ends early with the months that were used', () => {
    const row = {
      ...cover,
      state: 'deceased',
      months: THREE.slice(0, 2),
      reason: 'worker_deceased',
      endedOn: '2027-02-10',
      endDate: '2027-02-11',
    } as unknown as Cover;
    const end = change('2027-02-12', {
      kind: 'end',
      months: row.months,
      endsOn: day('2027-02-11'),
      reason: 'worker_deceased',
    });
    expect(differs(row, { payments: PAID, changes: [end] })).toEqual([]);
    const twice = change('2027-02-13', {
      kind: 'end',
      months: [],
      endsOn: day('2027-01-06'),
      reason: 'worker_withdrawn',
    });
    for (const changes of [
      [end, twice],
      [twice, end],
    ])
      expect(differs(row, { payments: PAID, changes })).toEqual([]);
  });

  it('is held by a claim until that is closed, and renewed by the next cover', () => {
    const opened = { at: at('2027-03-01'), event: 'claim_opened' as const, on: day('2027-02-27') };
    const closed = { at: at('2027-03-10'), event: 'claim_closed' as const, on: day('2027-03-10') };
    const held = { ...cover, claimOpenSince: day('2027-02-27') };
    expect(differs(held, { payments: PAID, claims: [opened] })).toEqual([]);
    expect(differs(cover, { payments: PAID, claims: [opened, closed] })).toEqual([]);
    const renewal = { at: at('2027-03-20'), by: NEXT };
    expect(differs({ ...cover, renewedBy: NEXT }, { payments: PAID, renewal })).toEqual([]);
  });

  it('keeps to the day its line of renewals began on', () => {
    const identity = { ...IDENTITY, anchorDay: 31 };
    const row = {
      ...cover,
      ...identity,
      ...coverWindow(day('2027-02-28'), 3, 31),
      monthsPaid: 1,
      cohortId: '2027-02-28-d31-g02',
    } as unknown as Cover;
    const events = eventsOf(row, { ...NOTHING, payments: [{ at: at('2027-02-20'), monthNumber: 1 }] });
    expect(differences(row, replay(identity, events))).toEqual([]);
    expect(replay(identity, events).endDate).toBe('2027-05-31');
  });

  it('differs from a row that says something else, in words', () => {
    expect(differs({ ...cover, monthsPaid: 3 }, { payments: PAID })).toEqual(['monthsPaid 3, its events 2']);
    const dear = change('2027-01-20', {
      kind: 'adjust',
      months: THREE.map((month) => ({ ...month, priceRupiah: rupiah(1) })),
    });
    expect(differs(cover, { payments: PAID, changes: [dear] })).toEqual([
      'months 2027-01 16800, 2027-02 16800, 2027-03 16800, its events 2027-01 1, 2027-02 1, 2027-03 1',
    ]);
    const { startDate: _start, ...lost } = cover;
    expect(differs(lost as Cover, { payments: PAID }).join()).toMatch('state active, its events reserved');
  });
});
