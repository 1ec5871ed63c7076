/** Real tables for tests in which what the database does is the point: conditions, transactions, sets. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, type KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { startTables } from '../../../infra/local/tables/dynoxide.ts';

const keySchema = (hash: string, range: string): KeySchemaElement[] => [
  { AttributeName: hash, KeyType: 'HASH' },
  { AttributeName: range, KeyType: 'RANGE' },
];

/** Starts an engine with an empty table and an empty vault, points the environment at it, and returns how to stop it. */
export async function startTestTables(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'lingkaran-test-'));
  const server = await startTables(folder, 0);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: server.url,
    AWS_REGION: 'ap-southeast-3',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    TABLE_NAME: 'test-table',
    REMINDERS_TABLE_NAME: 'test-reminders',
    VAULT_TABLE_NAME: 'test-vault',
  });
  const client = new DynamoDBClient({});
  const names = ['pk', 'sk', 'waitingKey', 'waitingSort'];
  await client.send(
    new CreateTableCommand({
      TableName: 'test-table',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keySchema('pk', 'sk'),
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      GlobalSecondaryIndexes: [
        {
          IndexName: 'waiting',
          KeySchema: keySchema('waitingKey', 'waitingSort'),
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  for (const TableName of ['test-reminders', 'test-vault'])
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: keySchema('pk', 'sk'),
        AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      }),
    );
  client.destroy();
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
