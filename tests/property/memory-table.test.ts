/** The table in memory, on which the other properties stand, does what the engine of the embedded stage does. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Item } from '../support/expressions.ts';
import { MemoryTables } from '../support/memory-table.ts';
import { startTestTables } from '../unit/store/engine.ts';

const COMMANDS = {
  Get: GetCommand,
  Put: PutCommand,
  Update: UpdateCommand,
  Delete: DeleteCommand,
  Query: QueryCommand,
  Scan: ScanCommand,
  BatchGet: BatchGetCommand,
  TransactWrite: TransactWriteCommand,
} as unknown as Record<string, new (input: Item) => Parameters<DynamoDBDocumentClient['send']>[0]>;

const TABLE = 'test-table';
const WAITING = { waiting: { hash: 'waitingKey', sort: 'waitingSort', keysOnly: false } };
let stop: () => Promise<void>;
let engine: DynamoDBDocumentClient;
let memory: MemoryTables;
beforeAll(async () => {
  stop = await startTestTables();
  const marshallOptions = { removeUndefinedValues: true };
  engine = DynamoDBDocumentClient.from(new DynamoDBClient({}), { marshallOptions });
  memory = new MemoryTables();
  memory.create(TABLE, WAITING);
});
afterAll(async () => {
  engine.destroy();
  await stop();
});

type Send = (name: string, input: Item) => Promise<Item>;
const toEngine: Send = (name, input) => engine.send(new COMMANDS[name]!(input)) as Promise<unknown> as Promise<Item>;
const toMemory: Send = (name, input) => memory.execute(name, input);

/** What a caller can see of an answer. */
async function seen(send: Send, name: string, input: Item): Promise<unknown> {
  try {
    const { Item: row, Items, Attributes, Responses, LastEvaluatedKey: lastKey } = await send(name, input);
    const inOrder = name === 'Scan' ? byKey(Items as Item[]) : Items;
    const found = { row, Items: inOrder, Attributes, batch: Responses && byKey((Responses as Item)[TABLE] as Item[]) };
    if (!lastKey) return found;
    return [found, await seen(send, name, { ...input, ExclusiveStartKey: lastKey })];
  } catch (error) {
    const { name: errorName, CancellationReasons: reasons, Item: row } = error as Error & Record<string, unknown>;
    return { errorName, row, codes: (reasons as { Code: string }[] | undefined)?.map(({ Code }) => Code) };
  }
}

function byKey(rows: readonly Item[]): Item[] {
  return rows.toSorted((a, b) => (`${a.pk}${a.sk}` < `${b.pk}${b.sk}` ? -1 : 1));
}

const keys = fc.record({ pk: fc.constantFrom('A', 'B'), sk: fc.constantFrom('L#1', 'L#2', 'M', 'N#3') });
const small = fc.integer({ min: 0, max: 3 });
const place = fc.option(fc.constantFrom('1', '2'), { nil: undefined });
const months = fc.option(
  fc.uniqueArray(fc.constantFrom('01', '02', '03'), { minLength: 1 }).map((all) => new Set(all)),
  { nil: undefined },
);
const rows = fc
  .tuple(keys, fc.record({ n: small, months, waitingSort: place, parts: fc.array(small, { maxLength: 2 }) }))
  .map(
    ([key, facts]): Item => ({ ...key, ...facts, type: facts.n > 1 ? 'x' : 'y', waitingKey: facts.waitingSort && 'W' }),
  );

