/** The messages that would have gone out, as the outbox adapter leaves them in the vault. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Outbox } from './http/local-routes.ts';
import type { TableResource } from './template/resources.ts';

export interface OpenOutbox extends Outbox {
  close(): void;
}

export function outboxOf(tables: readonly TableResource[], endpoint: string): OpenOutbox {
  const vault = tables.find(({ role }) => role === 'vault');
  const client = new DynamoDBClient({ endpoint });
  const documents = DynamoDBDocumentClient.from(client);
  return {
    async items() {
      if (!vault) return [];
      const items: Record<string, unknown>[] = [];
      const query = {
        TableName: vault.name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': 'OUTBOX' },
      };
      for await (const page of paginateQuery({ client: documents }, query)) items.push(...(page.Items ?? []));
      return items.map(({ pk: _pk, sk, ...item }) => ({ id: sk, ...item }));
    },
    close: () => client.destroy(),
  };
}
