/** The waiting list: workers in order, by region. An index, so it may lag; the choice is a condition on the worker. */

import type { Candidate } from '../domain/fund.ts';
import type { CoverId } from '../domain/ids.ts';
import { type AllocationPolicy, classesInOrder, placeUnder, waitingClassOf } from '../domain/policy.ts';
import { type WorkerRow, waitingKeyOf } from '../domain/worker.ts';
import { inParallel } from '../parallel.ts';
import { putIfAbsent, queryAll, queryPage, type Row, tableName } from './table.ts';

const PAGE_SIZE = 60;
/** Of many regions only the heads are looked at, most of them in vain: their first pages are short. */
const LEAST_PAGE_SIZE = 5;
const REGIONS_AT_ONCE = 20;
/** Verified mustahik have a place of their own in each region: few regions have any, and only those are read twice. */
const MUSTAHIK_PLACE = '#mustahik';
const CLASSES = ['1', '2'] as const;
const MUSTAHIK_CLASSES = ['3', '4'] as const;
/** Places known to be noted, each with the table it is noted in. */
const noted = new Set<string>();

/** Where a worker waits: the region, and apart from the others in it who is mustahik. */
export function waitingPlaceOf(worker: Pick<WorkerRow, 'region' | 'disability' | 'mustahik'>): string {
  const isApart = (MUSTAHIK_CLASSES as readonly string[]).includes(waitingClassOf(worker));
  return `${worker.region}${isApart ? MUSTAHIK_PLACE : ''}`;
}

/** Remembers that workers may be waiting in a place, so that unrestricted money knows where to look. */
export async function noteRegion(place: string): Promise<void> {
  const name = `${tableName()} ${place}`;
  if (noted.has(name)) return;
  await putIfAbsent({ pk: 'REGIONS', sk: place, type: 'region' });
  noted.add(name);
}

async function listPlaces(prefix: string | undefined): Promise<string[]> {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': 'REGIONS' },
    // The index of a region seen a moment ago may lag as well; the sweeper looks again.
    ConsistentRead: false,
  });
  return rows
    .map(({ sk }) => sk as string)
    .filter((place) => prefix === undefined || `${regionOf(place)}.`.startsWith(`${prefix}.`));
}

function regionOf(place: string): string {
  return place.split('#', 1)[0] as string;
}

/** A worker's row as the choice sees it. Who was covered before and waits again renews the cover that lapsed. */
export function candidateOf(row: Row): Candidate {
  const worker = row as unknown as Candidate & { readonly lapsedCoverId?: CoverId };
  return {
    ...worker,
    paidMonths: worker.paidMonths ?? new Set<string>(),
    waitingSort: worker.waitingSort ?? null,
    continues: worker.lapsedCoverId ? { coverId: worker.lapsedCoverId, from: null } : null,
    donatedTerms: worker.donatedTerms ?? worker.coverOrdinal,
  };
}

/** The ordinary classes come before all of mustahik, so a pair is one side of their border. */
function rangeOf([first, second]: readonly string[]): string {
  if (second === undefined) return 'begins_with(waitingSort, :class)';
  return first === CLASSES[0] ? 'waitingSort < :class' : 'waitingSort >= :class';
}

/** Somebody in line, and the place a policy gives. */
interface InLine {
  readonly candidate: Candidate;
  readonly place: string;
}

/** The head of a queue of one region: places of one class, or of two that follow each other. */
class RegionQueue {
  readonly #region: string;
  readonly #class: string;
  readonly #range: string;
  readonly #policy: AllocationPolicy;
  #page: InLine[] = [];
  #start: Row | undefined;
  #exhausted = false;
  #pageSize: number;

  constructor(policy: AllocationPolicy, region: string, classes: readonly string[], firstPageSize: number) {
    this.#policy = policy;
    this.#region = region;
    this.#class = classes.length > 1 ? MUSTAHIK_CLASSES[0] : (classes[0] as string);
    this.#range = rangeOf(classes);
    this.#pageSize = firstPageSize;
  }

  async head(): Promise<InLine | undefined> {
    while (this.#page.length === 0 && !this.#exhausted) await this.#refill();
    return this.#page[0];
  }

  take(): void {
    this.#page.shift();
  }

  async #refill(): Promise<void> {
    const { items, lastKey } = await queryPage({
      IndexName: 'waiting',
      KeyConditionExpression: `waitingKey = :key AND ${this.#range}`,
      ExpressionAttributeValues: { ':key': waitingKeyOf(this.#region), ':class': this.#class },
      Limit: this.#pageSize,
      ExclusiveStartKey: this.#start,
    });
    this.#pageSize = PAGE_SIZE;
    this.#page = items.map((row) => ({
      candidate: candidateOf(row),
      place: placeUnder(this.#policy, row.waitingSort as string),
    }));
    this.#start = lastKey;
    this.#exhausted = lastKey === undefined;
  }
}

/** The queues of the places with their heads in sight. */
async function openQueues(policy: AllocationPolicy, prefix: string | undefined): Promise<RegionQueue[]> {
  const places = await listPlaces(prefix);
  const firstPageSize = Math.max(LEAST_PAGE_SIZE, Math.ceil(PAGE_SIZE / places.length));
  const queues = places.flatMap((place) => {
    const classes = classesInOrder(policy, place.endsWith(MUSTAHIK_PLACE) ? MUSTAHIK_CLASSES : CLASSES);
    return classes.map((each) => new RegionQueue(policy, regionOf(place), each, firstPageSize));
  });
  await inParallel(queues, REGIONS_AT_ONCE, (queue) => queue.head());
  return queues;
}

/**
 * Everybody who waits, by the place a policy gives them, read page by page as far as somebody looks.
 *
 * @param region only of this one and those within it
 */
export async function* waitingCandidates(
  policy: AllocationPolicy,
  region: string | undefined,
): AsyncGenerator<Candidate> {
  const queues = await openQueues(policy, region);
  for (;;) {
    let first: { queue: RegionQueue; head: InLine } | undefined;
    for (const queue of queues) {
      const head = await queue.head();
      if (head && (!first || head.place < first.head.place)) first = { queue, head };
    }
    if (!first) return;
    first.queue.take();
    yield first.head.candidate;
  }
}
