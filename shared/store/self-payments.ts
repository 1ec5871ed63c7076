/** Orders of workers who pay for themselves, the way to pay each, and what was paid. */
import type { Donation } from '../domain/donation.ts';
import type { DonationId, WorkerId } from '../domain/ids.ts';
import { type PayingWorker, SELF_PAY_PREFIX, type SelfPayOrder, type SelfPayPeriod } from '../domain/self-payment.ts';
import type { PaymentInstruction } from '../ports/payment-request.ts';
import { batchGet, getItem, type Key, queryAll, type Row, type TransactItem, transact, updateItem } from './table.ts';
import { workerKey, workerOf } from './workers.ts';

export interface StoredOrder extends SelfPayOrder {
  /** Null: the gateway was not asked, or gave no answer. */
  readonly instruction: PaymentInstruction | null;
}

function orderKey(orderReference: string): Key {
  return { pk: `SELFPAY#${orderReference}`, sk: 'ORDER' };
}

/** Where the latest order of a worker for a period is named. */
function latestKey(workerId: WorkerId, termMonths: number): Key {
  return { pk: workerKey(workerId).pk, sk: `SELFPAY#${termMonths}` };
}

function orderOf({ pk: _pk, sk: _sk, type: _type, ...order }: Row): StoredOrder {
  return { instruction: null, ...(order as unknown as SelfPayOrder) };
}

/** @returns false where another order of this worker and period came after `previous` */
export async function putOrder(order: SelfPayOrder, previous: SelfPayOrder | null): Promise<boolean> {
  const { orderReference, workerId, termMonths } = order;
  const latest = { ...latestKey(workerId, termMonths), type: 'self_payment_latest', orderReference };
  const { ok } = await transact([
    {
      Put: {
        Item: { ...orderKey(orderReference), type: 'self_payment_order', ...order },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    {
      Put: {
        Item: latest,
        ...(previous
          ? {
              ConditionExpression: 'orderReference = :previous',
              ExpressionAttributeValues: { ':previous': previous.orderReference },
            }
          : { ConditionExpression: 'attribute_not_exists(pk)' }),
      },
    },
  ]);
  return ok;
}

/** The same order is always paid in the same way: a second answer of the gateway changes nothing. */
export async function saveInstruction(orderReference: string, instruction: PaymentInstruction): Promise<void> {
  await updateItem({
    Key: orderKey(orderReference),
    UpdateExpression: 'SET instruction = if_not_exists(instruction, :instruction)',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':instruction': instruction },
  });
}

/** Null also for what is no reference of this kind, without asking the table. */
export async function readSelfPayOrder(orderReference: string): Promise<StoredOrder | null> {
  if (!orderReference.startsWith(SELF_PAY_PREFIX)) return null;
  const row = await getItem(orderKey(orderReference));
  return row ? orderOf(row) : null;
}

/** The latest order of a worker for each period. */
export async function latestOrders(workerId: WorkerId): Promise<ReadonlyMap<SelfPayPeriod, StoredOrder>> {
  const latest = await rowsOfWorker(workerId, 'SELFPAY#');
  const orders = await batchGet(latest.map(({ orderReference }) => orderKey(orderReference as string)));
  return new Map(orders.map(orderOf).map((order) => [order.termMonths, order]));
}

/** A payment is found by its worker; written with the payment. Nothing for gifts. */
export function selfPaymentLink({ workerId, donationId }: Donation): TransactItem[] {
  if (workerId === undefined) return [];
  const sk = `SELFPAID#${donationId}`;
  return [{ Put: { Item: { pk: workerKey(workerId).pk, sk, type: 'self_payment', donationId } } }];
}

export async function readPayingWorker(workerId: WorkerId): Promise<PayingWorker | null> {
  const row = await getItem(workerKey(workerId));
  return row ? { ...workerOf(row), isInLine: row.waitingSort !== undefined } : null;
}

/** Everything a worker paid for the own cover. */
export async function selfPaymentsOf(workerId: WorkerId): Promise<DonationId[]> {
  return (await rowsOfWorker(workerId, 'SELFPAID#')).map(({ donationId }) => donationId as DonationId);
}

function rowsOfWorker(workerId: WorkerId, prefix: string): Promise<Row[]> {
  return queryAll({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': workerKey(workerId).pk, ':prefix': prefix },
  });
}
