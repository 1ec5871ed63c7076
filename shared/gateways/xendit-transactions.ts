/**
 * An item of Xendit's list of transactions (docs.xendit.co, List Transactions) as an event of ours. `product_id` is the
 * id the product's own webhook gives the payment; the fee is what is missing from the net amount.
 */
import type { CanonicalEvent } from '../domain/canonical-event.ts';
import { type Rupiah, rupiah, subtractRupiah } from '../domain/money.ts';
import { Permanent } from '../errors.ts';
import type { JsonObject } from './message-bytes.ts';
import { sideOf } from './several-names.ts';
import { amountOf, eventOf, id, objectAt, optionalAmount, requireRupiah, text, timeOf } from './xendit-fields.ts';

export interface ListedPayment {
  readonly event: CanonicalEvent;
  readonly feeRupiah: Rupiah | null;
  readonly isSettled: boolean;
}

const SETTLED = new Set<unknown>(['SETTLED', 'EARLY_SETTLED']);

/** @returns undefined where no money moved @throws Permanent naming the field that cannot be read */
export function listedPayment(item: JsonObject): ListedPayment | undefined {
  const { status } = item;
  if (status !== 'SUCCESS' && status !== 'VOIDED' && status !== 'REVERSED') return undefined;
  requireRupiah(item);
  const isSettled = SETTLED.has(item.settlement_status);
  const paid = paidEvent(item);
  if (status === 'SUCCESS') return { event: paid, feeRupiah: feeOf(item), isSettled };
  const undone = { ...paid, kind: 'failed', voidsPayment: true } as const;
  return {
    event: { ...undone, effectKey: paid.effectKey.replace(/paid$/, 'void') },
    feeRupiah: null,
    isSettled: true,
  };
}

function paidEvent(item: JsonObject): CanonicalEvent {
  const paymentId = id(item.product_id, 'product_id');
  const links = objectAt(item, 'product_data');
  const isReusable = Boolean(links.reusable_payment_link_id);
  const names = ['payment_request_id', 'payment_link_id'].map((field) => text(links[field], field));
  return eventOf({
    kind: 'paid',
    paymentId,
    effect: 'paid',
    amount: amountOf('paid', item, 'amount'),
    reference: text(item.reference_id, 'reference_id'),
    occurredAt: timeOf(item, 'created'),
    channel: text(item.channel_code, 'channel_code') ?? 'unknown',
    statusPath: '',
    ...(isReusable ? {} : { otherIds: names, side: sideOf(paymentId) }),
  });
}

/** Withheld tax is kept like any fee. Still being worked out, it is not known. */
function feeOf(item: JsonObject): Rupiah | null {
  if (objectAt(item, 'fee').status === 'PENDING') return null;
  const [amount, net] = [optionalAmount(item.amount, 'amount'), netOf(item)];
  if (amount === null || net === null) return null;
  if (net > amount) throw new Permanent('amount_invalid', { field: 'net_amount' });
  return subtractRupiah(amount, net);
}

/** The fee may take all of it. */
function netOf({ net_amount: net }: JsonObject): Rupiah | null {
  return net === 0 ? rupiah(0) : optionalAmount(net, 'net_amount');
}
