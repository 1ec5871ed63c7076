/** Makes the tables of the template that are not there yet. */
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import type { TableResource } from '../template/resources.ts';

type Input = CreateTableCommandInput;

export async function createTables(resources: readonly TableResource[], endpoint: string): Promise<void> {
  const client = new DynamoDBClient({ endpoint });
  try {
    await Promise.all(resources.map((resource) => createIfAbsent(client, resource)));
  } finally {
    client.destroy();
  }
}

async function createIfAbsent(client: DynamoDBClient, { name, properties }: TableResource): Promise<void> {
  if (await exists(client, name)) return;
  await client.send(
    new CreateTableCommand({
      TableName: name,
      AttributeDefinitions: properties.AttributeDefinitions as Input['AttributeDefinitions'],
      KeySchema: properties.KeySchema as Input['KeySchema'],
      GlobalSecondaryIndexes: indexes(properties.GlobalSecondaryIndexes),
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const timeToLive = properties.TimeToLiveSpecification as { AttributeName: string; Enabled: boolean } | undefined;
  if (timeToLive)
    await client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification: timeToLive }));
}

async function exists(client: DynamoDBClient, name: string): Promise<boolean> {
  try {
    await client.send(new DescribeTableCommand({ TableName: name }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}

function indexes(given: unknown): Input['GlobalSecondaryIndexes'] {
  const list = (given ?? []) as NonNullable<Input['GlobalSecondaryIndexes']>;
  if (list.length === 0) return undefined;
  return list.map(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }));
}
