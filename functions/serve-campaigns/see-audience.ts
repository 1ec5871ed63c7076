/** Whom a campaign would reach, and what each would get: of all its days, or of one. */
import {
  type Campaign,
  type CampaignPlan,
  campaignOf,
  endDatesReached,
  isMeant,
  type RunningCampaign,
} from '../../shared/domain/campaign.ts';
import {
  type AudienceCounts,
  type Contact,
  countAudience,
  type Placed,
  placeMember,
} from '../../shared/domain/campaign-audience.ts';
import { firstDayOf } from '../../shared/domain/campaign-schedule.ts';
import { addDays, type CivilDate, civilDateOf, type Instant } from '../../shared/domain/dates.ts';
import type { CoverId, WorkerId } from '../../shared/domain/ids.ts';
import { stepDate } from '../../shared/domain/nudge.ts';
import type { StoredCohort } from '../../shared/store/cohorts.ts';
import { type Part, type Reached, type Seen, type WalkDependencies, walkCovers } from './walk-covers.ts';

export interface AudienceDependencies extends WalkDependencies {
  readonly now: () => Instant;
  readonly listCohorts: () => Promise<StoredCohort[]>;
  readonly launchedCampaigns: () => Promise<RunningCampaign[]>;
  /** With the gifts of the donors its audience names. */
  readonly withDonations: (campaign: Campaign) => Promise<RunningCampaign>;
  readonly contactsOf: (workerIds: readonly WorkerId[]) => Promise<(workerId: WorkerId) => Promise<Contact>>;
}

export interface AudiencePart {
  /** Of this part; the parts add up. */
  readonly counts: AudienceCounts;
  readonly next: string | null;
}

/** Everyone a step will reach from now to the campaign's end, each cover once. */
export async function seeAudience(
  campaign: Campaign,
  cursor: string | undefined,
  dependencies: AudienceDependencies,
): Promise<AudiencePart> {
  const running = await asIfLaunched(campaign, dependencies);
  const from = laterOf(running.firstDay as CivilDate, civilDateOf(dependencies.now()));
  const reached = (await dependencies.listCohorts()).flatMap((cohort) => nextStepOf(running, cohort, from));
  const part = await walkCovers(reached, cursor, dependencies);
  const placed = await place(running, part, dependencies);
  return { counts: countAudience(placed.map(({ line }) => line)), next: part.next };
}

export interface DryRunPart extends AudiencePart {
  readonly sends: readonly { step: string; arm: string; channel: string; covers: number }[];
  readonly items: readonly { coverId: CoverId; workerId: WorkerId; step: string; arm: string; channel: string }[];
}

/** Who would get what on a day, if nothing changed until then. */
export async function dryRun(
  campaign: Campaign,
  on: CivilDate,
  cursor: string | undefined,
  dependencies: AudienceDependencies,
): Promise<DryRunPart> {
  const running = await asIfLaunched(campaign, dependencies);
  const cohorts = await dependencies.listCohorts();
  const reached = runsOn(running, on) ? cohorts.flatMap((cohort) => stepsOf(running, cohort, on)) : [];
  const part = await walkCovers(reached, cursor, dependencies);
  const placed = await place(running, part, dependencies);
  const items = placed.flatMap(({ seen: { cover, step }, arm, channel }) =>
    arm && channel
      ? [{ coverId: cover.coverId, workerId: cover.workerId, step: step.name, arm: arm.name, channel }]
      : [],
  );
  const counts = countAudience(placed.map(({ line }) => line));
  return { counts, sends: countSends(items), items, next: part.next };
}

function countSends(items: DryRunPart['items']): DryRunPart['sends'] {
  const groups = Map.groupBy(items, ({ step, arm, channel }) => `${step} ${arm} ${channel}`);
  return [...groups.values()].map((group) => {
    const { step, arm, channel } = group[0] as DryRunPart['items'][number];
    return { step, arm, channel, covers: group.length };
  });
}

/** A draft is looked at as if somebody launched it now. */
async function asIfLaunched(campaign: Campaign, dependencies: AudienceDependencies): Promise<RunningCampaign> {
  const running = await dependencies.withDonations(campaign);
  if (campaign.firstDay !== null) return { ...running, state: 'launched' };
  const at = dependencies.now();
  return { ...running, state: 'launched', launchedAt: at, firstDay: firstDayOf(campaign, at) };
}

function runsOn({ firstDay, endsOn }: Campaign, day: CivilDate): boolean {
  return firstDay !== null && firstDay <= day && (endsOn === null || day < endsOn);
}

/** The first step still to come for a cohort, if it has any: in it every cover of the cohort is counted once. */
function nextStepOf(campaign: RunningCampaign, cohort: StoredCohort, from: CivilDate): Reached[] {
  const window = endDatesReached(campaign, from);
  if (cohort.endDate < window.from || cohort.endDate >= window.before) return [];
  const step = campaign.steps.find((each) => {
    const on = stepDate(cohort.endDate, each);
    return on >= from && on > cohort.startDate && runsOn(campaign, on);
  });
  return step ? [{ cohort, step }] : [];
}

function stepsOf({ steps }: CampaignPlan, cohort: StoredCohort, on: CivilDate): Reached[] {
  const due = steps.filter((step) => addDays(on, -step.offsetDays) === cohort.endDate && cohort.startDate < on);
  return due.map((step) => ({ cohort, step }));
}

function laterOf(a: CivilDate, b: CivilDate): CivilDate {
  return a > b ? a : b;
}

async function place(campaign: RunningCampaign, { seen }: Part, dependencies: AudienceDependencies) {
  const meant = seen.filter(({ cover, worker }) => isMeant(campaign, cover, worker));
  const contactOf = await dependencies.contactsOf(meant.map(({ worker }) => worker.workerId));
  const others = (await dependencies.launchedCampaigns()).filter(
    ({ campaignId }) => campaignId !== campaign.campaignId,
  );
  const placed: (Placed & { readonly seen: Seen })[] = [];
  for (const each of meant) {
    const { cover, worker, cohort, step } = each;
    const owner = campaignOf(cover, worker, [...others, campaign], stepDate(cohort.endDate, step));
    const contact = await contactOf(worker.workerId);
    placed.push({ seen: each, ...placeMember(campaign, { cover, worker, contact, owner }) });
  }
  return placed;
}
