/** What those who carry our messages tell us. Personal data: it is read in memory and neither logged nor queued (I9). */
import type { Channel } from '../domain/channels.ts';
import type { DeliveryState } from '../domain/delivery.ts';
import type { ReasonCode } from '../domain/reasons.ts';

/** Of a message of ours. */
export interface DeliveryNews {
  readonly kind: 'delivery';
  readonly channel: Channel;
  /** As we wrote it; what we did not write is somebody else's message. */
  readonly reference: string;
  readonly state: DeliveryState;
  readonly providerReference: string | null;
  readonly reason?: ReasonCode;
  readonly providerCode?: string;
  /** Whose: E.164, or an e-mail address. */
  readonly to: string | null;
}

/** What a person wrote back. */
export interface ReplyNews {
  readonly kind: 'reply';
  readonly channel: Channel;
  readonly from: string;
  readonly text: string;
}

/** The person told the provider, and not us, to be left alone. */
export interface OptOutNews {
  readonly kind: 'opt out';
  readonly channel: Channel;
  readonly from: string;
}

export type News = DeliveryNews | ReplyNews | OptOutNews;

/** A request as it came in. */
export interface Callback {
  readonly method: string;
  /** As the provider sees it, with its query. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What we know the provider by; the text of an answer that it expects. */
export interface Heard {
  readonly news: readonly News[];
  readonly answer: string;
  readonly contentType: string;
}
