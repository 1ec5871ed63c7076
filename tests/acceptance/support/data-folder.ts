/** Looks at what the embedded engine keeps, past every API: rows of the main table, files of queues and executions. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import type { System } from './system.ts';

/** Every row of every table, as one text each, by table. */
export function scanTables(system: System): Promise<Map<string, string>> {
  return ofEachTable(system, scan);
}

/** How many payments are booked, counted where they lie: also where they are too many for one request of the API. */
export async function countPaidDonations(system: System): Promise<number> {
  const counts = await ofEachTable(system, async (client, TableName) => {
    const pages = paginateScan(
      { client },
      {
        TableName,
        Select: 'COUNT',
        FilterExpression: '#type = :donation AND #status = :paid',
        ExpressionAttributeNames: { '#type': 'type', '#status': 'status' },
        ExpressionAttributeValues: { ':donation': { S: 'donation' }, ':paid': { S: 'paid' } },
      },
    );
    let sum = 0;
    for await (const { Count = 0 } of pages) sum += Count;
    return sum;
  });
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

async function ofEachTable<Value>(
  system: System,
  read: (client: DynamoDBClient, tableName: string) => Promise<Value>,
): Promise<Map<string, Value>> {
  const endpoint = /Dynoxide listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(system.stderr())?.[1];
  if (endpoint === undefined) throw new Error('the engine did not say where its tables are');
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'ap-southeast-3', credentials });
  try {
    const { TableNames = [] } = await client.send(new ListTablesCommand({}));
    const tables = new Map<string, Value>();
    for (const name of TableNames) tables.set(name, await read(client, name));
    return tables;
  } finally {
    client.destroy();
  }
}

async function scan(client: DynamoDBClient, TableName: string): Promise<string> {
  const rows: string[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName }))
    rows.push(...Items.map((item) => JSON.stringify(item)));
  return rows.join('\n');
}

/** Files of the data folder but those of the tables, raw. */
export function filesBesideTables(system: System): Map<string, Buffer> {
  const folder = join(system.folder, 'data');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('tables.'))
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [file, readFileSync(file)]));
}
