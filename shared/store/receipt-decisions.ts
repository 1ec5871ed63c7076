/** A receipt's way from draft to the books, or to its rejection. */
import {
  type CashReceipt,
  type Decision,
  decide,
  eventOfReceipt,
  type OperatorId,
  receiptGateway,
} from '../domain/cash-receipt.ts';
import type { Instant } from '../domain/dates.ts';
import { Permanent, Transient } from '../errors.ts';
import type { PaymentMessage } from '../messages.ts';
import { dueBefore } from './due.ts';
import { type ReceiptPlace, readStored, receiptKey, receiptOf } from './receipts.ts';
import { type Row, updateItem } from './table.ts';

const DUE_KEY = 'DUE#receipt';
const TRIES = 5;

/**
 * Decides on a receipt and hands what was approved to the books. The decision stands before anything is sent, and the
 * row is due until it was sent (I8); approving once more sends once more, which books nothing twice (I4).
 *
 * @throws Permanent `not_found`, and what `decide` throws
 */
export async function decideReceipt(
  { office, number }: ReceiptPlace,
  decision: Decision,
  checker: OperatorId,
  at: Instant,
  send: (message: PaymentMessage) => Promise<void>,
): Promise<CashReceipt> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const before = await readStored(office, number);
    if (!before) throw new Permanent('not_found', { detail: `receipt ${office} ${number}` });
    const after = decide(receiptOf(before as unknown as Row), decision, checker, at);
    if (before.state === 'entered' && !(await saveDecision(after, at))) continue;
    if (after.state === 'approved') await sendApproved({ office, number }, send);
    return after;
  }
  throw new Transient('contention', { detail: `receipt ${office} ${number}` });
}

async function saveDecision(
  { office, number, state, rejection, decidedBy }: CashReceipt,
  at: Instant,
): Promise<boolean> {
  const isApproved = state === 'approved';
  const { ok } = await updateItem({
    Key: receiptKey(office, number),
    UpdateExpression: `SET #state = :state, rejection = :rejection, decidedBy = :checker, decidedAt = :at${
      isApproved ? ', dueKey = :due, dueSort = :sort' : ' REMOVE sealedBody'
    }`,
    ConditionExpression: '#state = :entered',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: {
      ':state': state,
      ':rejection': rejection,
      ':checker': decidedBy,
      ':at': at,
      ':entered': 'entered',
      ...(isApproved ? { ':due': DUE_KEY, ':sort': `${at}#${office}#${number}` } : {}),
    },
  });
  return ok;
}

/** Sends an approved receipt to the books unless that was done. */
export async function sendApproved(
  { office, number }: ReceiptPlace,
  send: (message: PaymentMessage) => Promise<void>,
): Promise<void> {
  const stored = await readStored(office, number);
  if (stored?.state !== 'approved' || !stored.sealedBody) return;
  await send({
    contractVersion: 1,
    gateway: receiptGateway(office),
    deliveryKey: number,
    receivedAt: stored.decidedAt ?? stored.enteredAt,
    events: [eventOfReceipt(receiptOf(stored as unknown as Row))],
    ignored: false,
    sealedBody: stored.sealedBody,
  });
  await updateItem({ Key: receiptKey(office, number), UpdateExpression: 'REMOVE sealedBody, dueKey, dueSort' });
}

/** Approved before an instant and never sent: whoever approved them died on the way. */
export async function receiptsDue(before: Instant): Promise<ReceiptPlace[]> {
  return (await dueBefore(DUE_KEY, before)).map(([, office = '', number = '']) => ({ office, number }));
}
