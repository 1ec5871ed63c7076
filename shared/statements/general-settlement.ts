/**
 * A gateway's settlement report in one general form: `payment_id,kind,amount,fee,settled_at,payout_id`. Gateways let one
 * choose the columns of an export and their titles differ between versions, so the usual titles of each are known too.
 */
import { rupiah, ZERO_RUPIAH } from '../domain/money.ts';
import { Permanent } from '../errors.ts';
import { keyPart } from '../gateways/message-bytes.ts';
import { cellAmount, cellId, cellInstant } from './cells.ts';
import type { ReadLine, StatementRow } from './statement.ts';
import { type Chunks, type Columns, type TableRow, tableRows } from './table-rows.ts';

type Name =
  | 'paymentId'
  | 'kind'
  | 'amount'
  | 'fee'
  | 'settledAt'
  | 'payoutId'
  | 'effectId'
  | 'order'
  | 'channel'
  | 'currency';

const required = (...titles: string[]) => ({ titles });
const optional = (...titles: string[]) => ({ titles, isOptional: true as const });

const COLUMNS: Columns<Name> = {
  paymentId: required('payment_id', 'transaction_id', 'Transaction ID', 'invoice_number', 'source_id'),
  amount: required('amount', 'gross_amount', 'gross'),
  fee: required('fee', 'fees', 'mdr'),
  settledAt: required('settled_at', 'settlement_time', 'settlement_date', 'paid_at', 'created'),
  kind: optional('kind', 'type', 'transaction_type', 'reporting_category'),
  payoutId: optional('payout_id', 'settlement_id', 'automatic_payout_id'),
  effectId: optional('refund_id', 'effect_id', 'dispute_id'),
  order: optional('order_reference', 'order_id', 'external_id'),
  channel: optional('channel', 'payment_type', 'payment_method'),
  currency: optional('currency'),
};

const KINDS: Readonly<Record<string, StatementRow['kind']>> = {
  '': 'paid',
  paid: 'paid',
  payment: 'paid',
  charge: 'paid',
  settlement: 'paid',
  capture: 'paid',
  refund: 'refunded',
  refunded: 'refunded',
  chargeback: 'charged_back',
  charged_back: 'charged_back',
  dispute: 'charged_back',
};

/** Ids of gateways are no numbers that a spreadsheet would keep whole. */
const ANY_ID = /^.{1,200}$/;

/** @throws Permanent `columns_unknown`, `line_too_long`: the file as a whole cannot be read */
export async function* readGeneralSettlement(gateway: string, chunks: Chunks): AsyncGenerator<ReadLine> {
  for await (const item of tableRows(chunks, COLUMNS)) yield item.ok ? readLine(gateway, item.row) : item;
}

function readLine(gateway: string, row: TableRow<Name>): ReadLine {
  try {
    return { ok: true, row: rowOf(gateway, row) };
  } catch (error) {
    if (!(error instanceof Permanent)) throw error;
    return { ok: false, fault: { line: row.line, column: error.field ?? null, reason: error.reason } };
  }
}

function rowOf(gateway: string, row: TableRow<Name>): StatementRow {
  const title = (name: Name) => row.titleOf(name);
  const paymentId = cellId(row.cell('paymentId'), title('paymentId'), ANY_ID);
  const kind = KINDS[row.cell('kind').toLowerCase()];
  if (!kind) throw new Permanent('field_invalid', { field: title('kind') });
  if (!['', 'IDR'].includes(row.cell('currency').toUpperCase()))
    throw new Permanent('currency_not_idr', { field: title('currency') });
  if (row.cell('amount') === '') throw new Permanent('amount_missing', { field: title('amount') });
  // Money that goes back is written with a minus by some.
  const amount = cellAmount(row.cell('amount'), title('amount')) * (kind === 'paid' ? 1 : signOf(row.cell('amount')));
  if (amount <= 0) throw new Permanent('amount_invalid', { field: title('amount') });
  const fee = Math.abs(cellAmount(row.cell('fee'), title('fee')));
  if (fee > amount) throw new Permanent('fee_exceeds_amount', { field: title('fee') });
  return {
    line: row.line,
    gateway,
    kind,
    paymentId,
    effectKey: `${gateway}:${keyPart(paymentId)}:${effectOf(kind, row)}`,
    amountRupiah: rupiah(amount),
    feeRupiah: kind === 'paid' ? rupiah(fee) : ZERO_RUPIAH,
    occurredAt: cellInstant(row.cell('settledAt'), title('settledAt'), /utc/i.test(title('settledAt'))),
    channel: row.cell('channel') || 'unknown',
    orderReference: row.cell('order') || null,
    payoutId: row.cell('payoutId') || null,
  };
}

function signOf(cell: string): 1 | -1 {
  return /^\s*[-(]/.test(cell) ? -1 : 1;
}

/** A refund without its number cannot be told from the one a webhook booked, so it is a person's. */
function effectOf(kind: StatementRow['kind'], row: TableRow<Name>): string {
  if (kind === 'paid') return 'paid';
  const effectId = row.cell('effectId');
  if (effectId === '') throw new Permanent('field_missing', { field: row.titleOf('effectId') });
  return kind === 'refunded' ? `refund:${keyPart(effectId)}` : `chargeback:${keyPart(effectId)}`;
}
