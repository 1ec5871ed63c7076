/** The lists that name people: a batch for the registrar, cards to hand over. */
import type { Cover } from '../../shared/domain/cover.ts';
import type { AllocationId, WorkerId } from '../../shared/domain/ids.ts';
import { workerIdOfCover } from '../../shared/domain/ids.ts';
import type { Person } from '../../shared/domain/worker.ts';
import { Permanent } from '../../shared/errors.ts';
import { type BatchLine, batchCsv } from '../../shared/registrar/batch-csv.ts';
import { handoverCsv } from '../../shared/registrar/handover-csv.ts';
import { readAllocation } from '../../shared/store/allocations.ts';
import { readCovers } from '../../shared/store/covers.ts';
import { type CardRow, type CardVault, cardsOfRegion, readCards } from '../../shared/store/registrar-cards.ts';
import { readWorkers } from '../../shared/store/workers.ts';
import { enrolmentsOf } from '../enrol-workers/enrol-workers.ts';

export interface PeopleDependencies {
  readonly readPeople: (workerIds: readonly WorkerId[]) => Promise<(workerId: WorkerId) => Promise<Person | null>>;
  readonly cards: Pick<CardVault, 'numbersOf'>;
}

/** In the order in which they were chosen. */
async function coversOf(allocationId: AllocationId): Promise<Cover[]> {
  const allocation = await readAllocation(allocationId);
  if (!allocation || allocation.state === 'reserved')
    throw new Permanent('not_found', { detail: `batch ${allocationId}` });
  const covers = new Map((await readCovers(allocation.coverIds)).map((cover) => [cover.coverId, cover]));
  return allocation.coverIds.flatMap((coverId) => covers.get(coverId) ?? []);
}

/** @throws Permanent `not_found` where the registrar was never given such a batch */
export async function writeBatch(
  allocationId: AllocationId,
  forSpreadsheet: boolean,
  { readPeople }: PeopleDependencies,
): Promise<string> {
  const covers = await coversOf(allocationId);
  const workerIds = covers.map(({ workerId }) => workerId);
  const [enrolments, workers, personOf] = await Promise.all([
    enrolmentsOf(covers, { readCovers }),
    readWorkers(workerIds),
    readPeople(workerIds),
  ]);
  const lines: BatchLine[] = [];
  for (const enrolment of enrolments) {
    const { workerId } = enrolment;
    lines.push({ enrolment, person: await personOf(workerId), worker: workers.get(workerId) ?? null });
  }
  return batchCsv(lines, forSpreadsheet);
}

export interface CardsWanted {
  readonly region: string | undefined;
  readonly allocationId: AllocationId | undefined;
}

/**
 * @param state `waiting`: not handed over yet; `all`
 * @throws Permanent `invalid_request` where neither a region nor an allocation is named, or both are
 */
export async function writeCards(
  wanted: CardsWanted,
  state: string,
  dependencies: PeopleDependencies,
): Promise<string> {
  const all = await cardsWanted(wanted);
  const cards = all.filter(({ handedOverOn }) => state === 'all' || handedOverOn === undefined);
  const coverIds = cards.map(({ coverId }) => coverId);
  const [numbers, personOf] = await Promise.all([
    dependencies.cards.numbersOf(coverIds),
    dependencies.readPeople(coverIds.map(workerIdOfCover)),
  ]);
  const lineOf = async ({ coverId, region, handedOverOn }: CardRow) => ({
    coverId,
    name: (await personOf(workerIdOfCover(coverId)))?.name ?? null,
    region,
    cardNumber: numbers.get(coverId) ?? null,
    handedOverOn: handedOverOn ?? null,
  });
  return handoverCsv(await Promise.all(cards.map(lineOf)));
}

async function cardsWanted({ region, allocationId }: CardsWanted): Promise<CardRow[]> {
  if ((region === undefined) === (allocationId === undefined))
    throw new Permanent('invalid_request', { field: 'region', detail: 'name a region or an allocation' });
  if (region !== undefined) return cardsOfRegion(region);
  const covers = await coversOf(allocationId as AllocationId);
  const cards = await readCards(covers);
  return covers.flatMap(({ coverId }) => cards.get(coverId) ?? []);
}
