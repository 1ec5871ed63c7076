/** Campaigns as tests write them down. */
import type { RunningCampaign } from '../../shared/domain/campaign.ts';
import type { OperatorId } from '../../shared/domain/cash-receipt.ts';
import type { CivilDate, Instant } from '../../shared/domain/dates.ts';
import type { CampaignId } from '../../shared/domain/ids.ts';
import { NUDGE_STEPS } from '../../shared/domain/nudge.ts';

export const EVERYONE = { everyone: true } as const;

/** Launched on the first of December for everyone, without an end, with one arm that nobody is held out of. */
export function campaignWith(changes: Partial<RunningCampaign> = {}): RunningCampaign {
  return {
    campaignId: 'cmp_one' as CampaignId,
    name: 'One',
    audience: EVERYONE,
    steps: NUDGE_STEPS,
    arms: [{ name: 'all', weight: 1, texts: {} }],
    holdOutPercent: 0,
    metric: 'self_paid_renewal',
    channels: ['whatsapp', 'sms'],
    sendHour: 9,
    window: { fromHour: 8, untilHour: 20 },
    dailyCap: 1,
    priority: 0,
    startsOn: null,
    endsOn: null,
    state: 'launched',
    madeBy: 'opr_a' as OperatorId,
    madeAt: '2026-11-30T02:00:00.000Z' as Instant,
    launchedBy: 'opr_a' as OperatorId,
    launchedAt: '2026-11-30T03:00:00.000Z' as Instant,
    firstDay: '2026-12-01' as CivilDate,
    ranThrough: null,
    donationIds: new Set(),
    ...changes,
  };
}
