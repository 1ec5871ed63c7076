/** Messages that would have gone out, kept in the vault for people who try the product without a provider. */
import type { Now } from '../clock.ts';
import type { Messaging, OutgoingMessage, SendOutcome } from '../ports/messaging.ts';
import { getItem, putIfAbsent, vaultTableName } from '../store/table.ts';

export const OUTBOX = 'OUTBOX';

export function outboxMessenger(now: Now): Messaging {
  return {
    async send(message: OutgoingMessage): Promise<SendOutcome> {
      const { key, channel, to, language, subject, text, about } = message;
      const item = { pk: OUTBOX, sk: key, id: key, channel, to, language, subject, text, ...about, sentAt: now() };
      await putIfAbsent(item, vaultTableName());
      return sent(key);
    },

    async find(key: string): Promise<SendOutcome | null> {
      const row = await getItem({ pk: OUTBOX, sk: key }, { table: vaultTableName() });
      return row ? sent(key) : null;
    },
  };
}

function sent(key: string): SendOutcome {
  return { outcome: 'sent', providerReference: `outbox:${key}` };
}
