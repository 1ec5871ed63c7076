/**
 * A gift on paper: money that a branch office or direct mail took in against a numbered receipt. One person enters it,
 * another approves it, and only what is approved is booked.
 */
import { Permanent } from '../errors.ts';
import type { CanonicalEvent } from './canonical-event.ts';
import { type CivilDate, type Instant, instantOfDate } from './dates.ts';
import type { GiftClass } from './fund.ts';
import { digest } from './ids.ts';
import { type Rupiah, ZERO_RUPIAH } from './money.ts';

declare const operatorBrand: unique symbol;
/** Who did something, as the books remember it: a digest of the person's name, or of the token where nobody is named. */
export type OperatorId = string & { readonly [operatorBrand]: true };

export const RECEIPT_CHANNELS = ['cash', 'cheque', 'direct_mail', 'transfer'] as const;
export type ReceiptChannel = (typeof RECEIPT_CHANNELS)[number];

/** Why a checker says no: a closed list, because a free text would carry people's names out of the vault (I9). */
export const REJECTIONS = ['amount_wrong', 'money_missing', 'entered_twice', 'donor_wrong', 'other'] as const;
export type Rejection = (typeof REJECTIONS)[number];

/** What stands on the paper, but the donor. */
export interface ReceiptFacts {
  readonly office: string;
  readonly number: string;
  readonly receivedOn: CivilDate;
  readonly amountRupiah: Rupiah;
  readonly channel: ReceiptChannel;
  readonly fundClass: GiftClass;
  readonly orderReference: string | null;
}

export type ReceiptState = 'entered' | 'approved' | 'rejected';

export interface CashReceipt extends ReceiptFacts {
  readonly state: ReceiptState;
  readonly enteredBy: OperatorId;
  readonly enteredAt: Instant;
  readonly decidedBy: OperatorId | null;
  readonly decidedAt: Instant | null;
  readonly rejection: Rejection | null;
}

export function operatorIdOf(who: { readonly name: string } | { readonly token: string }): OperatorId {
  const text = 'name' in who ? `name:${who.name.trim().toLowerCase()}` : `token:${who.token}`;
  return `opr_${digest(text)}` as OperatorId;
}

const OFFICE = /^[a-z0-9-]{1,40}$/;
const NUMBER = /^[A-Z0-9](?:[A-Z0-9._-]{0,38}[A-Z0-9])?$/;

/** @throws Permanent `field_invalid` */
export function readOffice(text: string): string {
  const office = text.trim().toLowerCase();
  if (!OFFICE.test(office)) throw new Permanent('field_invalid', { field: 'office' });
  return office;
}

/**
 * One number is one receipt however it is written: `001/kw/xi/2026` is `001-KW-XI-2026`.
 *
 * @throws Permanent `field_missing`, `field_invalid`
 */
export function readReceiptNumber(text: string): string {
  const number = text
    .trim()
    .toUpperCase()
    .replaceAll(/\s*[/\s]\s*/g, '-');
  if (number === '') throw new Permanent('field_missing', { field: 'number' });
  if (!NUMBER.test(number)) throw new Permanent('field_invalid', { field: 'number' });
  return number;
}

/**
 * The class of the money: what the paper says, else its pledge's, else general. Where both say one they must agree, so
 * that zakat funds hold zakat and nothing else (domain rule 3.2.1).
 *
 * @throws Permanent `field_invalid`
 */
export function classOfReceipt(said: GiftClass | null, pledged: GiftClass | null): GiftClass {
  if (said !== null && pledged !== null && said !== pledged)
    throw new Permanent('field_invalid', {
      field: 'fundClass',
      detail: `the pledge is ${pledged}, the receipt ${said}`,
    });
  return said ?? pledged ?? 'general';
}

/** @throws Permanent `field_invalid` for a day to come */
export function assertReceived(receivedOn: CivilDate, today: CivilDate): void {
  if (receivedOn > today) throw new Permanent('field_invalid', { field: 'receivedOn', detail: 'a day to come' });
}

export type Decision =
  | { readonly kind: 'approve' }
  /** The reason is a word of the closed list. */
  | { readonly kind: 'reject'; readonly rejection: Rejection };

/**
 * Decides on a receipt. The same decision once more changes nothing, whoever of the checkers gives it.
 *
 * @throws Permanent `maker_is_checker`; `receipt_decided` where the other decision was taken
 */
export function decide(receipt: CashReceipt, decision: Decision, checker: OperatorId, at: Instant): CashReceipt {
  if (receipt.enteredBy === checker) throw new Permanent('maker_is_checker');
  const state = decision.kind === 'approve' ? 'approved' : 'rejected';
  if (receipt.state === state) return receipt;
  if (receipt.state !== 'entered') throw new Permanent('receipt_decided', { detail: `it is ${receipt.state}` });
  const rejection = decision.kind === 'reject' ? decision.rejection : null;
  return { ...receipt, state, rejection, decidedBy: checker, decidedAt: at };
}

export function receiptGateway(office: string): string {
  return `receipt:${office}`;
}

/** The payment a receipt is: its own word, under its office and number, once for ever (I4). */
export function eventOfReceipt(facts: ReceiptFacts): CanonicalEvent {
  const { office, number, amountRupiah, receivedOn, channel, fundClass, orderReference } = facts;
  const gateway = receiptGateway(office);
  return {
    gateway,
    kind: 'paid',
    paymentId: number,
    effectKey: `${gateway}:${number}:paid`,
    amountRupiah,
    feeRupiah: ZERO_RUPIAH,
    orderReference,
    occurredAt: instantOfDate(receivedOn),
    channel,
    fundClass,
  };
}
