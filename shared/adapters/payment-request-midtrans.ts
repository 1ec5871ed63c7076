/**
 * Midtrans' charge API, `POST /v2/charge` (docs.midtrans.com/reference/charge-transactions-1): a virtual account at a
 * bank, a Mandiri bill, or a QRIS code. Our order is the key: a second request for it is answered with what the first
 * was (`idempotency-key`, five minutes), and after that with 406, and then the transaction is read.
 */
import * as z from 'zod';
import { formatWib, type Instant } from '../domain/dates.ts';
import { Transient } from '../errors.ts';
import type { JsonObject } from '../gateways/message-bytes.ts';
import { instantIn } from '../gateways/zoned-time.ts';
import {
  PAYMENT_METHODS,
  type PaymentInstruction,
  type PaymentMethod,
  type PaymentRequest,
  type PaymentRequestPort,
} from '../ports/payment-request.ts';
import type { MidtransSecrets } from '../settings.ts';
import type { StatusOptions } from './payment-status-midtrans.ts';
import { statusApi as apiAt, type StatusAnswer } from './status-api.ts';

const PAYMENT_TYPES: Readonly<Record<PaymentMethod, JsonObject>> = {
  bri: { payment_type: 'bank_transfer', bank_transfer: { bank: 'bri' } },
  bni: { payment_type: 'bank_transfer', bank_transfer: { bank: 'bni' } },
  bca: { payment_type: 'bank_transfer', bank_transfer: { bank: 'bca' } },
  cimb: { payment_type: 'bank_transfer', bank_transfer: { bank: 'cimb' } },
  permata: { payment_type: 'bank_transfer', bank_transfer: { bank: 'permata' } },
  mandiri: { payment_type: 'echannel', echannel: { bill_info1: 'GN Lingkaran', bill_info2: 'Iuran' } },
  qris: { payment_type: 'qris', qris: { acquirer: 'gopay' } },
};

/** A person waits for the page, which must answer within fifteen seconds. */
const TIMEOUT_SECONDS = 5;
const TAKEN_BEFORE = 406;
const MADE = [200, 201];

const transactionSchema = z.looseObject({
  order_id: z.string(),
  transaction_status: z.literal('pending'),
  expiry_time: z.string().optional(),
  va_numbers: z.array(z.looseObject({ bank: z.enum(PAYMENT_METHODS), va_number: z.string().min(1) })).optional(),
  permata_va_number: z.string().min(1).optional(),
  bill_key: z.string().min(1).optional(),
  biller_code: z.string().min(1).optional(),
  actions: z.array(z.looseObject({ name: z.string(), url: z.url({ protocol: /^https?$/ }) })).optional(),
});
type Transaction = z.infer<typeof transactionSchema>;

/** Null where no charge API is configured: then the page names the reference to pay under. */
export function midtransPaymentRequest(
  { chargeApi, serverKeys }: MidtransSecrets,
  options: StatusOptions = {},
): PaymentRequestPort | null {
  if (!chargeApi) return null;
  const api = apiAt({
    name: 'Midtrans',
    address: chargeApi,
    keys: serverKeys,
    timeoutSeconds: TIMEOUT_SECONDS,
    ...options,
  });
  async function ask(request: PaymentRequest): Promise<StatusAnswer> {
    const { orderReference } = request;
    const answer = await api.post('/v2/charge', chargeOf(request), { 'idempotency-key': `${orderReference}-charge` });
    return answer.code === TAKEN_BEFORE ? api.get(`/v2/${encodeURIComponent(orderReference)}/status`) : answer;
  }
  return {
    methods: PAYMENT_METHODS,
    async request(request) {
      const { code, body } = await ask(request).catch((cause: unknown) => {
        throw new Transient('payment_unavailable', { cause });
      });
      const read = transactionSchema.safeParse(body);
      const instruction =
        MADE.includes(code) && read.success && read.data.order_id === request.orderReference
          ? instructionOf(read.data, request)
          : undefined;
      if (!instruction) throw new Transient('payment_unavailable', { detail: `Midtrans charge API: answered ${code}` });
      return instruction;
    },
  };
}

function chargeOf({ orderReference, amountRupiah, method, requestedAt, expiresAt }: PaymentRequest): JsonObject {
  const minutes = Math.ceil((Date.parse(expiresAt) - Date.parse(requestedAt)) / 60_000);
  return {
    ...PAYMENT_TYPES[method],
    transaction_details: { order_id: orderReference, gross_amount: amountRupiah },
    custom_expiry: { order_time: orderTime(requestedAt), expiry_duration: minutes, unit: 'minute' },
  };
}

/** `2026-12-07 11:54:12 +0700` */
function orderTime(at: Instant): string {
  return `${formatWib(at).slice(0, 19).replace('T', ' ')} +0700`;
}

/** Where a request was answered with what an earlier one made, the method is that of the earlier one. */
function instructionOf(transaction: Transaction, { expiresAt }: PaymentRequest): PaymentInstruction | undefined {
  const { expiry_time, va_numbers, permata_va_number, bill_key, biller_code, actions } = transaction;
  const payUntil = expiry_time ? instantIn('+07:00', expiry_time.replace(' ', 'T'), 'expiry_time') : expiresAt;
  const account = { kind: 'virtual_account', payUntil } as const;
  const [made] = va_numbers ?? [];
  if (made) return { ...account, method: made.bank, accountNumber: made.va_number };
  if (permata_va_number) return { ...account, method: 'permata', accountNumber: permata_va_number };
  if (bill_key && biller_code)
    return { ...account, method: 'mandiri', accountNumber: bill_key, billerCode: biller_code };
  const url = actions?.find(({ name }) => name.startsWith('generate-qr-code'))?.url;
  return url ? { kind: 'link', method: 'qris', payUntil, url } : undefined;
}
