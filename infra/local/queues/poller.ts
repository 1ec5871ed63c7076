/**
 * An event source mapping: takes batches from a queue, hands them to its function and deletes what it did. What it
 * could not do comes back after a short real pause, longer each time, until the queue moves it to its dead-letter queue.
 */
import type { SQSBatchResponse } from 'aws-lambda';
import type { Activity } from '../activity.ts';
import type { Functions } from '../functions.ts';
import type { MappingResource } from '../template/resources.ts';
import type { Queue } from './fauxqs.ts';
import type { QueueStore } from './queue-store.ts';
import { type Received, sqsEvent } from './sqs-event.ts';

/** The queue never takes a message back from a running function; only a new start does. */
const HELD_SECONDS = 12 * 3600;
const FIRST_PAUSE_MILLISECONDS = 50;
const LONGEST_PAUSE_MILLISECONDS = 800;
const STANDARD_CONCURRENCY = 4;

export interface PollerOptions {
  readonly mapping: MappingResource;
  readonly queues: QueueStore;
  readonly functions: Functions;
  readonly activity: Activity;
  readonly region: string;
}

export class Poller {
  readonly #options: PollerOptions;
  readonly #queue: Queue;
  readonly #concurrency: number;
  #running = 0;
  #stopped = false;
  #abandoned = false;
  #again: NodeJS.Timeout | undefined;
  #scheduled = false;

  constructor(options: PollerOptions) {
    this.#options = options;
    const queue = options.queues.byArn(options.mapping.queueArn);
    if (!queue) throw new Error(`a mapping reads ${options.mapping.queueArn}, which is no queue of the template`);
    this.#queue = queue;
    this.#concurrency = Math.min(STANDARD_CONCURRENCY, options.mapping.maximumConcurrency ?? STANDARD_CONCURRENCY);
    options.queues.onMessage(queue.name, () => this.wake());
    options.activity.watch(() => !this.#stopped && this.#held() > 0);
  }

  /** Looks for messages once those being sent in this turn of the loop are all there, so that they share a batch. */
  wake(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#fill();
    });
  }

  /** Takes no more; what runs may end. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#again);
  }

  get running(): boolean {
    return this.#running > 0;
  }

  /** The queue is about to be closed; what still runs comes back at the next start. */
  abandon(): void {
    this.#abandoned = true;
  }

  #held(): number {
    const count = (name: Parameters<Queue['getAttribute']>[0]) => Number(this.#queue.getAttribute(name));
    return count('ApproximateNumberOfMessages') + count('ApproximateNumberOfMessagesNotVisible');
  }

  #fill(): void {
    while (!this.#stopped && this.#running < this.#concurrency) {
      const batch = this.#take();
      if (batch.length === 0) {
        this.#lookAgain();
        return;
      }
      this.#running += 1;
      void this.#deliver(batch).finally(() => {
        this.#running -= 1;
        this.wake();
        this.#options.activity.changed();
      });
    }
  }

  #take(): Received[] {
    const { queues, mapping } = this.#options;
    const received = queues.receive(this.#queue, Math.min(10, mapping.batchSize), HELD_SECONDS);
    return received.map(({ ReceiptHandle }) => {
      const held = this.#queue.inflightMessages.get(ReceiptHandle);
      if (!held) throw new Error('the queue lost a message it handed out');
      return { receiptHandle: ReceiptHandle, message: held.message };
    });
  }

  /** When the next message that failed is due again. */
  #lookAgain(): void {
    // A message may just have gone to the dead-letter queue.
    this.#options.activity.changed();
    const due = Math.min(...[...this.#queue.inflightMessages.values()].map((held) => held.visibilityDeadline));
    if (due - Date.now() > 2 * LONGEST_PAUSE_MILLISECONDS) return;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#fill(), Math.max(1, due - Date.now() + 1));
  }

  async #deliver(batch: readonly Received[]): Promise<void> {
    const failed = await this.#failures(batch);
    if (this.#abandoned) return;
    this.#options.queues.atomically(() => {
      for (const { receiptHandle, message } of batch) {
        if (!failed.has(message.messageId)) this.#queue.deleteMessage(receiptHandle);
        else this.#queue.changeVisibility(receiptHandle, pauseSeconds(message.approximateReceiveCount));
      }
    });
  }

  async #failures(batch: readonly Received[]): Promise<ReadonlySet<string>> {
    const { mapping, functions, region } = this.#options;
    const everything = new Set(batch.map(({ message }) => message.messageId));
    try {
      const response = await functions.invoke(mapping.functionName, sqsEvent(batch, this.#queue, region));
      if (!mapping.partialResponses) return new Set();
      return failedIds(response, everything);
    } catch (error) {
      console.error(`${mapping.functionName} failed a batch of ${this.#queue.name}:`, error);
      return everything;
    }
  }
}

/** Lambda takes an answer it cannot read, or one that names a stranger, for a failure of all. */
export function failedIds(response: unknown, everything: ReadonlySet<string>): ReadonlySet<string> {
  if (response === null || response === undefined) return new Set();
  const failures = (response as SQSBatchResponse).batchItemFailures;
  if (failures === undefined || failures === null) return new Set();
  if (!Array.isArray(failures)) return everything;
  const ids = failures.map((failure) => failure?.itemIdentifier);
  return ids.every((id) => everything.has(id)) ? new Set(ids) : everything;
}

function pauseSeconds(receiveCount: number): number {
  return Math.min(LONGEST_PAUSE_MILLISECONDS, FIRST_PAUSE_MILLISECONDS * 2 ** (receiveCount - 1)) / 1000;
}
