/** To donors: by e-mail where it is configured, else into the outbox. */
import type { Now } from '../clock.ts';
import type { Messaging } from '../ports/messaging.ts';
import { settings } from '../settings.ts';
import { emailSender } from './email-ses.ts';
import { outboxOr, providerMessaging } from './messaging.ts';
import { contactHash } from './suppressions.ts';

export function donorMessaging(now: Now): Messaging {
  const senderOf = async (channel: string) => {
    const { email } = settings().messaging;
    return channel === 'email' && email ? emailSender(email, { contactHash }) : undefined;
  };
  return outboxOr(now, providerMessaging(now, senderOf));
}
