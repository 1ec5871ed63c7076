/** The fields of a SNAP notification as values of ours. Each refusal names its field. */
import * as z from 'zod';
import type { Instant } from '../domain/dates.ts';
import { parseAmount, type Rupiah } from '../domain/money.ts';
import { Permanent } from '../errors.ts';
import { parseContract } from '../parse.ts';
import { isJsonObject, type JsonObject } from './message-bytes.ts';
import { instantIn } from './zoned-time.ts';

/** Keys of rows are built from these; what is longer is no id. */
const identifier = z.string().min(1).max(200);
const anything = z.unknown().optional();

/** One entry becomes one ledger entry; nobody refunds one payment more often than this. */
const MAXIMUM_REFUNDS = 100;

const refundSchema = z.lazy(() =>
  z.object({
    refundNo: identifier.nullish(),
    // Both spellings are documented, of the number and of the time.
    partnerRefundNo: identifier.nullish(),
    partnerReferenceNo: identifier.nullish(),
    refundStatus: anything,
    refundAmount: anything,
    refundTime: anything,
    refundDate: anything,
  }),
);
export type SnapRefund = z.infer<typeof refundSchema>;

const additionalInfoSchema = z.lazy(() =>
  z
    .looseObject({
      paymentFlagStatus: anything,
      refundHistory: z.array(refundSchema).max(MAXIMUM_REFUNDS).nullish(),
    })
    .nullish()
    .transform((info) => info ?? {}),
);

const virtualAccountSchema = z.lazy(() =>
  z.object({
    paymentRequestId: identifier.nullish(),
    trxId: identifier.nullish(),
    paidAmount: anything,
    trxDateTime: anything,
    latestTransactionStatus: anything,
    additionalInfo: additionalInfoSchema,
  }),
);
export type VirtualAccountPayment = z.infer<typeof virtualAccountSchema>;

const transactionSchema = z.lazy(() =>
  z.object({
    originalReferenceNo: identifier,
    originalPartnerReferenceNo: identifier.nullish(),
    latestTransactionStatus: z.string().min(1),
    amount: anything,
    finishedTime: anything,
    createdTime: anything,
    additionalInfo: additionalInfoSchema,
  }),
);
export type SnapTransaction = z.infer<typeof transactionSchema>;

export const readVirtualAccountPayment = (body: JsonObject): VirtualAccountPayment =>
  parseContract(virtualAccountSchema, body);
export const readSnapTransaction = (body: JsonObject): SnapTransaction => parseContract(transactionSchema, body);

/** `{"value":"150000.00","currency":"IDR"}`, or BRI's bare `"150000"`; undefined where there is none. */
export function moneyOf(given: unknown, field: string): Rupiah | undefined {
  if (given === undefined || given === null) return undefined;
  if (!isJsonObject(given)) return parseAmount(given, field);
  // Payments within the country; some senders leave the currency out.
  if ((given.currency ?? 'IDR') !== 'IDR') throw new Permanent('currency_not_idr', { field: `${field}.currency` });
  return parseAmount(given.value, `${field}.value`);
}

/** Money that moved. */
export function positiveMoney(amount: Rupiah | undefined, field: string): Rupiah {
  if (amount === undefined) throw new Permanent('amount_missing', { field });
  if (amount === 0) throw new Permanent('amount_invalid', { field });
  return amount;
}

/** The first time that is given, of fields by name; the standard wants a zone, and without one it is a WIB clock. */
export function firstTime(candidates: Readonly<Record<string, unknown>>): Instant | undefined {
  const found = Object.entries(candidates).find(([, value]) => value !== undefined && value !== null && value !== '');
  if (!found) return undefined;
  const [field, value] = found;
  return instantIn('+07:00', value, field);
}
