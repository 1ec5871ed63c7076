/** The messages that would have gone out, as the outbox adapter leaves them in the vault, and replies to them. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { OUTBOX_SIGNATURE, type OutboxReply, signOutboxReply } from '../../shared/messengers/outbox.ts';
import type { Outbox } from './http/local-routes.ts';
import type { TableResource } from './template/resources.ts';

export interface OpenOutbox extends Outbox {
  close(): void;
}

/** @param key signs replies, as a provider signs what it tells us */
export function outboxOf(tables: readonly TableResource[], endpoint: string, key: string): OpenOutbox {
  const vault = tables.find(({ role }) => role === 'vault');
  const client = new DynamoDBClient({ endpoint });
  const documents = DynamoDBDocumentClient.from(client);

  async function items(): Promise<Record<string, unknown>[]> {
    if (!vault) return [];
    const found: Record<string, unknown>[] = [];
    const query = {
      TableName: vault.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': 'OUTBOX' },
    };
    for await (const page of paginateQuery({ client: documents }, query)) found.push(...(page.Items ?? []));
    return found.map(({ pk: _pk, sk, ...item }) => ({ id: sk, ...item }));
  }

  return {
    items,
    async reply(id, text, address) {
      const message = (await items()).find((item) => item.id === id);
      if (!message) return null;
      const reply = { from: message.to, channel: message.channel, text } as OutboxReply;
      const body = Buffer.from(JSON.stringify(reply));
      const headers = { 'content-type': 'application/json', [OUTBOX_SIGNATURE]: signOutboxReply(key, body) };
      const answer = await fetch(`${address}/webhooks/messaging/outbox`, { method: 'POST', headers, body });
      return answer.status;
    },
    close: () => client.destroy(),
  };
}
