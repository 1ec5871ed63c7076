/** A campaign starts only when nothing speaks against it, and every reason that does is named at once. */
import { type Campaign, type CampaignCommand, stateAfter } from '../../shared/domain/campaign.ts';
import { type Delivery, faultsOfDelivery, faultsOfPlan } from '../../shared/domain/campaign-lint.ts';
import { firstDayOf } from '../../shared/domain/campaign-schedule.ts';
import type { OperatorId } from '../../shared/domain/cash-receipt.ts';
import { civilDateOf } from '../../shared/domain/dates.ts';
import type { CampaignId } from '../../shared/domain/ids.ts';
import { type Fault, Permanent } from '../../shared/errors.ts';
import type { Launch } from '../../shared/store/campaigns.ts';
import { type AudienceDependencies, seeAudience } from './see-audience.ts';

export interface LaunchDependencies extends AudienceDependencies {
  readonly readCampaign: (campaignId: CampaignId) => Promise<Campaign>;
  readonly moveCampaign: (campaignId: CampaignId, command: CampaignCommand, launch?: Launch) => Promise<Campaign>;
  readonly createSchedule: (campaign: Campaign) => Promise<void>;
  readonly deleteSchedule: (campaignId: CampaignId) => Promise<void>;
  readonly testRecipients: () => readonly unknown[];
  readonly delivery: () => Delivery;
}

/** So many parts are looked through for somebody to send to; who has so many covers has somebody. */
const PARTS_LOOKED_THROUGH = 8;

/** Everything that keeps a campaign from being launched, by field. */
export async function faultsBeforeLaunch(campaign: Campaign, dependencies: LaunchDependencies): Promise<Fault[]> {
  const faults = [
    ...faultsOfPlan(campaign, civilDateOf(dependencies.now())),
    ...faultsOfDelivery(campaign, dependencies.delivery()),
  ];
  if (dependencies.testRecipients().length === 0)
    faults.push({ field: 'settings.campaigns.testRecipients', reason: 'test_recipients_none' });
  const saysWhom = !faults.some(({ field }) => field === 'audience');
  if (saysWhom && (await reachesNobody(campaign, dependencies)))
    faults.push({ field: 'audience', reason: 'audience_empty' });
  return faults;
}

async function reachesNobody(campaign: Campaign, dependencies: LaunchDependencies): Promise<boolean> {
  let cursor: string | undefined;
  for (let parts = 0; parts < PARTS_LOOKED_THROUGH; parts += 1) {
    const { counts, next } = await seeAudience(campaign, cursor, dependencies);
    if (counts.willSend > 0) return false;
    if (next === null) return true;
    cursor = next;
  }
  return false;
}

/**
 * The schedule is made first: one that starts a campaign nobody launched does nothing, and a launched campaign without
 * one would wait for the sweeper.
 *
 * @throws Permanent `campaign_state`, `campaign_not_ready` with all faults
 */
export async function launchCampaign(
  campaignId: CampaignId,
  launchedBy: OperatorId,
  dependencies: LaunchDependencies,
): Promise<Campaign> {
  const campaign = await dependencies.readCampaign(campaignId);
  stateAfter(campaign.state, 'launch');
  const faults = await faultsBeforeLaunch(campaign, dependencies);
  if (faults.length > 0)
    throw new Permanent('campaign_not_ready', { detail: faults.map(({ reason }) => reason).join(', '), faults });
  await dependencies.createSchedule(campaign);
  const at = dependencies.now();
  return dependencies.moveCampaign(campaignId, 'launch', {
    madeAt: campaign.madeAt,
    launchedBy,
    launchedAt: at,
    firstDay: firstDayOf(campaign, at),
  });
}

/** First nothing more is sent, then its schedule goes; the run that finds it stopped deletes one that was left. */
export async function stopCampaign(campaignId: CampaignId, dependencies: LaunchDependencies): Promise<Campaign> {
  const campaign = await dependencies.moveCampaign(campaignId, 'stop');
  if (campaign.launchedAt !== null) await dependencies.deleteSchedule(campaignId);
  return campaign;
}
