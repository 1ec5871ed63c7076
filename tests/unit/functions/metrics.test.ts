/** The figures over the rows the system itself wrote. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { metricsRoutes } from '../../../functions/serve-operators/routes/metrics.ts';
import { type Campaign, campaignIdOf } from '../../../shared/domain/campaign.ts';
import type { CampaignResults } from '../../../shared/domain/campaign-results.ts';
import type { CivilDate } from '../../../shared/domain/dates.ts';
import { HOLD_OUT } from '../../../shared/domain/experiment.ts';
import type { MetricsReport } from '../../../shared/domain/metrics.ts';
import { NUDGE_STEPS } from '../../../shared/domain/nudge.ts';
import { problemOf } from '../../../shared/problem.ts';
import { createCampaign } from '../../../shared/store/campaigns.ts';
import { livesIn } from '../../../shared/store/metrics.ts';
import { batchKey, claimNudge, nudgeIdOf } from '../../../shared/store/nudges.ts';
import { putIfAbsent, remindersTableName } from '../../../shared/store/table.ts';
import { collected } from '../../support/collected.ts';
import { addWorkers, give } from '../../support/people-and-gifts.ts';
import { TestSystem } from '../../support/test-system.ts';

const DAY_SECONDS = 86_400;
const PEOPLE = 70;

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());
beforeEach(async () => {
  system.newWorld();
  const regions = Array.from({ length: PEOPLE }, (_, index) => ({ region: index % 2 === 0 ? '33.72' : '11.05' }));
  await addWorkers(system, regions);
  // Two gifts of thirty terms each; ten workers go on waiting.
  await give(system, { paymentId: 'p1', amount: 33_600 * 30 }, { paymentId: 'p2', amount: 33_600 * 30 });
  await system.drain();
  system.pass(100 * DAY_SECONDS);
});

const routes = metricsRoutes({ now: () => system.now() });
routes.onError((error, context) => context.json(problemOf(error), 400));
async function ask<Answer>(path: string): Promise<Answer> {
  return (await routes.request(path)).json() as Promise<Answer>;
}
const campaign = (changes: Partial<Campaign> = {}): Campaign => ({
  campaignId: campaignIdOf('hangat'),
  name: 'hangat',
  audience: { regions: ['33'] },
  steps: NUDGE_STEPS,
  arms: [{ name: 'warm', weight: 1, texts: {} }],
  holdOutPercent: 20,
  metric: 'self_paid_renewal',
  channels: ['whatsapp'],
  sendHour: 9,
  window: { fromHour: 8, untilHour: 20 },
  dailyCap: 1,
  priority: 1,
  startsOn: null,
  endsOn: null,
  state: 'launched',
  madeBy: 'op' as Campaign['madeBy'],
  madeAt: system.now(),
  launchedBy: 'op' as Campaign['madeBy'],
  launchedAt: system.now(),
  firstDay: '2026-11-21' as CivilDate,
  ranThrough: null,
  ...changes,
});

describe('the figures', () => {
  it('count every worker, cover and gift once', async () => {
    const { conversion, months, giftToCover, waiting } = await ask<MetricsReport>('/metrics?by=region,giftChannel');
    expect(conversion.total).toMatchObject({ ended: 60, selfPaid: 0, inGrace: 60, lapsed: 0 });
    expect(conversion.by.region?.map(({ group, ended }) => [group, ended])).toEqual([
      ['11.05', 30],
      ['33.72', 30],
    ]);
    expect(conversion.by.giftChannel).toMatchObject([{ group: 'qris', ended: 60 }]);
    expect(months.total).toMatchObject({ covers: 60, bought: 180, used: 180, toCome: 0, usedRupiah: 2_016_000 });
    expect(giftToCover.total).toMatchObject({ count: 60, p99Days: 0 });
    expect(waiting.total).toMatchObject({ covered: { count: 60 }, stillWaiting: { count: 10 } });
    expect(conversion.by).not.toHaveProperty('donor');
  });

  it('count a worker once whose rows lie on several pages', async () => {
    const rows = [...system.rows('cover'), ...system.rows('worker')].sort((a, b) =>
      `${a.pk}${a.sk}` < `${b.pk}${b.sk}` ? -1 : 1,
    );
    async function* pages() {
      for (let first = 0; first < rows.length; first += 3) yield rows.slice(first, first + 3);
    }
    const lives = (await collected(livesIn(pages()))).flat();
    expect(lives).toHaveLength(PEOPLE);
    expect(new Set(lives.map(({ worker }) => worker.workerId)).size).toBe(PEOPLE);
    expect(lives.flatMap(({ covers }) => covers)).toHaveLength(60);
  });

  it('are of the period asked for', async () => {
    const before = await ask<MetricsReport>('/metrics?to=2027-02-20');
    expect(before.conversion.total.ended).toBe(0);
    expect(before.months.total.bought).toBe(180);
    expect((await ask<MetricsReport>('/metrics?from=2027-02-20')).conversion.total.ended).toBe(60);
  });

  it('refuse a group or a day that is none', async () => {
    for (const query of ['by=shoe_size', 'from=2027-02-30', 'to=yesterday', 'until=2027-01-01'])
      expect(await ask(`/metrics?${query}`)).toMatchObject({ status: 400, reason: 'field_invalid' });
  });

  it('tell a cover by the channel of the last reminder that went out', async () => {
    const [first, second, third] = system.rows('cover') as { coverId: never; endDate: CivilDate }[];
    const nudge = ({ coverId, endDate }: typeof first & object, step: string, channel: 'whatsapp' | 'sms') => ({
      coverId,
      endDate,
      step,
      channel,
    });
    const at = () => {
      system.pass(60);
      return system.now();
    };
    await claimNudge({ ...nudge(first!, 'T-30', 'whatsapp'), batchId: 'b1', at: at() });
    await claimNudge({ ...nudge(first!, 'T-14', 'sms'), batchId: 'b1', at: at() });
    await claimNudge({ ...nudge(second!, 'T-30', 'whatsapp'), batchId: 'b1', at: at() });
    await claimNudge({ ...nudge(second!, 'T-14', 'sms'), batchId: 'b1', at: at() });
    await claimNudge({ ...nudge(third!, 'T-30', 'sms'), batchId: 'b1', at: at(), skipped: 'no_consent' });
    const failed = { [nudgeIdOf(nudge(second!, 'T-14', 'sms'))]: 'delivery_failed' as const };
    const batch = { ...batchKey('b1'), type: 'nudge_batch', batchId: 'b1', finishedAt: at(), sent: 2, failed };
    await putIfAbsent(batch, remindersTableName());
    const { conversion } = await ask<MetricsReport>('/metrics?by=channel');
    expect(conversion.by.channel?.map(({ group, name, ended }) => [group, name.en, ended])).toEqual([
      ['none', 'No message', 58],
      ['sms', 'SMS', 1],
      ['whatsapp', 'WhatsApp', 1],
    ]);
  });

  it('tell a cover by the arm of the campaign that had it', async () => {
    await createCampaign(campaign());
    const { conversion } = await ask<MetricsReport>('/metrics?by=arm');
    const arms = Object.fromEntries((conversion.by.arm ?? []).map(({ group, ended }) => [group, ended]));
    const { campaignId } = campaign();
    expect(arms.none).toBe(30);
    expect((arms[`${campaignId}/warm`] ?? 0) + (arms[`${campaignId}/${HOLD_OUT}`] ?? 0)).toBe(30);
  });
});

describe('the results of a campaign', () => {
  it('are of its arms, and say that they are too small', async () => {
    await createCampaign(campaign());
    const results = await ask<CampaignResults>(`/campaigns/${campaign().campaignId}/results`);
    expect(results).toMatchObject({ name: 'hangat', metric: 'self_paid_renewal', notEnded: 0 });
    expect(results.arms.map(({ arm }) => arm)).toEqual(['warm', HOLD_OUT]);
    expect(results.arms.reduce((sum, { workers }) => sum + workers, 0)).toBe(30);
    expect(results.arms[0]?.against?.verdict).toBe('too_small');
  });

  it('of one that is not there, or was never launched, are refused', async () => {
    expect(await ask('/campaigns/cmp_none/results')).toMatchObject({ status: 404, reason: 'not_found' });
    await createCampaign(campaign({ firstDay: null, state: 'draft' }));
    expect(await ask(`/campaigns/${campaign().campaignId}/results`)).toMatchObject({ reason: 'campaign_state' });
  });
});
