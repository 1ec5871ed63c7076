/** Cohorts and how far each of their shards is. */
import type { CivilDate, Instant } from '../domain/dates.ts';
import type { CohortId } from '../domain/ids.ts';
import type { Cohort } from '../domain/lifecycle.ts';
import { getItem, putItem, queryAll, updateItem } from './table.ts';

export interface StoredCohort extends Cohort {
  readonly endDate: CivilDate;
  /** When a cover last joined; a phase done before that is done again for the newcomer. */
  readonly lastJoinedAt: Instant;
  readonly startedAt?: Instant;
  readonly settledAt?: Instant;
}

export interface PhaseMark {
  readonly phase: string;
  readonly shard: number;
  readonly doneAt: Instant;
  readonly covers: number;
  /** When every page of reminders it queued was found finished. */
  readonly accountedAt?: Instant;
}

function key(cohortId: CohortId) {
  return { pk: 'COHORTS', sk: cohortId };
}

/**
 * A cohort exists before its first cover is in it, so none is ever without one (I8). It keeps the number of shards it
 * was born with, whatever the settings say later.
 */
export async function joinCohort(cohort: Cohort, endDate: CivilDate, at: Instant): Promise<StoredCohort> {
  const { anchorDay } = cohort;
  const { item } = await updateItem({
    Key: key(cohort.cohortId),
    ReturnValues: 'ALL_NEW',
    UpdateExpression:
      'SET #type = :type, cohortId = :cohortId, startDate = :startDate, endDate = :endDate, termMonths = :termMonths, ' +
      '#group = :group, shards = if_not_exists(shards, :shards), lastJoinedAt = :at' +
      `${anchorDay === undefined ? '' : ', anchorDay = :anchorDay'} REMOVE settledAt`,
    ExpressionAttributeNames: { '#type': 'type', '#group': 'group' },
    ExpressionAttributeValues: {
      ':type': 'cohort',
      ':cohortId': cohort.cohortId,
      ':startDate': cohort.startDate,
      ':endDate': endDate,
      ':termMonths': cohort.termMonths,
      ':group': cohort.group,
      ':shards': cohort.shards,
      ':at': at,
      ...(anchorDay === undefined ? {} : { ':anchorDay': anchorDay }),
    },
  });
  return item as unknown as StoredCohort;
}

export async function readCohort(cohortId: CohortId): Promise<StoredCohort | null> {
  return ((await getItem(key(cohortId))) as unknown as StoredCohort | undefined) ?? null;
}

export async function listCohorts(): Promise<StoredCohort[]> {
  const rows = await queryAll({ KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': 'COHORTS' } });
  return rows as unknown as StoredCohort[];
}

/** Those that started on a day or later; as they were a second ago. */
export async function cohortsStartedSince(first: CivilDate): Promise<StoredCohort[]> {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk AND sk >= :first',
    ExpressionAttributeValues: { ':pk': 'COHORTS', ':first': first },
    ConsistentRead: false,
  });
  return rows as unknown as StoredCohort[];
}

async function stamp(cohortId: CohortId, field: 'startedAt' | 'settledAt', at: Instant): Promise<void> {
  await updateItem({
    Key: key(cohortId),
    UpdateExpression: 'SET #field = :at',
    ExpressionAttributeNames: { '#field': field },
    ExpressionAttributeValues: { ':at': at },
  });
}

export function markStarted(cohortId: CohortId, at: Instant): Promise<void> {
  return stamp(cohortId, 'startedAt', at);
}

export function markSettled(cohortId: CohortId, at: Instant): Promise<void> {
  return stamp(cohortId, 'settledAt', at);
}

function phaseKey(cohortId: CohortId, phase: string, shard: number) {
  return { pk: `COHORT#${cohortId}`, sk: `PHASE#${phase}#${shard}` };
}

export async function markPhaseDone(cohortId: CohortId, mark: PhaseMark): Promise<void> {
  await putItem({ Item: { ...phaseKey(cohortId, mark.phase, mark.shard), type: 'phase', ...mark } });
}

/** Of this run of the phase; one that was run again since must be looked at again. */
export async function markPhaseAccounted(
  cohortId: CohortId,
  { phase, shard, doneAt }: PhaseMark,
  at: Instant,
): Promise<void> {
  await updateItem({
    Key: phaseKey(cohortId, phase, shard),
    UpdateExpression: 'SET accountedAt = :at',
    ConditionExpression: 'doneAt = :doneAt',
    ExpressionAttributeValues: { ':at': at, ':doneAt': doneAt },
  });
}

export async function phaseMarks(cohortId: CohortId): Promise<PhaseMark[]> {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :phase)',
    ExpressionAttributeValues: { ':pk': `COHORT#${cohortId}`, ':phase': 'PHASE#' },
  });
  return rows as unknown as PhaseMark[];
}
