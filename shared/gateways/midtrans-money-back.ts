/** What of a Midtrans payment went back, by refund or chargeback, and under which key it takes effect. */
import type { Instant } from '../domain/dates.ts';
import { minimumRupiah, type Rupiah, rupiah, subtractRupiah } from '../domain/money.ts';
import { Permanent } from '../errors.ts';
import {
  giftAmount,
  type MidtransRefund,
  type MidtransTransaction,
  paymentTime,
  positiveAmount,
  wibInstant,
} from './midtrans-fields.ts';

export interface MoneyBack {
  readonly kind: 'refunded' | 'charged_back';
  readonly key: string;
  readonly amount: Rupiah;
  readonly occurredAt: Instant;
}

/** One for each entry, with its own amount; the `refund_amount` above them is their running total. */
export function moneyBack(transaction: MidtransTransaction, kind: MoneyBack['kind']): MoneyBack[] {
  const { gift, feeOnTop } = giftAmount(transaction);
  const listed = withOwnEntry(transaction, kind, gift, distinctRefunds(transaction));
  const told = [listed, unlistedMoneyBack(transaction, kind, gift, listed)];
  return feeOnTop ? told.flatMap((entries) => upToTheGift(entries, gift)) : told.flat();
}

/** A refund is told twice, before and after the bank confirmed it: its key counts once. */
function distinctRefunds(transaction: MidtransTransaction): MoneyBack[] {
  const byKey = new Map<string, MoneyBack>();
  for (const [index, refund] of (transaction.refunds ?? []).entries()) {
    const entry = readRefund(transaction, refund, `refunds.${index}`);
    const known = byKey.get(entry.key);
    if (known && known.amount !== entry.amount) {
      throw new Permanent('field_invalid', { field: `refunds.${index}.refund_key`, detail: 'one key, two amounts' });
    }
    if (!known) byKey.set(entry.key, entry);
  }
  return [...byKey.values()];
}

function readRefund(transaction: MidtransTransaction, refund: MidtransRefund, path: string): MoneyBack {
  const key = keyOf(refund);
  if (key === undefined) throw new Permanent('field_missing', { field: `${path}.refund_key` });
  const createdAt = refund.created_at;
  return {
    kind: isChargeback(transaction, refund) ? 'charged_back' : 'refunded',
    key,
    amount: positiveAmount(refund.refund_amount, `${path}.refund_amount`),
    occurredAt: createdAt ? wibInstant(createdAt, `${path}.created_at`) : paymentTime(transaction),
  };
}

/**
 * A chargeback lists the refunds before it too. Those were told already, under their own keys, so an entry is a refund
 * unless its reason says that it is the chargeback.
 */
function isChargeback({ transaction_status }: MidtransTransaction, { reason }: MidtransRefund): boolean {
  return transaction_status.endsWith('chargeback') && /^(?:partial.)?chargeback$/i.test(reason ?? '');
}

/**
 * A chargeback none of whose entries says so is the last of them all the same, where they leave the bank nothing else
 * to take: one entry that is all that went back in part, or entries that sum to the whole payment.
 */
function withOwnEntry(
  { transaction_status, refund_amount }: MidtransTransaction,
  kind: MoneyBack['kind'],
  gift: Rupiah,
  listed: readonly MoneyBack[],
): readonly MoneyBack[] {
  const last = listed.at(-1);
  if (kind === 'refunded' || !last || listed.some((entry) => entry.kind === kind)) return listed;
  const isPartial = transaction_status.startsWith('partial_');
  const total = positiveAmount(refund_amount ?? sumOf(listed), 'refund_amount');
  const isOwn = isPartial ? listed.length === 1 && total === last.amount : sumOf(listed) >= gift;
  return isOwn ? listed.with(-1, { ...last, kind }) : listed;
}

function keyOf({ refund_key, refund_chargeback_id }: Pick<MidtransRefund, 'refund_key' | 'refund_chargeback_id'>) {
  return refund_key ?? refund_chargeback_id?.toString();
}

/** Money back that no entry tells of: a refund without a list, or a chargeback beside the refunds before it. */
function unlistedMoneyBack(
  transaction: MidtransTransaction,
  kind: MoneyBack['kind'],
  gift: Rupiah,
  listed: readonly MoneyBack[],
): MoneyBack[] {
  const isPartial = transaction.transaction_status.startsWith('partial_');
  const isAllListed = kind === 'refunded' || isPartial || sumOf(listed) >= gift;
  if (isAllListed && listed.some((entry) => entry.kind === kind)) return [];
  const occurredAt = paymentTime(transaction);
  const named = transaction.refund_amount ?? undefined;
  const whole = named === undefined && !isPartial ? gift : positiveAmount(named, 'refund_amount');
  if (kind === 'refunded') return [{ kind, key: keyOf(transaction) ?? 'total', amount: whole, occurredAt }];
  // The bank takes back all there is, whatever the total says; a refund before it is within that (`donation.ts`).
  if (!isPartial) return [{ kind, key: 'full', amount: gift, occurredAt }];
  return [{ kind, key: 'partial', amount: withoutRefunds(whole, listed), occurredAt }];
}

/** `refund_amount` is the running total of everything that went back. */
function withoutRefunds(total: Rupiah, refunds: readonly MoneyBack[]): Rupiah {
  const left = total - sumOf(refunds);
  if (left > 0) return rupiah(left);
  const detail = 'no more than the refunds listed: the chargeback cannot be told from them';
  throw new Permanent('field_invalid', { field: 'refund_amount', detail });
}

function sumOf(entries: readonly MoneyBack[]): number {
  return entries.reduce((sum, { amount }) => sum + amount, 0);
}

/** What goes back beyond the gift is the donor's own fee, which was never in our books. */
function upToTheGift(entries: readonly MoneyBack[], gift: Rupiah): MoneyBack[] {
  let left = gift;
  return entries.flatMap((entry) => {
    const amount = minimumRupiah(entry.amount, left);
    left = subtractRupiah(left, amount);
    return amount === 0 ? [] : [{ ...entry, amount }];
  });
}
