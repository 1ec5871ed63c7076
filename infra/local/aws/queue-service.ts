/** `AmazonSQS.*`: what `fauxqs` answers, but for delays, which are on the stage's clock, and redriving. */
import { createHash, randomUUID } from 'node:crypto';
import type { DelayedMessages, SendEntry } from '../queues/delayed-messages.ts';
import type { ActionName, Queue } from '../queues/fauxqs.ts';
import type { QueueStore } from '../queues/queue-store.ts';
import { answer, type Operation, type Service, type ServiceAnswer, ServiceError } from './service.ts';

export interface QueueServiceOptions {
  readonly queues: QueueStore;
  readonly delayed: DelayedMessages;
  readonly now: () => number;
}

const LONGEST_MESSAGE_BYTES = 1024 * 1024;
const UNSENDABLE = /[^\t\n\r\u0020-\uFFFD]/;
const REDRIVE_BATCH = 10;
const REDRIVE_HOLD_SECONDS = 60;

export function queueService(options: QueueServiceOptions): Service {
  const passedOn =
    (action: ActionName): Operation =>
    (input) =>
      options.queues.call(action, input);
  const actions: ActionName[] = [
    'ChangeMessageVisibility',
    'DeleteMessage',
    'DeleteMessageBatch',
    'GetQueueUrl',
    'ListQueues',
    'PurgeQueue',
    'ReceiveMessage',
  ];
  return {
    ...Object.fromEntries(actions.map((action) => [action, passedOn(action)])),
    GetQueueAttributes: (input) => attributes(options, input),
    SendMessage: (input) => send(options, input),
    SendMessageBatch: (input) => sendBatch(options, input),
    StartMessageMoveTask: (input) => redrive(options, input),
  };
}

/** Only standard queues delay single messages; a FIFO queue refuses by itself. */
function delayOf(queue: Queue | undefined, entry: SendEntry): number {
  return queue && !queue.isFifo() && typeof entry.DelaySeconds === 'number' ? entry.DelaySeconds : 0;
}

/** As the queue itself would refuse it, which by then is too late to tell the sender. */
function refuseUnsendable({ MessageBody }: SendEntry): void {
  const text = typeof MessageBody === 'string' ? MessageBody : '';
  if (text === '') throw new ServiceError('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (Buffer.byteLength(text) > LONGEST_MESSAGE_BYTES || UNSENDABLE.test(text))
    throw new ServiceError('InvalidParameterValue', 'The message is too long or has characters a message cannot have.');
}

function hold({ delayed, now }: QueueServiceOptions, queue: Queue, entry: SendEntry): Record<string, unknown> {
  refuseUnsendable(entry);
  delayed.hold(queue.name, now() + delayOf(queue, entry) * 1000, entry);
  const digest = createHash('md5').update(String(entry.MessageBody)).digest('hex');
  return { MessageId: randomUUID(), MD5OfMessageBody: digest };
}

async function send(options: QueueServiceOptions, input: SendEntry): Promise<ServiceAnswer> {
  const queue = options.queues.byUrl(input.QueueUrl);
  if (!queue || delayOf(queue, input) === 0) return options.queues.call('SendMessage', input);
  return answer(hold(options, queue, input));
}

async function sendBatch(options: QueueServiceOptions, input: SendEntry): Promise<ServiceAnswer> {
  const queue = options.queues.byUrl(input.QueueUrl);
  const entries = (input.Entries ?? []) as SendEntry[];
  const held = entries.filter((entry) => delayOf(queue, entry) > 0);
  if (!queue || held.length === 0) return options.queues.call('SendMessageBatch', input);
  const successful = held.map((entry) => ({ Id: entry.Id, ...hold(options, queue, entry) }));
  const direct = entries.filter((entry) => !held.includes(entry));
  if (direct.length === 0) return answer({ Successful: successful, Failed: [] });
  const sent = await options.queues.call('SendMessageBatch', { ...input, Entries: direct });
  if (sent.status !== 200) return sent;
  return answer({ ...sent.body, Successful: [...successful, ...(sent.body.Successful as unknown[])] });
}

async function attributes({ queues, delayed }: QueueServiceOptions, input: SendEntry): Promise<ServiceAnswer> {
  const found = await queues.call('GetQueueAttributes', input);
  const values = found.body.Attributes as Record<string, string> | undefined;
  const queue = queues.byUrl(input.QueueUrl);
  if (queue && values?.ApproximateNumberOfMessagesDelayed !== undefined)
    values.ApproximateNumberOfMessagesDelayed = String(delayed.count(queue.name));
  return found;
}

/** Moves what lies in a dead-letter queue back to where it came from, or to the destination given. */
async function redrive({ queues }: QueueServiceOptions, input: SendEntry): Promise<ServiceAnswer> {
  const source = queues.byArn(String(input.SourceArn));
  if (!source) throw new ServiceError('ResourceNotFoundException', `there is no queue ${input.SourceArn}`);
  const sources = queues.all().filter((queue) => queue.attributes.RedrivePolicy?.includes(`"${source.arn}"`));
  const target = input.DestinationArn === undefined ? sources[0] : queues.byArn(String(input.DestinationArn));
  if (!target) throw new ServiceError('InvalidParameterValue', `${source.name} is no queue's dead-letter queue`);
  for (;;) {
    const batch = queues.receive(source, REDRIVE_BATCH, REDRIVE_HOLD_SECONDS);
    if (batch.length === 0) break;
    queues.atomically(() => {
      for (const { ReceiptHandle } of batch) move(source, target, ReceiptHandle);
    });
  }
  return answer({ TaskHandle: randomUUID() });
}

function move(source: Queue, target: Queue, receiptHandle: string): void {
  const held = source.inflightMessages.get(receiptHandle);
  if (!held) return;
  const { approximateFirstReceiveTimestamp: _first, ...message } = held.message;
  target.enqueue({ ...message, messageId: randomUUID(), approximateReceiveCount: 0 });
  source.deleteMessage(receiptHandle);
}
