/** Covers lie beside their worker; the cohort index finds those of one cohort and shard by key only. */
import type { Cover } from '../domain/cover.ts';
import { type CohortId, type CoverId, ordinalOfCover, type WorkerId, workerIdOfCover } from '../domain/ids.ts';
import { cohortKeyOf, shardOfCover } from '../domain/lifecycle.ts';
import { batchGet, getItem, queryAll, queryPages, type Row } from './table.ts';

export function coverKey(coverId: CoverId) {
  return { pk: `WORKER#${workerIdOfCover(coverId)}`, sk: `COVER#${coverId}` };
}

export function coverOf(row: Row): Cover {
  const { pk: _pk, sk: _sk, type: _type, cohortKey: _cohortKey, cohortSort: _cohortSort, ...cover } = row;
  return cover as unknown as Cover;
}

export function coverRow(cover: Cover): Row {
  return { ...coverKey(cover.coverId), type: 'cover', ...cover };
}

/** Where the cohort's phases find a cover. @param shards those the cohort was born with */
export function cohortPlace({ cohortId, coverId }: Cover, shards: number): Row {
  return cohortId ? { cohortKey: cohortKeyOf(cohortId, shardOfCover(coverId, shards)), cohortSort: coverId } : {};
}

export async function readCover(coverId: CoverId): Promise<Cover | null> {
  const row = await getItem(coverKey(coverId));
  return row ? coverOf(row) : null;
}

export async function readCovers(coverIds: readonly CoverId[], { consistent = true } = {}): Promise<Cover[]> {
  return (await batchGet(coverIds.map(coverKey), { consistent })).map(coverOf);
}

/** All covers a worker ever had, first to last. */
export async function coversOfWorker(workerId: WorkerId): Promise<Cover[]> {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :cover)',
    ExpressionAttributeValues: { ':pk': `WORKER#${workerId}`, ':cover': 'COVER#' },
  });
  return rows.map(coverOf).sort((a, b) => ordinalOfCover(a.coverId) - ordinalOfCover(b.coverId));
}

/**
 * The covers of one shard of a cohort, a page at a time, each read from its own row, maybe as it was a second ago:
 * whoever writes makes the state of the cover a condition, and reads again where it does not hold.
 *
 * @param after where to go on from; from the first otherwise
 */
export async function* coversOfShard(
  cohortId: CohortId,
  shard: number,
  pageSize: number,
  after?: CoverId,
): AsyncGenerator<Cover[]> {
  const pages = queryPages({
    IndexName: 'cohort',
    KeyConditionExpression: `cohortKey = :key${after === undefined ? '' : ' AND cohortSort > :after'}`,
    ExpressionAttributeValues: {
      ':key': cohortKeyOf(cohortId, shard),
      ...(after === undefined ? {} : { ':after': after }),
    },
    Limit: pageSize,
  });
  for await (const page of pages) {
    if (page.length === 0) continue;
    const covers = await readCovers(
      page.map(({ cohortSort }) => cohortSort as CoverId),
      { consistent: false },
    );
    yield covers.sort((a, b) => (a.coverId < b.coverId ? -1 : 1));
  }
}
