/** The figures of the programme and the results of its campaigns, counted from the rows at the moment of asking. */
import {
  armNameOf,
  type CampaignResults,
  campaignThatHad,
  ResultsCounter,
} from '../../shared/domain/campaign-results.ts';
import type { CivilDate } from '../../shared/domain/dates.ts';
import type { Dimension } from '../../shared/domain/group-names.ts';
import type { CampaignId } from '../../shared/domain/ids.ts';
import { MetricsCounter, type MetricsReport, type Surroundings } from '../../shared/domain/metrics.ts';
import type { Period } from '../../shared/domain/metrics-table.ts';
import { Permanent } from '../../shared/errors.ts';
import { readCampaign, withDonations } from '../../shared/store/campaigns.ts';
import { campaignsEverLaunched, Gifts, lastChannels, workerLives } from '../../shared/store/metrics.ts';

export interface MetricsQuestion {
  readonly by: readonly Dimension[];
  readonly period: Period;
  readonly today: CivilDate;
}

/** What only some dimensions need is read only for them. */
async function surroundings(by: readonly Dimension[], gifts: Gifts): Promise<Surroundings> {
  const launched = by.includes('arm') ? await campaignsEverLaunched() : [];
  const channels = by.includes('channel') ? await lastChannels() : new Map<string, string>();
  return {
    giftOf: (donationId) => gifts.of(donationId),
    armOf(cover, worker) {
      const campaign = campaignThatHad(cover, worker, launched);
      return campaign && `${campaign.campaignId}/${armNameOf(campaign, worker)}`;
    },
    channelOf: ({ coverId }) => channels.get(coverId) ?? null,
  };
}

export async function countMetrics({ by, period, today }: MetricsQuestion): Promise<MetricsReport> {
  const gifts = new Gifts();
  const counter = new MetricsCounter(today, period, by, await surroundings(by, gifts));
  for await (const lives of workerLives()) {
    await gifts.learn(lives);
    for (const life of lives) counter.take(life);
  }
  return counter.conclude();
}

/** @throws Permanent `not_found`, `campaign_state` where it was never launched */
export async function countResults(campaignId: CampaignId, today: CivilDate): Promise<CampaignResults> {
  const campaign = await withDonations(await readCampaign(campaignId));
  if (campaign.firstDay === null) throw new Permanent('campaign_state', { detail: 'the campaign was never launched' });
  const counter = new ResultsCounter(campaign, await campaignsEverLaunched(), today);
  for await (const lives of workerLives()) for (const life of lives) counter.take(life);
  return counter.conclude();
}
