/**
 * Counts what the tables charge, for cost figures that are measured: on where `MEASURE_CAPACITY` is set. It asks for
 * the consumed capacity of each call, indexes included, and adds it up by table.
 */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

interface Charge {
  readonly TableName?: string;
  readonly CapacityUnits?: number;
  readonly WriteCapacityUnits?: number;
}

export interface Consumed {
  calls: number;
  readUnits: number;
  writeUnits: number;
}

const consumedByTable = new Map<string, Consumed>();

export function consumedCapacity(): Record<string, Consumed> {
  return Object.fromEntries([...consumedByTable].map(([table, consumed]) => [table, { ...consumed }]));
}

function add(isWrite: boolean, { TableName = '', CapacityUnits = 0 }: Charge): void {
  const consumed = consumedByTable.get(TableName) ?? { calls: 0, readUnits: 0, writeUnits: 0 };
  consumedByTable.set(TableName, consumed);
  consumed.calls += 1;
  if (isWrite) consumed.writeUnits += CapacityUnits;
  else consumed.readUnits += CapacityUnits;
}

const WRITES = /^(Put|Update|Delete|TransactWrite|BatchWrite)/;

export function measureCapacity(client: DynamoDBDocumentClient): void {
  if (!process.env.MEASURE_CAPACITY) return;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
      const result = await next(args);
      const { ConsumedCapacity } = result.output as { ConsumedCapacity?: Charge | Charge[] };
      const charges = Array.isArray(ConsumedCapacity) ? ConsumedCapacity : ConsumedCapacity ? [ConsumedCapacity] : [];
      for (const charge of charges) add(WRITES.test(context.commandName ?? ''), charge);
      return result;
    },
    { step: 'initialize', name: 'measureCapacity', priority: 'high' },
  );
}
