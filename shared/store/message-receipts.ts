/** What providers tell us of messages: by our own id of each, in any order and as often as they like. */
import type { Channel } from '../domain/channels.ts';
import type { Instant } from '../domain/dates.ts';
import { type DeliveryState, rankOf } from '../domain/delivery.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import { batchGet, getItem, type Key, putItem, type Row, remindersTableName } from './table.ts';

export interface MessageReceipt {
  /** Ours. */
  readonly messageId: string;
  readonly channel: Channel;
  readonly state: DeliveryState;
  /** When we were told. */
  readonly at: Instant;
  readonly providerReference: string | null;
  /** Why it failed, in our words … */
  readonly reason?: ReasonCode;
  /** … and as the provider counts its errors. */
  readonly providerCode?: string;
}

function key(messageId: string): Key {
  return { pk: `RECEIPTOF#${messageId}`, sk: 'RECEIPT' };
}

function receiptOf(row: Row): MessageReceipt {
  const { pk: _pk, sk: _sk, type: _type, rank: _rank, ...receipt } = row;
  return receipt as unknown as MessageReceipt;
}

/** The furthest a message came stands, whatever is told after. @returns whether this was news */
export async function noteReceipt(receipt: MessageReceipt): Promise<boolean> {
  const rank = rankOf(receipt.state);
  const { ok } = await putItem({
    TableName: remindersTableName(),
    Item: { ...key(receipt.messageId), type: 'message_receipt', ...receipt, rank },
    ConditionExpression: 'attribute_not_exists(pk) OR #rank < :rank',
    ExpressionAttributeNames: { '#rank': 'rank' },
    ExpressionAttributeValues: { ':rank': rank },
  });
  return ok;
}

export async function readReceipt(messageId: string): Promise<MessageReceipt | null> {
  const row = await getItem(key(messageId), { table: remindersTableName() });
  return row ? receiptOf(row) : null;
}

/** Those that there are, by our id of the message. */
export async function readReceipts(messageIds: readonly string[]): Promise<Map<string, MessageReceipt>> {
  const rows = await batchGet(messageIds.map(key), { table: remindersTableName(), consistent: false });
  return new Map(rows.map(receiptOf).map((receipt) => [receipt.messageId, receipt]));
}
