/** How we reach a person. Behind it stands a provider of WhatsApp, SMS or e-mail, or the outbox of the embedded engine. */
import type { Channel } from '../domain/channels.ts';
import type { CivilDate, Instant } from '../domain/dates.ts';
import type { CampaignId, CohortId, CoverId } from '../domain/ids.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import type { Language } from '../domain/worker.ts';

export { CHANNELS, type Channel } from '../domain/channels.ts';

/** A text the provider has approved: WhatsApp takes no other from us. */
export interface ApprovedTemplate {
  readonly name: string;
  /** In the order in which its text names them. */
  readonly parameters: readonly string[];
}

/** What a message is about, by opaque ids; shown to operators, and carried there and back by providers. */
export interface MessageSubject {
  readonly coverId: CoverId | string;
  readonly step: string;
  readonly endDate?: CivilDate;
  readonly cohortId?: CohortId;
  readonly campaignId?: CampaignId;
}

/** Personal data: it is built in memory, handed over and never logged (I9). */
export interface OutgoingMessage {
  /** Our id of this message. The provider takes a key only once, so sending again is harmless (I7). */
  readonly key: string;
  readonly channel: Channel;
  /** E.164, or an e-mail address. */
  readonly to: string;
  readonly language: Language;
  readonly subject?: string;
  readonly text: string;
  readonly template?: ApprovedTemplate;
  readonly about?: MessageSubject;
}

export type SendOutcome =
  | { readonly outcome: 'sent'; readonly providerReference: string }
  /**
   * The provider will never deliver it; `not_reachable`: to this person not on this channel, so another may be tried.
   * A failure that may pass is thrown as Transient instead.
   */
  | { readonly outcome: 'failed'; readonly reason: ReasonCode };

export interface Messaging {
  send(message: OutgoingMessage): Promise<SendOutcome>;
  /**
   * What became of a message we may or may not have sent before we crashed; null where the provider never saw it.
   *
   * @param claimedAt when we began with it; a provider that is slow to tell is given some minutes
   * @param message as we would send it again, for providers that know messages by whom they are for
   * @throws Transient `delivery_unknown` where it is too early to say
   */
  find(key: string, claimedAt?: Instant, message?: OutgoingMessage): Promise<SendOutcome | null>;
}
