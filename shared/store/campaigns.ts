/** Campaigns, and which steps each has run for which part of which cohort. */

import { type Campaign, type CampaignCommand, type RunningCampaign, stateAfter } from '../domain/campaign.ts';
import type { OperatorId } from '../domain/cash-receipt.ts';
import type { CivilDate, Instant } from '../domain/dates.ts';
import type { DonorId } from '../domain/donor.ts';
import type { CampaignId, CohortId } from '../domain/ids.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import { Permanent, Transient } from '../errors.ts';
import { linksOfDonor } from './donor-gifts.ts';
import { getItem, putIfAbsent, putItem, queryAll, type Row, updateItem } from './table.ts';

const CAMPAIGNS = 'CAMPAIGNS';

function key(campaignId: CampaignId) {
  return { pk: CAMPAIGNS, sk: campaignId };
}

function rowOf({ ranThrough, ...campaign }: Campaign) {
  return { ...key(campaign.campaignId), type: 'campaign', ...campaign, ...(ranThrough === null ? {} : { ranThrough }) };
}

function campaignOfRow(row: Row): Campaign {
  const { pk: _pk, sk: _sk, type: _type, ...campaign } = row;
  return { ranThrough: null, ...campaign } as unknown as Campaign;
}

/** @throws Permanent `campaign_name_taken` */
export async function createCampaign(campaign: Campaign): Promise<void> {
  const { ok } = await putIfAbsent(rowOf(campaign));
  if (!ok) throw new Permanent('campaign_name_taken', { field: 'name' });
}

/** A draft as it is now; @throws Permanent `campaign_locked` once it is more than a draft */
export async function replaceDraft(campaign: Campaign): Promise<void> {
  const { ok } = await putItem({
    Item: rowOf(campaign),
    ConditionExpression: '#state = :draft',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':draft': 'draft' },
  });
  if (!ok) throw new Permanent('campaign_locked');
}

/** @throws Permanent `not_found` */
export async function readCampaign(campaignId: CampaignId): Promise<Campaign> {
  const row = await getItem(key(campaignId));
  if (!row) throw new Permanent('not_found', { field: 'campaignId', detail: `campaign ${campaignId}` });
  return campaignOfRow(row);
}

/** All of them; there are as many as people made. */
export async function listCampaigns(): Promise<Campaign[]> {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': CAMPAIGNS },
  });
  return rows.map(campaignOfRow);
}

/** What a launch adds. */
export interface Launch {
  /** Of the plan that was looked at: another that came since is not launched unseen. */
  readonly madeAt: Instant;
  readonly launchedBy: OperatorId;
  readonly launchedAt: Instant;
  readonly firstDay: CivilDate;
}

/**
 * Takes a campaign to the state a command leads to, and says how it stands then.
 *
 * @throws Permanent `not_found`, `campaign_state`, Transient `contention` where its plan changed while it was looked at
 */
export async function moveCampaign(
  campaignId: CampaignId,
  command: CampaignCommand,
  launch?: Launch,
): Promise<Campaign> {
  const campaign = await readCampaign(campaignId);
  const state = stateAfter(campaign.state, command);
  if (state === campaign.state) return campaign;
  if (launch && launch.madeAt !== campaign.madeAt)
    throw new Transient('contention', { detail: 'the plan changed while it was looked at' });
  const { ok } = await updateItem({
    Key: key(campaignId),
    UpdateExpression: `SET #state = :state${launch ? ', launchedBy = :by, launchedAt = :at, firstDay = :firstDay' : ''}`,
    ConditionExpression: `#state = :before AND madeAt = :madeAt`,
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: {
      ':state': state,
      ':before': campaign.state,
      ':madeAt': campaign.madeAt,
      ...(launch ? { ':by': launch.launchedBy, ':at': launch.launchedAt, ':firstDay': launch.firstDay } : {}),
    },
  });
  // Somebody else was quicker: what is asked for is judged by what that one made of it.
  return ok ? { ...campaign, ...launch, state } : moveCampaign(campaignId, command, launch);
}

