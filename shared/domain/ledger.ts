/**
 * Double entry. An account's balance is the rupiah held there; a source is negative. A transaction is one item whose
 * entries sum to zero (I1); corrections are new transactions, never edits.
 */
import { assertInvariant } from '../errors.ts';
import type { Instant } from './dates.ts';
import { fundClassOf } from './fund.ts';
import type { FundId } from './ids.ts';
import { negateRupiah, type Rupiah } from './money.ts';

declare const accountBrand: unique symbol;
export type Account = string & { readonly [accountBrand]: true };

export const ACCOUNTS = {
  /** Minus what came in through a gateway, plus what went back. */
  gateway: (gateway: string) => `gateway:${gateway}` as Account,
  /** What the channel kept. */
  fees: (gateway: string) => `fees:${gateway}` as Account,
  /** Gifts not yet committed. What workers pay for themselves lies in one account, whoever it is (I9). */
  fund: (fundId: FundId) => `fund:${fundClassOf(fundId) === 'self' ? 'self' : fundId}` as Account,
  /** Small remainders on their way into one gathered gift; nothing stays here. */
  gathered: 'gathered' as Account,
  /** The price of months bought and not yet handed to the registrar. */
  committed: 'cover:committed' as Account,
  /** Handed to the registrar. */
  contributions: 'contributions:paid' as Account,
  /** Minus what the guarantee fund carries: gifts taken back after cover was bought, and fees no gift may bear. */
  guarantee: 'guarantee' as Account,
} as const;

export const LEDGER_KINDS = [
  'payment',
  'fee',
  'gathering',
  'money_out',
  'reinstatement',
  'repayment',
  'allocation',
  'contribution',
  'release',
] as const;
export type LedgerKind = (typeof LEDGER_KINDS)[number];

export interface Entry {
  readonly account: Account;
  readonly amountRupiah: Rupiah;
}

export interface LedgerTransaction {
  readonly kind: LedgerKind;
  readonly at: Instant;
  readonly entries: readonly Entry[];
}

/** The movement of an amount from one account to another; nothing where the amount is zero. */
export function move(from: Account, to: Account, amountRupiah: Rupiah): Entry[] {
  if (amountRupiah === 0) return [];
  return [
    { account: from, amountRupiah: negateRupiah(amountRupiah) },
    { account: to, amountRupiah },
  ];
}

/** I1: the only way to make a transaction. */
export function ledgerTransaction(kind: LedgerKind, at: Instant, entries: readonly Entry[]): LedgerTransaction {
  const sum = entries.reduce((total, { amountRupiah }) => total + amountRupiah, 0);
  assertInvariant(sum === 0, 'I1', `a ${kind} transaction sums to ${sum}`);
  return { kind, at, entries };
}
