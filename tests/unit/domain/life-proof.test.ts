import { expect, it } from 'vitest';
import { type Cover, coverWindow } from '../../../shared/domain/cover.ts';
import type { CivilDate, CivilMonth, Instant } from '../../../shared/domain/dates.ts';
import type { CoverId } from '../../../shared/domain/ids.ts';
import { type LifePosting, LifeProver, type LifeReport } from '../../../shared/domain/life-proof.ts';
import { rupiah } from '../../../shared/domain/money.ts';

const FIRST = 'cov_a_1' as CoverId;
const SECOND = 'cov_a_2' as CoverId;
const at = (day: string) => `${day}T03:00:00.000Z` as Instant;
const months = ['2027-01', '2027-02', '2027-03'].map((month) => ({
  month: month as CivilMonth,
  priceRupiah: rupiah(16_800),
  shares: [],
}));
const cover = {
  coverId: FIRST,
  state: 'active',
  reservedAt: at('2026-12-30'),
  acceptedAt: at('2027-01-05'),
  months,
  monthsPaid: 2,
  ...coverWindow('2027-01-05' as CivilDate, 3),
  cohortId: '2027-01-05-g00',
} as unknown as Cover;
const page = (day: string, monthNumber?: number): LifePosting => ({
  at: at(day),
  kind: 'contribution',
  coverIds: [FIRST, SECOND],
  ...(monthNumber ? { monthNumber } : {}),
});
const SOUND = [page('2027-01-05'), page('2027-02-05', 2)];

function proved(covers: readonly Cover[], postings: readonly LifePosting[], reports: readonly LifeReport[] = []) {
  const prover = new LifeProver();
  for (const posting of postings) prover.takePosting(posting);
  for (const one of covers) prover.takeCover(one);
  for (const report of reports) prover.takeReport(report);
  return prover.conclude();
}

it('a cover whose pages name it is proved; one that nobody paid for is not', () => {
  expect(proved([cover], SOUND)).toEqual([]);
  expect(proved([cover], [page('2027-01-05')])).toEqual(['cover cov_a_1 says monthsPaid 2, its events 1']);
  const elsewhere = { ...page('2027-02-05', 2), kind: 'release' };
  expect(proved([cover], [page('2027-01-05'), elsewhere])).toEqual(['cover cov_a_1 says monthsPaid 2, its events 1']);
});

it('a page from before it listed its covers proves nothing, and accuses none', () => {
  const unlisted: LifePosting = { at: at('2027-02-05'), kind: 'contribution', covers: 90 };
  expect(proved([cover], [page('2027-01-05'), unlisted])).toEqual([]);
  const more = { ...cover, monthsPaid: 1 };
  expect(proved([more], [...SOUND, unlisted])).toEqual(['cover cov_a_1 says monthsPaid 1, its events 2']);
});

it('claims and renewals are told by reports and by the next cover', () => {
  const report = { on: '2027-02-10' as CivilDate, recordedAt: at('2027-02-11'), coverIds: [FIRST] };
  const held = { ...cover, claimOpenSince: report.on };
  expect(proved([held], SOUND, [{ ...report, kind: 'claim_opened' }])).toEqual([]);
  expect(proved([held], SOUND, [{ ...report, kind: 'withdrawn' }])).toHaveLength(1);
  expect(proved([held], SOUND, [{ kind: 'claim_opened', on: report.on, recordedAt: report.recordedAt }])).toHaveLength(
    1,
  );
  const next = { ...cover, coverId: SECOND, renews: FIRST } as Cover;
  expect(proved([{ ...cover, renewedBy: SECOND }, next], SOUND)).toEqual([]);
  expect(proved([cover, next], SOUND)).toEqual(['cover cov_a_1 says renewedBy none, its events cov_a_2']);
  const { acceptedAt: _waits, ...waiting } = next;
  expect(proved([cover, waiting as Cover], SOUND)).toEqual([]);
});

it('one that the registrar has not answered needs no cohort, and months are counted from its anchor', () => {
  const { cohortId: _cohort, startDate: _start, endDate: _end, acceptedAt: _at, ...planned } = cover;
  expect(proved([{ ...planned, state: 'reserved', monthsPaid: 0 } as Cover], [])).toEqual([]);
  const anchored = {
    ...cover,
    anchorDay: 31,
    ...coverWindow('2027-02-28' as CivilDate, 3, 31),
    cohortId: '2027-02-28-d31-g00',
  } as unknown as Cover;
  expect(proved([anchored], SOUND)).toEqual([]);
});
