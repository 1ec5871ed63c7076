/** How many of those a campaign means will get a message, and why the others will not: each counts in one line only. */
import type { Campaign, RunningCampaign } from './campaign.ts';
import type { Channel, WorkerChannel } from './channels.ts';
import type { Cover } from './cover.ts';
import { type Arm, armOf } from './experiment-arms.ts';
import type { WorkerRow } from './worker.ts';

/** What only the vault knows of how to reach a worker. */
export interface Contact {
  readonly hasPhone: boolean;
  /** Where the worker asked to be left alone. */
  readonly suppressed: ReadonlySet<Channel>;
}

/** In the order in which they are asked. */
export const AUDIENCE_LINES = [
  'noConsent',
  'suppressed',
  'noContact',
  'heldOut',
  'claimOpen',
  'otherCampaign',
  'willSend',
] as const;
export type AudienceLine = (typeof AUDIENCE_LINES)[number];

/** `matched` is the sum of all lines. */
export type AudienceCounts = Readonly<Record<'matched' | AudienceLine, number>>;

export interface Member {
  readonly cover: Pick<Cover, 'claimOpenSince'>;
  readonly worker: Pick<WorkerRow, 'workerId' | 'consentMessaging' | 'channels' | 'claimOpenSince'>;
  readonly contact: Contact;
  /** The campaign the cover belongs to, this one counted among those that run; null: the standing one. */
  readonly owner: Pick<RunningCampaign, 'campaignId'> | null;
}

export interface Placed {
  readonly line: AudienceLine;
  /** Both null unless `line` is `willSend`. */
  readonly arm: Arm | null;
  readonly channel: WorkerChannel | null;
}

export function placeMember(campaign: Campaign, { cover, worker, contact, owner }: Member): Placed {
  const agreed = worker.consentMessaging
    ? campaign.channels.filter((channel) => worker.channels?.includes(channel) ?? true)
    : [];
  const open = agreed.filter((channel) => !contact.suppressed.has(channel));
  const arm = armOf(campaign, worker.workerId);
  const [channel] = open;
  const out = (line: AudienceLine): Placed => ({ line, arm: null, channel: null });
  if (agreed.length === 0) return out('noConsent');
  if (channel === undefined) return out('suppressed');
  if (!contact.hasPhone) return out('noContact');
  if (arm === null) return out('heldOut');
  if (cover.claimOpenSince !== undefined || worker.claimOpenSince !== undefined) return out('claimOpen');
  if (owner?.campaignId !== campaign.campaignId) return out('otherCampaign');
  return { line: 'willSend', arm, channel };
}

export function countAudience(lines: readonly AudienceLine[]): AudienceCounts {
  const count = (line: AudienceLine) => lines.filter((each) => each === line).length;
  const counts = AUDIENCE_LINES.map((line) => [line, count(line)]);
  return { matched: lines.length, ...Object.fromEntries(counts) } as AudienceCounts;
}
