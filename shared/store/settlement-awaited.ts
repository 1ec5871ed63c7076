/**
 * Money a channel said was paid, and has not been named by its settlement statement yet. The row is written with the
 * payment itself; the first word of a statement, or of the channel's own list, takes it off the `due` index.
 */
import type { Instant } from '../domain/dates.ts';
import type { Donation } from '../domain/donation.ts';
import { type DonationId, shardOf } from '../domain/ids.ts';
import type { Rupiah } from '../domain/money.ts';
import { Transient } from '../errors.ts';
import { batchGet, queryPages, type Row, type TransactItem, transact, updateItem } from './table.ts';

/** So many partitions share the rows that wait: none of them grows hot. */
const SHARDS = 4;
/** They book from what is itself the last word: a bank's statement, a branch office's receipt, gifts made of gifts. */
const OWN_WORD = /^(?:gathered$|bank:|receipt:)/;

export interface AwaitedSettlement {
  readonly donationId: DonationId;
  readonly gateway: string;
  readonly paymentId: string;
  readonly amountRupiah: Rupiah;
  readonly paidAt: Instant;
}

function settlementKey(donationId: DonationId) {
  return { pk: `DONATION#${donationId}`, sk: 'SETTLEMENT' };
}

export function awaitsSettlement({ gateway, status }: Donation): boolean {
  return status === 'paid' && !OWN_WORD.test(gateway);
}

/** Refused where a statement named the payment before it was booked: then `settledItem` is what to write. */
export function awaitedItem(donation: Donation): TransactItem {
  const { donationId, gateway, paidAt } = donation;
  const due = {
    dueKey: `DUE#settlement#${shardOf(donationId, SHARDS)}`,
    dueSort: `${paidAt}#${gateway}#${donationId}`,
  };
  const Item = { ...settlementKey(donationId), ...factsOf(donation), ...due };
  return { Put: { Item, ConditionExpression: 'attribute_not_exists(pk)' } };
}

/** The facts of a payment that was settled before it was booked. */
export function settledItem(donation: Donation): TransactItem {
  const facts = Object.entries(factsOf(donation));
  return {
    Update: {
      Key: settlementKey(donation.donationId),
      UpdateExpression: `SET ${facts.map(([name]) => `#${name} = :${name}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(facts.map(([name]) => [`#${name}`, name])),
      ExpressionAttributeValues: Object.fromEntries(facts.map(([name, value]) => [`:${name}`, value])),
    },
  };
}

function factsOf({ donationId, gateway, paymentId, receivedRupiah, paidAt }: Donation): Row {
  return { type: 'settlement', donationId, gateway, paymentId, amountRupiah: receivedRupiah, paidAt };
}

/**
 * A statement named the payment, booked by now or not. Said twice it is the same; a payout's id that comes later is
 * added.
 */
export async function markSettled(donationId: DonationId, payoutId: string | null, at: Instant): Promise<void> {
  const payout = payoutId === null ? '' : ', payoutId = :payoutId';
  await updateItem({
    Key: settlementKey(donationId),
    UpdateExpression: `SET settledAt = if_not_exists(settledAt, :at), #type = :type${payout} REMOVE dueKey, dueSort`,
    ConditionExpression: `attribute_not_exists(${payoutId === null ? 'settledAt' : 'payoutId'})`,
    ExpressionAttributeNames: { '#type': 'type' },
    ExpressionAttributeValues: {
      ':at': at,
      ':type': 'settlement',
      ...(payoutId === null ? {} : { ':payoutId': payoutId }),
    },
  });
}

export interface SettledPayment {
  readonly donationId: DonationId;
  readonly payoutId: string | null;
}

/** As many as one transaction writes. */
const SETTLED_AT_ONCE = 100;

/** The same for many payments: a hundred to a transaction take a tenth of the work of a hundred writes. */
export async function markAllSettled(payments: readonly SettledPayment[], at: Instant): Promise<void> {
  const unique = [...new Map(payments.map((payment) => [payment.donationId, payment])).values()];
  for (let first = 0; first < unique.length; first += SETTLED_AT_ONCE) {
    const { ok } = await transact(
      unique.slice(first, first + SETTLED_AT_ONCE).map((payment) => settledUpdate(payment, at)),
    );
    if (!ok) throw new Transient('contention');
  }
}

function settledUpdate({ donationId, payoutId }: SettledPayment, at: Instant): TransactItem {
  const payout = payoutId === null ? '' : ', payoutId = if_not_exists(payoutId, :payoutId)';
  return {
    Update: {
      Key: settlementKey(donationId),
      UpdateExpression: `SET settledAt = if_not_exists(settledAt, :at), #type = :type${payout} REMOVE dueKey, dueSort`,
      ExpressionAttributeNames: { '#type': 'type' },
      ExpressionAttributeValues: {
        ':at': at,
        ':type': 'settlement',
        ...(payoutId === null ? {} : { ':payoutId': payoutId }),
      },
    },
  };
}

/** Everything that waits for its settlement, by pages, oldest first within a shard. */
export async function* awaitedSettlements(): AsyncGenerator<AwaitedSettlement[]> {
  for (let shard = 0; shard < SHARDS; shard += 1) {
    const query = {
      IndexName: 'due',
      KeyConditionExpression: 'dueKey = :key',
      ExpressionAttributeValues: { ':key': `DUE#settlement#${shard}` },
    };
    for await (const page of queryPages(query)) {
      const rows = await batchGet(page.map(({ pk, sk }) => ({ pk: pk as string, sk: sk as string })));
      // The index may lag behind the row.
      yield rows.filter(({ settledAt }) => settledAt === undefined) as unknown as AwaitedSettlement[];
    }
  }
}
