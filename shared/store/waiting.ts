/** The waiting list: workers in order, by region. An index, so it may lag; the choice is a condition on the worker. */

import type { CivilMonth } from '../domain/dates.ts';
import type { Candidate, FundDescriptor } from '../domain/fund.ts';
import { fundAllows } from '../domain/fund.ts';
import type { WorkerId } from '../domain/ids.ts';
import { inParallel } from '../parallel.ts';
import { batchGet, putIfAbsent, queryAll, queryPage, type Row, tableName } from './table.ts';

const PAGE_SIZE = 60;
/** Of many regions only the heads are looked at, most of them in vain: their first pages are short. */
const LEAST_PAGE_SIZE = 5;
const REGIONS_AT_ONCE = 20;
/** Regions known to be noted, each with the table it is noted in. */
const noted = new Set<string>();

/** Remembers that workers of a region may be waiting, so that unrestricted money knows where to look. */
export async function noteRegion(region: string): Promise<void> {
  const place = `${tableName()} ${region}`;
  if (noted.has(place)) return;
  await putIfAbsent({ pk: 'REGIONS', sk: region, type: 'region' });
  noted.add(place);
}

async function listRegions(prefix: string | undefined): Promise<string[]> {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': 'REGIONS' },
    // The index of a region seen a moment ago may lag as well; the sweeper looks again.
    ConsistentRead: false,
  });
  return rows
    .map(({ sk }) => sk as string)
    .filter((region) => prefix === undefined || region === prefix || region.startsWith(`${prefix}.`));
}

export function candidateOf(row: Row): Candidate {
  const paidMonths = (row.paidMonths as Set<string> | undefined) ?? new Set<string>();
  const candidate = row as unknown as Candidate;
  return { ...candidate, paidMonths, continues: null, donatedTerms: candidate.donatedTerms ?? candidate.coverOrdinal };
}

function placeOf({ waitingSort }: Candidate): string {
  return waitingSort ?? '';
}

/** The head of one region's queue, refilled page by page. */
class RegionQueue {
  readonly #region: string;
  #page: Candidate[] = [];
  #start: Row | undefined;
  #exhausted = false;
  #pageSize: number;

  constructor(region: string, firstPageSize: number) {
    this.#region = region;
    this.#pageSize = firstPageSize;
  }

  async head(): Promise<Candidate | undefined> {
    while (this.#page.length === 0 && !this.#exhausted) await this.#refill();
    return this.#page[0];
  }

  take(): void {
    this.#page.shift();
  }

  async #refill(): Promise<void> {
    const { items, lastKey } = await queryPage({
      IndexName: 'waiting',
      KeyConditionExpression: 'waitingKey = :key',
      ExpressionAttributeValues: { ':key': `WAITING#${this.#region}` },
      Limit: this.#pageSize,
      ExclusiveStartKey: this.#start,
    });
    this.#pageSize = PAGE_SIZE;
    this.#page = items.map(candidateOf);
    this.#start = lastKey;
    this.#exhausted = lastKey === undefined;
  }
}

/** The queues of the regions with their heads in sight. */
async function openQueues(prefix: string | undefined): Promise<RegionQueue[]> {
  const regions = await listRegions(prefix);
  const firstPageSize = Math.max(LEAST_PAGE_SIZE, Math.ceil(PAGE_SIZE / regions.length));
  const queues = regions.map((region) => new RegionQueue(region, firstPageSize));
  await inParallel(queues, REGIONS_AT_ONCE, (queue) => queue.head());
  return queues;
}

/** Walks the queue for one fund: all regions merged by place in line, only workers the fund may cover. */
export class WaitingList {
  readonly #allows: (candidate: Candidate) => boolean;
  readonly #queues: () => Promise<RegionQueue[]>;
  readonly #given = new Set<WorkerId>();
  #opened: RegionQueue[] | undefined;
  #buffer: Candidate[] = [];
  looked = 0;

  constructor(descriptor: FundDescriptor, firstMonth: CivilMonth) {
    this.#allows = (candidate) => fundAllows(descriptor, candidate, firstMonth);
    const named = descriptor.earmark.workers;
    if (named) {
      this.#opened = [];
      this.#queues = async () => [];
      this.#named = named;
    } else this.#queues = () => openQueues(descriptor.earmark.region);
  }

  #named: readonly WorkerId[] | undefined;

  /** The next so many candidates, in order; they stay until dropped. */
  async peek(count: number): Promise<Candidate[]> {
    if (this.#named) await this.#loadNamed();
    this.#opened ??= await this.#queues();
    while (this.#buffer.length < count) {
      const next = await this.#next();
      if (!next) break;
      this.#buffer.push(next);
    }
    return this.#buffer.slice(0, count);
  }

  /** Takes candidates out: bought for, or found changed since the index saw them. */
  drop(workerIds: Iterable<WorkerId>): void {
    const gone = new Set(workerIds);
    this.#buffer = this.#buffer.filter(({ workerId }) => !gone.has(workerId));
  }

  async #loadNamed(): Promise<void> {
    const keys = (this.#named ?? []).map((workerId) => ({ pk: `WORKER#${workerId}`, sk: 'WORKER' }));
    this.#named = undefined;
    const waiting = (await batchGet(keys)).filter(({ waitingSort }) => waitingSort !== undefined).map(candidateOf);
    this.looked += waiting.length;
    this.#buffer = waiting.filter(this.#allows).sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  }

  async #next(): Promise<Candidate | undefined> {
    for (;;) {
      let first: { queue: RegionQueue; candidate: Candidate } | undefined;
      for (const queue of this.#opened ?? []) {
        const candidate = await queue.head();
        if (candidate && (!first || placeOf(candidate) < placeOf(first.candidate))) first = { queue, candidate };
      }
      if (!first) return undefined;
      first.queue.take();
      this.looked += 1;
      if (this.#given.has(first.candidate.workerId)) continue;
      this.#given.add(first.candidate.workerId);
      if (this.#allows(first.candidate)) return first.candidate;
    }
  }
}
