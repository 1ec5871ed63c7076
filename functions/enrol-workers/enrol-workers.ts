/**
 * Hands allocations to the registrar and takes its answers. The first month is paid with the enrolment, so acceptance
 * and its contribution are one transaction; a rejected cover goes back to the fund's writer with its money.
 */
import { type Cover, coverWindow } from '../../shared/domain/cover.ts';
import { addSeconds, type Instant, monthOf } from '../../shared/domain/dates.ts';
import type { AllocationId } from '../../shared/domain/ids.ts';
import { type Cohort, cohortOf } from '../../shared/domain/lifecycle.ts';
import { type Enrolment, enrolmentOf, type RegistrarAnswer } from '../../shared/domain/registrar.ts';
import { Permanent, Transient } from '../../shared/errors.ts';
import type { Log } from '../../shared/logger.ts';
import type { EnrolmentMessage, FundMessage } from '../../shared/messages.ts';
import type { Registrar } from '../../shared/ports/registrar.ts';
import type { Acceptance } from '../../shared/store/acceptances.ts';
import type { Allocation } from '../../shared/store/allocations.ts';

export interface EnrolWorkersDependencies {
  readonly now: () => Instant;
  readonly registrar: () => Registrar;
  readonly readAllocation: (allocationId: AllocationId) => Promise<Allocation | null>;
  readonly readCovers: (coverIds: readonly Cover['coverId'][]) => Promise<Cover[]>;
  readonly markSubmitted: (allocationId: AllocationId, at: Instant, reference: string) => Promise<void>;
  readonly noteAsking: (allocationId: AllocationId, askAgainAt: Instant) => Promise<void>;
  readonly markAnswered: (allocationId: AllocationId) => Promise<void>;
  readonly cohortSizes: () => { groups: number; shards: number };
  readonly joinCohort: (cohort: Cohort, endDate: Cohort['startDate'], at: Instant) => Promise<Cohort>;
  /** Starts covers and pays their first month at once; false where a cover changed since it was read. */
  readonly acceptCovers: (
    allocationId: AllocationId,
    acceptances: readonly Acceptance[],
    at: Instant,
  ) => Promise<boolean>;
  readonly sendEnrolment: (message: EnrolmentMessage, delaySeconds: number) => Promise<void>;
  readonly sendToFund: (message: FundMessage, occasion: string) => Promise<void>;
  readonly log: Log;
}

const TRIES = 5;
/** The fund's writer has rejected and repriced covers settled by then; only then is the allocation answered (I8). */
const FUND_SETTLES_WITHIN_SECONDS = 60;
/** What a queue can hold a message back. */
const LONGEST_SILENCE_SECONDS = 900;
const CLOCKS_DIFFER_SECONDS = 10;

export async function enrolWorkers(message: EnrolmentMessage, dependencies: EnrolWorkersDependencies): Promise<void> {
  const { allocationId } = message;
  const allocation = await dependencies.readAllocation(allocationId);
  if (!allocation) throw new Permanent('not_found', { field: 'allocationId', detail: `allocation ${allocationId}` });
  if (allocation.state === 'answered' || isAskedLater(allocation, dependencies.now())) return;
  const covers = await dependencies.readCovers(allocation.coverIds);
  const submitted = allocation.state === 'reserved' ? await submit(allocation, covers, dependencies) : allocation;
  await collect(submitted, covers, dependencies);
}

/**
 * Another message will ask. One delivered twice, or sent by the sweeper, would else begin a line of messages of its own,
 * and each of those may double again for as long as the registrar takes.
 */
function isAskedLater({ askAgainAt }: Allocation, now: Instant): boolean {
  return askAgainAt !== undefined && askAgainAt > addSeconds(now, CLOCKS_DIFFER_SECONDS);
}

/** Renewals from expiry are rare, and only they need to know until when they may go on from the cover before. */
export async function enrolmentsOf(
  covers: readonly Cover[],
  { readCovers }: Pick<EnrolWorkersDependencies, 'readCovers'>,
): Promise<Enrolment[]> {
  const renewed = covers.flatMap(({ renews, continuesFrom }) => (renews && continuesFrom ? [renews] : []));
  const before = renewed.length > 0 ? await readCovers(renewed) : [];
  return covers.map((cover) =>
    enrolmentOf(
      cover,
      before.find(({ coverId }) => coverId === cover.renews),
    ),
  );
}

async function submit(
  allocation: Allocation,
  covers: readonly Cover[],
  dependencies: EnrolWorkersDependencies,
): Promise<Allocation> {
  const at = dependencies.now();
  const enrolments = await enrolmentsOf(covers, dependencies);
  const reference = await dependencies.registrar().submit(allocation.allocationId, enrolments, at);
  await dependencies.markSubmitted(allocation.allocationId, at, reference);
  return (await dependencies.readAllocation(allocation.allocationId)) ?? allocation;
}

