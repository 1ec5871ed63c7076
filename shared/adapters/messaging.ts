/** The messengers of this deployment: providers where they are configured, else the outbox. */
import type { Now } from '../clock.ts';
import { CHANNELS, type Channel } from '../domain/channels.ts';
import type { Instant } from '../domain/dates.ts';
import { Transient } from '../errors.ts';
import { type MessagingSecrets, type MessagingSettings, messagingSecretsSchema } from '../messaging-settings.ts';
import type { Messaging, SendOutcome } from '../ports/messaging.ts';
import { settings } from '../settings.ts';
import { readReceipt } from '../store/message-receipts.ts';
import type { Sender } from './message-sender.ts';
import { outboxMessenger } from './outbox-messenger.ts';
import { secrets } from './secrets.ts';
import { smsSender } from './sms-http.ts';
import { whatsappSender } from './whatsapp-cloud.ts';

/** Those that are configured, in our order. */
export function configuredChannels(messaging: MessagingSettings = settings().messaging): readonly Channel[] {
  return messaging.kind === 'outbox' ? CHANNELS : CHANNELS.filter((channel) => messaging[channel] !== undefined);
}

/** A sender for a channel; undefined where it is not configured. */
export type SenderOf = (channel: Channel) => Promise<Sender | undefined>;

/**
 * To workers: by WhatsApp and SMS.
 *
 * @param publicUrl where providers reach this deployment; null where nobody knows: then SMS have no receipts
 */
export function workerMessaging(now: Now, publicUrl: () => string | null = () => null): Messaging {
  const senders = workerSenders(publicUrl);
  return outboxOr(now, providerMessaging(now, senders));
}

/** What the settings say at that moment. */
export function outboxOr(now: Now, providers: Messaging): Messaging {
  const outbox = outboxMessenger(now);
  const present = () => (settings().messaging.kind === 'outbox' ? outbox : providers);
  return { send: (message) => present().send(message), find: (...asked) => present().find(...asked) };
}

/** One sender as long as its configuration is the same: how it paces itself spans messages. */
function workerSenders(publicUrl: () => string | null): SenderOf {
  let held: { readonly configured: readonly unknown[]; readonly senders: Partial<Record<Channel, Sender>> } | undefined;
  return async (channel) => {
    const { messaging } = settings();
    const known = (await secrets.read('messaging', messagingSecretsSchema)) ?? {};
    const isSame = held?.configured[0] === messaging && held.configured[1] === known;
    if (!isSame || !held) held = { configured: [messaging, known], senders: sendersOf(messaging, known, publicUrl()) };
    return held.senders[channel];
  };
}

function sendersOf(
  { whatsapp, sms }: MessagingSettings,
  known: MessagingSecrets,
  publicUrl: string | null,
): Partial<Record<Channel, Sender>> {
  return {
    ...(whatsapp && known.whatsapp ? { whatsapp: whatsappSender(whatsapp, known.whatsapp) } : {}),
    ...(sms && known.sms ? { sms: smsSender(sms, known.sms, { publicUrl }) } : {}),
  };
}

/**
 * Messages by way of providers. Whether one went out whose sending broke off is asked of what the provider told us,
 * then of its list where it has one; for some minutes nobody can know.
 */
export function providerMessaging(now: Now, senderOf: SenderOf): Messaging {
  return {
    async send(message) {
      const sender = await senderOf(message.channel);
      if (!sender) throw new Transient('channel_unavailable', { detail: `${message.channel} has no secret` });
      return sender.send(message);
    },

    async find(key, claimedAt, message) {
      const receipt = await readReceipt(key);
      if (receipt) return outcomeOf(receipt);
      const sender = message && (await senderOf(message.channel));
      const listed = message ? await sender?.look?.(message) : undefined;
      if (listed) return listed;
      if (claimedAt !== undefined && isYoung(claimedAt, now())) throw new Transient('delivery_unknown');
      return null;
    },
  };
}

function isYoung(claimedAt: Instant, now: Instant): boolean {
  return Date.parse(now) - Date.parse(claimedAt) < settings().messaging.patienceMinutes * 60_000;
}

function outcomeOf(receipt: NonNullable<Awaited<ReturnType<typeof readReceipt>>>): SendOutcome {
  const { state, reason = 'delivery_failed', providerReference } = receipt;
  return state === 'failed'
    ? { outcome: 'failed', reason }
    : { outcome: 'sent', providerReference: providerReference ?? receipt.messageId };
}
