/**
 * A renewal campaign: whom it is for, what it says and when. It is fixed before it starts, so that its result means
 * something; a cover belongs to one campaign at a time, so that nobody hears a step twice (I7).
 */
import { Permanent } from '../errors.ts';
import type { OperatorId } from './cash-receipt.ts';
import type { WorkerChannel } from './channels.ts';
import type { Cover } from './cover.ts';
import { addDays, type CivilDate, type Instant } from './dates.ts';
import type { Arm, Experiment } from './experiment-arms.ts';
import { type FundClass, fundClassOf } from './fund.ts';
import { type CampaignId, type DonationId, digest } from './ids.ts';
import type { NudgeStep } from './nudge.ts';
import type { Package, Sector } from './tariff.ts';
import type { WorkerRow } from './worker.ts';

/** `stopped` and `finished` are final. */
export type CampaignState = 'draft' | 'launched' | 'paused' | 'stopped' | 'finished';

/** What the campaign is judged by, said before it starts. */
export const METRICS = ['self_paid_renewal', 'any_renewal', 'donor_renewal'] as const;
export type Metric = (typeof METRICS)[number];

/**
 * Conditions that must all hold; of a list, one value. Without any condition it is nobody: all people are meant only
 * where `everyone` says so.
 */
export interface Audience {
  readonly everyone?: true | undefined;
  /** `33` a province, `33.72` a regency. */
  readonly regions?: readonly string[] | undefined;
  readonly occupations?: readonly string[] | undefined;
  readonly sectors?: readonly Sector[] | undefined;
  readonly disability?: boolean | undefined;
  readonly fundClasses?: readonly FundClass[] | undefined;
  readonly packages?: readonly Package[] | undefined;
  /** Whose gifts paid for a month of the cover. */
  readonly donors?: readonly string[] | undefined;
  /** End dates from this day … */
  readonly endsFrom?: CivilDate | undefined;
  /** … and before this one. */
  readonly endsBefore?: CivilDate | undefined;
}

/** Hours of the worker's own zone in which messages may come: `[fromHour, untilHour)`. */
export interface SendWindow {
  readonly fromHour: number;
  readonly untilHour: number;
}

/** Nobody is written to before eight or from eight in the evening, whatever a campaign says. */
export const WIDEST_WINDOW: SendWindow = { fromHour: 8, untilHour: 20 };

/** What its maker decides. */
export interface CampaignPlan {
  readonly name: string;
  readonly audience: Audience;
  /** In order of their days. */
  readonly steps: readonly NudgeStep[];
  readonly arms: readonly Arm[];
  readonly holdOutPercent: number;
  readonly metric: Metric;
  /** The first that the worker agreed to; the next only where that one cannot reach the worker. */
  readonly channels: readonly WorkerChannel[];
  /** Of Asia/Jakarta. */
  readonly sendHour: number;
  readonly window: SendWindow;
  /** To one person on one day, of all campaigns together. */
  readonly dailyCap: number;
  /** Of several campaigns that match a cover, the highest has it. */
  readonly priority: number;
  /** Null: as soon as it is launched. */
  readonly startsOn: CivilDate | null;
  /** First day on which it sends nothing more; null: until somebody stops it. */
  readonly endsOn: CivilDate | null;
}

export interface Campaign extends CampaignPlan, Experiment {
  readonly state: CampaignState;
  readonly madeBy: OperatorId;
  readonly madeAt: Instant;
  readonly launchedBy: OperatorId | null;
  readonly launchedAt: Instant | null;
  /** The first day it runs, known from its launch on: covers belong to it from that day. */
  readonly firstDay: CivilDate | null;
  /** Every step due up to this day was run or recorded as passed; null before the first. */
  readonly ranThrough: CivilDate | null;
}

/** A campaign as those who send see it. */
export interface RunningCampaign extends Campaign {
  /** The gifts of the donors its audience names, as they stand. */
  readonly donationIds: ReadonlySet<string>;
}

/** One campaign a name: making it twice makes it once. */
export function campaignIdOf(name: string): CampaignId {
  return `cmp_${digest(`campaign:${name.trim().toLowerCase()}`, 12)}` as CampaignId;
}

type AudienceCover = Pick<Cover, 'fundId' | 'package' | 'endDate' | 'months'>;
type AudienceWorker = Pick<WorkerRow, 'region' | 'occupation' | 'sector' | 'disability'>;

