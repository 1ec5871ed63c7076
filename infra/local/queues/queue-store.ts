/**
 * The queues: `fauxqs`, kept in a file. It is used through its stores and its actions, without its own server, which
 * listens on every network interface. Three things are put on the stage's clock: when a message was sent, how long a
 * FIFO queue remembers a deduplication id, and (in `delayed-messages.ts`) how long one is held back.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { QueueResource } from '../template/resources.ts';
import { type ActionName, openPackage, type Package, type Queue, type Refusal } from './fauxqs.ts';
import { keepGroupsInOrder, takeFromGroups } from './fifo-groups.ts';

/**
 * In one write each, the whole of it before it is answered: a queue that remembers a deduplication id has its message.
 * They answer at once, so nothing else is written in between.
 */
const SENDING: ReadonlySet<ActionName> = new Set(['SendMessage', 'SendMessageBatch']);

const DEDUPLICATION_MILLISECONDS = 5 * 60_000;
/** In hand of a consumer rather than waiting for its next try. */
const IN_HAND_MILLISECONDS = 60_000;

export interface QueueStoreOptions {
  readonly folder: string;
  readonly resources: readonly QueueResource[];
  readonly region: string;
  readonly now: () => number;
}

export interface SqsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
}

export class QueueStore {
  readonly #package: Package;
  readonly #listeners = new Map<string, () => void>();

  private constructor(found: Package) {
    this.#package = found;
  }

  static async open(options: QueueStoreOptions): Promise<QueueStore> {
    returnWhatWasInHand(options.folder);
    const found = await openPackage(options.folder, options.region);
    const store = new QueueStore(found);
    const remembered = rememberedIds(found.persistence.db, options.now);
    for (const resource of options.resources) store.#create(resource, options.now, remembered);
    return store;
  }

  /** As an AWS client would call it. */
  async call(name: ActionName, input: unknown): Promise<SqsAnswer> {
    const action = this.#package.actions.get(name);
    if (!action) throw new Error(`there is no action ${name}`);
    const act = () => action(input, this.#package.stores.sqsStore, { headers: {} });
    try {
      const body = await (SENDING.has(name) ? this.atomically(act) : act());
      return { status: 200, headers: {}, body: (body ?? {}) as SqsAnswer['body'] };
    } catch (error) {
      if ((error as Error).name !== 'SqsError') throw error;
      const refusal = error as Refusal;
      const headers = { 'x-amzn-query-error': refusal.queryErrorHeader };
      return { status: refusal.statusCode, headers, body: refusal.toJSON() };
    }
  }

  byName(name: string): Queue {
    const queue = this.#package.stores.sqsStore.getQueueByName(name);
    if (!queue) throw new Error(`there is no queue ${name}`);
    return queue;
  }

  byUrl(url: unknown): Queue | undefined {
    return typeof url === 'string' ? this.#package.stores.sqsStore.getQueue(url) : undefined;
  }

  byArn(arn: string): Queue | undefined {
    return this.#package.stores.sqsStore.getQueueByArn(arn);
  }

  all(): Queue[] {
    return [...this.#package.stores.sqsStore.allQueues()];
  }

  /** In one write: a message on its way to its dead-letter queue is never in neither. */
  receive(queue: Queue, count: number, visibilitySeconds: number) {
    const take = (most: number) => queue.dequeue(most, visibilitySeconds, (arn) => this.byArn(arn));
    return this.atomically(() => (queue.isFifo() ? takeFromGroups(queue, count, take) : take(count)));
  }

  atomically<Result>(work: () => Result): Result {
    const { db } = this.#package.persistence;
    db.exec('BEGIN');
    try {
      const result = work();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  }

  /** Called after each message that becomes available. */
  onMessage(queueName: string, listener: () => void): void {
    this.#listeners.set(queueName, listener);
  }

  async close(): Promise<void> {
    for (const queue of this.all()) queue.cancelWaiters();
    this.#package.persistence.close();
  }

  #create({ name, url, arn, attributes }: QueueResource, now: () => number, remembered: RememberedIds): void {
    const { sqsStore } = this.#package.stores;
    const queue = sqsStore.getQueueByName(name) ?? sqsStore.createQueue(name, url, arn, attributes);
    queue.setAttributes(attributes);
    // The one kept from the last start names a port that is no longer ours.
    Object.assign(queue, { url });
    const enqueue = queue.enqueue.bind(queue);
    queue.enqueue = (message) => {
      if (message.approximateReceiveCount === 0) message.sentTimestamp = now();
      enqueue(message);
      this.#listeners.get(name)?.();
    };
    if (!queue.isFifo()) return;
    Object.assign(queue, remembered(queue.name));
    keepGroupsInOrder(queue);
  }
}

/** Moves a message a dead consumer had in hand back, without counting the try the engine's own end cut short. */
function returnWhatWasInHand(folder: string): void {
  const file = join(folder, 'fauxqs.db');
  if (!existsSync(file)) return;
  const database = new DatabaseSync(file);
  database
    .prepare(
      `UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL,
       approximate_receive_count = MAX(0, approximate_receive_count - (visibility_deadline > ?))
       WHERE receipt_handle IS NOT NULL`,
    )
    .run(Date.now() + IN_HAND_MILLISECONDS);
  database.close();
}

type RememberedIds = (queueName: string) => Pick<Queue, 'checkDeduplication' | 'recordDeduplication'>;

/** In the queues' own file: an id and its message are one write. */
function rememberedIds(database: DatabaseSync, now: () => number): RememberedIds {
  database.exec(`CREATE TABLE IF NOT EXISTS deduplication (
    queue_name TEXT NOT NULL, deduplication_id TEXT NOT NULL, message_id TEXT NOT NULL, sequence_number TEXT,
    sent_ms INTEGER NOT NULL, PRIMARY KEY (queue_name, deduplication_id)
  ) STRICT`);
  database.prepare('DELETE FROM deduplication WHERE sent_ms <= ?').run(now() - DEDUPLICATION_MILLISECONDS);
  const select = database.prepare(
    'SELECT message_id, sequence_number FROM deduplication WHERE queue_name = ? AND deduplication_id = ? AND sent_ms > ?',
  );
  const insert = database.prepare('INSERT OR REPLACE INTO deduplication VALUES (?, ?, ?, ?, ?)');
  return (queueName) => ({
    checkDeduplication(id) {
      const found = select.get(queueName, id, now() - DEDUPLICATION_MILLISECONDS) as
        | { message_id: string; sequence_number: string }
        | undefined;
      if (!found) return { isDuplicate: false };
      return { isDuplicate: true, originalMessageId: found.message_id, originalSequenceNumber: found.sequence_number };
    },
    recordDeduplication(id, messageId, sequenceNumber) {
      insert.run(queueName, id, messageId, sequenceNumber ?? null, now());
    },
  });
}
