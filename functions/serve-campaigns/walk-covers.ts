/** Goes through covers part by part, so that a campaign of any size can be counted by requests that each end in time. */
import type { Cover } from '../../shared/domain/cover.ts';
import type { CohortId, CoverId, WorkerId } from '../../shared/domain/ids.ts';
import type { NudgeStep } from '../../shared/domain/nudge.ts';
import type { WorkerRow } from '../../shared/domain/worker.ts';
import { Permanent } from '../../shared/errors.ts';
import type { StoredCohort } from '../../shared/store/cohorts.ts';

export interface WalkDependencies {
  readonly coversOfShard: (
    cohortId: CohortId,
    shard: number,
    pageSize: number,
    after?: CoverId,
  ) => AsyncIterable<Cover[]>;
  readonly readWorkers: (workerIds: readonly WorkerId[]) => Promise<Map<WorkerId, WorkerRow>>;
}

/** A cohort whose covers a step reaches. */
export interface Reached {
  readonly cohort: StoredCohort;
  readonly step: NudgeStep;
}

export interface Seen extends Reached {
  readonly cover: Cover;
  readonly worker: WorkerRow;
}

export interface Part {
  readonly seen: readonly Seen[];
  /** Where the next part begins; null at the end. */
  readonly next: string | null;
}

/** A few seconds' work, people's telephones included. */
const COVERS_OF_A_PART = 2000;
const COVERS_PER_PAGE = 100;

interface Place extends Reached {
  readonly shard: number;
  readonly name: string;
}

function placesOf(reached: readonly Reached[]): Place[] {
  return reached
    .flatMap(({ cohort, step }) =>
      Array.from({ length: cohort.shards }, (_, shard) => {
        const name = `${cohort.cohortId}/${step.name}/${String(shard).padStart(5, '0')}`;
        return { cohort, step, shard, name };
      }),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @throws Permanent `field_invalid` where the cursor is none of ours */
export async function walkCovers(
  reached: readonly Reached[],
  cursor: string | undefined,
  dependencies: WalkDependencies,
): Promise<Part> {
  const { name: from = '', after } = cursor === undefined ? {} : readCursor(cursor);
  const places = placesOf(reached).filter(({ name }) => name >= from);
  const seen: Seen[] = [];
  for (const place of places) {
    const start = place.name === from ? after : undefined;
    for await (const page of dependencies.coversOfShard(place.cohort.cohortId, place.shard, COVERS_PER_PAGE, start)) {
      seen.push(...(await seenIn(page, place, dependencies)));
      const last = page.at(-1);
      if (seen.length >= COVERS_OF_A_PART && last) return { seen, next: `${place.name}/${last.coverId}` };
    }
  }
  return { seen, next: null };
}

async function seenIn(page: readonly Cover[], { cohort, step }: Place, { readWorkers }: WalkDependencies) {
  const workers = await readWorkers(page.map(({ workerId }) => workerId));
  return page.flatMap((cover): Seen[] => {
    const worker = workers.get(cover.workerId);
    return worker && isCurrent(cover, worker) ? [{ cohort, step, cover, worker }] : [];
  });
}

/** The cover a worker has now, not one that was renewed; children are nobody's audience. */
function isCurrent(cover: Cover, { currentCoverId = cover.coverId, needsReview }: WorkerRow): boolean {
  return cover.state === 'active' && !cover.renewedBy && currentCoverId === cover.coverId && !needsReview;
}

function readCursor(cursor: string): { name: string; after: CoverId } {
  const [, name, after] = /^([\w-]+\/T[+-]\d+\/\d{5})\/(cov_\w+)$/.exec(cursor) ?? [];
  if (!name || !after) throw new Permanent('field_invalid', { field: 'cursor' });
  return { name, after: after as CoverId };
}
