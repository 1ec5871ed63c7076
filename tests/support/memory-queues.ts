/**
 * SQS in memory, below its client. Standard queues deliver in any order and as often as a test likes; FIFO queues keep
 * the order of a group and forget a repeated request for five minutes. Nothing moves by itself: a test delivers.
 */
import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { type Faults, takeOver } from './faults.ts';

export interface QueuedMessage {
  readonly messageId: string;
  readonly body: string;
  readonly groupId: string | undefined;
  readonly visibleAtMilliseconds: number;
  readonly receiveCount: number;
}

interface SendInput {
  readonly QueueUrl: string;
  readonly MessageBody: string;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
  readonly DelaySeconds?: number;
}

export interface Delivery {
  readonly batchSize: number;
  /** Which of so many waiting messages comes next; the first, unless said. Order within a group stays. */
  readonly pick?: (count: number) => number;
  /** Delivers this message once more although it was handled. */
  readonly again?: () => boolean;
  /** How many get the same batch at once, as where its time ran out under the first. */
  readonly consumers?: number;
}

export type Consumer = (event: SQSEvent) => Promise<SQSBatchResponse | undefined>;

const DEDUPLICATION_MILLISECONDS = 5 * 60_000;
const LONGEST_DELAY_SECONDS = 900;
const RECEIVE_COUNT = 5;

let sentInAll = 0;

export class MemoryQueue {
  readonly dead: QueuedMessage[] = [];
  #waiting: QueuedMessage[] = [];
  readonly #isFifo: boolean;
  readonly #sentAt = new Map<string, number>();

  constructor(isFifo: boolean) {
    this.#isFifo = isFifo;
  }

  get waiting(): readonly QueuedMessage[] {
    return this.#waiting;
  }

  send(input: SendInput, nowMilliseconds: number): void {
    const { MessageGroupId, MessageDeduplicationId, DelaySeconds = 0 } = input;
    // On a standard queue a group makes it fair.
    if ((this.#isFifo && MessageGroupId === undefined) || DelaySeconds > LONGEST_DELAY_SECONDS)
      throw new Error(`not a message for this queue: ${JSON.stringify(input)}`);
    if (MessageDeduplicationId !== undefined) {
      const before = this.#sentAt.get(MessageDeduplicationId);
      if (before !== undefined && nowMilliseconds - before < DEDUPLICATION_MILLISECONDS) return;
      this.#sentAt.set(MessageDeduplicationId, nowMilliseconds);
    }
    sentInAll += 1;
    this.#waiting.push({
      messageId: `message-${sentInAll}`,
      body: input.MessageBody,
      groupId: MessageGroupId,
      visibleAtMilliseconds: nowMilliseconds + DelaySeconds * 1000,
      receiveCount: 0,
    });
  }

  /** Waiting as before. */
  refill(waiting: readonly QueuedMessage[]): void {
    this.#waiting = [...waiting];
  }

  /** Loses what waits, as no queue should. */
  lose(): void {
    this.#waiting = [];
  }

  /** Hands one batch to a consumer. @returns how many messages it was given */
  async deliver(consumer: Consumer, nowMilliseconds: number, delivery: Delivery): Promise<number> {
    const batch = this.#take(nowMilliseconds, delivery);
    if (batch.length === 0) return 0;
    const failures = await Promise.all(
      Array.from({ length: delivery.consumers ?? 1 }, () => this.#consume(consumer, batch)),
    );
    const failed = new Set(failures.flatMap((ids) => [...ids]));
    const fresh = ({ receiveCount }: QueuedMessage) => receiveCount < RECEIVE_COUNT;
    const back = batch.filter(({ messageId }) => failed.has(messageId));
    this.dead.push(...back.filter((message) => !fresh(message)));
    const handled = batch.filter((message) => !back.includes(message) && fresh(message) && delivery.again?.());
    const again = [...back.filter(fresh), ...handled];
    this.#waiting = this.#isFifo ? [...again, ...this.#waiting] : [...this.#waiting, ...again];
    return batch.length;
  }

  #take(nowMilliseconds: number, { batchSize, pick = () => 0 }: Delivery): QueuedMessage[] {
    const batch: QueuedMessage[] = [];
    while (batch.length < batchSize) {
      const visible = this.#deliverable(nowMilliseconds);
      const message = visible[pick(visible.length)];
      if (!message) break;
      this.#waiting = this.#waiting.filter((other) => other !== message);
      batch.push({ ...message, receiveCount: message.receiveCount + 1 });
    }
    return batch;
  }

  #deliverable(nowMilliseconds: number): QueuedMessage[] {
    const visible = this.#waiting.filter(({ visibleAtMilliseconds }) => visibleAtMilliseconds <= nowMilliseconds);
    if (!this.#isFifo) return visible;
    const seen = new Set<string | undefined>();
    return visible.filter(({ groupId }) => !seen.has(groupId) && seen.add(groupId));
  }

  async #consume(consumer: Consumer, batch: readonly QueuedMessage[]): Promise<Set<string>> {
    const records = batch.map(
      ({ messageId, body, groupId, receiveCount }) =>
        ({
          messageId,
          body,
          attributes: { ApproximateReceiveCount: String(receiveCount), MessageGroupId: groupId },
          eventSourceARN: `arn:aws:sqs:ap-southeast-3:111111111111:queue${this.#isFifo ? '.fifo' : ''}`,
        }) as unknown as SQSRecord,
    );
    try {
      const answer = await consumer({ Records: records });
      return new Set(answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    } catch {
      return new Set(batch.map(({ messageId }) => messageId));
    }
  }
}

export class MemoryQueues {
  faults: Faults = {};
  nowMilliseconds: () => number = () => Date.now();
  readonly #queues = new Map<string, MemoryQueue>();

  create(url: string): MemoryQueue {
    const queue = new MemoryQueue(url.endsWith('.fifo'));
    this.#queues.set(url, queue);
    return queue;
  }

  /** Takes the place of every SQS client. @returns how to give it back */
  install(): () => void {
    return takeOver(SQSClient, async (command) => {
      const { input } = command;
      const name = command.constructor.name.replace('Command', '');
      const call = { service: 'queue', name, input: input as Readonly<Record<string, unknown>> } as const;
      await this.faults.before?.(call);
      const output = this.#run(name, input as SendInput);
      await this.faults.after?.(call);
      return output;
    });
  }

  #run(name: string, input: SendInput): unknown {
    const queue = this.#queues.get(input.QueueUrl);
    if (!queue) throw new Error(`no queue ${input.QueueUrl}`);
    if (name === 'SendMessage') {
      queue.send(input, this.nowMilliseconds());
      return {};
    }
    if (name !== 'SendMessageBatch') throw new Error(`command ${name} is not supported`);
    const { Entries, QueueUrl } = input as unknown as { Entries: SendInput[]; QueueUrl: string };
    if (Entries.length > 10) throw new Error('a batch has at most ten messages');
    for (const entry of Entries) queue.send({ ...entry, QueueUrl }, this.nowMilliseconds());
    return {};
  }
}
