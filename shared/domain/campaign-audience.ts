/** How many of those a campaign means will get a message, and why the others will not: each counts in one line only. */
import type { Campaign, RunningCampaign } from './campaign.ts';
import type { Cover } from './cover.ts';
import { armOf } from './experiment-arms.ts';
import type { CampaignId } from './ids.ts';
import type { WorkerRow } from './worker.ts';

/** What only the vault knows of how to reach a worker. */
export type Contact = 'reachable' | 'none' | 'suppressed';

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
  readonly worker: Pick<WorkerRow, 'workerId' | 'consentMessaging'>;
  readonly contact: Contact;
  /** The campaign the cover belongs to, this one counted among those that run; null: the standing one. */
  readonly owner: Pick<RunningCampaign, 'campaignId'> | null;
}

export function lineOf(campaign: Campaign, { cover, worker, contact, owner }: Member): AudienceLine {
  if (!worker.consentMessaging) return 'noConsent';
  if (contact === 'suppressed') return 'suppressed';
  if (contact === 'none') return 'noContact';
  if (armOf(campaign, worker.workerId) === null) return 'heldOut';
  if (cover.claimOpenSince !== undefined) return 'claimOpen';
  if ((owner?.campaignId as CampaignId | undefined) !== campaign.campaignId) return 'otherCampaign';
  return 'willSend';
}

export function countAudience(lines: readonly AudienceLine[]): AudienceCounts {
  const count = (line: AudienceLine) => lines.filter((each) => each === line).length;
  const counts = AUDIENCE_LINES.map((line) => [line, count(line)]);
  return { matched: lines.length, ...Object.fromEntries(counts) } as AudienceCounts;
}
