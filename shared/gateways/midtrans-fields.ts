/** The fields of a Midtrans transaction as values of ours: amounts, times, channel. Each refusal names its field. */
import * as z from 'zod';
import { type Instant, instantFromMilliseconds, isCivilDate } from '../domain/dates.ts';
import { parseAmount, type Rupiah } from '../domain/money.ts';
import { Permanent } from '../errors.ts';
import { parseContract } from '../parse.ts';
import type { JsonObject } from './message-bytes.ts';

/** Keys of rows are built from these; what is longer is no id. */
const identifier = z.string().min(1).max(200);
const anything = z.unknown().optional();
const optionalText = z.string().nullish();

/** One entry becomes one ledger entry; nobody refunds one payment more often than this. */
const MAXIMUM_REFUNDS = 100;

/** Which refund this is; an empty key is none. */
const refundNames = () => ({
  refund_key: z
    .string()
    .max(200)
    .nullish()
    .transform((key) => key || undefined),
  refund_chargeback_id: z.union([identifier, z.int()]).nullish(),
});

const refundSchema = z.lazy(() =>
  z.object({ ...refundNames(), refund_amount: anything, created_at: optionalText, reason: optionalText }),
);

const transactionSchema = z.lazy(() =>
  z.object({
    transaction_id: identifier,
    order_id: z.union([identifier, z.int().transform(String)]).nullish(),
    transaction_status: z.string(),
    status_code: z.union([z.string(), z.int()]),
    payment_type: optionalText,
    fraud_status: optionalText,
    currency: optionalText,
    gross_amount: anything,
    transaction_time: optionalText,
    settlement_time: optionalText,
    ...refundNames(),
    refund_amount: anything,
    refunds: z.array(refundSchema).max(MAXIMUM_REFUNDS).nullish(),
    // Shapes of these are read leniently: they never decide about money.
    va_numbers: anything,
    permata_va_number: anything,
    metadata: anything,
  }),
);
export type MidtransTransaction = z.infer<typeof transactionSchema> & { readonly receivedAt: Instant | undefined };
export type MidtransRefund = z.infer<typeof refundSchema>;

/** @param receivedAt stands in where the message names no time at all */
export function readTransaction(body: JsonObject, receivedAt: Instant | undefined): MidtransTransaction {
  const transaction = { ...parseContract(transactionSchema, body), receivedAt };
  // Merchant accounts are in rupiah; the oldest messages leave the currency out.
  if ((transaction.currency ?? 'IDR') !== 'IDR') throw new Permanent('currency_not_idr', { field: 'currency' });
  return transaction;
}

export function positiveAmount(value: unknown, field: string): Rupiah {
  if (value === undefined || value === null) throw new Permanent('amount_missing', { field });
  const amount = parseAmount(value, field);
  if (amount === 0) throw new Permanent('amount_invalid', { field });
  return amount;
}

const ORIGINAL_AMOUNT = ['metadata', 'extra_info', 'gross_amount_info', 'original_amount'] as const;

/**
 * The gift. With "Automatic Fee Imposition" the donor pays the channel's fee on top and `gross_amount`, signed, holds
 * both; the gift is then `original_amount`, and the fee never was in our books.
 */
export function giftAmount(transaction: MidtransTransaction): { gift: Rupiah; feeOnTop: boolean } {
  const gross = positiveAmount(transaction.gross_amount, 'gross_amount');
  const original = ORIGINAL_AMOUNT.reduce<unknown>((holder, key) => memberOf(holder, key), transaction);
  if (original === undefined || original === null) return { gift: gross, feeOnTop: false };
  const field = ORIGINAL_AMOUNT.join('.');
  const gift = positiveAmount(original, field);
  if (gift > gross) throw new Permanent('amount_invalid', { field });
  return { gift, feeOnTop: gift < gross };
}

/** When the payment settled, or, before that, when it was made; last, when we heard of it. */
export function paymentTime({ settlement_time, transaction_time, receivedAt }: MidtransTransaction): Instant {
  if (settlement_time) return wibInstant(settlement_time, 'settlement_time');
  if (transaction_time) return wibInstant(transaction_time, 'transaction_time');
  if (receivedAt) return receivedAt;
  throw new Permanent('field_missing', { field: 'transaction_time' });
}

/** `YYYY-MM-DD HH:MM:SS` without a zone, which is WIB. */
export function wibInstant(text: string, field: string): Instant {
  const match = /^(\d{4}-\d{2}-\d{2}) ([01]\d|2[0-3]):([0-5]\d):([0-5]\d)$/.exec(text);
  if (!match?.[1] || !isCivilDate(match[1])) throw new Permanent('field_invalid', { field });
  return instantFromMilliseconds(Date.parse(`${text.replace(' ', 'T')}+07:00`));
}

/** `gopay`, `qris`, `bank_transfer:bca`. */
export function channelOf(transaction: MidtransTransaction): string {
  const type = transaction.payment_type || 'unknown';
  if (type !== 'bank_transfer') return type;
  const bank = memberOf(memberOf(transaction.va_numbers, 0), 'bank');
  if (typeof bank === 'string' && /^[a-z0-9_-]{1,20}$/i.test(bank)) return `${type}:${bank.toLowerCase()}`;
  return transaction.permata_va_number ? `${type}:permata` : type;
}

function memberOf(holder: unknown, key: string | number): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, key)) return undefined;
  return (holder as Record<string | number, unknown>)[key];
}
