/**
 * The queues: `fauxqs`, kept in a file. It is used through its stores and its application object, without its own
 * server, which listens on every network interface. Three things are put on the stage's clock: when a message was
 * sent, how long a FIFO queue remembers a deduplication id, and (in `delayed-messages.ts`) how long one is held back.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type BuildAppOptions, buildApp } from 'fauxqs';
import type { Database } from '../database.ts';
import type { QueueResource } from '../template/resources.ts';
import { keepGroupsInOrder, takeFromGroups } from './fifo-groups.ts';

type Stores = NonNullable<BuildAppOptions['stores']>;
export type Queue = NonNullable<ReturnType<Stores['sqsStore']['getQueueByName']>>;
export type QueuedMessage = Parameters<Queue['enqueue']>[0];

interface Persistence {
  readonly db: DatabaseSync;
  loadSqsAndSns(sqsStore: Stores['sqsStore'], snsStore: Stores['snsStore']): void;
  close(): void;
}

const DEDUPLICATION_MILLISECONDS = 5 * 60_000;
/** In hand of a consumer rather than waiting for its next try. */
const IN_HAND_MILLISECONDS = 60_000;

export interface QueueStoreOptions {
  readonly folder: string;
  readonly resources: readonly QueueResource[];
  readonly region: string;
  readonly database: Database;
  readonly now: () => number;
}

export interface SqsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
}

export class QueueStore {
  readonly #stores: Stores;
  readonly #persistence: Persistence;
  readonly #application: ReturnType<typeof buildApp>;
  readonly #listeners = new Map<string, () => void>();

  private constructor(stores: Stores, persistence: Persistence, region: string) {
    this.#stores = stores;
    this.#persistence = persistence;
    this.#application = buildApp({ logger: false, defaultRegion: region, stores });
  }

  static async open(options: QueueStoreOptions): Promise<QueueStore> {
    returnWhatWasInHand(options.folder);
    const { stores, persistence } = await openStores(options.folder);
    const store = new QueueStore(stores, persistence, options.region);
    for (const resource of options.resources) store.#create(resource, options);
    return store;
  }

  /** As an AWS client would call it. */
  async call(action: string, body: unknown): Promise<SqsAnswer> {
    const answer = await this.#application.inject({
      method: 'POST',
      url: '/',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` },
      payload: JSON.stringify(body),
    });
    const errorCode = answer.headers['x-amzn-query-error'];
    return {
      status: answer.statusCode,
      headers: errorCode === undefined ? {} : { 'x-amzn-query-error': String(errorCode) },
      body: answer.body === '' ? {} : answer.json(),
    };
  }

  byName(name: string): Queue {
    const queue = this.#stores.sqsStore.getQueueByName(name);
    if (!queue) throw new Error(`there is no queue ${name}`);
    return queue;
  }

  byUrl(url: unknown): Queue | undefined {
    return typeof url === 'string' ? this.#stores.sqsStore.getQueue(url) : undefined;
  }

  byArn(arn: string): Queue | undefined {
    return this.#stores.sqsStore.getQueueByArn(arn);
  }

  all(): Queue[] {
    return [...this.#stores.sqsStore.allQueues()];
  }

  /** In one write: a message on its way to its dead-letter queue is never in neither. */
  receive(queue: Queue, count: number, visibilitySeconds: number) {
    const take = (most: number) => queue.dequeue(most, visibilitySeconds, (arn) => this.byArn(arn));
    return this.atomically(() => (queue.isFifo() ? takeFromGroups(queue, count, take) : take(count)));
  }

  atomically<Result>(work: () => Result): Result {
    const { db } = this.#persistence;
    db.exec('BEGIN');
    try {
      return work();
    } finally {
      db.exec('COMMIT');
    }
  }

  /** Called after each message that becomes available. */
  onMessage(queueName: string, listener: () => void): void {
    this.#listeners.set(queueName, listener);
  }

  async close(): Promise<void> {
    await this.#application.close();
    this.#persistence.close();
  }

  #create({ name, url, arn, attributes }: QueueResource, options: QueueStoreOptions): void {
    const { sqsStore } = this.#stores;
    const queue = sqsStore.getQueueByName(name) ?? sqsStore.createQueue(name, url, arn, attributes);
    queue.setAttributes(attributes);
    // The one kept from the last start names a port that is no longer ours.
    Object.assign(queue, { url });
    const enqueue = queue.enqueue.bind(queue);
    queue.enqueue = (message) => {
      if (message.approximateReceiveCount === 0) message.sentTimestamp = options.now();
      enqueue(message);
      this.#listeners.get(name)?.();
    };
    if (!queue.isFifo()) return;
    rememberOnStageTime(queue, options);
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

async function openStores(folder: string): Promise<{ stores: Stores; persistence: Persistence }> {
  // The package exports the application that takes stores, but not the stores.
  const inside = (path: string) => import(new URL(path, import.meta.resolve('fauxqs')).href);
  const [{ SqsStore }, { SnsStore }, { S3Store }, { PersistenceManager }] = await Promise.all([
    inside('./sqs/sqsStore.js'),
    inside('./sns/snsStore.js'),
    inside('./s3/s3Store.js'),
    inside('./persistence.js'),
  ]);
  const stores: Stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  const persistence: Persistence = new PersistenceManager(folder);
  persistence.db.exec('PRAGMA synchronous = NORMAL');
  persistence.loadSqsAndSns(stores.sqsStore, stores.snsStore);
  stores.sqsStore.persistence = persistence as never;
  for (const queue of stores.sqsStore.allQueues()) queue.persistence = persistence as never;
  return { stores, persistence };
}

function rememberOnStageTime(queue: Queue, { database, now }: QueueStoreOptions): void {
  database.prepare('DELETE FROM deduplication WHERE sent_ms <= ?').run(now() - DEDUPLICATION_MILLISECONDS);
  const select = database.prepare(
    'SELECT message_id, sequence_number FROM deduplication WHERE queue_name = ? AND deduplication_id = ? AND sent_ms > ?',
  );
  const insert = database.prepare('INSERT OR REPLACE INTO deduplication VALUES (?, ?, ?, ?, ?)');
  queue.checkDeduplication = (id) => {
    const found = select.get(queue.name, id, now() - DEDUPLICATION_MILLISECONDS) as
      | { message_id: string; sequence_number: string }
      | undefined;
    if (!found) return { isDuplicate: false };
    return { isDuplicate: true, originalMessageId: found.message_id, originalSequenceNumber: found.sequence_number };
  };
  queue.recordDeduplication = (id, messageId, sequenceNumber) => {
    insert.run(queue.name, id, messageId, sequenceNumber ?? null, now());
  };
}
