/** The queues as they would have been, in the orders in which the fund's writer reads them. */
import { continuationOf, isInContinuityWindow } from '../../../shared/domain/continuation.ts';
import { type Cover, GRACE_MONTHS } from '../../../shared/domain/cover.ts';
import { addDays, addMonths, type CivilDate } from '../../../shared/domain/dates.ts';
import type { Candidate } from '../../../shared/domain/fund.ts';
import { type CoverId, coverIdOf, type WorkerId } from '../../../shared/domain/ids.ts';
import { cohortOf, shardOfCover } from '../../../shared/domain/lifecycle.ts';
import { type AllocationPolicy, placeUnder } from '../../../shared/domain/policy.ts';
import { waitingKeys } from '../../../shared/domain/worker.ts';
import type { ContinuityQuestion } from '../../../shared/store/continuing.ts';
import type { CandidateSources } from '../../allocate-funds/candidate-queue.ts';
import type { PastBooks, PastWorker } from './past-books.ts';

export function pastCandidates(books: PastBooks): CandidateSources {
  return {
    waiting: (policy, region) => waiting(books, policy, region),
    continuing: (question) => continuing(books, question),
    named: (workerIds, question) => named(books, workerIds, question),
    renewed: (orderReference, question) => renewed(books, orderReference, question),
  };
}

async function* waiting(books: PastBooks, policy: AllocationPolicy, region: string | undefined) {
  for (const worker of books.inLine(policy))
    if (region === undefined || `${worker.region}.`.startsWith(`${region}.`)) yield candidateOf(worker);
}

function candidateOf(worker: PastWorker): Candidate {
  return { ...worker, continues: null };
}

/** The earliest end first. */
async function* continuing(books: PastBooks, question: ContinuityQuestion) {
  const { policy, today } = question;
  const [first, last] = [addMonths(today, -GRACE_MONTHS), addDays(today, policy.continuityWindowDays)];
  const ends = [...books.endings.keys()].filter((end) => first < end && end <= last).sort();
  for (const end of ends)
    for (const cover of inOrderOfCohorts([...(books.endings.get(end) as Set<CoverId>)], books)) {
      if (cover.endDate !== end || !isInContinuityWindow(cover, policy, today)) continue;
      const candidate = renewing(books, cover, question);
      if (candidate?.continues?.from) yield candidate;
    }
}

/** Of one end date: by cohort, shard and cover. */
function inOrderOfCohorts(coverIds: readonly CoverId[], books: PastBooks): Cover[] {
  const places = coverIds.map((coverId) => {
    const cover = books.covers.get(coverId) as Cover;
    const { startDate, months, anchorDay } = cover;
    const { cohortId, shards } = cohortOf(coverId, startDate as CivilDate, months.length, books.cohortSizes, anchorDay);
    const shard = String(shardOfCover(coverId, shards)).padStart(4, '0');
    return { cover, place: `${cohortId}#${shard}#${coverId}` };
  });
  return places.sort((a, b) => (a.place < b.place ? -1 : 1)).map(({ cover }) => cover);
}

function renewing(books: PastBooks, cover: Cover, { descriptor, today }: ContinuityQuestion): Candidate | undefined {
  const worker = books.workers.get(cover.workerId);
  if (!worker || worker.waitingSort !== null) return undefined;
  const continues = continuationOf(cover, worker, descriptor.startMonth, today);
  return continues ? { ...worker, continues } : undefined;
}

async function* named(books: PastBooks, workerIds: readonly WorkerId[], question: ContinuityQuestion) {
  const found = workerIds.flatMap((workerId) => {
    const worker = books.workers.get(workerId);
    if (!worker) return [];
    const latest = books.covers.get(coverIdOf(workerId, worker.coverOrdinal));
    const candidate = worker.waitingSort !== null ? candidateOf(worker) : latest && renewing(books, latest, question);
    return candidate ? [{ candidate, place: placeOf(candidate, worker, question) }] : [];
  });
  for (const { candidate } of found.sort((a, b) => (a.place < b.place ? -1 : 1))) yield candidate;
}

function placeOf({ continues, workerId }: Candidate, worker: PastWorker, { policy }: ContinuityQuestion): string {
  if (continues?.from) return `0#${continues.from}#${workerId}`;
  return `1#${placeUnder(policy, waitingKeys(worker).waitingSort)}`;
}

/** Those whom the gifts under a pledge covered, oldest purchase first. */
async function* renewed(books: PastBooks, orderReference: string, question: ContinuityQuestion) {
  const isOfPledge = (donationId: string) =>
    books.donations.get(donationId as never)?.donation.orderReference === orderReference;
  const covers = [...books.allocationIds()].flatMap((allocationId) => books.coversOf(allocationId));
  const paid = covers.filter(
    ({ state, months }) =>
      state !== 'rejected' && months.some(({ shares }) => shares.some(({ donationId }) => isOfPledge(donationId))),
  );
  yield* named(books, [...new Set(paid.map(({ workerId }) => workerId))], question);
}
