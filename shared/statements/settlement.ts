/**
 * What a marketplace settled. It writes an order in one line, or in one for each item or fee of it: the lines of an
 * order that stand together are one payment, and its fee is what is missing from the payout, whatever the fees are called.
 */
import { civilDateOf, type Instant } from '../domain/dates.ts';
import { type Rupiah, rupiah, ZERO_RUPIAH } from '../domain/money.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import { Permanent } from '../errors.ts';
import { keyPart } from '../gateways/message-bytes.ts';
import { cellAmount, cellId, cellInstant } from './cells.ts';
import type { LineFault, ReadLine, StatementRow } from './statement.ts';
import { type Chunks, type Columns, type TableRow, tableRows } from './table-rows.ts';

/** What one line adds to its order, in whole rupiah; `net` is what is paid out of it. */
export interface LineAmounts {
  readonly gross: number;
  /** Given back to the buyer, as a positive amount. */
  readonly refunded: number;
  readonly net: number;
}

export interface SettlementProfile<Name extends string = string> {
  /** As our books name the channel. */
  readonly gateway: string;
  readonly columns: Columns<Name | 'orderId' | 'settledAt'>;
  readonly idShape: RegExp;
  /** True where an order is told in several lines: then one line whose order cannot be read makes any of them short. */
  readonly hasManyLines?: true;
  /** Null: money of the shop and no order's, such as a compensation; a person assigns it. */
  readonly amounts: (cells: Cells<Name>) => LineAmounts | null;
  /** Optional columns: the channel's number of a refund, and of the payout. */
  readonly refundKey?: Name;
  readonly payoutId?: Name;
}

export interface Cells<Name extends string> {
  text(name: Name): string;
  amount(name: Name): number;
}

interface OrderLine {
  readonly orderId: string;
  readonly line: number;
  readonly settledAt: Instant;
  readonly refundKey: string;
  readonly payoutId: string | null;
  readonly amounts: LineAmounts;
}

interface FaultyLine {
  readonly orderId: string;
  readonly fault: LineFault;
}

/** The line belongs to no order, or nobody can say to which. */
interface LoneFault {
  readonly orderId: null;
  readonly fault: LineFault;
}

/** The lines of one order that stand together. */
interface Order {
  readonly orderId: string;
  readonly lines: OrderLine[];
  readonly faults: LineFault[];
}

/**
 * Streamed; beside the order at hand only the ids of paid orders are kept, to find one that stands in two places.
 *
 * @throws Permanent `columns_unknown`, `line_too_long`, and where an order has many lines `line_malformed` and
 *   `id_mangled`: the file as a whole cannot be read
 */
export async function* readSettlement<Name extends string>(
  profile: SettlementProfile<Name>,
  chunks: Chunks,
): AsyncGenerator<ReadLine> {
  const paid = new Set<string>();
  let order: Order | undefined;
  for await (const item of tableRows(chunks, profile.columns)) {
    if (item.ok && isSummary(item.row)) continue;
    const read = item.ok ? readOrderLine(item.row, profile) : loneFault(item.fault);
    if (read.orderId === null) {
      yield { ok: false, fault: standingAlone(read.fault, profile) };
      continue;
    }
    if (order && order.orderId !== read.orderId) {
      yield* rowsOfOrder(order, profile.gateway, paid);
      order = undefined;
    }
    order ??= { orderId: read.orderId, lines: [], faults: [] };
    if ('fault' in read) order.faults.push(read.fault);
    else order.lines.push(read);
  }
  if (order) yield* rowsOfOrder(order, profile.gateway, paid);
}

/** `Total` below the orders is no order. */
function isSummary({ first }: TableRow<string>): boolean {
  return /^(?:grand )?(?:total|jumlah)\b/i.test(first);
}

const loneFault = (fault: LineFault): LoneFault => ({ orderId: null, fault });

function standingAlone(fault: LineFault, { hasManyLines }: Pick<SettlementProfile, 'hasManyLines'>): LineFault {
  const { line, column, reason } = fault;
  if (hasManyLines && reason !== 'order_unassigned')
    throw new Permanent(reason, {
      field: column ?? undefined,
      detail: `line ${line}: whose line it is cannot be read`,
    });
  return fault;
}