async function collect(
  allocation: Allocation,
  covers: readonly Cover[],
  dependencies: EnrolWorkersDependencies,
): Promise<void> {
  const { allocationId, registrarReference, submittedAt } = allocation;
  if (!registrarReference || !submittedAt) throw new Transient('contention', { detail: `allocation ${allocationId}` });
  const enrolments = await enrolmentsOf(covers, dependencies);
  const batch = { allocationId, reference: registrarReference, submittedAt, enrolments };
  const now = dependencies.now();
  const { answers, askAgainAt } = await dependencies.registrar().collect(batch, now);
  await applyAnswers(allocationId, firstOfEachCover(answers), covers, dependencies);
  if (askAgainAt === 'when_told') return;
  if (askAgainAt === null) {
    const settled = await dependencies.readCovers(allocation.coverIds);
    if (settled.every(({ state }) => state !== 'reserved')) return dependencies.markAnswered(allocationId);
  }
  const wantedSeconds = askAgainAt ? secondsBetween(now, askAgainAt) : patienceWithFund(submittedAt, now);
  const delaySeconds = Math.min(wantedSeconds, LONGEST_SILENCE_SECONDS);
  await dependencies.sendEnrolment({ contractVersion: 1, kind: 'collect', allocationId }, delaySeconds);
  await dependencies.noteAsking(allocationId, addSeconds(now, delaySeconds));
}

/** A registrar that says two things about a cover at once is taken at its first word. */
function firstOfEachCover(answers: readonly RegistrarAnswer[]): RegistrarAnswer[] {
  const first = new Map<string, RegistrarAnswer>();
  for (const answer of answers) if (!first.has(answer.coverId)) first.set(answer.coverId, answer);
  return [...first.values()];
}

function secondsBetween(from: Instant, until: Instant): number {
  return (Date.parse(until) - Date.parse(from)) / 1000;
}

/** Asked ever less often: a writer that is behind would only fall further behind by being told again. */
function patienceWithFund(submittedAt: Instant, now: Instant): number {
  return Math.max(secondsBetween(submittedAt, now) / 2, FUND_SETTLES_WITHIN_SECONDS);
}

/** @returns whether covers are left that have not started: without an answer, or with the fund's writer */
async function applyAnswers(
  allocationId: AllocationId,
  answers: readonly RegistrarAnswer[],
  covers: readonly Cover[],
  dependencies: EnrolWorkersDependencies,
): Promise<boolean> {
  let open = covers.filter(({ state }) => state === 'reserved');
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const byCover = new Map(open.map((cover) => [cover.coverId, cover]));
    const accepted = answers.flatMap((answer) => {
      const cover = byCover.get(answer.coverId);
      return cover && answer.outcome === 'accepted' && inPlannedMonth(cover, answer) ? [{ cover, answer }] : [];
    });
    if (await startCovers(allocationId, accepted, dependencies)) {
      await tellFund(answers, byCover, dependencies);
      return open.length > accepted.length;
    }
    open = (await dependencies.readCovers(covers.map(({ coverId }) => coverId))).filter(
      ({ state }) => state === 'reserved',
    );
  }
  throw new Transient('contention', { detail: `allocation ${allocationId}` });
}

type Accepted = Extract<RegistrarAnswer, { outcome: 'accepted' }>;

function inPlannedMonth(cover: Cover, answer: Accepted): boolean {
  return cover.months[0]?.month === monthOf(answer.startDate);
}

async function startCovers(
  allocationId: AllocationId,
  accepted: readonly { cover: Cover; answer: Accepted }[],
  dependencies: EnrolWorkersDependencies,
): Promise<boolean> {
  if (accepted.length === 0) return true;
  const at = dependencies.now();
  const shardsOf = new Map<string, number>();
  const acceptances: Acceptance[] = [];
  for (const { cover, answer } of accepted) {
    const window = coverWindow(answer.startDate, cover.months.length, cover.anchorDay);
    const cohort = cohortOf(
      cover.coverId,
      answer.startDate,
      cover.months.length,
      dependencies.cohortSizes(),
      cover.anchorDay,
    );
    if (!shardsOf.has(cohort.cohortId))
      shardsOf.set(cohort.cohortId, (await dependencies.joinCohort(cohort, window.endDate, at)).shards);
    const { cohortId } = cohort;
    const after: Cover = {
      ...cover,
      ...window,
      state: 'active',
      acceptedAt: answer.acceptedAt,
      monthsPaid: 1,
      cohortId,
    };
    acceptances.push({ cover: after, shards: shardsOf.get(cohortId) as number });
  }
  const started = await dependencies.acceptCovers(allocationId, acceptances, at);
  if (started) dependencies.log.info('covers started', { allocationId, covers: acceptances.length });
  return started;
}

/** Rejections and acceptances in another month than planned move the fund's money: its one writer does that. */
async function tellFund(
  answers: readonly RegistrarAnswer[],
  open: ReadonlyMap<string, Cover>,
  dependencies: EnrolWorkersDependencies,
): Promise<void> {
  for (const answer of answers) {
    const cover = open.get(answer.coverId);
    if (!cover) continue;
    const { fundId, coverId } = cover;
    if (answer.outcome === 'rejected')
      await dependencies.sendToFund(
        { contractVersion: 1, kind: 'release', fundId, coverId, reason: answer.reason },
        coverId,
      );
    else if (!inPlannedMonth(cover, answer))
      await dependencies.sendToFund(
        { contractVersion: 1, kind: 'reprice', fundId, coverId, startDate: answer.startDate },
        coverId,
      );
  }
}

/** How long after its hand-in an allocation without an answer is overdue; the sweeper asks again then. */
export function enrolmentOverdueBefore(now: Instant): Instant {
  return addSeconds(now, -3600);
}
