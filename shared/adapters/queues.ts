/** Sending to the product's queues. A message is only a nudge to look: the rows say what is due (I8). */
import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { alarmDelaySeconds } from '../clock.ts';
import { digest } from '../domain/ids.ts';
import { Transient } from '../errors.ts';
import type {
  EnrolmentMessage,
  FundMessage,
  FundRequest,
  ImportMessage,
  ManifestMessage,
  NudgeMessage,
  PaymentMessage,
  StatementMessage,
} from '../messages.ts';

let sqsClient: SQSClient | undefined;

export function sqs(): SQSClient {
  sqsClient ??= new SQSClient({});
  return sqsClient;
}

export function queueUrl(variable: string): string {
  const url = process.env[variable];
  if (!url) throw new Error(`${variable} is not set`);
  return url;
}

export async function sendBody(
  url: string,
  body: string,
  options: { groupId?: string; deduplicationId?: string; delaySeconds?: number } = {},
): Promise<void> {
  await sqs().send(
    new SendMessageCommand({
      QueueUrl: url,
      MessageBody: body,
      MessageGroupId: options.groupId,
      MessageDeduplicationId: options.deduplicationId,
      DelaySeconds: options.delaySeconds,
    }),
  );
}

/**
 * Asks a fund's one writer. The queue forgets a repeated request within five minutes, so what makes this request
 * different from the last (a version, an instant) belongs in `occasion`.
 */
export function sendToFund(message: FundMessage, occasion: string): Promise<void> {
  const body = JSON.stringify(message);
  return sendBody(queueUrl('FUNDS_QUEUE_URL'), body, {
    groupId: message.fundId,
    deduplicationId: fundDeduplicationId(body, occasion),
  });
}

function fundDeduplicationId(body: string, occasion: string): string {
  return digest(`${body}:${occasion}`, 40);
}

/** Asks for several things at once. @throws Transient where not all were taken; asking again for all is harmless */
export function sendToFunds(requests: readonly FundRequest[]): Promise<void> {
  const entries = requests.map(({ message, occasion }) => {
    const MessageBody = JSON.stringify(message);
    const MessageDeduplicationId = fundDeduplicationId(MessageBody, occasion);
    return { MessageBody, MessageGroupId: message.fundId, MessageDeduplicationId };
  });
  return sendEntries(queueUrl('FUNDS_QUEUE_URL'), entries);
}

/** The longest a queue holds a message back. */
const MAXIMUM_DELAY_SECONDS = 900;

export function sendEnrolment(message: EnrolmentMessage, delaySeconds = 0): Promise<void> {
  const delay = Math.min(Math.max(Math.ceil(alarmDelaySeconds(delaySeconds)), 0), MAXIMUM_DELAY_SECONDS);
  return sendBody(queueUrl('ENROLMENTS_QUEUE_URL'), JSON.stringify(message), delay > 0 ? { delaySeconds: delay } : {});
}

const BATCH_MESSAGES = 10;

async function sendEntries(url: string, entries: readonly Omit<SendMessageBatchRequestEntry, 'Id'>[]): Promise<void> {
  for (let first = 0; first < entries.length; first += BATCH_MESSAGES) {
    const batch = entries.slice(first, first + BATCH_MESSAGES);
    const Entries = batch.map((entry, index) => ({ Id: String(index), ...entry }));
    const { Failed = [] } = await sqs().send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
    if (Failed.length > 0) throw new Transient('throttled', { detail: `${Failed.length} messages not taken` });
  }
}

function sendBatch(url: string, bodies: readonly string[]): Promise<void> {
  return sendEntries(
    url,
    bodies.map((MessageBody) => ({ MessageBody })),
  );
}

export function sendNudges(messages: readonly NudgeMessage[]): Promise<void> {
  return sendBatch(
    queueUrl('NUDGES_QUEUE_URL'),
    messages.map((message) => JSON.stringify(message)),
  );
}

/** Holds a page back, a quarter of an hour at most: it then asks again how long. */
export function sendNudgesLater(message: NudgeMessage, delaySeconds: number): Promise<void> {
  const seconds = alarmDelaySeconds(delaySeconds);
  // On a clock so fast that a night is less than a second, waiting a whole one would miss the morning. On any other a
  // message that is early by less comes after it: at once, it would come again and again until then.
  const isFast = seconds < delaySeconds;
  const delay = isFast && seconds < 1 ? 0 : Math.min(Math.ceil(seconds), MAXIMUM_DELAY_SECONDS);
  return sendBody(queueUrl('NUDGES_QUEUE_URL'), JSON.stringify(message), delay > 0 ? { delaySeconds: delay } : {});
}

export function sendImports(messages: readonly ImportMessage[]): Promise<void> {
  return sendBatch(
    queueUrl('IMPORTS_QUEUE_URL'),
    messages.map((message) => JSON.stringify(message)),
  );
}

/** Payments that a statement or a person tells of, not their gateway; a group makes the queue fair. */
export function sendPayments(messages: readonly PaymentMessage[]): Promise<void> {
  return sendEntries(
    queueUrl('PAYMENTS_QUEUE_URL'),
    messages.map((message) => ({ MessageBody: JSON.stringify(message), MessageGroupId: message.gateway })),
  );
}

/** A call takes 256 KiB in all, so chunks of a file, of up to some 200 KB each, go one by one. */
export function sendStatement(message: StatementMessage): Promise<void> {
  return sendBody(queueUrl('STATEMENTS_QUEUE_URL'), JSON.stringify(message));
}

/** As the bucket tells of an object. */
export function sendFile(key: string): Promise<void> {
  const body = { Records: [{ s3: { object: { key: encodeURIComponent(key) } } }] };
  return sendBody(queueUrl('FILES_QUEUE_URL'), JSON.stringify(body));
}

export function sendManifest(message: ManifestMessage): Promise<void> {
  return sendBody(queueUrl('FILES_QUEUE_URL'), JSON.stringify(message));
}