/** Notes that every step due up to a day was run; never backwards. */
export async function markRanThrough(campaignId: CampaignId, day: CivilDate): Promise<void> {
  await updateItem({
    Key: key(campaignId),
    UpdateExpression: 'SET ranThrough = :day',
    ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(ranThrough) OR ranThrough < :day)',
    ExpressionAttributeValues: { ':day': day },
  });
}

/** One step of one end date, for one shard of one cohort. */
export interface CampaignRun {
  readonly campaignId: CampaignId;
  readonly endDate: CivilDate;
  readonly step: string;
  readonly cohortId: CohortId;
  readonly shard: number;
  readonly doneAt: Instant;
  /** Of this campaign: asked for, or with a reason passed over. */
  readonly covers: number;
  readonly reason?: ReasonCode;
  /** When every page of reminders it queued was found finished. */
  readonly accountedAt?: Instant;
}

export type RunName = Pick<CampaignRun, 'campaignId' | 'endDate' | 'step' | 'cohortId' | 'shard'>;

function runKey({ campaignId, endDate, step, cohortId, shard }: RunName) {
  return { pk: `CAMPAIGN#${campaignId}`, sk: `RUN#${endDate}#${step}#${cohortId}#${shard}` };
}

export async function markRun(run: CampaignRun): Promise<void> {
  await putItem({ Item: { ...runKey(run), type: 'campaign_run', ...run } });
}

/** Of this run of the step; one that was run again since must be looked at again. */
export async function markRunAccounted(run: CampaignRun, at: Instant): Promise<void> {
  await updateItem({
    Key: runKey(run),
    UpdateExpression: 'SET accountedAt = :at',
    ConditionExpression: 'doneAt = :doneAt',
    ExpressionAttributeValues: { ':at': at, ':doneAt': run.doneAt },
  });
}

export async function runsOf(campaignId: CampaignId): Promise<CampaignRun[]> {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :run)',
    ExpressionAttributeValues: { ':pk': `CAMPAIGN#${campaignId}`, ':run': 'RUN#' },
  });
  return rows as unknown as CampaignRun[];
}

/** With the gifts of the donors its audience names, as they stand now. */
export async function withDonations(campaign: Campaign): Promise<RunningCampaign> {
  const donors = (campaign.audience.donors ?? []) as readonly DonorId[];
  const gifts = await Promise.all(donors.map(linksOfDonor));
  return { ...campaign, donationIds: new Set(gifts.flatMap(({ donations }) => donations)) };
}

/** Every campaign that has covers of its own or will have: launched or paused. */
export async function launchedCampaigns(): Promise<RunningCampaign[]> {
  const campaigns = await listCampaigns();
  return Promise.all(campaigns.filter(({ state }) => state === 'launched' || state === 'paused').map(withDonations));
}

const REMEMBERED_MILLISECONDS = 5000;

/** `fresh`: asked again, for a campaign that is not among them may have been launched a moment ago. */
export type Remembered = (options?: { readonly fresh?: boolean }) => Promise<RunningCampaign[]>;

/** Kept for five seconds, of the stage's clock and of the machine's: whoever sends asks for every page. */
export function rememberedCampaigns(
  now: () => Instant,
  read: () => Promise<RunningCampaign[]> = launchedCampaigns,
  monotonicMilliseconds: () => number = () => performance.now(),
): Remembered {
  let known: { readonly at: number; readonly stageAt: number; readonly campaigns: RunningCampaign[] } | undefined;
  return async ({ fresh = false } = {}) => {
    const [at, stageAt] = [monotonicMilliseconds(), Date.parse(now())];
    const age = known ? Math.max(at - known.at, stageAt - known.stageAt) : Number.POSITIVE_INFINITY;
    if (!known || fresh || age >= REMEMBERED_MILLISECONDS) known = { at, stageAt, campaigns: await read() };
    return known.campaigns;
  };
}
