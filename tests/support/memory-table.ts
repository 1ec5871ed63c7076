/**
 * DynamoDB in memory, below the document client, so that the product's own store runs on it unchanged. Each command
 * happens at once and whole; `faults` is asked before and after it and may throw (a crash, or an answer that is lost)
 * or do something else first (another process).
 */
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { conditionOf, sameValue } from './conditions.ts';
import { type Item, Placeholders, projectionOf, ValidationException } from './expressions.ts';
import { type Call, type Faults, takeOver } from './faults.ts';
import { keyConditionOf } from './key-conditions.ts';
import { type IndexKeys, MemoryRows } from './memory-rows.ts';
import { ConditionFailed, TransactionCanceled } from './table-errors.ts';
import { updated } from './updates.ts';

interface Request {
  readonly TableName: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly ProjectionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
  readonly IndexName?: string;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Item;
  readonly ScanIndexForward?: boolean;
  readonly ReturnValues?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

/** Small pages, so that everything that reads several is seen to. */
const PAGE_ROWS = 60;
const SCAN_PAGE_ROWS = 300;
const MAXIMUM_TRANSACT_ITEMS = 100;
const MAXIMUM_BATCH_KEYS = 100;

type Write = { readonly rows: MemoryRows; readonly before: Item | undefined; readonly apply: () => Item | undefined };

export class MemoryTables {
  faults: Faults = {};
  readonly #tables = new Map<string, MemoryRows>();

  create(name: string, indexes: Readonly<Record<string, IndexKeys>> = {}): MemoryRows {
    const rows = new MemoryRows(indexes);
    this.#tables.set(name, rows);
    return rows;
  }

  drop(name: string): void {
    this.#tables.delete(name);
  }

  /** Takes the place of every document client. @returns how to give it back */
  install(): () => void {
    return takeOver(DynamoDBDocumentClient, (command) =>
      this.execute(command.constructor.name.replace('Command', ''), command.input as Item),
    );
  }

  async execute(name: string, input: Item): Promise<Item> {
    const call: Call = { service: 'table', name, input };
    await this.faults.before?.(call);
    const output = this.#run(name, input);
    await this.faults.after?.(call);
    return output as Item;
  }

  #run(name: string, input: Item): unknown {
    const request = input as unknown as Request;
    switch (name) {
      case 'Get':
        return { Item: copyOf(this.#rowsOf(request).get(keyOf(request.Key))) };
      case 'Put':
      case 'Update':
      case 'Delete':
        return this.#writeOne(name, request);
      case 'Query':
        return this.#query(request);
      case 'Scan':
        return this.#scan(request);
      case 'BatchGet':
        return this.#batchGet(input.RequestItems as Record<string, { Keys: Item[] }>);
      case 'TransactWrite':
        return this.#transactWrite(input.TransactItems as Item[]);
    }
    throw new ValidationException(`command ${name} is not supported`);
  }

  #rowsOf({ TableName }: Pick<Request, 'TableName'>): MemoryRows {
    const rows = this.#tables.get(TableName);
    if (!rows) throw new ValidationException(`no table ${TableName}`);
    return rows;
  }

  /** Checks the condition of a write and says how to do it; nothing has happened yet. */
  #prepare(name: string, request: Request): Write {
    const rows = this.#rowsOf(request);
    const key = name === 'Put' ? (request.Item as Item) : keyOf(request.Key);
    const before = rows.get(key);
    const placeholders = new Placeholders(request.ExpressionAttributeNames, request.ExpressionAttributeValues);
    const { ConditionExpression: condition, UpdateExpression: update } = request;
    placeholders.assertAllUsed(condition, update);
    if (condition !== undefined && !conditionOf(condition)(before ?? {}, placeholders))
      throw new ConditionFailed(request, before);
    const after = name === 'Update' ? updated(before ?? key, update as string, placeholders) : request.Item;
    if (name === 'Update') assertSameKey(key, after as Item);
    const apply = () => {
      if (name === 'Delete') rows.delete(key);
      else if (name !== 'ConditionCheck') rows.put(after as Item);
      return rows.get(key);
    };
    return { rows, before, apply };
  }

