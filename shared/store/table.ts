/**
 * Every call to DynamoDB goes through here: one client, consistent reads, and one place that decides what a failed
 * write means. A failed condition is an answer and returned; contention and throttling are Transient; the rest is thrown.
 */
import {
  BatchGetCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { Transient } from '../errors.ts';
import { backOff, CONFLICT_TRIES, call, client, type Key, type OnTable, type Row, tableName } from './table-client.ts';

export { type Key, type Row, remindersTableName, tableName, vaultTableName } from './table-client.ts';
export { type FailedCondition, type TransactItem, type TransactResult, transact } from './transact.ts';

/** `item`: after the write where it succeeded and was asked for, else the row that stood in the way. */
export type WriteResult = { readonly ok: boolean; readonly item?: Row };

const BATCH_GET_KEYS = 100;

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
        new ScanCommand({
          TableName: tableName(),
          ConsistentRead: scan.IndexName === undefined,
          ...scan,
          ExclusiveStartKey: start,
        }),
      ),
    );
    yield page.Items ?? [];
    start = page.LastEvaluatedKey;
  } while (start);
}

/** The rows that exist, in no order. Inconsistent, a read costs half and may not see the last second's writes. */
export async function batchGet(keys: readonly Key[], { table = tableName(), consistent = true } = {}): Promise<Row[]> {
  const unique = [...new Map(keys.map((key) => [`${key.pk}\n${key.sk}`, key])).values()];
  const rows: Row[] = [];
  for (let first = 0; first < unique.length; first += BATCH_GET_KEYS)
    rows.push(...(await batchGetChunk(unique.slice(first, first + BATCH_GET_KEYS), table, consistent)));
  return rows;
}

async function batchGetChunk(keys: readonly Key[], table: string, consistent: boolean): Promise<Row[]> {
  const rows: Row[] = [];
  let left: Row[] = keys.map(({ pk, sk }) => ({ pk, sk }));
  for (let attempt = 0; left.length > 0; attempt += 1) {
    if (attempt >= CONFLICT_TRIES) throw new Transient('throttled', { detail: 'keys left unread by a batch' });
    if (attempt > 0) await backOff(attempt);
    const answer = await call(() =>
      client().send(new BatchGetCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead: consistent } } })),
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

/** One page of all rows of a type, in no order, and where the next begins. */
export async function scanPage(
  type: string,
  start: Row | undefined,
): Promise<{ items: Row[]; lastKey: Row | undefined }> {
  const page = await call(() =>
    client().send(
      new ScanCommand({
        TableName: tableName(),
        ConsistentRead: true,
        FilterExpression: '#type = :type',
        ExpressionAttributeNames: { '#type': 'type' },
        ExpressionAttributeValues: { ':type': type },
        ExclusiveStartKey: start,
      }),
    ),
  );
  return { items: page.Items ?? [], lastKey: page.LastEvaluatedKey };
}

export interface TypeScan {
  readonly types: readonly string[];
  /** The attributes wanted; all of them unless given. A row costs by what is read of it. */
  readonly attributes?: readonly string[];
  readonly table?: string;
}

/** Every row of some types, in no order. */
export function scanTypes({ types, attributes, table = tableName() }: TypeScan): AsyncGenerator<Row[]> {
  const values = types.map((_, index) => `:type${index}`);
  const names = (attributes ?? []).map((_, index) => `#attribute${index}`);
  return scanPages({
    TableName: table,
    FilterExpression: `#type IN (${values.join(', ')})`,
    ...(attributes ? { ProjectionExpression: names.join(', ') } : {}),
    ExpressionAttributeNames: {
      '#type': 'type',
      ...Object.fromEntries((attributes ?? []).map((attribute, index) => [names[index], attribute])),
    },
    ExpressionAttributeValues: Object.fromEntries(types.map((type, index) => [values[index], type])),
  });
}
