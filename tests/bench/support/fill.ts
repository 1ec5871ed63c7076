/** Puts many rows into a table at once: what they would have become is known, how they came there is not measured. */
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { inParallel } from '../../../shared/parallel.ts';
import { type Row, tableName } from '../../../shared/store/table.ts';
import { client } from '../../../shared/store/table-client.ts';

const BATCH_ROWS = 25;
const BATCHES_AT_ONCE = 8;
const ROWS_IN_HAND = 20_000;

async function putBatch(rows: readonly Row[]): Promise<void> {
  const RequestItems = { [tableName()]: rows.map((Item) => ({ PutRequest: { Item } })) };
  const { UnprocessedItems } = await client().send(new BatchWriteCommand({ RequestItems }));
  if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error('the table did not take every row');
}

/** @param rowOf the row of a number from `first` on */
export async function fillTable(first: number, count: number, rowOf: (number: number) => Row): Promise<void> {
  for (let done = 0; done < count; done += ROWS_IN_HAND) {
    const rows = Array.from({ length: Math.min(ROWS_IN_HAND, count - done) }, (_, index) =>
      rowOf(first + done + index),
    );
    const batches = Array.from({ length: Math.ceil(rows.length / BATCH_ROWS) }, (_, index) =>
      rows.slice(index * BATCH_ROWS, (index + 1) * BATCH_ROWS),
    );
    await inParallel(batches, BATCHES_AT_ONCE, putBatch);
  }
}
