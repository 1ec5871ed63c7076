/** Covers, workers, cohorts and reminders. */
import { Hono } from 'hono';
import { payPathOf } from '../../../shared/adapters/pay-links.ts';
import { type CivilDate, civilDateOf } from '../../../shared/domain/dates.ts';
import type { CoverId, DonationId, WorkerId } from '../../../shared/domain/ids.ts';
import { phasesOf } from '../../../shared/domain/lifecycle.ts';
import { Permanent } from '../../../shared/errors.ts';
import { decisionOn, readAllocation } from '../../../shared/store/allocations.ts';
import { listCohorts, phaseMarks, type StoredCohort } from '../../../shared/store/cohorts.ts';
import { coverHistory } from '../../../shared/store/cover-history.ts';
import { coverOf, coversOfWorker, readCover, readCovers } from '../../../shared/store/covers.ts';
import { limitOf, listRows, placeOf } from '../../../shared/store/listing.ts';
import { listNudges } from '../../../shared/store/nudges.ts';
import { readCard } from '../../../shared/store/registrar-cards.ts';
import { allocationsOf, coversOfAllocation } from '../../../shared/store/settlements.ts';
import { getItem, type Row } from '../../../shared/store/table.ts';
import type { OperatorsDependencies } from '../serve-operators.ts';
import { coverView, seeCovers, workerView } from '../views.ts';

async function coversOfDonation(donationId: DonationId) {
  const covers = [];
  for (const allocationId of await allocationsOf(donationId))
    for (const cover of await coversOfAllocation(allocationId))
      if (cover.months.some(({ shares }) => shares.some((share) => share.donationId === donationId)))
        covers.push(cover);
  return covers;
}

async function findCovers(query: Record<string, string>, today: CivilDate) {
  const { state, donationId, workerId, limit, cursor } = query;
  if (donationId || workerId) {
    const covers = workerId
      ? await coversOfWorker(workerId as WorkerId)
      : await coversOfDonation(donationId as DonationId);
    const seen = (await seeCovers(covers, today)).filter((each) => state === undefined || each.state === state);
    const first = placeOf(cursor);
    const end = first + limitOf(limit);
    const items = seen.slice(first, end).map((each) => coverView(each, today));
    return { items, nextCursor: end < seen.length ? String(end) : null };
  }
  return listRows('cover', { limit: limitOf(limit), cursor }, async (rows) => {
    const seen = await seeCovers(rows.map(coverOf), today);
    return seen
      .map((each, index) => ({ row: rows[index] as Row, item: coverView(each, today) }))
      .filter(({ item }) => state === undefined || item.state === state);
  });
}

async function coverLife(coverId: CoverId, today: CivilDate) {
  const cover = await readCover(coverId);
  if (!cover) throw new Permanent('not_found', { detail: `cover ${coverId}` });
  const [seen] = await seeCovers([cover], today);
  const allocation = await readAllocation(cover.allocationId);
  return {
    ...coverView(seen as NonNullable<typeof seen>, today),
    decision: allocation && decisionOn(allocation, coverId),
    payPath: await payPathOf(coverId),
    cardHandedOverOn: (await readCard(cover))?.handedOverOn ?? null,
    nudges: await listNudges(coverId),
    history: await coverHistory(cover),
  };
}

/** Workers with the state their latest cover gives them, looked up for a whole page at once. */
async function seeWorkers(rows: readonly Row[], today: CivilDate) {
  const ids = rows.flatMap(({ currentCoverId }) => (currentCoverId ? [currentCoverId as CoverId] : []));
  const latest = await readCovers(ids);
  const before = await readCovers(
    latest.flatMap(({ state, renews }) => (state === 'reserved' && renews ? [renews] : [])),
  );
  const seen = await seeCovers([...latest, ...before], today);
  const byId = new Map(seen.map((each) => [each.cover.coverId, each]));
  return rows.map((row) => ({ row, item: workerView(row, byId) }));
}

async function findWorkers(query: Record<string, string>, today: CivilDate) {
  const { state, region, occupation, claimOpen, limit, cursor } = query;
  return listRows('worker', { limit: limitOf(limit), cursor }, async (rows) => {
    const wanted = rows
      .filter((row) => region === undefined || (row.region as string).startsWith(region))
      .filter((row) => occupation === undefined || row.occupation === occupation)
      .filter((row) => claimOpen === undefined || (row.claimOpenSince !== undefined) === (claimOpen === 'true'));
    return (await seeWorkers(wanted, today)).filter(({ item }) => state === undefined || item.state === state);
  });
}

async function cohortView(cohort: StoredCohort) {
  const marks = await phaseMarks(cohort.cohortId);
  const phases = phasesOf(cohort).map(({ name, at }) => {
    const done = marks.filter(({ phase }) => phase === name);
    return { phase: name, at, shardsDone: done.length, covers: done.reduce((sum, { covers }) => sum + covers, 0) };
  });
  const { cohortId, startDate, endDate, termMonths, group, shards, startedAt, settledAt } = cohort;
  return {
    cohortId,
    startDate,
    endDate,
    termMonths,
    group,
    shards,
    startedAt: startedAt ?? null,
    settledAt: settledAt ?? null,
    phases,
  };
}

export function coverRoutes({ now }: OperatorsDependencies): Hono {
  const routes = new Hono();
  const today = () => civilDateOf(now());
  routes.get('/covers', async (context) => context.json(await findCovers(context.req.query(), today())));
  routes.get('/covers/:id', async (context) =>
    context.json(await coverLife(context.req.param('id') as CoverId, today())),
  );
  routes.get('/workers', async (context) => context.json(await findWorkers(context.req.query(), today())));
  routes.get('/workers/:id', async (context) => {
    const row = await getItem({ pk: `WORKER#${context.req.param('id')}`, sk: 'WORKER' });
    if (!row) throw new Permanent('not_found', { detail: `worker ${context.req.param('id')}` });
    const [seen] = await seeWorkers([row], today());
    return context.json(seen?.item ?? {});
  });
  routes.get('/cohorts', async (context) =>
    context.json({ items: await Promise.all((await listCohorts()).map(cohortView)), nextCursor: null }),
  );
  routes.get('/nudges', async (context) => {
    const coverId = context.req.query('coverId');
    if (!coverId) throw new Permanent('invalid_request', { field: 'coverId', detail: 'coverId is needed' });
    return context.json({ items: await listNudges(coverId as CoverId), nextCursor: null });
  });
  return routes;
}