  #writeOne(name: string, request: Request): unknown {
    const { before, apply } = this.#prepare(name, request);
    const after = apply();
    switch (request.ReturnValues ?? 'NONE') {
      case 'NONE':
        return {};
      case 'ALL_OLD':
        return { Attributes: copyOf(before) };
      case 'ALL_NEW':
        return { Attributes: copyOf(after) };
    }
    throw new ValidationException(`ReturnValues ${request.ReturnValues} is not supported`);
  }

  #transactWrite(items: readonly Item[]): unknown {
    if (items.length === 0 || items.length > MAXIMUM_TRANSACT_ITEMS)
      throw new ValidationException(`${items.length} items in a transaction`);
    const requests = items.map((item) => Object.entries(item)[0] as [string, Request]);
    const touched = requests.map(([, { TableName, Key, Item: row }]) => {
      const { pk, sk } = (Key ?? row) as Item;
      return `${TableName}\n${pk}\n${sk}`;
    });
    if (new Set(touched).size < touched.length)
      throw new ValidationException('a transaction names an item more than once');
    const prepared = requests.map(([name, request]) => {
      try {
        return this.#prepare(name, request);
      } catch (error) {
        if (error instanceof ConditionFailed || error instanceof ValidationException) return error;
        throw error;
      }
    });
    const failures = prepared.map((write) => (write instanceof Error ? write : undefined));
    if (failures.some(Boolean)) throw new TransactionCanceled(failures);
    for (const write of prepared) (write as Write).apply();
    return {};
  }

  #query(request: Request): unknown {
    const placeholders = new Placeholders(request.ExpressionAttributeNames, request.ExpressionAttributeValues);
    const condition = keyConditionOf(request.KeyConditionExpression as string);
    const { items, lastKey } = this.#rowsOf(request).query(
      request.IndexName,
      (hash, sort) => condition(hash, sort, placeholders),
      {
        limit: Math.min(request.Limit ?? PAGE_ROWS, PAGE_ROWS),
        forward: request.ScanIndexForward !== false,
        start: request.ExclusiveStartKey,
      },
    );
    return { Items: shown(items, request, placeholders), LastEvaluatedKey: lastKey };
  }

  #scan(request: Request): unknown {
    if (request.IndexName !== undefined) throw new ValidationException('no index is scanned');
    const placeholders = new Placeholders(request.ExpressionAttributeNames, request.ExpressionAttributeValues);
    const limit = Math.min(request.Limit ?? SCAN_PAGE_ROWS, SCAN_PAGE_ROWS);
    const page: Item[] = [];
    for (const row of this.#rowsOf(request).after(request.ExclusiveStartKey)) {
      page.push(row);
      if (page.length === limit) break;
    }
    const last = page.length === limit ? page.at(-1) : undefined;
    return {
      Items: shown(page, request, placeholders),
      LastEvaluatedKey: last && { pk: last.pk, sk: last.sk },
    };
  }

  /** A batch comes in no order: here always backwards. */
  #batchGet(requests: Readonly<Record<string, { readonly Keys: readonly Item[] }>>): unknown {
    const Responses: Record<string, Item[]> = {};
    for (const [TableName, { Keys }] of Object.entries(requests)) {
      const names = new Set(Keys.map(({ pk, sk }) => `${pk}\n${sk}`));
      if (Keys.length > MAXIMUM_BATCH_KEYS || names.size < Keys.length)
        throw new ValidationException('too many keys in a batch, or one twice');
      const rows = this.#rowsOf({ TableName });
      Responses[TableName] = Keys.map((key) => copyOf(rows.get(keyOf(key))))
        .filter((row) => row !== undefined)
        .reverse();
    }
    return { Responses };
  }
}

function keyOf(key: Item | undefined): Item {
  const { pk, sk, ...others } = key ?? {};
  if (typeof pk !== 'string' || typeof sk !== 'string' || Object.keys(others).length > 0)
    throw new ValidationException(`not the key of a row: ${JSON.stringify(key)}`);
  return { pk, sk };
}

function assertSameKey(key: Item, { pk, sk }: Item): void {
  if (!sameValue(key, { pk, sk })) throw new ValidationException('an update cannot change the key');
}

/** Stored rows are frozen; a caller gets one to keep. */
function copyOf(row: Item | undefined): Item | undefined {
  return row && { ...row };
}

/** What a page gives to its reader: the rows the filter keeps, as far as the projection shows them. */
function shown(items: readonly Item[], request: Request, placeholders: Placeholders): Item[] {
  const { KeyConditionExpression, FilterExpression, ProjectionExpression } = request;
  placeholders.assertAllUsed(KeyConditionExpression, FilterExpression, ProjectionExpression);
  const keep = FilterExpression === undefined ? () => true : conditionOf(FilterExpression);
  const show = ProjectionExpression === undefined ? (row: Item) => ({ ...row }) : projectionOf(ProjectionExpression);
  return items.filter((row) => keep(row, placeholders)).map((row) => show(row, placeholders));
}
