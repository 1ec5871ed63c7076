/**
 * What SES tells of an e-mail, by EventBridge: inside the account nobody else can say it, so there is no door to guard and
 * no certificate to fetch. The rule hands on our own tags and leaves every address behind (I9).
 */
import * as z from 'zod';
import { type DeliveryState, readReference } from '../../shared/domain/delivery.ts';
import type { Suppression } from '../../shared/domain/suppression.ts';
import { parseContract } from '../../shared/parse.ts';
import type { ReceiveReceiptsDependencies } from './receive-receipts.ts';

/** As the rule writes it; what an event does not have is an empty text. */
export const mailEventSchema = z.lazy(() =>
  z.strictObject({
    kind: z.literal('mail'),
    eventType: z.string(),
    messageId: z.string(),
    /** Our tags: the reference in base64url, the hash of the address. */
    reference: z.string(),
    contact: z.string(),
    bounceType: z.string(),
  }),
);
export type MailEvent = z.infer<typeof mailEventSchema>;

const STATES: Readonly<Record<string, DeliveryState>> = {
  Send: 'sent',
  Delivery: 'delivered',
  Bounce: 'failed',
  Reject: 'failed',
  'Rendering Failure': 'failed',
};
const CONTACT_HASH = /^[0-9a-f]{64}$/;

/** @throws Permanent where the rule wrote something else, Transient where not all could be written */
export async function takeMailEvent(event: unknown, dependencies: ReceiveReceiptsDependencies): Promise<void> {
  const mail = parseContract(mailEventSchema, event);
  const { eventType, contact } = mail;
  const isBounce = eventType === 'Bounce' && mail.bounceType === 'Permanent';
  if (CONTACT_HASH.test(contact) && (isBounce || eventType === 'Complaint'))
    await dependencies.suppress(contact, suppressionBy(isBounce, dependencies));
  const state = STATES[eventType];
  const reference = readReference(Buffer.from(mail.reference, 'base64url').toString());
  if (!state || !reference) return;
  const reason = state === 'failed' ? (isBounce ? 'not_reachable' : 'delivery_failed') : undefined;
  await dependencies.noteReceipt({
    messageId: reference.key,
    channel: 'email',
    state,
    at: dependencies.now(),
    providerReference: mail.messageId,
    ...(reason ? { reason } : {}),
  });
  dependencies.meter.count('MessageReceipts', { channel: 'email', state });
}

/** Who reports our mail as unwanted asks us to stop. */
function suppressionBy(isBounce: boolean, { now }: ReceiveReceiptsDependencies): Suppression {
  return { scope: 'email', reason: isBounce ? 'not_reachable' : 'stop_reply', via: 'email', at: now() };
}
