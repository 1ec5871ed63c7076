/**
 * Every call to DynamoDB goes through here: one client, consistent reads, and one place that decides what a failed
 * write means. A failed condition is an answer and returned; contention and throttling are Transient; the rest is thrown.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { Transient } from '../errors.ts';

export interface Key {
  readonly pk: string;
  readonly sk: string;
}
export type Row = Record<string, unknown>;

/** Requests name no table: it is the main one unless they do. */
type OnTable<Input> = Omit<Input, 'TableName'> & { TableName?: string };

type AwsTransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
export type TransactItem = {
  [Action in keyof AwsTransactItem]?: OnTable<NonNullable<AwsTransactItem[Action]>>;
};

export interface FailedCondition {
  readonly index: number;
  readonly code: string;
  /** The row as it stood, where the item asked for it with `ReturnValuesOnConditionCheckFailure: 'ALL_OLD'`. */
  readonly item?: Row;
}
export type TransactResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly failed: readonly FailedCondition[] };
/** `item`: after the write where it succeeded and was asked for, else the row that stood in the way. */
export type WriteResult = { readonly ok: boolean; readonly item?: Row };

const CONFLICT_TRIES = 6;
const FIRST_BACKOFF_MILLISECONDS = 20;
const BATCH_GET_KEYS = 100;
const THROTTLES = /^(ThrottlingError|ThrottlingException|ProvisionedThroughputExceeded|RequestLimitExceeded)/;

let documentClient: DynamoDBDocumentClient | undefined;

function client(): DynamoDBDocumentClient {
  documentClient ??= DynamoDBDocumentClient.from(new DynamoDBClient({}), {
    marshallOptions: { removeUndefinedValues: true, convertClassInstanceToMap: false },
  });
  return documentClient;
}

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

export function tableName(): string {
  return fromEnvironment('TABLE_NAME');
}

export function vaultTableName(): string {
  return fromEnvironment('VAULT_TABLE_NAME');
}

/** Full jitter: two writers of one row do not meet again at once. */
function backOff(attempt: number): Promise<void> {
  return sleep(Math.random() * FIRST_BACKOFF_MILLISECONDS * 2 ** attempt);
}

/** Runs one call; a conflict with a transaction is tried again in place, for the whole work would be redone otherwise. */
async function call<Output>(send: () => Promise<Output>): Promise<Output> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      const name = (error as Error).name;
      if (THROTTLES.test(name)) throw new Transient('throttled', { cause: error });
      if (name !== 'TransactionConflictException' && name !== 'TransactionInProgressException') throw error;
      if (attempt + 1 >= CONFLICT_TRIES) throw new Transient('contention', { cause: error });
      await backOff(attempt);
    }
  }
}

export async function getItem(key: Key, { table = tableName(), consistent = true } = {}): Promise<Row | undefined> {
  const { Item } = await call(() =>
    client().send(new GetCommand({ TableName: table, Key: { ...key }, ConsistentRead: consistent })),
  );
  return Item;
}

/** Pages of a query as they come. An index cannot be read consistently, the table is. */
export async function* queryPages(query: OnTable<QueryCommandInput>): AsyncGenerator<Row[]> {
  let start: Row | undefined = query.ExclusiveStartKey;
  do {
    const page = await call(() =>
      client().send(
        new QueryCommand({
          TableName: tableName(),
          ConsistentRead: query.IndexName === undefined,
          ...query,
          ExclusiveStartKey: start,
        }),
      ),
    );
    yield page.Items ?? [];
    start = page.LastEvaluatedKey;
  } while (start);
}

export async function queryAll(query: OnTable<QueryCommandInput>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of queryPages(query)) rows.push(...page);
  return rows;
}

/** One page and where the next begins, for lists that people page through. */
export async function queryPage(
  query: OnTable<QueryCommandInput>,
): Promise<{ items: Row[]; lastKey: Row | undefined }> {
  const page = await call(() =>
    client().send(
      new QueryCommand({ TableName: tableName(), ConsistentRead: query.IndexName === undefined, ...query }),
    ),
  );
  return { items: page.Items ?? [], lastKey: page.LastEvaluatedKey };
}

/** Every row of a table, for the proof of the books. */
export async function* scanPages(scan: OnTable<ScanCommandInput> = {}): AsyncGenerator<Row[]> {
  let start: Row | undefined = scan.ExclusiveStartKey;
  do {
    const page = await call(() =>
      client().send(
        new ScanCommand({ TableName: tableName(), ConsistentRead: true, ...scan, ExclusiveStartKey: start }),
      ),
    );
    yield page.Items ?? [];
    start = page.LastEvaluatedKey;
  } while (start);
}

