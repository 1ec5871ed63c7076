/**
 * One reminder on its way: claimed before it is sent, so that it goes out at most once on a channel (I7); on the next
 * channel only where the provider says that the worker cannot be reached on this one.
 */
import type { WorkerChannel } from '../../shared/domain/channels.ts';
import { type Instant, monthOf } from '../../shared/domain/dates.ts';
import { textOf } from '../../shared/domain/experiment-arms.ts';
import { nudgeTemplate } from '../../shared/domain/message-templates.ts';
import { nudgeText } from '../../shared/domain/nudge-texts.ts';
import type { ReasonCode } from '../../shared/domain/reasons.ts';
import { priceOfMonth } from '../../shared/domain/tariff.ts';
import { dayIn, zoneOf } from '../../shared/domain/zones.ts';
import type { NudgeMessage } from '../../shared/messages.ts';
import type { OutgoingMessage, SendOutcome } from '../../shared/ports/messaging.ts';
import { type NudgeClaim, type NudgeName, nudgeIdOf } from '../../shared/store/nudges.ts';
import type { Reminder } from './judge-reminder.ts';
import type { SendNudgesDependencies } from './send-nudges.ts';

export interface Page {
  readonly dependencies: SendNudgesDependencies;
  readonly message: NudgeMessage;
  readonly batchId: string;
}

/** What became of the reminder of one cover. */
export interface Told {
  readonly sent: boolean;
  /** By nudge id. */
  readonly failed: Readonly<Record<string, ReasonCode>>;
}

const SETTLED: Told = { sent: false, failed: {} };

/** @throws Transient where it cannot be sent now, or nobody knows yet whether it was */
export async function tellWorker(
  page: Page,
  reminder: Reminder,
  phone: string,
  channels: readonly WorkerChannel[],
): Promise<Told> {
  const failed: Record<string, ReasonCode> = {};
  for (const [index, channel] of channels.entries()) {
    const name = nameOf(page, reminder, channel);
    const outcome = await sendOnce(page, reminder, phone, name, channels.slice(0, index));
    if (outcome === 'settled') return { sent: false, failed };
    if (outcome.outcome === 'sent') return { sent: true, failed };
    failed[nudgeIdOf(name)] = outcome.reason;
    if (outcome.reason !== 'not_reachable') break;
  }
  return { sent: false, failed };
}

/** Records why a reminder does not go out. One that was claimed before a crash is asked for first. */
export async function skipReminder(
  { dependencies, batchId }: Page,
  name: NudgeName,
  skipped: ReasonCode,
): Promise<Told> {
  const claim = await dependencies.claimNudge({ ...name, batchId, at: dependencies.now(), skipped });
  if (claim.outcome !== 'again') return SETTLED;
  const nudgeId = nudgeIdOf(name);
  const before = await dependencies.messaging.find(nudgeId, claim.claimedAt);
  // The claim stands, so the reason goes into the account of the page.
  const outcome: SendOutcome = before ?? { outcome: 'failed', reason: skipped };
  return outcome.outcome === 'sent'
    ? { sent: true, failed: {} }
    : { sent: false, failed: { [nudgeId]: outcome.reason } };
}

function nameOf({ message: { endDate, step } }: Page, { cover }: Reminder, channel: WorkerChannel): NudgeName {
  return { coverId: cover.coverId, endDate, step, channel };
}

async function sendOnce(
  page: Page,
  reminder: Reminder,
  phone: string,
  name: NudgeName,
  tried: readonly WorkerChannel[],
): Promise<SendOutcome | 'settled'> {
  const { dependencies, batchId } = page;
  const at = dependencies.now();
  const claim = await dependencies.claimNudge({ ...name, batchId, at });
  if (claim.outcome === 'settled') return 'settled';
  const message = await messageOf(page, reminder, phone, name);
  const before =
    claim.outcome === 'again' ? await dependencies.messaging.find(message.key, claim.claimedAt, message) : null;
  if (before) return before;
  const reason = await tooMany(page, reminder, name, tried, at);
  return reason ? { outcome: 'failed', reason } : dependencies.messaging.send(message);
}

/**
 * Asked after the own claim, consistently: of two pages that claim at once at least one sees the other, so that the cap
 * is never exceeded. Where both see each other neither goes out.
 */
async function tooMany(
  { dependencies, message }: Page,
  { worker, campaign }: Reminder,
  name: NudgeName,
  tried: readonly WorkerChannel[],
  at: Instant,
): Promise<ReasonCode | null> {
  const claims = await dependencies.claimsOf(worker.workerId);
  const isSame = (claim: NudgeClaim) =>
    claim.coverId === name.coverId && claim.endDate === name.endDate && claim.step === name.step;
  const inVain: readonly string[] = [...tried, ...(message.notOn ?? [])];
  const elsewhere = claims.filter(isSame).some(({ channel }) => channel !== name.channel && !inVain.includes(channel));
  if (elsewhere) return 'duplicate_request';
  const zone = zoneOf(worker.region);
  const today = claims.filter((claim) => !isSame(claim) && dayIn(zone, claim.at) === dayIn(zone, at));
  const others = new Set(today.map(({ coverId, endDate, step }) => `${coverId} ${endDate} ${step}`));
  return others.size >= (campaign?.dailyCap ?? dependencies.policy().dailyCap) ? 'daily_cap' : null;
}

async function messageOf(
  { dependencies, message: { cohortId, endDate, step } }: Page,
  { cover, worker: { language }, campaign, arm }: Reminder,
  phone: string,
  name: NudgeName,
): Promise<OutgoingMessage> {
  const { coverId } = cover;
  const opening = arm ? textOf(arm, step, language) : undefined;
  const own = campaign && arm && opening !== undefined ? { campaignId: campaign.campaignId, arm: arm.name } : undefined;
  const monthlyRupiah = priceOfMonth(cover.package, cover.sector, monthOf(endDate), dependencies.policy().tariff);
  const facts = { step, endDate, monthlyRupiah, opening, payLink: await dependencies.payLinkOf(coverId) };
  return {
    key: nudgeIdOf(name),
    channel: name.channel,
    to: phone,
    language,
    text: nudgeText(facts, language),
    template: nudgeTemplate(facts, language, own),
    about: { coverId, step, endDate, cohortId, ...(campaign ? { campaignId: campaign.campaignId } : {}) },
  };
}
