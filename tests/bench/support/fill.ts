/** Puts many rows into a table at once: what they would have become is known, how they came there is not measured. */
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { inParallel } from '../../../shared/parallel.ts';
import { type Row, tableName } from '../../../shared/store/table.ts';
import { client } from '../../../shared/store/table-client.ts';

/** Of a batch the table engine commits every row by itself, of a transaction all at once, which is eight times as fast. */
const TRANSACTION_ROWS = 100;
const TRANSACTIONS_AT_ONCE = 2;
const ROWS_IN_HAND = 20_000;

async function putRows(rows: readonly Row[]): Promise<void> {
  const TransactItems = rows.map((Item) => ({ Put: { TableName: tableName(), Item } }));
  await client().send(new TransactWriteCommand({ TransactItems }));
}

/** @param rowOf the row of a number from `first` on */
export async function fillTable(first: number, count: number, rowOf: (number: number) => Row): Promise<void> {
  for (let done = 0; done < count; done += ROWS_IN_HAND) {
    const rows = Array.from({ length: Math.min(ROWS_IN_HAND, count - done) }, (_, index) =>
      rowOf(first + done + index),
    );
    const transactions = Array.from({ length: Math.ceil(rows.length / TRANSACTION_ROWS) }, (_, index) =>
      rows.slice(index * TRANSACTION_ROWS, (index + 1) * TRANSACTION_ROWS),
    );
    await inParallel(transactions, TRANSACTIONS_AT_ONCE, putRows);
  }
}
