/** What campaigns left undone: days on which nobody ran them, and pages of reminders that were queued and not finished. */
import type { Campaign } from '../../shared/domain/campaign.ts';
import { runsThrough } from '../../shared/domain/campaign-schedule.ts';
import type { Instant } from '../../shared/domain/dates.ts';
import type { CampaignId } from '../../shared/domain/ids.ts';
import type { NudgeMessage } from '../../shared/messages.ts';
import type { CampaignRun } from '../../shared/store/campaigns.ts';
import type { PagesName } from '../../shared/store/nudge-pages.ts';

export interface SweepCampaignsDependencies {
  readonly now: () => Instant;
  readonly listCampaigns: () => Promise<Campaign[]>;
  readonly runCampaign: (campaignId: CampaignId) => Promise<unknown>;
  readonly runsOf: (campaignId: CampaignId) => Promise<CampaignRun[]>;
  readonly unfinishedPages: (name: PagesName) => Promise<NudgeMessage[]>;
  readonly sendNudges: (messages: readonly NudgeMessage[]) => Promise<void>;
  readonly markRunAccounted: (run: CampaignRun, at: Instant) => Promise<void>;
}

/**
 * A campaign that is paused waits with all it has; one that was stopped has nothing more to send.
 *
 * @param before younger work is still on its way
 * @returns how many campaigns it ran and how many pages it sent again
 */
export async function sweepCampaigns(
  before: Instant,
  dependencies: SweepCampaignsDependencies,
): Promise<{ campaigns: number; campaignPages: number }> {
  const launched = (await dependencies.listCampaigns()).filter(({ state }) => state === 'launched');
  let [campaigns, campaignPages] = [0, 0];
  for (const campaign of launched) {
    campaignPages += await sweepPages(campaign.campaignId, before, dependencies);
    if (runsThrough(campaign, before) === null) continue;
    await dependencies.runCampaign(campaign.campaignId);
    campaigns += 1;
  }
  return { campaigns, campaignPages };
}

async function sweepPages(
  campaignId: CampaignId,
  before: Instant,
  dependencies: SweepCampaignsDependencies,
): Promise<number> {
  const runs = await dependencies.runsOf(campaignId);
  let sent = 0;
  for (const run of runs.filter(({ accountedAt, doneAt }) => accountedAt === undefined && doneAt < before)) {
    const pages = await dependencies.unfinishedPages(run);
    if (pages.length > 0) await dependencies.sendNudges(pages);
    else await dependencies.markRunAccounted(run, dependencies.now());
    sent += pages.length;
  }
  return sent;
}
