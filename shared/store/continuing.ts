/**
 * Workers whose cover ends, found through the cohorts: no write marks them. In a fixed order, the earliest end first,
 * then by cohort, shard and cover, so that it can be read page by page (I5).
 */
import { continuationOf, isInContinuityWindow } from '../domain/continuation.ts';
import { type Cover, GRACE_MONTHS } from '../domain/cover.ts';
import { addDays, addMonths, type CivilDate } from '../domain/dates.ts';
import { type Candidate, type FundDescriptor, fundIdOf } from '../domain/fund.ts';
import type { CohortId, CoverId } from '../domain/ids.ts';
import type { AllocationPolicy } from '../domain/policy.ts';
import { cohortsStartedSince, type StoredCohort } from './cohorts.ts';
import { coversOfShard } from './covers.ts';
import { batchGet, type Row, tableName } from './table.ts';
import { candidateOf } from './waiting.ts';
import { workerKey } from './workers.ts';

/** No pledge is longer than a year, and no tariff so far has made a cover more than twice as long. */
const LONGEST_TERM_MONTHS = 24;
const PAGE_SIZE = 50;

/** How many covers one turn of a fund's writer may still look at. */
export interface Looks {
  left: number;
}

export interface ContinuityQuestion {
  readonly descriptor: FundDescriptor;
  readonly policy: AllocationPolicy;
  readonly today: CivilDate;
}

/** Where to go on: behind a cover of a shard, or at its beginning. */
interface Place {
  readonly cohortId: CohortId;
  readonly shard: number;
  readonly after?: CoverId;
}

/**
 * Where many were looked at and nobody was left, they are not read again on the same day by the same process: who is
 * renewed stays renewed. Only the cost depends on it; a cover that joins an old cohort later is found on the next day.
 */
const passed = new Map<string, { readonly day: string; readonly place: Place }>();
const MANY_COVERS = 500;

/** `cut short`: the turn may look no further, and there may be more. */
export type Continuing = Candidate | 'cut short';

export async function* continuingCandidates(question: ContinuityQuestion, looks: Looks): AsyncGenerator<Continuing> {
  const name = `${tableName()} ${fundIdOf(question.descriptor)}`;
  const day = `${question.today} ${question.policy.version}`;
  const known = passed.get(name);
  const from = known?.day === day ? known.place : undefined;
  let inVain = from ? MANY_COVERS : 0;
  for await (const { covers, next } of endingCovers(question, from)) {
    if (looks.left <= 0) {
      yield 'cut short';
      return;
    }
    looks.left -= Math.max(covers.length, 1);
    const found = await renewable(covers, question);
    inVain = found.length > 0 ? Number.NEGATIVE_INFINITY : inVain + covers.length;
    if (inVain >= MANY_COVERS) passed.set(name, { day, place: next });
    yield* found;
  }
}

interface Page {
  /** None: the end of a shard. */
  readonly covers: readonly Cover[];
  readonly next: Place;
}

async function* endingCovers(question: ContinuityQuestion, from: Place | undefined): AsyncGenerator<Page> {
  const cohorts = await endingCohorts(question);
  const first = Math.max(0, from ? cohorts.findIndex(({ cohortId }) => cohortId === from.cohortId) : 0);
  for (const { cohortId, shards } of cohorts.slice(first)) {
    const isFirst = cohortId === from?.cohortId;
    for (let shard = isFirst ? from.shard : 0; shard < shards; shard += 1) {
      const after = isFirst && shard === from.shard ? from.after : undefined;
      for await (const covers of coversOfShard(cohortId, shard, PAGE_SIZE, after))
        yield { covers, next: { cohortId, shard, after: (covers.at(-1) as Cover).coverId } };
      yield { covers: [], next: { cohortId, shard: shard + 1 } };
    }
  }
}

/** Those that end within the window or are in grace. */
async function endingCohorts({ policy, today }: ContinuityQuestion): Promise<StoredCohort[]> {
  const latestEnd = addDays(today, policy.continuityWindowDays);
  const started = await cohortsStartedSince(addMonths(today, -GRACE_MONTHS - LONGEST_TERM_MONTHS));
  const place = ({ endDate, cohortId }: StoredCohort) => `${endDate}#${cohortId}`;
  return started
    .filter(({ endDate, settledAt }) => endDate <= latestEnd && !settledAt)
    .sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

/** Those of a page whom the continuity share may renew, as their rows are now. */
async function renewable(covers: readonly Cover[], question: ContinuityQuestion): Promise<Candidate[]> {
  const { descriptor, policy, today } = question;
  const ending = covers.filter((cover) => isInContinuityWindow(cover, policy, today) && !cover.renewedBy);
  if (ending.length === 0) return [];
  const rows = await batchGet(
    ending.map(({ workerId }) => workerKey(workerId)),
    { consistent: false },
  );
  const workers = new Map(rows.map((row) => [row.workerId, row]));
  return ending.flatMap((cover) => {
    const candidate = renewing(cover, workers.get(cover.workerId), descriptor, today);
    return candidate?.continues?.from ? [candidate] : [];
  });
}

/** A worker who stands in no queue, as a candidate for the cover after this one; undefined where there can be none. */
export function renewing(
  cover: Cover,
  row: Row | undefined,
  { startMonth }: FundDescriptor,
  today: CivilDate,
): Candidate | undefined {
  if (!row || row.waitingSort !== undefined) return undefined;
  const continues = continuationOf(cover, row as never, startMonth, today);
  return continues ? { ...candidateOf(row), continues } : undefined;
}
