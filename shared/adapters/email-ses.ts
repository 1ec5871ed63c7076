/**
 * E-mail by SES v2. Our reference and the hash of the address travel as tags, so that what SES tells of a message needs
 * nobody's address to be understood (I9). SES takes no key against doubles: what became of a message is asked of the
 * receipts.
 */
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { writeReference } from '../domain/delivery.ts';
import { Transient } from '../errors.ts';
import type { EmailSettings } from '../messaging-settings.ts';
import { referenceOf, type Sender } from './message-sender.ts';

/** What SES will never take from us; everything else is its trouble or ours, and passes. */
const REFUSED: ReadonlySet<string> = new Set(['MessageRejected', 'BadRequestException']);

let sesClient: SESv2Client | undefined;

function ses(): SESv2Client {
  sesClient ??= new SESv2Client({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000 },
  });
  return sesClient;
}

export interface EmailOptions {
  readonly contactHash: (contact: string) => Promise<string>;
  readonly client?: Pick<SESv2Client, 'send'>;
}

export function emailSender(
  { from, configurationSet }: EmailSettings,
  { contactHash, client = ses() }: EmailOptions,
): Sender {
  return {
    async send(message) {
      const command = new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [message.to] },
        Content: {
          Simple: {
            Subject: { Data: message.subject ?? 'GN Lingkaran', Charset: 'UTF-8' },
            Body: { Text: { Data: message.text, Charset: 'UTF-8' } },
          },
        },
        ...(configurationSet === undefined ? {} : { ConfigurationSetName: configurationSet }),
        EmailTags: [
          // A tag has letters, digits, - and _ only.
          { Name: 'reference', Value: Buffer.from(writeReference(referenceOf(message))).toString('base64url') },
          { Name: 'contact', Value: await contactHash(message.to) },
        ],
      });
      try {
        const { MessageId = '' } = await client.send(command);
        return { outcome: 'sent', providerReference: MessageId };
      } catch (error) {
        if (REFUSED.has((error as Error).name)) return { outcome: 'failed', reason: 'delivery_failed' };
        throw new Transient('delivery_unknown', { cause: error });
      }
    },
  };
}
