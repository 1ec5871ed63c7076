/**
 * Takes one shard of a cohort through one phase. Every write is conditional on the cover as it was, so running twice,
 * stopping half-way or running late finds only what is left to do.
 */
import { type Cover, coverState } from '../../shared/domain/cover.ts';
import { differsFrom } from '../../shared/domain/cover-adjustment.ts';
import { type CivilDate, civilDateOf, type Instant } from '../../shared/domain/dates.ts';
import type { CohortId } from '../../shared/domain/ids.ts';
import { type Phase, phasesOf } from '../../shared/domain/lifecycle.ts';
import { NUDGE_STEPS } from '../../shared/domain/nudge.ts';
import { type Tariff, tariffDigest } from '../../shared/domain/tariff.ts';
import { Permanent, Transient } from '../../shared/errors.ts';
import type { Log } from '../../shared/logger.ts';
import type { FundMessage, NudgeMessage, PhaseTask } from '../../shared/messages.ts';
import type { PhaseMark, StoredCohort } from '../../shared/store/cohorts.ts';
import type { CohortShard } from '../../shared/store/contributions.ts';

export interface RunCoverPhaseDependencies {
  readonly now: () => Instant;
  readonly readCohort: (cohortId: CohortId) => Promise<StoredCohort | null>;
  /** Maybe as they were a second ago. */
  readonly coversOfShard: (cohortId: CohortId, shard: number, pageSize: number) => AsyncIterable<Cover[]>;
  /** As they are. */
  readonly readCovers: (coverIds: readonly Cover['coverId'][]) => Promise<Cover[]>;
  /** Pays month `monthNumber` of these covers at once; false where one of them changed since it was read. */
  readonly payMonth: (
    place: CohortShard,
    monthNumber: number,
    covers: readonly Cover[],
    at: Instant,
  ) => Promise<boolean>;
  readonly tariffInForce: (today: CivilDate) => Tariff;
  readonly sendToFund: (message: FundMessage, occasion: string) => Promise<void>;
  /** Keeps what is going to be asked for, so that a message that is lost can be sent again. */
  readonly putNudgePages: (shard: number, messages: readonly NudgeMessage[], at: Instant) => Promise<void>;
  readonly sendNudges: (messages: readonly NudgeMessage[]) => Promise<void>;
  readonly markPhaseDone: (cohortId: CohortId, mark: PhaseMark) => Promise<void>;
  readonly log: Log;
}

export interface PhaseResult {
  readonly cohortId: CohortId;
  readonly phase: string;
  readonly shard: number;
  readonly covers: number;
  /** Not paid now, because their price is to be settled first. */
  readonly waiting: number;
}

/** One item a cover and one for the ledger: 91 of the 100 a transaction may hold. */
const COVERS_PER_PAGE = 90;
/** A third of a page. Their ids, 27 bytes each, and the rest of the page's row stay within 1 KB: one write unit. */
const COVERS_PER_NUDGE_MESSAGE = 30;
const TRIES = 5;

export async function runCoverPhase(task: PhaseTask, dependencies: RunCoverPhaseDependencies): Promise<PhaseResult> {
  const { cohortId } = task;
  const { shard } = task.shard;
  const cohort = await dependencies.readCohort(cohortId);
  if (!cohort) throw new Permanent('not_found', { field: 'cohortId', detail: `cohort ${cohortId}` });
  const phase = phasesOf(cohort).find(({ name }) => name === task.phase);
  if (!phase) return passOver(task);
  const doneAt = dependencies.now();
  if (doneAt < phase.at) throw new Transient('contention', { detail: `${task.phase} of ${cohortId} is not due yet` });
  let done = NOTHING;
  for await (const page of dependencies.coversOfShard(cohortId, shard, COVERS_PER_PAGE))
    done = add(done, await runPage(cohort, phase, shard, page, dependencies));
  const result = { cohortId, phase: phase.name, shard, ...done };
  // The fund's writer prices what waits anew, and the sweeper runs a phase again that has no mark (I8).
  if (done.waiting > 0) dependencies.log.warn('phase left covers to be priced anew', result);
  else {
    await dependencies.markPhaseDone(cohortId, { phase: phase.name, shard, doneAt, covers: done.covers });
    dependencies.log.info('phase done', result);
  }
  return result;
}

/**
 * A step of reminders that this cohort does not have, or has no more: an execution rings for what its cohort had when it
 * was started, months ago.
 *
 * @throws Permanent `not_found` where there never was such a phase
 */
function passOver({ cohortId, phase, shard: { shard } }: PhaseTask): PhaseResult {
  if (!NUDGE_STEPS.some(({ name }) => name === phase))
    throw new Permanent('not_found', { field: 'phase', detail: `cohort ${cohortId} has no ${phase}` });
  return { cohortId, phase, shard, ...NOTHING };
}

