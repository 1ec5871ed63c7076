/**
 * What becomes of our messages, and what people write back. A provider is answered "taken" only once everything it said
 * is written; it comes again otherwise, and doing all of it again does no harm.
 */
import type { Channel } from '../../shared/domain/channels.ts';
import type { Instant } from '../../shared/domain/dates.ts';
import { type MessageReference, readReference } from '../../shared/domain/delivery.ts';
import type { ReasonCode } from '../../shared/domain/reasons.ts';
import { asksToStop, type Suppression } from '../../shared/domain/suppression.ts';
import { Permanent } from '../../shared/errors.ts';
import type { Log, Meter } from '../../shared/logger.ts';
import type { NudgeMessage } from '../../shared/messages.ts';
import type { MessagingSecrets } from '../../shared/messaging-settings.ts';
import type { Callback, DeliveryNews, Heard, News } from '../../shared/messengers/news.ts';
import { hearOutbox } from '../../shared/messengers/outbox.ts';
import { hearTwilio } from '../../shared/messengers/twilio.ts';
import { hearWhatsapp } from '../../shared/messengers/whatsapp.ts';
import type { MessageReceipt } from '../../shared/store/message-receipts.ts';

export interface ReceiveReceiptsDependencies {
  readonly now: () => Instant;
  /** `fresh`: asked of the store again, unless that was done a moment ago; the same value is the same object. */
  readonly secrets: (options?: { readonly fresh?: boolean }) => Promise<MessagingSecrets>;
  readonly contactHash: (contact: string) => Promise<string>;
  readonly suppress: (contactHash: string, entry: Suppression) => Promise<void>;
  readonly noteReceipt: (receipt: MessageReceipt) => Promise<boolean>;
  readonly sendNudges: (messages: readonly NudgeMessage[]) => Promise<void>;
  readonly log: Log;
  readonly meter: Meter;
}

type Provider = 'whatsapp' | 'sms' | 'outbox';

const HEAR: { readonly [Name in Provider]: (callback: Callback, secrets: MessagingSecrets) => Heard | null } = {
  whatsapp: (callback, { whatsapp }) => (whatsapp ? hearWhatsapp(callback, whatsapp) : null),
  sms: (callback, { sms }) => (sms ? hearTwilio(callback, sms) : null),
  outbox: (callback, { outbox }) => (outbox ? hearOutbox(callback, outbox) : null),
};
const HEALED_BY_FRESH_SECRETS: ReadonlySet<ReasonCode> = new Set(['signature_mismatch', 'token_mismatch']);

/** @throws Permanent where the provider is not who it says or cannot be read, Transient where not all could be written */
export async function receiveReceipts(
  provider: string,
  callback: Callback,
  dependencies: ReceiveReceiptsDependencies,
): Promise<Heard> {
  if (!isProvider(provider)) throw new Permanent('not_found');
  const heard = await hear(provider, callback, dependencies);
  for (const news of heard.news) await take(news, dependencies);
  return heard;
}

function isProvider(name: string): name is Provider {
  return Object.hasOwn(HEAR, name);
}

/** A secret may have been replaced since we read it; then the sender is right and we are late. */
async function hear(provider: Provider, callback: Callback, { secrets }: ReceiveReceiptsDependencies): Promise<Heard> {
  const known = await secrets();
  try {
    return heardWith(provider, callback, known);
  } catch (error) {
    if (!(error instanceof Permanent) || !HEALED_BY_FRESH_SECRETS.has(error.reason)) throw error;
    const fresh = await secrets({ fresh: true });
    if (fresh === known) throw error;
    return heardWith(provider, callback, fresh);
  }
}

function heardWith(provider: Provider, callback: Callback, secrets: MessagingSecrets): Heard {
  const heard = HEAR[provider](callback, secrets);
  if (!heard) throw new Permanent('not_found', { detail: `${provider} is not configured` });
  return heard;
}

async function take(news: News, dependencies: ReceiveReceiptsDependencies): Promise<void> {
  if (news.kind === 'delivery') return takeDelivery(news, dependencies);
  const { channel, from } = news;
  if (news.kind === 'reply' && !asksToStop(news.text)) return dependencies.meter.count('MessageReplies', { channel });
  // Whoever asks us to stop means us, not the channel they happened to read.
  await suppress('all', { contact: from, reason: 'stop_reply', via: channel }, dependencies);
  dependencies.meter.count('StopReplies', { channel });
}

async function suppress(
  scope: Suppression['scope'],
  { contact, reason, via }: { readonly contact: string; readonly reason: ReasonCode; readonly via: Channel },
  { now, contactHash, suppress: write, log }: ReceiveReceiptsDependencies,
): Promise<void> {
  await write(await contactHash(contact), { scope, reason, via, at: now() });
  log.info('a contact is written to no more', { scope, reason, via });
}

/** What follows from news is done before it is noted: news that was noted before has been followed. */
async function takeDelivery(news: DeliveryNews, dependencies: ReceiveReceiptsDependencies): Promise<void> {
  const { channel, state, reason, to } = news;
  const reference = readReference(news.reference);
  if (!reference) {
    dependencies.log.warn('news of a message that is not ours', { channel, state });
    return;
  }
  if (reason === 'not_reachable' || reason === 'suppressed') {
    if (to !== null) await suppress(channel, { contact: to, reason, via: channel }, dependencies);
    await tryNextChannel(reference, channel, dependencies);
  }
  const { providerReference, providerCode } = news;
  await dependencies.noteReceipt({
    messageId: reference.key,
    channel,
    state,
    at: dependencies.now(),
    providerReference,
    ...(reason === undefined ? {} : { reason }),
    ...(providerCode === undefined ? {} : { providerCode }),
  });
  dependencies.meter.count('MessageReceipts', { channel, state });
  if (reason === 'template_refused') dependencies.meter.count('TemplatesRefused');
}

async function tryNextChannel(
  { reminder }: MessageReference,
  channel: Channel,
  { sendNudges }: ReceiveReceiptsDependencies,
): Promise<void> {
  if (!reminder) return;
  const { coverId, ...about } = reminder;
  await sendNudges([{ contractVersion: 1, ...about, coverIds: [coverId], notOn: [channel] }]);
}
