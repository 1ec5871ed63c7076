/** What the messengers of all providers share. */
import type { MessageReference } from '../domain/delivery.ts';
import type { CoverId } from '../domain/ids.ts';
import type { OutgoingMessage, SendOutcome } from '../ports/messaging.ts';

export interface Sender {
  send(message: OutgoingMessage): Promise<SendOutcome>;
  /** Where the provider has a list to look into; null where the message is not in it. */
  look?(message: OutgoingMessage): Promise<SendOutcome | null>;
}

/** By what name a message travels: of a reminder, with all it takes to send it on another channel. */
export function referenceOf({ key, about }: OutgoingMessage): MessageReference {
  if (about?.endDate === undefined || about.cohortId === undefined) return { key };
  const { coverId, endDate, step, cohortId, campaignId } = about;
  const reminder = { coverId: coverId as CoverId, endDate, step, cohortId, ...(campaignId ? { campaignId } : {}) };
  return { key, reminder };
}
