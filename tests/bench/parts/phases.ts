/**
 * (e) How long a phase takes for a thousand covers, in cohorts of a thousand and of a hundred thousand: a month that is
 * paid, and a reminder that is handed to its queue. The covers are put into the table straight away.
 */
import { type Cover, coverWindow } from '../../../shared/domain/cover.ts';
import { type CivilDate, type CivilMonth, type Instant, monthOf } from '../../../shared/domain/dates.ts';
import { type AllocationId, coverIdOf, type FundId, type WorkerId } from '../../../shared/domain/ids.ts';
import { type Cohort, cohortOf } from '../../../shared/domain/lifecycle.ts';
import { priceTerm } from '../../../shared/domain/tariff.ts';
import { joinCohort } from '../../../shared/store/cohorts.ts';
import { cohortPlace, coverRow } from '../../../shared/store/covers.ts';
import { type Figure, median, type PartOptions, scaled } from '../figures.ts';
import { fillTable } from '../support/fill.ts';
import { standStillAt } from '../support/stage.ts';
import { CONTEXT, openSurroundings } from '../support/surroundings.ts';

const SMALL = 1_000;
const LARGE = 100_000;
const SMALL_COHORTS = 7;
const SHARDS = 2;
const TERM_MONTHS = 3;
const PHASES = ['month-2', 'T-30'] as const;
const LIMIT = 1.2;
/** Every cohort here is past its last reminder. */
const NOW = '2027-06-01T08:00:00+07:00';
const BOUGHT_AT = '2026-11-30T10:00:00.000Z' as Instant;

function coverOf(number: number, startDate: CivilDate): { cover: Cover; cohort: Cohort } {
  const workerId = `wrk_${number.toString(16).padStart(20, '0')}` as WorkerId;
  const coverId = coverIdOf(workerId, 1);
  const sector = 'non_transport' as Cover['sector'];
  const donationId = 'don_00000000000000000000';
  const months = priceTerm('JKK_JKM', sector, monthOf(startDate) as CivilMonth, TERM_MONTHS).map((month) => ({
    ...month,
    shares: [{ donationId, amountRupiah: month.priceRupiah }],
  }));
  const cohort = cohortOf(coverId, startDate, TERM_MONTHS, { groups: 1, shards: SHARDS });
  const cover: Cover = {
    coverId,
    workerId,
    fundId: 'general' as FundId,
    allocationId: 'alc_general_00000001' as AllocationId,
    package: 'JKK_JKM',
    sector,
    region: '33.72',
    state: 'active',
    termMonths: TERM_MONTHS,
    months,
    monthsPaid: 1,
    reservedAt: BOUGHT_AT,
    acceptedAt: BOUGHT_AT,
    cohortId: cohort.cohortId,
    ...coverWindow(startDate, TERM_MONTHS),
  };
  return { cover, cohort };
}

/** @returns milliseconds for a thousand covers, by phase */
async function runPhases(startDate: CivilDate, covers: number): Promise<number[]> {
  const { handler } = await import('../../../functions/run-cover-phase/handler.ts');
  const { cover, cohort } = coverOf(1, startDate);
  await joinCohort(cohort, cover.endDate as CivilDate, BOUGHT_AT);
  const times: number[] = [];
  for (const phase of PHASES) {
    const started = performance.now();
    let done = 0;
    for (let shard = 0; shard < SHARDS; shard += 1) {
      const task = { contractVersion: 1, cohortId: cohort.cohortId, phase, shard: { shard } };
      done += ((await handler(task, CONTEXT)) as { covers: number }).covers;
    }
    if (done !== covers) throw new Error(`${phase} was done for ${done} of ${covers} covers`);
    times.push(((performance.now() - started) / covers) * 1_000);
  }
  return times;
}

function placedRow(cover: Cover) {
  return { ...coverRow(cover), ...cohortPlace(cover, SHARDS) };
}

export async function run({ scale }: PartOptions): Promise<Figure[]> {
  const surroundings = await openSurroundings();
  try {
    standStillAt(NOW);
    const large = scaled(LARGE, scale, SMALL);
    const startDates = Array.from({ length: SMALL_COHORTS + 2 }, (_, day) => `2026-12-0${day + 1}` as CivilDate);
    const sizes = [...startDates.slice(1).map(() => SMALL), large];
    let first = 1;
    for (const [index, covers] of sizes.entries()) {
      const startDate = startDates[index] as CivilDate;
      await fillTable(first, covers, (number) => placedRow(coverOf(number, startDate).cover));
      first += covers;
    }
    const found: number[][] = [];
    for (const [index, covers] of sizes.entries()) found.push(await runPhases(startDates[index] as CivilDate, covers));
    const small = found.slice(1, -1);
    return PHASES.flatMap((phase, index) => {
      const ofSmall = median(small.map((times) => times[index] as number));
      const ofLarge = found.at(-1)?.[index] as number;
      return [
        { name: `${phase}: 1,000 covers, in a cohort of ${SMALL}`, value: ofSmall, unit: 'ms' },
        { name: `${phase}: 1,000 covers, in a cohort of ${large}`, value: ofLarge, unit: 'ms' },
        { name: `${phase}: large to small, by cover`, value: ofLarge / ofSmall, unit: 'x', atMost: LIMIT },
      ];
    });
  } finally {
    await surroundings.close();
  }
}