function readOrderLine<Name extends string>(
  row: TableRow<Name | 'orderId' | 'settledAt'>,
  { idShape, amounts, refundKey, payoutId }: SettlementProfile<Name>,
): OrderLine | FaultyLine | LoneFault {
  let orderId: string | null = null;
  try {
    if (row.cell('orderId') === '') throw new Permanent('order_unassigned', { field: row.titleOf('orderId') });
    const given = cellId(row.cell('orderId'), row.titleOf('orderId'), idShape);
    const cells = { text: row.cell, amount: (name: Name) => cellAmount(row.cell(name), row.titleOf(name)) };
    orderId = given;
    const read = amounts(cells);
    if (!read) return loneFault({ line: row.line, column: null, reason: 'order_unassigned' });
    const title = row.titleOf('settledAt');
    return {
      orderId,
      line: row.line,
      settledAt: cellInstant(row.cell('settledAt'), title, /\(UTC\)/i.test(title)),
      refundKey: refundKey === undefined ? '' : row.cell(refundKey),
      payoutId: payoutId === undefined ? null : row.cell(payoutId) || null,
      amounts: read,
    };
  } catch (error) {
    if (!(error instanceof Permanent)) throw error;
    const fault = { line: row.line, column: error.field ?? null, reason: error.reason };
    return orderId === null ? loneFault(fault) : { orderId, fault };
  }
}

/** A line at fault spoils its order: booked without it, the amount would be another. */
function* rowsOfOrder({ orderId, lines, faults }: Order, gateway: string, paid: Set<string>): Generator<ReadLine> {
  for (const fault of faults) yield { ok: false, fault };
  const [first] = lines;
  if (faults.length > 0 || !first) return;
  const sum = (name: keyof LineAmounts) => lines.reduce((total, { amounts }) => total + amounts[name], 0);
  const totals = { gross: sum('gross'), refunded: sum('refunded'), net: sum('net') };
  const wrong = wrongWith(totals, paid.has(orderId));
  if (wrong) yield { ok: false, fault: { line: first.line, column: null, ...wrong } };
  else yield* rowsOf(first, totals, gateway);
  if (totals.gross > 0) paid.add(orderId);
}

function wrongWith(
  { gross, refunded, net }: LineAmounts,
  isPaidBefore: boolean,
): { readonly reason: ReasonCode; readonly detail: string } | undefined {
  const fee = gross - refunded - net;
  if (gross < 0 || refunded < 0) return { reason: 'amount_invalid', detail: 'more was taken than was given' };
  if (gross === 0) {
    const isFeeAlone = refunded === 0 && net !== 0;
    return isFeeAlone ? { reason: 'order_unassigned', detail: 'fees without a payment' } : undefined;
  }
  if (isPaidBefore) return { reason: 'payment_contradiction', detail: 'the order stands in two places of the file' };
  if (fee < 0) return { reason: 'amount_invalid', detail: 'more was paid out than came in' };
  return fee > gross ? { reason: 'fee_exceeds_amount', detail: 'the fees are more than the order' } : undefined;
}

function* rowsOf(line: OrderLine, { gross, refunded, net }: LineAmounts, gateway: string): Generator<ReadLine> {
  const fee = rupiah(gross - refunded - net);
  if (gross > 0) yield { ok: true, row: rowOf(line, gateway, 'paid', 'paid', gross, fee) };
  if (refunded === 0) return;
  // The channel's own number of the refund, or what tells two of them apart in any file: the day and the amount.
  const key = line.refundKey || `${civilDateOf(line.settledAt)}-${refunded}`;
  // With a refund alone the channel gives some of its fee back: then this is less than nothing.
  const returned = gross > 0 ? ZERO_RUPIAH : fee;
  yield { ok: true, row: rowOf(line, gateway, 'refunded', `refund:${keyPart(key)}`, refunded, returned) };
}

function rowOf(
  { orderId, line, settledAt, payoutId }: OrderLine,
  gateway: string,
  kind: StatementRow['kind'],
  effect: string,
  amount: number,
  feeRupiah: Rupiah,
): StatementRow {
  return {
    line,
    gateway,
    kind,
    paymentId: orderId,
    effectKey: `${gateway}:${keyPart(orderId)}:${effect}`,
    amountRupiah: rupiah(amount),
    feeRupiah,
    occurredAt: settledAt,
    channel: gateway,
    orderReference: orderId,
    payoutId,
  };
}
