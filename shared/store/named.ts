/**
 * Workers a gift names, or whom an earlier gift covered: those who wait, and those whose cover runs, is in grace or
 * lapsed. Whose cover ends comes first, the earliest end before the others; then by place in the queue.
 */
import type { Cover } from '../domain/cover.ts';
import type { Candidate } from '../domain/fund.ts';
import { type AllocationId, coverIdOf, type WorkerId } from '../domain/ids.ts';
import { placeUnder } from '../domain/policy.ts';
import { type WorkerRow, waitingKeys } from '../domain/worker.ts';
import { inParallel } from '../parallel.ts';
import { type ContinuityQuestion, renewing } from './continuing.ts';
import { readCovers } from './covers.ts';
import { donationsOfPledge } from './pledges.ts';
import { allocationsOf, coversOfAllocation } from './settlements.ts';
import { batchGet, type Row } from './table.ts';
import { candidateOf } from './waiting.ts';
import { workerKey } from './workers.ts';

const ALLOCATIONS_AT_ONCE = 16;

export async function* namedCandidates(
  workerIds: readonly WorkerId[],
  question: ContinuityQuestion,
): AsyncGenerator<Candidate> {
  const rows = await batchGet(workerIds.map(workerKey));
  const covered = rows.filter((row) => row.waitingSort === undefined && (row.coverOrdinal as number) > 0);
  const covers = await readCovers(covered.map(latestCoverOf));
  const latest = new Map(covers.map((cover) => [cover.workerId, cover]));
  const found = rows.flatMap((row) => candidateFor(row, latest.get(row.workerId as WorkerId), question) ?? []);
  const place = ({ candidate, row }: Found) => placeOf(candidate, row, question);
  yield* found.sort((a, b) => (place(a) < place(b) ? -1 : 1)).map(({ candidate }) => candidate);
}

interface Found {
  readonly candidate: Candidate;
  readonly row: Row;
}

function latestCoverOf({ workerId, coverOrdinal }: Row) {
  return coverIdOf(workerId as WorkerId, coverOrdinal as number);
}

function candidateFor(row: Row, latest: Cover | undefined, question: ContinuityQuestion): Found | undefined {
  if (row.waitingSort !== undefined) return { candidate: candidateOf(row), row };
  const candidate = latest && renewing(latest, row, question.descriptor, question.today);
  return candidate && { candidate, row };
}

function placeOf({ continues, workerId }: Candidate, row: Row, { policy }: ContinuityQuestion): string {
  if (continues?.from) return `0#${continues.from}#${workerId}`;
  return `1#${placeUnder(policy, waitingKeys(row as unknown as WorkerRow).waitingSort)}`;
}

/** Those whom the gifts under a pledge covered, oldest purchase first: as many are read as that pledge paid for. */
export async function* renewedCandidates(
  orderReference: string,
  question: ContinuityQuestion,
): AsyncGenerator<Candidate> {
  const donationIds = await donationsOfPledge(orderReference);
  const allocations = (await inParallel(donationIds, ALLOCATIONS_AT_ONCE, allocationsOf)).flatMap((ids) =>
    ids.toReversed(),
  );
  const given = new Set<WorkerId>();
  for (let first = 0; first < allocations.length; first += ALLOCATIONS_AT_ONCE) {
    const covers = await coversOf(allocations.slice(first, first + ALLOCATIONS_AT_ONCE), new Set(donationIds));
    const workerIds = [...new Set(covers.map(({ workerId }) => workerId))].filter((id) => !given.has(id));
    for (const workerId of workerIds) given.add(workerId);
    yield* namedCandidates(workerIds, question);
  }
}

/** Covers of some allocations that these donations paid for, in whole or in part. */
async function coversOf(allocationIds: readonly AllocationId[], donationIds: ReadonlySet<string>): Promise<Cover[]> {
  const covers = (await inParallel(allocationIds, ALLOCATIONS_AT_ONCE, coversOfAllocation)).flat();
  return covers
    .filter(({ state }) => state !== 'rejected')
    .filter(({ months }) => months.some(({ shares }) => shares.some(({ donationId }) => donationIds.has(donationId))));
}