export function hasCondition({ everyone: _everyone, ...conditions }: Audience): boolean {
  return Object.values(conditions).some((value) => value !== undefined);
}

/** Is this cover, of this worker, one the audience means? */
export function isMeant(
  { audience, donationIds }: Pick<RunningCampaign, 'audience' | 'donationIds'>,
  cover: AudienceCover,
  worker: AudienceWorker,
): boolean {
  if (!hasCondition(audience)) return audience.everyone === true;
  const { regions, occupations, sectors, disability, fundClasses, packages, donors, endsFrom, endsBefore } = audience;
  const { endDate } = cover;
  if (endDate === undefined) return false;
  return (
    (regions?.some((region) => isWithin(worker.region, region)) ?? true) &&
    (occupations?.includes(worker.occupation) ?? true) &&
    (sectors?.includes(worker.sector) ?? true) &&
    (disability === undefined || worker.disability === disability) &&
    (fundClasses?.includes(fundClassOf(cover.fundId)) ?? true) &&
    (packages?.includes(cover.package) ?? true) &&
    (donors === undefined || paidBy(cover, donationIds)) &&
    (endsFrom === undefined || endDate >= endsFrom) &&
    (endsBefore === undefined || endDate < endsBefore)
  );
}

function isWithin(region: string, wider: string): boolean {
  return region === wider || region.startsWith(`${wider}.`);
}

function paidBy({ months }: AudienceCover, donationIds: ReadonlySet<string>): boolean {
  return months.some(({ shares }) => shares.some(({ donationId }) => donationIds.has(donationId as DonationId)));
}

/**
 * The one campaign a cover's step belongs to, or null for the standing campaign. It goes by the day on which the step is
 * due, so that a reminder that comes late changes no hands. A campaign that is paused keeps its covers: they hear nothing
 * until it goes on, and no other campaign's words come between.
 *
 * @param dueOn `stepDate(endDate, step)`
 */
export function campaignOf<Some extends RunningCampaign>(
  cover: AudienceCover,
  worker: AudienceWorker,
  launched: readonly Some[],
  dueOn: CivilDate,
): Some | null {
  return runningOn(launched, dueOn).find((campaign) => isMeant(campaign, cover, worker)) ?? null;
}

/** Those that have their covers on a day, the highest first. */
export function runningOn<Some extends Campaign>(campaigns: readonly Some[], day: CivilDate): Some[] {
  const rank = ({ launchedAt, campaignId }: Campaign) => `${launchedAt}#${campaignId}`;
  return campaigns
    .filter(({ state }) => state === 'launched' || state === 'paused')
    .filter(({ firstDay, endsOn }) => firstDay !== null && firstDay <= day && (endsOn === null || day < endsOn))
    .sort((a, b) => b.priority - a.priority || (rank(a) < rank(b) ? -1 : 1));
}

export type CampaignCommand = 'launch' | 'pause' | 'resume' | 'stop' | 'finish';

const WAYS: Readonly<Record<CampaignCommand, { readonly from: readonly CampaignState[]; readonly to: CampaignState }>> =
  {
    launch: { from: ['draft'], to: 'launched' },
    pause: { from: ['launched'], to: 'paused' },
    resume: { from: ['paused'], to: 'launched' },
    stop: { from: ['draft', 'launched', 'paused'], to: 'stopped' },
    finish: { from: ['launched'], to: 'finished' },
  };

/**
 * The state a command leads to. Said twice, it leads nowhere else.
 *
 * @throws Permanent `campaign_state`
 */
export function stateAfter(state: CampaignState, command: CampaignCommand): CampaignState {
  const { from, to } = WAYS[command];
  if (state === to && command !== 'launch') return to;
  if (from.includes(state)) return to;
  throw new Permanent('campaign_state', { detail: `${command}: the campaign is ${state}` });
}

export function hasEnded({ state }: Pick<Campaign, 'state'>): boolean {
  return state === 'stopped' || state === 'finished';
}

/** End dates of which a step falls on a day of the campaign: `[from, before)`; an open campaign looks a year ahead. */
export function endDatesReached(
  { steps, endsOn }: Pick<CampaignPlan, 'steps' | 'endsOn'>,
  from: CivilDate,
): { readonly from: CivilDate; readonly before: CivilDate } {
  const offsets = steps.map(({ offsetDays }) => offsetDays);
  return {
    from: addDays(from, -Math.max(...offsets)),
    before: addDays(endsOn ?? addDays(from, 366), -Math.min(...offsets)),
  };
}
