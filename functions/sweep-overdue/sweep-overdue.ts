/**
 * Finds what is due and not done, whoever forgot it: a lost message, a lost execution, a deploy at the wrong moment
 * (I8). It only asks again or runs the same phase; all of that is harmless to do twice.
 */
import { addSeconds, civilDateOf, type Instant } from '../../shared/domain/dates.ts';
import type { AllocationId, CohortId, DonationId, FileId, FundId } from '../../shared/domain/ids.ts';
import { phasesOf } from '../../shared/domain/lifecycle.ts';
import type { Log, Meter } from '../../shared/logger.ts';
import type { EnrolmentMessage, FundMessage, NudgeMessage, PhaseTask } from '../../shared/messages.ts';
import type { PhaseMark, StoredCohort } from '../../shared/store/cohorts.ts';
import { type FileProgress, isSettled } from '../../shared/store/files.ts';
import type { PagesName } from '../../shared/store/nudge-pages.ts';
import type { ReceiptPlace } from '../../shared/store/receipts.ts';
import { type CountRegistrarDependencies, countRegistrar } from './count-registrar.ts';
import { type SweepTariffDependencies, sweepTariff } from './sweep-tariff.ts';
import { countClaims, type SweepWorkersDependencies, sweepLifeEvents } from './sweep-workers.ts';

export interface SweepOverdueDependencies
  extends SweepTariffDependencies,
    SweepWorkersDependencies,
    CountRegistrarDependencies {
  readonly now: () => Instant;
  readonly donationsDue: (before: Instant) => Promise<{ donationId: DonationId; fundId: FundId }[]>;
  readonly listFundIds: () => Promise<FundId[]>;
  readonly enrolmentsDue: (before: Instant) => Promise<AllocationId[]>;
  readonly receiptsDue: (before: Instant) => Promise<ReceiptPlace[]>;
  readonly sendReceipt: (receipt: ReceiptPlace) => Promise<void>;
  readonly filesDue: (before: Instant) => Promise<FileId[]>;
  readonly readFileProgress: (fileId: FileId) => Promise<FileProgress | null>;
  readonly markFileSettled: (fileId: FileId) => Promise<void>;
  readonly reopenFile: (fileId: FileId) => Promise<void>;
  /** Asks for the object to be looked at again. */
  readonly sendFile: (key: string) => Promise<void>;
  readonly sendToFund: (message: FundMessage, occasion: string) => Promise<void>;
  readonly sendEnrolment: (message: EnrolmentMessage) => Promise<void>;
  readonly listCohorts: () => Promise<StoredCohort[]>;
  readonly phaseMarks: (cohortId: CohortId) => Promise<PhaseMark[]>;
  readonly startCohorts: () => Promise<unknown>;
  readonly runCoverPhase: (task: PhaseTask) => Promise<unknown>;
  /** The pages of reminders that a phase queued for a shard and nobody finished. */
  readonly unfinishedPages: (name: PagesName) => Promise<NudgeMessage[]>;
  readonly sendNudges: (messages: readonly NudgeMessage[]) => Promise<void>;
  readonly markPhaseAccounted: (cohortId: CohortId, mark: PhaseMark, at: Instant) => Promise<void>;
  readonly markSettled: (cohortId: CohortId, at: Instant) => Promise<void>;
  readonly sweepCampaigns: (before: Instant) => Promise<Pick<Swept, 'campaigns' | 'campaignPages'>>;
  readonly log: Log;
  readonly meter: Meter;
}

/** Younger work is still on its way through the queues. */
const PATIENCE_SECONDS = 900;

export interface Swept {
  readonly donations: number;
  readonly enrolments: number;
  /** Approved receipts that never reached the books' queue. */
  readonly receipts: number;
  /** Files of which some lines were not settled. */
  readonly files: number;
  /** Covers asked to end once more, because of what was reported of their worker. */
  readonly endings: number;
  /** Covers asked to be priced anew, because the tariff changed. */
  readonly adjustments: number;
  readonly phases: number;
  /** Pages of reminders. */
  readonly pages: number;
  /** Campaigns that were not run on a day. */
  readonly campaigns: number;
  /** Pages of reminders of campaigns. */
  readonly campaignPages: number;
}

export async function sweepOverdue(dependencies: SweepOverdueDependencies): Promise<Swept> {
  const now = dependencies.now();
  const before = addSeconds(now, -PATIENCE_SECONDS);
  const donations = await dependencies.donationsDue(before);
  for (const { donationId, fundId } of donations)
    await dependencies.sendToFund({ contractVersion: 1, kind: 'donation', fundId, donationId }, `sweep:${now}`);
  // The waiting index may have lagged behind the last worker or the last rupiah: every fund looks once more.
  for (const fundId of await dependencies.listFundIds())
    await dependencies.sendToFund({ contractVersion: 1, kind: 'fill', fundId }, `sweep:${now}`);
  const enrolments = await dependencies.enrolmentsDue(before);
  for (const allocationId of enrolments)
    await dependencies.sendEnrolment({ contractVersion: 1, kind: 'collect', allocationId });
  const receipts = await dependencies.receiptsDue(before);
  for (const receipt of receipts) await dependencies.sendReceipt(receipt);
  const files = await sweepFiles(before, dependencies);
  const endings = await sweepLifeEvents(before, dependencies);
  const adjustments = await sweepTariff(dependencies);
  await dependencies.startCohorts();
  const cohorts = await sweepCohorts(before, dependencies);
  const campaigns = await dependencies.sweepCampaigns(before);
  const swept = {
    donations: donations.length,
    enrolments: enrolments.length,
    receipts: receipts.length,
    files,
    endings,
    adjustments,
    ...cohorts,
    ...campaigns,
  };
  for (const [kind, count] of Object.entries(swept)) if (count > 0) dependencies.meter.count('Swept', { kind }, count);
  const { open, unattended } = await countClaims(dependencies);
  dependencies.meter.count('ClaimsOpen', {}, open);
  dependencies.meter.count('ClaimsUnattended', {}, unattended);
  const registrar = await countRegistrar(dependencies);
  dependencies.meter.count('BatchesUnanswered', {}, registrar.batchesUnanswered);
  dependencies.meter.count('LinesParked', {}, registrar.linesParked);
  dependencies.log.info('swept', { ...swept, claimsOpen: open, claimsUnattended: unattended, ...registrar });
  return swept;
}