type Done = Pick<PhaseResult, 'covers' | 'waiting'>;
const NOTHING: Done = { covers: 0, waiting: 0 };

function add(one: Done, other: Done): Done {
  return { covers: one.covers + other.covers, waiting: one.waiting + other.waiting };
}

/** @returns how many covers this run did something for */
async function runPage(
  cohort: StoredCohort,
  phase: Phase,
  shard: number,
  page: readonly Cover[],
  dependencies: RunCoverPhaseDependencies,
): Promise<Done> {
  const place = { cohortId: cohort.cohortId, shard };
  if (phase.monthNumber !== undefined) return payMonths(place, phase.monthNumber, page, dependencies);
  if (phase.kind === 'nudge') return { ...NOTHING, covers: await nudgePage(cohort, phase, shard, page, dependencies) };
  // The end and the lapse of a cover follow from its dates: there is nothing to write, only to count. But what was
  // bought is paid, and the end is the last occasion.
  const { waiting } = phase.kind === 'end' ? await payMonths(place, cohort.termMonths, page, dependencies) : NOTHING;
  const becomes = phase.kind === 'end' ? 'expired_in_grace' : 'lapsed';
  return { waiting, covers: page.filter((cover) => coverState(cover, phase.on, true) === becomes).length };
}

/**
 * Pays a month, and before it any earlier one that these covers were passed over in: a cover is paid its months in
 * their order, so one left behind would lose all that follow.
 *
 * @returns as `covers` those that were paid the last month
 */
async function payMonths(
  place: CohortShard,
  lastMonth: number,
  page: readonly Cover[],
  dependencies: RunCoverPhaseDependencies,
): Promise<Done> {
  const { priced, waiting } = await pricedRight(page, lastMonth, dependencies);
  let paid: Paid = { count: 0, covers: priced };
  for (let monthNumber = 2; monthNumber <= lastMonth; monthNumber += 1)
    paid = await payMonth(place, monthNumber, paid.covers, dependencies);
  return { covers: paid.count, waiting };
}

/** No month is paid at another price than the tariff in force says (I6): what differs goes to the fund's writer first. */
async function pricedRight(
  page: readonly Cover[],
  lastMonth: number,
  { now, tariffInForce, sendToFund }: RunCoverPhaseDependencies,
): Promise<{ priced: Cover[]; waiting: number }> {
  const at = now();
  const tariff = tariffInForce(civilDateOf(at));
  const due = (cover: Cover) => ({ ...cover, months: cover.months.slice(0, lastMonth) });
  const differing = page.filter((cover) => cover.state === 'active' && differsFrom(due(cover), tariff));
  for (const { fundId, coverId } of differing)
    await sendToFund({ contractVersion: 1, kind: 'adjust', fundId, coverId }, tariffDigest(tariff));
  return { priced: page.filter((cover) => !differing.includes(cover)), waiting: differing.length };
}

interface Paid {
  readonly count: number;
  /** All of the page, as they are now. */
  readonly covers: readonly Cover[];
}

async function payMonth(
  place: CohortShard,
  monthNumber: number,
  page: readonly Cover[],
  dependencies: RunCoverPhaseDependencies,
): Promise<Paid> {
  let covers = page;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const isDue = ({ state, monthsPaid, months }: Cover) =>
      state === 'active' && monthsPaid === monthNumber - 1 && months.length >= monthNumber;
    const due = covers.filter(isDue);
    if (due.length === 0) return { count: 0, covers };
    if (await dependencies.payMonth(place, monthNumber, due, dependencies.now()))
      return {
        count: due.length,
        covers: covers.map((cover) => (isDue(cover) ? { ...cover, monthsPaid: monthNumber } : cover)),
      };
    covers = await dependencies.readCovers(covers.map(({ coverId }) => coverId));
  }
  throw new Transient('contention', { detail: `month ${monthNumber} of ${place.cohortId}` });
}

async function nudgePage(
  cohort: StoredCohort,
  phase: Phase,
  shard: number,
  page: readonly Cover[],
  dependencies: RunCoverPhaseDependencies,
): Promise<number> {
  const coverIds = page.filter(({ state }) => state === 'active').map(({ coverId }) => coverId);
  const messages: NudgeMessage[] = [];
  for (let first = 0; first < coverIds.length; first += COVERS_PER_NUDGE_MESSAGE)
    messages.push({
      contractVersion: 1,
      cohortId: cohort.cohortId,
      step: phase.name,
      endDate: cohort.endDate,
      coverIds: coverIds.slice(first, first + COVERS_PER_NUDGE_MESSAGE),
    });
  await dependencies.putNudgePages(shard, messages, dependencies.now());
  await dependencies.sendNudges(messages);
  return coverIds.length;
}
