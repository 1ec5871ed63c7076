/** A campaign that is at its end loses its alarm clock; one whose last reminder is accounted for is finished. */
import { type Campaign, type CampaignCommand, hasEnded } from '../../shared/domain/campaign.ts';
import { isOver } from '../../shared/domain/campaign-schedule.ts';
import { civilDateOf, type Instant } from '../../shared/domain/dates.ts';
import type { CampaignId } from '../../shared/domain/ids.ts';
import type { CampaignRun } from '../../shared/store/campaigns.ts';

export interface CloseCampaignDependencies {
  readonly now: () => Instant;
  readonly readCampaign: (campaignId: CampaignId) => Promise<Campaign>;
  readonly runsOf: (campaignId: CampaignId) => Promise<CampaignRun[]>;
  readonly moveCampaign: (campaignId: CampaignId, command: CampaignCommand) => Promise<Campaign>;
  readonly deleteSchedule: (campaignId: CampaignId) => Promise<void>;
}

/** @returns whether it has ended */
export async function closeCampaign(campaignId: CampaignId, dependencies: CloseCampaignDependencies): Promise<boolean> {
  let campaign = await dependencies.readCampaign(campaignId);
  if (campaign.state === 'launched' && isOver(campaign, civilDateOf(dependencies.now()))) {
    const open = (await dependencies.runsOf(campaignId)).filter(({ accountedAt }) => accountedAt === undefined);
    if (open.length === 0) campaign = await dependencies.moveCampaign(campaignId, 'finish');
  }
  // Whoever stopped it may have been cut off before the schedule was gone.
  if (hasEnded(campaign)) await dependencies.deleteSchedule(campaignId);
  return hasEnded(campaign);
}
