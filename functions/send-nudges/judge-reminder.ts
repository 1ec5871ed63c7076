/** Whether a reminder may go out, how and when: asked again just before it does, for a page can wait a night. */
import { campaignOf, type RunningCampaign } from '../../shared/domain/campaign.ts';
import { type Channel, WORKER_CHANNELS, type WorkerChannel } from '../../shared/domain/channels.ts';
import type { Cover } from '../../shared/domain/cover.ts';
import { civilDateOf, type Instant } from '../../shared/domain/dates.ts';
import { type Arm, armOf } from '../../shared/domain/experiment-arms.ts';
import { nudgeRefusal, stepDate, stepNamed } from '../../shared/domain/nudge.ts';
import type { ReasonCode } from '../../shared/domain/reasons.ts';
import type { WorkerRow } from '../../shared/domain/worker.ts';
import type { HoursOfDay } from '../../shared/domain/zones.ts';
import type { NudgeMessage } from '../../shared/messages.ts';

/** A reminder that this page is for. */
export interface Reminder {
  readonly cover: Cover;
  readonly worker: WorkerRow;
  /** Null: the standing campaign, which has one arm. */
  readonly campaign: RunningCampaign | null;
  readonly arm: Arm | null;
}

export type Judgement =
  | { readonly verdict: 'due'; readonly reminder: Reminder }
  /** It never goes out, and its row says why. */
  | { readonly verdict: 'skipped'; readonly cover: Cover; readonly reason: ReasonCode }
  /** Another page is for it, or was. */
  | { readonly verdict: 'passed over'; readonly cover: Cover; readonly reason: ReasonCode };

/** @param launched every campaign that may have covers of its own */
export function judgeReminder(
  message: NudgeMessage,
  cover: Cover,
  worker: WorkerRow | undefined,
  launched: readonly RunningCampaign[],
  at: Instant,
): Judgement {
  if (!worker) return { verdict: 'skipped', cover, reason: 'no_contact' };
  const campaign = campaignOf(cover, worker, launched, stepDate(message.endDate, stepNamed(message.step)));
  if (campaign?.campaignId !== message.campaignId) return { verdict: 'passed over', cover, reason: 'other_campaign' };
  const arm = campaign && armOf(campaign, worker.workerId);
  if (campaign && !arm) return { verdict: 'skipped', cover, reason: 'held_out' };
  const reason = refusalOf(message, cover, worker, campaign, at);
  return reason
    ? { verdict: 'skipped', cover, reason }
    : { verdict: 'due', reminder: { cover, worker, campaign, arm } };
}

function refusalOf(
  { endDate, step }: NudgeMessage,
  cover: Cover,
  worker: WorkerRow,
  campaign: RunningCampaign | null,
  at: Instant,
): ReasonCode | null {
  if (worker.state === 'deceased') return 'worker_deceased';
  if (worker.state === 'withdrawn') return 'worker_withdrawn';
  // A claim holds every cover of the worker, also one that was bought since.
  const held = worker.claimOpenSince ? { ...cover, claimOpenSince: worker.claimOpenSince } : cover;
  return nudgeRefusal(held, endDate, step, worker, civilDateOf(at), campaign?.steps);
}

/** The ways to a worker, the preferred first, or why there is none. */
export type Route =
  | { readonly channels: readonly [WorkerChannel, ...WorkerChannel[]] }
  | { readonly reason: ReasonCode };

export interface Ways {
  /** Those that are configured. */
  readonly available: readonly Channel[];
  readonly suppressed: ReadonlySet<Channel>;
  /** Tried before, in vain. */
  readonly notOn: readonly Channel[];
}

export function routeTo({ worker, campaign }: Reminder, { available, suppressed, notOn }: Ways): Route {
  const agreed = agreedChannels(worker, campaign);
  if (agreed.length === 0) return { reason: 'no_consent' };
  const configured = agreed.filter((channel) => available.includes(channel));
  if (configured.length === 0) return { reason: 'channel_unavailable' };
  const untried = configured.filter((channel) => !notOn.includes(channel));
  if (untried.length === 0) return { reason: 'not_reachable' };
  const [first, ...others] = untried.filter((channel) => !suppressed.has(channel));
  return first ? { channels: [first, ...others] } : { reason: 'suppressed' };
}

/** In the campaign's order where it has one, else in the worker's own. */
function agreedChannels({ channels = WORKER_CHANNELS }: WorkerRow, campaign: RunningCampaign | null): WorkerChannel[] {
  if (!campaign) return [...channels];
  return campaign.channels.filter((channel): channel is WorkerChannel => channels.some((each) => each === channel));
}

/** The hours that both the deployment and the campaign allow. */
export function hoursOf(campaign: RunningCampaign | null, { fromHour, untilHour }: HoursOfDay): HoursOfDay {
  if (!campaign) return { fromHour, untilHour };
  const { window } = campaign;
  return { fromHour: Math.max(fromHour, window.fromHour), untilHour: Math.min(untilHour, window.untilHour) };
}
