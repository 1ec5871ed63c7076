/** The events of a cover, gathered from the rows that tell of them. */
import type { Cover } from '../domain/cover.ts';
import { type CoverChange, type CoverEvent, type CoverEvidence, eventsOf } from '../domain/cover-events.ts';
import type { Instant } from '../domain/dates.ts';
import type { CohortId, CoverId } from '../domain/ids.ts';
import { cohortInGroup, groupOf, shardOfCover } from '../domain/lifecycle.ts';
import { readCohort } from './cohorts.ts';
import { coversOfWorker } from './covers.ts';
import { lifeEventsOf } from './life-events.ts';
import { queryAll, type Row } from './table.ts';

/** Every event of a cover in the order of time. */
export async function coverHistory(cover: Cover): Promise<CoverEvent[]> {
  const ofAllocation = (await ledgerRows(`ALLOCATION#${cover.allocationId}`, '')).filter((row) => names(row, cover));
  const changes = ofAllocation.flatMap(changeIn);
  const later = await Promise.all(cohortsOf(cover, changes).map((cohortId) => pagesOf(cohortId, cover)));
  const evidence: CoverEvidence = {
    changes,
    payments: [...ofAllocation, ...later.flat()].flatMap(paymentIn),
    claims: await claimsOf(cover),
    renewal: await renewalOf(cover),
  };
  return eventsOf(cover, evidence);
}

function ledgerRows(pk: string, prefix: string): Promise<Row[]> {
  return queryAll({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :ledger)',
    ExpressionAttributeValues: { ':pk': pk, ':ledger': `LEDGER#${prefix}` },
  });
}

function names({ coverId, coverIds }: Row, cover: Cover): boolean {
  return coverId === cover.coverId || ((coverIds as CoverId[] | undefined)?.includes(cover.coverId) ?? false);
}

/** What a ledger row says the fund's writer did to a cover. */
export function changeIn({ at, change }: Row): { at: Instant; change: CoverChange }[] {
  return change ? [{ at: at as Instant, change: change as CoverChange }] : [];
}

/** The month that a page of contributions pays; the first is paid with the acceptance. */
export function paymentIn({ at, kind, coverIds, monthNumber = 1 }: Row): { at: Instant; monthNumber: number }[] {
  return kind === 'contribution' && coverIds ? [{ at: at as Instant, monthNumber: monthNumber as number }] : [];
}

/** The cohorts in which a cover may have paid a month: its own, and those it left when a tariff changed its term. */
function cohortsOf(cover: Cover, changes: readonly { change: CoverChange }[]): CohortId[] {
  const { cohortId, startDate, anchorDay } = cover;
  if (!cohortId || !startDate) return [];
  const left = changes
    .filter(({ change }) => change.kind !== 'reprice')
    .map(({ change }) => cohortInGroup(startDate, change.monthsBefore.length, groupOf(cohortId), anchorDay).cohortId);
  return [...new Set([cohortId, ...left])];
}

async function pagesOf(cohortId: CohortId, cover: Cover): Promise<Row[]> {
  const cohort = await readCohort(cohortId);
  if (!cohort) return [];
  const shard = shardOfCover(cover.coverId, cohort.shards);
  const months = Array.from({ length: cohort.termMonths - 1 }, (_, index) => `month-${index + 2}#${shard}#`);
  const pages = await Promise.all(months.map((prefix) => ledgerRows(`COHORT#${cohortId}`, prefix)));
  return pages.flat().filter((row) => names(row, cover));
}

async function claimsOf({ workerId, coverId }: Cover): Promise<CoverEvidence['claims']> {
  const events = await lifeEventsOf(workerId);
  return events.flatMap(({ kind, on, recordedAt, coverIds }) =>
    (kind === 'claim_opened' || kind === 'claim_closed') && coverIds?.includes(coverId)
      ? [{ at: recordedAt, event: kind, on }]
      : [],
  );
}

/** The cover of the worker that was accepted as the renewal of this one. */
async function renewalOf({ workerId, coverId }: Cover): Promise<CoverEvidence['renewal']> {
  const next = (await coversOfWorker(workerId)).find(({ renews, acceptedAt }) => renews === coverId && acceptedAt);
  return next?.acceptedAt ? { at: next.acceptedAt, by: next.coverId } : null;
}
