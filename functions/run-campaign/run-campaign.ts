/**
 * Runs the steps of a campaign that are due and not done: today's, and those of days on which nobody ran it. Each step
 * is done for one shard of one cohort at a time and noted when it is, so a run that breaks off goes on where it stopped,
 * and doing it twice queues the same pages (I8).
 */
import { type Campaign, campaignOf, type RunningCampaign } from '../../shared/domain/campaign.ts';
import { type DueStep, dueSteps, runsThrough } from '../../shared/domain/campaign-schedule.ts';
import type { Cover } from '../../shared/domain/cover.ts';
import type { CivilDate, Instant } from '../../shared/domain/dates.ts';
import type { CampaignId, CohortId, WorkerId } from '../../shared/domain/ids.ts';
import type { WorkerRow } from '../../shared/domain/worker.ts';
import type { Log } from '../../shared/logger.ts';
import type { NudgeMessage } from '../../shared/messages.ts';
import type { CampaignRun } from '../../shared/store/campaigns.ts';
import type { StoredCohort } from '../../shared/store/cohorts.ts';

export interface RunCampaignDependencies {
  readonly now: () => Instant;
  readonly readCampaign: (campaignId: CampaignId) => Promise<Campaign>;
  readonly launchedCampaigns: () => Promise<RunningCampaign[]>;
  readonly listCohorts: () => Promise<StoredCohort[]>;
  /** Maybe as they were a second ago; each is asked again before it is sent. */
  readonly coversOfShard: (cohortId: CohortId, shard: number, pageSize: number) => AsyncIterable<Cover[]>;
  readonly readWorkers: (workerIds: readonly WorkerId[]) => Promise<Map<WorkerId, WorkerRow>>;
  readonly runsOf: (campaignId: CampaignId) => Promise<CampaignRun[]>;
  readonly markRun: (run: CampaignRun) => Promise<void>;
  /** Keeps what is going to be asked for, so that a message that is lost can be sent again. */
  readonly putNudgePages: (shard: number, messages: readonly NudgeMessage[], at: Instant) => Promise<void>;
  readonly sendNudges: (messages: readonly NudgeMessage[]) => Promise<void>;
  readonly markRanThrough: (campaignId: CampaignId, day: CivilDate) => Promise<void>;
  readonly log: Log;
}

export interface CampaignTally {
  readonly campaignId: CampaignId;
  /** Steps done for a shard. */
  readonly runs: number;
  /** Covers asked for. */
  readonly covers: number;
  /** Covers of steps that had passed: recorded and not asked for. */
  readonly stale: number;
  /** False where somebody paused or stopped it meanwhile: the next run goes on. */
  readonly complete: boolean;
}

const COVERS_PER_PAGE = 90;
/** As in a phase of the lifecycle: the row of a page stays small. */
const COVERS_PER_MESSAGE = 30;

/** One step for one shard. */
interface Place {
  readonly due: DueStep;
  readonly cohort: StoredCohort;
  readonly shard: number;
}

/** @throws Permanent `not_found` */
export async function runCampaign(
  campaignId: CampaignId,
  dependencies: RunCampaignDependencies,
): Promise<CampaignTally> {
  const at = dependencies.now();
  const campaign = await dependencies.readCampaign(campaignId);
  const through = campaign.state === 'launched' ? runsThrough(campaign, at) : null;
  let tally: CampaignTally = { campaignId, runs: 0, covers: 0, stale: 0, complete: true };
  if (through === null) return tally;
  const launched = await dependencies.launchedCampaigns();
  for (const place of await placesToRun(campaign, at, dependencies)) {
    if ((await dependencies.readCampaign(campaignId)).state !== 'launched') return { ...tally, complete: false };
    const covers = await runPlace(campaignId, place, launched, dependencies);
    const counted = place.due.stale ? { stale: tally.stale + covers } : { covers: tally.covers + covers };
    tally = { ...tally, ...counted, runs: tally.runs + 1 };
  }
  await dependencies.markRanThrough(campaignId, through);
  dependencies.log.info('campaign run', { through, ...tally });
  return tally;
}

/** Everything due and not done since the last cover joined its cohort; a late joiner is not forgotten for a week. */
async function placesToRun(campaign: Campaign, at: Instant, dependencies: RunCampaignDependencies): Promise<Place[]> {
  const runs = await dependencies.runsOf(campaign.campaignId);
  const doneAt = new Map(runs.map((run) => [nameOf(run.endDate, run.step, run.cohortId, run.shard), run.doneAt]));
  const cohorts = await dependencies.listCohorts();
  return dueSteps(campaign, at).flatMap((due) =>
    cohorts
      // A step that falls before the cover began has nobody to remind.
      .filter(({ endDate, startDate }) => endDate === due.endDate && startDate < due.on)
      .flatMap((cohort) => Array.from({ length: cohort.shards }, (_, shard) => ({ due, cohort, shard })))
      .filter(({ cohort: { cohortId, lastJoinedAt }, shard }) => {
        const done = doneAt.get(nameOf(due.endDate, due.step.name, cohortId, shard));
        return done === undefined || done < lastJoinedAt;
      }),
  );
}

function nameOf(endDate: CivilDate, step: string, cohortId: CohortId, shard: number): string {
  return `${endDate} ${step} ${cohortId} ${shard}`;
}

/** @returns how many covers of this campaign the step concerns */
async function runPlace(
  campaignId: CampaignId,
  { due, cohort, shard }: Place,
  launched: readonly RunningCampaign[],
  dependencies: RunCampaignDependencies,
): Promise<number> {
  const doneAt = dependencies.now();
  const { cohortId } = cohort;
  const step = due.step.name;
  let covers = 0;
  for await (const page of dependencies.coversOfShard(cohortId, shard, COVERS_PER_PAGE)) {
    const ours = await ownCovers(campaignId, page, launched, due.on, dependencies);
    covers += ours.length;
    if (due.stale) continue;
    const messages = messagesFor({ cohortId, campaignId, step, endDate: due.endDate }, ours);
    await dependencies.putNudgePages(shard, messages, dependencies.now());
    await dependencies.sendNudges(messages);
  }
  const passed = due.stale ? ({ reason: 'step_stale', accountedAt: doneAt } as const) : {};
  await dependencies.markRun({ campaignId, endDate: due.endDate, step, cohortId, shard, doneAt, covers, ...passed });
  return covers;
}

async function ownCovers(
  campaignId: CampaignId,
  page: readonly Cover[],
  launched: readonly RunningCampaign[],
  dueOn: CivilDate,
  { readWorkers }: RunCampaignDependencies,
): Promise<Cover[]> {
  const active = page.filter(({ state }) => state === 'active');
  const workers = await readWorkers(active.map(({ workerId }) => workerId));
  return active.filter((cover) => {
    const worker = workers.get(cover.workerId);
    return worker !== undefined && campaignOf(cover, worker, launched, dueOn)?.campaignId === campaignId;
  });
}

function messagesFor(
  common: Pick<NudgeMessage, 'cohortId' | 'campaignId' | 'step' | 'endDate'>,
  covers: readonly Cover[],
): NudgeMessage[] {
  const coverIds = covers.map(({ coverId }) => coverId);
  const messages: NudgeMessage[] = [];
  for (let first = 0; first < coverIds.length; first += COVERS_PER_MESSAGE)
    messages.push({ contractVersion: 1, ...common, coverIds: coverIds.slice(first, first + COVERS_PER_MESSAGE) });
  return messages;
}
