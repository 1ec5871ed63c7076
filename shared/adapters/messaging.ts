/** The messengers of this deployment: providers where they are configured, else the outbox. */
import type { Now } from '../clock.ts';
import { CHANNELS, type Channel } from '../domain/channels.ts';
import type { MessagingSettings } from '../messaging-settings.ts';
import type { Messaging } from '../ports/messaging.ts';
import { settings } from '../settings.ts';
import { outboxMessenger } from './outbox-messenger.ts';

/** Those that are configured, in our order. */
export function configuredChannels(messaging: MessagingSettings = settings().messaging): readonly Channel[] {
  return messaging.kind === 'outbox' ? CHANNELS : CHANNELS.filter((channel) => messaging[channel] !== undefined);
}

/** To workers: by WhatsApp and SMS. */
export function workerMessaging(now: Now): Messaging {
  return outboxMessenger(now);
}

/** To donors: by e-mail. */
export function donorMessaging(now: Now): Messaging {
  return outboxMessenger(now);
}
