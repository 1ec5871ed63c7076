/** How we reach a worker. Behind it stands a provider of WhatsApp, SMS or e-mail, or the outbox of the embedded engine. */
import type { ReasonCode } from '../domain/reasons.ts';
import type { Language } from '../domain/worker.ts';

export const CHANNELS = ['whatsapp', 'sms', 'email'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Personal data: it is built in memory, handed over and never logged (I9). */
export interface OutgoingMessage {
  /** Our id of this message. The provider takes a key only once, so sending again is harmless (I7). */
  readonly key: string;
  readonly channel: Channel;
  readonly to: string;
  readonly language: Language;
  readonly subject?: string;
  readonly text: string;
  /** What it is about, by opaque ids; shown to operators. */
  readonly about?: { readonly coverId: string; readonly step: string };
}

export type SendOutcome =
  | { readonly outcome: 'sent'; readonly providerReference: string }
  /** The provider will never deliver it. A failure that may pass is thrown as Transient instead. */
  | { readonly outcome: 'failed'; readonly reason: ReasonCode };

export interface Messaging {
  send(message: OutgoingMessage): Promise<SendOutcome>;
  /** What became of a message we may or may not have sent before we crashed; null where the provider never saw it. */
  find(key: string): Promise<SendOutcome | null>;
}