/** A condition with the values it needs. */
const conditions = fc.oneof(
  fc.constant({}),
  fc
    .constantFrom('attribute_not_exists(pk)', 'attribute_exists(waitingSort)')
    .map((ConditionExpression) => ({ ConditionExpression })),
  fc
    .tuple(small, fc.constantFrom('n = :a', 'n < :a OR attribute_not_exists(pk)', 'NOT n = :a'))
    .map(([a, condition]) => ({
      ConditionExpression: condition,
      ExpressionAttributeValues: { ':a': a },
    })),
  fc.tuple(fc.constantFrom('01', '02'), small).map(([month, a]) => ({
    ConditionExpression: 'NOT contains(months, :m) AND (n >= :a OR n <> :a)',
    ExpressionAttributeValues: { ':m': month, ':a': a },
  })),
  fc.array(small, { maxLength: 2 }).map((parts) => ({
    ConditionExpression: 'parts = :l',
    ExpressionAttributeValues: { ':l': parts },
  })),
);
const changes = fc.oneof(
  small.map((n) => ({
    UpdateExpression: 'SET n = :n REMOVE waitingKey, waitingSort',
    ExpressionAttributeValues: { ':n': n },
  })),
  fc.constant({ UpdateExpression: 'ADD months :s', ExpressionAttributeValues: { ':s': new Set(['03', '04']) } }),
  fc.constant({
    UpdateExpression: 'SET firstN = if_not_exists(firstN, :f) ADD n :one',
    ExpressionAttributeValues: { ':f': 1, ':one': 1 },
  }),
  fc.constant({ UpdateExpression: 'SET n = n + :one', ExpressionAttributeValues: { ':one': 1 } }),
);

const withTable = <Input extends object>(input: Input) => ({ TableName: TABLE, ...input });
const puts = fc.tuple(rows, conditions).map(([row, condition]) => withTable({ Item: row, ...condition }));
const updates = fc.tuple(keys, changes, conditions).map(([key, change, condition]) =>
  withTable({
    Key: key,
    ...change,
    ...condition,
    ExpressionAttributeValues: {
      ...change.ExpressionAttributeValues,
      ...('ExpressionAttributeValues' in condition ? condition.ExpressionAttributeValues : {}),
    },
  }),
);
const onFailure = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
const calls = fc.oneof(
  { weight: 4, arbitrary: puts.map((input) => ['Put', input] as const) },
  { weight: 3, arbitrary: updates.map((input) => ['Update', { ...input, ReturnValues: 'ALL_NEW' }] as const) },
  { weight: 1, arbitrary: updates.map((input) => ['Update', { ...input, ...onFailure }] as const) },
  { weight: 1, arbitrary: keys.map((key) => ['Delete', withTable({ Key: key })] as const) },
  { weight: 1, arbitrary: keys.map((key) => ['Get', withTable({ Key: key })] as const) },
  {
    weight: 2,
    arbitrary: fc
      .array(
        fc.oneof(
          puts.map((Put) => ({ Put })),
          updates.map((Update) => ({ Update })),
        ),
        { minLength: 1, maxLength: 4 },
      )
      .map((TransactItems) => ['TransactWrite', { TransactItems }] as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .uniqueArray(keys, { minLength: 1, selector: ({ pk, sk }) => pk + sk })
      .map((Keys) => ['BatchGet', { RequestItems: { [TABLE]: { Keys } } }] as const),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        condition: fc.constantFrom('pk = :p AND begins_with(sk, :s)', 'pk = :p AND sk < :s', 'pk = :p AND sk >= :s'),
        p: fc.constantFrom('A', 'B'),
        s: fc.constantFrom('L#', 'M', 'N'),
        Limit: fc.integer({ min: 1, max: 3 }),
        ScanIndexForward: fc.boolean(),
      })
      .map(
        ({ condition, p, s, ...others }) =>
          [
            'Query',
            withTable({
              KeyConditionExpression: condition,
              ExpressionAttributeValues: { ':p': p, ':s': s },
              ...others,
            }),
          ] as const,
      ),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 3 }).map(
      (Limit) =>
        [
          'Query',
          withTable({
            IndexName: 'waiting',
            KeyConditionExpression: 'waitingKey = :w',
            ExpressionAttributeValues: { ':w': 'W' },
            Limit,
          }),
        ] as const,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant([
      'Scan',
      withTable({
        FilterExpression: '#t IN (:x, :z)',
        ProjectionExpression: 'pk, sk, n',
        ExpressionAttributeNames: { '#t': 'type' },
        ExpressionAttributeValues: { ':x': 'x', ':z': 'z' },
      }),
    ] as const),
  },
);

it('answers any sequence of commands as the engine does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(calls, { minLength: 5, maxLength: 25 }), async (commands) => {
      for (const [name, input] of commands)
        expect(await seen(toMemory, name, input)).toEqual(await seen(toEngine, name, input));
    }),
    { numRuns: 60, interruptAfterTimeLimit: 15_000 },
  );
});