/** The rows that exist, in no order. */
export async function batchGet(keys: readonly Key[], table = tableName()): Promise<Row[]> {
  const unique = [...new Map(keys.map((key) => [`${key.pk}\n${key.sk}`, key])).values()];
  const rows: Row[] = [];
  for (let first = 0; first < unique.length; first += BATCH_GET_KEYS)
    rows.push(...(await batchGetChunk(unique.slice(first, first + BATCH_GET_KEYS), table)));
  return rows;
}

async function batchGetChunk(keys: readonly Key[], table: string): Promise<Row[]> {
  const rows: Row[] = [];
  let left: Row[] = keys.map(({ pk, sk }) => ({ pk, sk }));
  for (let attempt = 0; left.length > 0; attempt += 1) {
    if (attempt >= CONFLICT_TRIES) throw new Transient('throttled', { detail: 'keys left unread by a batch' });
    if (attempt > 0) await backOff(attempt);
    const answer = await call(() =>
      client().send(new BatchGetCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead: true } } })),
    );
    rows.push(...(answer.Responses?.[table] ?? []));
    left = answer.UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return rows;
}

function isConditionFailure(error: unknown): error is Error & { Item?: Record<string, never> } {
  return (error as Error).name === 'ConditionalCheckFailedException';
}

async function conditionalWrite(send: () => Promise<{ Attributes?: Row | undefined }>): Promise<WriteResult> {
  try {
    const { Attributes } = await call(send);
    return Attributes ? { ok: true, item: Attributes } : { ok: true };
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
    return error.Item ? { ok: false, item: unmarshall(error.Item) } : { ok: false };
  }
}

export function putItem(put: OnTable<PutCommandInput>): Promise<WriteResult> {
  return conditionalWrite(() => client().send(new PutCommand({ TableName: tableName(), ...put })));
}

/**
 * Puts a row whose key is not taken; else `ok: false` with the row that is there. A retry inside the SDK after a lost
 * answer meets the row this very call wrote: compare, where that matters.
 */
export function putIfAbsent(item: Row & Key, table = tableName()): Promise<WriteResult> {
  return putItem({
    TableName: table,
    Item: item,
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
}

export function updateItem(update: OnTable<UpdateCommandInput>): Promise<WriteResult> {
  return conditionalWrite(() => client().send(new UpdateCommand({ TableName: tableName(), ...update })));
}

export async function deleteItem(key: Key, table = tableName()): Promise<void> {
  await call(() => client().send(new DeleteCommand({ TableName: table, Key: { ...key } })));
}

interface CancellationReason {
  readonly Code?: string;
  readonly Item?: Record<string, never>;
}

/**
 * Writes all or nothing (at most 100 items). `ok: false` names the conditions that did not hold: where one failed,
 * trying again cannot help, whatever else stood beside it. A conflict alone is tried again in place, then Transient.
 *
 * @throws Transient `contention` or `throttled`
 */
export async function transact(
  items: readonly TransactItem[],
  { clientRequestToken }: { clientRequestToken?: string } = {},
): Promise<TransactResult> {
  const command = { TransactItems: items.map(onMainTable), ClientRequestToken: clientRequestToken };
  for (let attempt = 0; ; attempt += 1) {
    try {
      await call(() => client().send(new TransactWriteCommand(command)));
      return { ok: true };
    } catch (error) {
      const failed = conditionsFailed(error);
      if (failed) return { ok: false, failed };
      if (attempt + 1 >= CONFLICT_TRIES) throw new Transient('contention', { cause: error });
      await backOff(attempt);
    }
  }
}

function onMainTable(item: TransactItem): AwsTransactItem {
  const [action, request] = Object.entries(item)[0] as [keyof AwsTransactItem, Row];
  return { [action]: { TableName: tableName(), ...request } };
}

/** The failed conditions; undefined where the transaction may be tried again; throws what neither is. */
function conditionsFailed(error: unknown): FailedCondition[] | undefined {
  const { name, CancellationReasons } = error as Error & { CancellationReasons?: readonly CancellationReason[] };
  if (name !== 'TransactionCanceledException' || !CancellationReasons) throw error;
  const failed = CancellationReasons.flatMap(({ Code, Item }, index) =>
    Code === 'ConditionalCheckFailed' ? [{ index, code: Code, ...(Item ? { item: unmarshall(Item) } : {}) }] : [],
  );
  if (failed.length > 0) return failed;
  const others = CancellationReasons.map(({ Code = 'None' }) => Code).filter((code) => code !== 'None');
  if (others.length > 0 && others.every((code) => code === 'TransactionConflict')) return undefined;
  if (others.some((code) => THROTTLES.test(code))) throw new Transient('throttled', { cause: error });
  throw error;
}

/** Runs the work for every item, at most `limit` at a time; results keep the order of the items. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(items.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results;
}
