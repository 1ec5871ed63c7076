/** Midtrans' charge API in the sandbox: an account for every order, known from then on as a payment that is awaited. */
import { digest } from '../../../shared/domain/ids.ts';
import type { JsonObject } from '../../../shared/gateways/message-bytes.ts';
import { isJsonObject } from '../../../shared/gateways/message-bytes.ts';
import { stableUuid } from '../../cli/notifications/notification.ts';

const BILLER = '70012';

/** As the API answers; undefined where it is no request for one. The same order is the same transaction. */
export function chargedTransaction(request: unknown): JsonObject | undefined {
  if (!isJsonObject(request) || !isJsonObject(request.transaction_details)) return undefined;
  const { order_id: order, gross_amount: amount } = request.transaction_details;
  if (
    typeof order !== 'string' ||
    order === '' ||
    typeof amount !== 'number' ||
    !Number.isInteger(amount) ||
    amount < 1
  )
    return undefined;
  const way = wayToPay(request, order);
  if (!way) return undefined;
  return {
    status_code: '201',
    status_message: 'Success, transaction is created',
    // As `trigger` derives it, so that what it tells is about this payment.
    transaction_id: stableUuid(`midtrans:${order}`),
    order_id: order,
    gross_amount: `${amount}.00`,
    currency: 'IDR',
    payment_type: request.payment_type,
    transaction_status: 'pending',
    fraud_status: 'accept',
    ...timesOf(request.custom_expiry),
    ...way,
  };
}

/** Times in Jakarta without a zone, as Midtrans writes them; the request brings its own: there is no clock here. */
function timesOf(expiry: unknown): JsonObject {
  if (!isJsonObject(expiry) || typeof expiry.order_time !== 'string') return {};
  const ordered = expiry.order_time.slice(0, 'YYYY-MM-DD HH:MM:SS'.length);
  const until = Date.parse(`${ordered.replace(' ', 'T')}Z`) + Number(expiry.expiry_duration) * 60_000;
  if (Number.isNaN(until)) return {};
  const expiryTime = new Date(until).toISOString().slice(0, 19).replace('T', ' ');
  return { transaction_time: ordered, expiry_time: expiryTime };
}

function wayToPay({ payment_type: type, bank_transfer: transfer }: JsonObject, order: string): JsonObject | undefined {
  const number = BigInt(`0x${digest(order, 12)}`)
    .toString()
    .padStart(15, '0')
    .slice(-11);
  if (type === 'echannel') return { biller_code: BILLER, bill_key: number };
  if (type === 'qris')
    return {
      actions: [{ name: 'generate-qr-code', method: 'GET', url: `https://qris.example/${encodeURIComponent(order)}` }],
    };
  if (type !== 'bank_transfer' || !isJsonObject(transfer) || typeof transfer.bank !== 'string') return undefined;
  if (transfer.bank === 'permata') return { permata_va_number: `8778${number}` };
  return { va_numbers: [{ bank: transfer.bank, va_number: `88000${number}` }] };
}
