/**
 * A branch office's receipt as a message like any gateway's: its body is what was entered, sealed, and nobody signs it,
 * for two people vouched for it. It has no path from outside.
 */
import * as z from 'zod';
import type { DonorContact } from '../domain/canonical-event.ts';
import { eventOfReceipt, RECEIPT_CHANNELS, type ReceiptFacts } from '../domain/cash-receipt.ts';
import type { CivilDate } from '../domain/dates.ts';
import type { Rupiah } from '../domain/money.ts';
import { parseContract, parseJson } from '../parse.ts';
import type { Interpretation } from './gateway.ts';

export interface ReceiptBody {
  readonly receipt: ReceiptFacts;
  readonly donor: DonorContact;
}

const bodySchema = z.lazy(() =>
  z.object({
    receipt: z.object({
      office: z.string().min(1),
      number: z.string().min(1),
      receivedOn: z.string() as unknown as z.ZodType<CivilDate, CivilDate>,
      amountRupiah: z.int().min(1) as unknown as z.ZodType<Rupiah, Rupiah>,
      channel: z.enum(RECEIPT_CHANNELS),
      fundClass: z.enum(['general', 'csr', 'zakat']),
      orderReference: z.string().nullable(),
    }),
    donor: z.object({
      name: z.string().exactOptional(),
      email: z.string().exactOptional(),
      phone: z.string().exactOptional(),
      anonymous: z.boolean().exactOptional(),
    }),
  }),
);

export function isReceiptGateway(gateway: string): boolean {
  return gateway.startsWith('receipt:');
}

export function receiptBody({ receipt, donor }: ReceiptBody): Uint8Array {
  return Buffer.from(JSON.stringify({ receipt, donor }));
}

/** @throws Permanent where the bytes are not what was entered */
export function interpretReceipt(bytes: Uint8Array): Interpretation {
  const { receipt, donor } = parseContract<ReceiptBody>(bodySchema, parseJson(Buffer.from(bytes).toString('utf8')));
  return { events: [eventOfReceipt(receipt)], ignored: false, deliveryKey: receipt.number, donor };
}
