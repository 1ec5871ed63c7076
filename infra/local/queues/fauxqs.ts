/** What is used of the package `fauxqs`: its stores, its file and its actions, none of which it exports by name. */
import type { DatabaseSync } from 'node:sqlite';
import type { BuildAppOptions } from 'fauxqs';

export type Stores = NonNullable<BuildAppOptions['stores']>;
export type Queue = NonNullable<ReturnType<Stores['sqsStore']['getQueueByName']>>;
export type QueuedMessage = Parameters<Queue['enqueue']>[0];

export interface Persistence {
  readonly db: DatabaseSync;
  loadSqsAndSns(sqsStore: Stores['sqsStore'], snsStore: Stores['snsStore']): void;
  close(): void;
}

/** As the package keeps them, a file an action. */
type Action = (input: unknown, store: Stores['sqsStore'], request: { headers: Record<string, string> }) => unknown;

const ACTIONS = [
  'ChangeMessageVisibility',
  'DeleteMessage',
  'DeleteMessageBatch',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListQueues',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
  'SendMessageBatch',
] as const;
export type ActionName = (typeof ACTIONS)[number];
/** The package's `SqsError`. */
export interface Refusal extends Error {
  readonly statusCode: number;
  readonly queryErrorHeader: string;
  toJSON(): Record<string, unknown>;
}

export interface Package {
  readonly stores: Stores;
  readonly persistence: Persistence;
  readonly actions: ReadonlyMap<ActionName, Action>;
}

export async function openPackage(folder: string, region: string): Promise<Package> {
  const inside = (path: string) => import(new URL(path, import.meta.resolve('fauxqs')).href);
  const fileOf = (name: ActionName) => name[0]?.toLowerCase() + name.slice(1);
  const [{ SqsStore }, { SnsStore }, { S3Store }, { PersistenceManager }, ...actions] = await Promise.all([
    inside('./sqs/sqsStore.js'),
    inside('./sns/snsStore.js'),
    inside('./s3/s3Store.js'),
    inside('./persistence.js'),
    ...ACTIONS.map(async (name) => [name, (await inside(`./sqs/actions/${fileOf(name)}.js`))[fileOf(name)]] as const),
  ]);
  const stores: Stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  stores.sqsStore.region = region;
  const persistence: Persistence = new PersistenceManager(folder);
  persistence.db.exec('PRAGMA synchronous = NORMAL');
  persistence.loadSqsAndSns(stores.sqsStore, stores.snsStore);
  stores.sqsStore.persistence = persistence as never;
  for (const queue of stores.sqsStore.allQueues()) queue.persistence = persistence as never;
  return { stores, persistence, actions: new Map(actions) };
}
