/**
 * Bank statements. A bank tells of an account, not of gifts: only a credit that names one of our pledges is one; any
 * other credit (a gateway's payout, interest, a gift without its reference) is for a person to assign.
 */
import { type CivilDate, instantOfDate } from '../domain/dates.ts';
import { digest } from '../domain/ids.ts';
import type { Rupiah } from '../domain/money.ts';
import type { LineFault, StatementRow } from './statement.ts';

export interface BankCredit {
  /** As an editor counts lines. */
  readonly line: number;
  readonly account: string;
  /** The same line of the same statement is always the same. */
  readonly creditId: string;
  readonly bookedOn: CivilDate;
  readonly amountRupiah: Rupiah;
  /** Free text of the payer and the bank: personal data, never logged or stored in the clear (I9). */
  readonly remark: string;
}

export type BankItem =
  | { readonly type: 'credit'; readonly credit: BankCredit }
  | { readonly type: 'debit'; readonly line: number }
  | { readonly type: 'fault'; readonly fault: LineFault };

/** One booking as a reader finds it, before it has a name. */
export interface BankEntry {
  readonly line: number;
  readonly bookedOn: CivilDate;
  /** Positive in, negative out. */
  readonly amountRupiah: Rupiah;
  readonly remark: string;
}

/**
 * Names the lines of one statement. Banks give no reference we could trust, and the remark of one transfer differs
 * between a bank's own reports; so a line is its statement, day and amount, and its place among equal ones.
 */
export function lineNames(account: string, statementNumber: string): (entry: BankEntry) => string {
  const seen = new Map<string, number>();
  return ({ bookedOn, amountRupiah }) => {
    const equal = `${bookedOn}:${amountRupiah}`;
    const place = (seen.get(equal) ?? 0) + 1;
    seen.set(equal, place);
    return [account, statementNumber, equal, place].filter((part) => part !== '').join(':');
  };
}

export function bankItem(entry: BankEntry, account: string, nameOf: (entry: BankEntry) => string): BankItem {
  const { line, bookedOn, amountRupiah, remark } = entry;
  const creditId = nameOf(entry);
  if (amountRupiah <= 0) return { type: 'debit', line };
  return { type: 'credit', credit: { line, account, creditId, bookedOn, amountRupiah, remark } };
}

/**
 * `GNL-20261120-0A1B2C3D4E` (a pledge) or `GNS-…` (a worker's own payment) as people type it and banks wrap it: spaces,
 * line ends and dashes come and go.
 */
const REFERENCE = /(GN[LS])-?(\d{8})-?([0-9A-F]{10})/;

/** The order a remark names; null where it names none. */
export function orderReferenceIn(remark: string): string | null {
  const match = REFERENCE.exec(remark.replaceAll(/\s/g, '').toUpperCase());
  return match ? `${match[1]}-${match[2]}-${match[3]}` : null;
}

/** A credit as a gift of the pledge it names, or that a person says it is for. */
export function giftOf({ line, account, creditId, bookedOn, amountRupiah }: BankCredit, order: string): StatementRow {
  const gateway = `bank:${account}`;
  return {
    line,
    gateway,
    kind: 'paid',
    paymentId: creditId,
    // Ids of lines hold colons; a digest keeps the key in the one form all effect keys have.
    effectKey: `${gateway}:${digest(creditId, 32)}:paid`,
    amountRupiah,
    feeRupiah: null,
    occurredAt: instantOfDate(bookedOn),
    channel: 'bank_transfer',
    orderReference: order,
    payoutId: null,
  };
}
