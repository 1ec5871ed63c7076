/**
 * What a partner remits, in the file of our own contract: `payment_id,paid_at,amount,fee,currency,kind,donor_name`.
 * Each line is an event as the partner's webhook tells it, under the same key. The donor's name is not read (I9).
 */
import { rupiah, ZERO_RUPIAH } from '../domain/money.ts';
import { Permanent } from '../errors.ts';
import { keyPart } from '../gateways/message-bytes.ts';
import { cellAmount, cellId, cellInstant } from './cells.ts';
import type { ReadLine, StatementRow } from './statement.ts';
import { type Chunks, type Columns, type TableRow, tableRows } from './table-rows.ts';

type Name =
  | 'payment_id'
  | 'paid_at'
  | 'amount'
  | 'fee'
  | 'currency'
  | 'kind'
  | 'refund_id'
  | 'order_reference'
  | 'campaign'
  | 'channel';

const required = (title: string) => ({ titles: [title] });
const optional = (title: string) => ({ titles: [title], isOptional: true as const });

const COLUMNS: Columns<Name> = {
  payment_id: required('payment_id'),
  paid_at: required('paid_at'),
  amount: required('amount'),
  fee: required('fee'),
  currency: required('currency'),
  kind: required('kind'),
  refund_id: optional('refund_id'),
  order_reference: optional('order_reference'),
  campaign: optional('campaign'),
  channel: optional('channel'),
};

const KINDS: readonly string[] = ['paid', 'refunded', 'charged_back'] satisfies StatementRow['kind'][];

export interface RemittanceOptions {
  /** What the partner's ids look like, where that is known: then an id that lost its leading zeros is found. */
  readonly idShape?: RegExp;
  /** Under which the partner paid us, such as the batch of the manifest. */
  readonly payoutId?: string;
}

/**
 * @param partner its name in the configuration, such as `kitabisa`
 * @throws Permanent `columns_unknown`, `line_too_long`: the file as a whole cannot be read
 */
export async function* readRemittance(
  partner: string,
  chunks: Chunks,
  options: RemittanceOptions = {},
): AsyncGenerator<ReadLine> {
  for await (const item of tableRows(chunks, COLUMNS))
    yield item.ok ? readLine(`partner:${partner}`, item.row, options) : item;
}

function readLine(gateway: string, row: TableRow<Name>, options: RemittanceOptions): ReadLine {
  try {
    return { ok: true, row: rowOf(gateway, row, options) };
  } catch (error) {
    if (!(error instanceof Permanent)) throw error;
    return { ok: false, fault: { line: row.line, column: error.field ?? null, reason: error.reason } };
  }
}

function rowOf(
  gateway: string,
  row: TableRow<Name>,
  { idShape = /^.{1,200}$/, payoutId }: RemittanceOptions,
): StatementRow {
  const paymentId = cellId(row.cell('payment_id'), 'payment_id', idShape);
  const kind = kindOf(row.cell('kind'));
  if (row.cell('currency') !== 'IDR') throw new Permanent('currency_not_idr', { field: 'currency' });
  const [amountRupiah, feeRupiah] = [amountOf(row, 'amount'), cellAmount(row.cell('fee'), 'fee')];
  if (feeRupiah < 0) throw new Permanent('amount_invalid', { field: 'fee' });
  if (feeRupiah > amountRupiah) throw new Permanent('fee_exceeds_amount', { field: 'fee' });
  return {
    line: row.line,
    gateway,
    kind,
    paymentId,
    effectKey: `${gateway}:${keyPart(paymentId)}:${effectOf(kind, row.cell('refund_id'))}`,
    amountRupiah,
    feeRupiah: kind === 'paid' ? feeRupiah : ZERO_RUPIAH,
    occurredAt: cellInstant(row.cell('paid_at'), 'paid_at'),
    channel: row.cell('channel') || 'unknown',
    orderReference: orderReferenceOf(row, paymentId),
    payoutId: payoutId ?? null,
  };
}

function kindOf(kind: string): StatementRow['kind'] {
  if (!KINDS.includes(kind)) throw new Permanent(kind === '' ? 'field_missing' : 'field_invalid', { field: 'kind' });
  return kind as StatementRow['kind'];
}

function amountOf(row: TableRow<Name>, name: Name) {
  const amount = cellAmount(row.cell(name), name);
  if (row.cell(name) === '') throw new Permanent('amount_missing', { field: name });
  if (amount <= 0) throw new Permanent('amount_invalid', { field: name });
  return rupiah(amount);
}

/** As the partner's webhook keys it; without the refund's id a payment has one refund in a remittance. */
function effectOf(kind: StatementRow['kind'], refundId: string): string {
  if (kind === 'refunded') return `refund:${keyPart(refundId || 'remittance')}`;
  return kind === 'charged_back' ? `chargeback:${keyPart(refundId || 'full')}` : 'paid';
}

/** As in the partner's webhook. */
function orderReferenceOf(row: TableRow<Name>, paymentId: string): string | null {
  const campaign = row.cell('campaign');
  return row.cell('order_reference') || (campaign === '' ? null : `${campaign}:${paymentId}`);
}