/**
 * A file that holds is done when each of its chunks is. One that is not is cut again: chunks that were settled count the
 * same, and effect keys keep their lines from booking twice.
 */
async function sweepFiles(before: Instant, dependencies: SweepOverdueDependencies): Promise<number> {
  let sent = 0;
  for (const fileId of await dependencies.filesDue(before)) {
    const progress = await dependencies.readFileProgress(fileId);
    if (!progress) continue;
    if (isSettled(progress)) {
      await dependencies.markFileSettled(fileId);
      continue;
    }
    await dependencies.reopenFile(fileId);
    await dependencies.sendFile(progress.file.key);
    sent += 1;
  }
  return sent;
}

async function sweepCohorts(
  before: Instant,
  dependencies: SweepOverdueDependencies,
): Promise<Pick<Swept, 'phases' | 'pages'>> {
  const open = (await dependencies.listCohorts()).filter(
    ({ settledAt, startDate }) => !settledAt && startDate <= civilDateOf(before),
  );
  const swept = { phases: 0, pages: 0 };
  for (const cohort of open) {
    const marks = await dependencies.phaseMarks(cohort.cohortId);
    const missing = missingPhases(cohort, marks, before);
    for (const task of missing) await dependencies.runCoverPhase(task);
    swept.phases += missing.length;
    const pages = await sweepPages(cohort, marks, before, dependencies);
    swept.pages += pages;
    const isDone = pages === 0 && !hasYoungReminders(cohort, marks, missing, before) && isOver(cohort, before);
    if (isDone) await dependencies.markSettled(cohort.cohortId, dependencies.now());
  }
  return swept;
}

/**
 * Sends again the pages of reminders that were queued and not finished. A step that was overtaken by the next goes out
 * to nobody, so however late this is, it is no flood; its reminders get their reason. Each phase is looked at until all
 * its pages are finished, and then never again.
 *
 * @returns how many pages it sent
 */
async function sweepPages(
  cohort: StoredCohort,
  marks: readonly PhaseMark[],
  before: Instant,
  dependencies: SweepOverdueDependencies,
): Promise<number> {
  let sent = 0;
  for (const mark of unaccounted(cohort, marks).filter(({ doneAt }) => doneAt < before)) {
    const { cohortId, endDate } = cohort;
    const pages = await dependencies.unfinishedPages({ cohortId, endDate, step: mark.phase, shard: mark.shard });
    if (pages.length > 0) await dependencies.sendNudges(pages);
    else await dependencies.markPhaseAccounted(cohort.cohortId, mark, dependencies.now());
    sent += pages.length;
  }
  return sent;
}

function unaccounted(cohort: StoredCohort, marks: readonly PhaseMark[]): PhaseMark[] {
  const steps = stepsOf(cohort);
  return marks.filter(({ phase, accountedAt }) => steps.has(phase) && !accountedAt);
}

function stepsOf(cohort: StoredCohort): Set<string> {
  return new Set(phasesOf(cohort).flatMap(({ kind, name }) => (kind === 'nudge' ? [name] : [])));
}

/** Phases due before an instant that no run has marked since the last cover joined. */
function missingPhases(cohort: StoredCohort, marks: readonly PhaseMark[], before: Instant): PhaseTask[] {
  const done = new Set(
    marks.filter(({ doneAt }) => doneAt >= cohort.lastJoinedAt).map(({ phase, shard }) => `${phase}#${shard}`),
  );
  const shards = Array.from({ length: cohort.shards }, (_, shard) => shard);
  return phasesOf(cohort)
    .filter(({ at }) => at < before)
    .flatMap(({ name }) =>
      shards
        .filter((shard) => !done.has(`${name}#${shard}`))
        .map((shard) => ({ contractVersion: 1 as const, cohortId: cohort.cohortId, phase: name, shard: { shard } })),
    );
}

/** Whether reminders were asked for a moment ago, so that nobody knows yet whether one of their messages is lost. */
function hasYoungReminders(
  cohort: StoredCohort,
  marks: readonly PhaseMark[],
  run: readonly PhaseTask[],
  before: Instant,
): boolean {
  const steps = stepsOf(cohort);
  return run.some(({ phase }) => steps.has(phase)) || unaccounted(cohort, marks).some(({ doneAt }) => doneAt >= before);
}

function isOver(cohort: StoredCohort, before: Instant): boolean {
  return phasesOf(cohort).every(({ at }) => at < before);
}
