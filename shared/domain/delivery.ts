/** How far a message came, and by what name it travels: providers carry our name for it there and back. */
import type { CivilDate } from './dates.ts';
import type { CampaignId, CohortId, CoverId } from './ids.ts';

/** In the order in which a later one outweighs an earlier: what was delivered after all did not fail. */
export const DELIVERY_STATES = ['accepted', 'sent', 'failed', 'delivered', 'read'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export function rankOf(state: DeliveryState): number {
  return DELIVERY_STATES.indexOf(state);
}

/** Our id of a message and, of a reminder, all it takes to send it on another channel. Opaque ids only (I9). */
export interface MessageReference {
  readonly key: string;
  readonly reminder?: {
    readonly coverId: CoverId;
    readonly endDate: CivilDate;
    readonly step: string;
    readonly cohortId: CohortId;
    readonly campaignId?: CampaignId;
  };
}

const KEY = /^[a-z]{3}_[0-9a-f]{8,64}$/;
const REMINDER = /^([\w-]+)\|(\d{4}-\d{2}-\d{2})\|(T[+-]\d{1,3})\|([\w-]+)\|([\w-]*)$/;

export function writeReference({ key, reminder }: MessageReference): string {
  if (!reminder) return key;
  const { coverId, endDate, step, cohortId, campaignId = '' } = reminder;
  return [key, coverId, endDate, step, cohortId, campaignId].join('|');
}

/** Null for what we did not write. */
export function readReference(text: string): MessageReference | null {
  const end = text.indexOf('|');
  const key = end < 0 ? text : text.slice(0, end);
  if (!KEY.test(key)) return null;
  if (end < 0) return { key };
  const match = REMINDER.exec(text.slice(end + 1));
  if (!match) return null;
  const [, coverId, endDate, step, cohortId, campaignId] = match as unknown as string[];
  const reminder = { coverId, endDate, step, cohortId, ...(campaignId === '' ? {} : { campaignId }) };
  return { key, reminder: reminder as NonNullable<MessageReference['reminder']> };
}
