/**
 * Receipts of branch offices and direct mail: a draft until somebody else approves it. Who gave is sealed in the row
 * until the receipt is on its way to the books, or rejected; then only the vault knows (I9).
 */
import type { DonorContact } from '../domain/canonical-event.ts';
import {
  assertReceived,
  type CashReceipt,
  classOfReceipt,
  type OperatorId,
  type ReceiptFacts,
} from '../domain/cash-receipt.ts';
import { civilDateOf, type Instant } from '../domain/dates.ts';
import type { GiftClass } from '../domain/fund.ts';
import { Permanent } from '../errors.ts';
import { receiptBody } from '../gateways/receipt.ts';
import type { Sealed } from '../messages.ts';
import type { LineFault } from '../statements/statement.ts';
import { readPledge } from './pledges.ts';
import { getItem, type Key, putIfAbsent, type Row } from './table.ts';

/** What somebody wrote down of a receipt; the class only where the paper says one. */
export interface ReceiptEntry extends Omit<ReceiptFacts, 'fundClass'> {
  readonly fundClass: GiftClass | null;
  readonly donor: DonorContact;
}

/** Which receipt. */
export type ReceiptPlace = Pick<ReceiptFacts, 'office' | 'number'>;

export interface Entering {
  readonly enteredBy: OperatorId;
  readonly at: Instant;
  readonly seal: (bytes: Uint8Array) => Promise<Sealed>;
  /** File and line, where it came from a file: the same line delivered again is the same draft. */
  readonly origin?: string;
}

export interface StoredReceipt extends CashReceipt {
  readonly origin: string | null;
  /** Absent once the receipt is on its way, or rejected. */
  readonly sealedBody?: Sealed;
}

export const RECEIPT_ROW = 'cash_receipt';

export function receiptKey(office: string, number: string): Key {
  return { pk: `CASHRECEIPT#${office}#${number}`, sk: 'RECEIPT' };
}

export function receiptOf(row: Row): CashReceipt {
  const {
    pk: _pk,
    sk: _sk,
    type: _type,
    dueKey: _key,
    dueSort: _sort,
    sealedBody: _body,
    origin: _origin,
    ...rest
  } = row;
  return rest as unknown as CashReceipt;
}

/**
 * Stores a draft.
 *
 * @throws Permanent `receipt_number_taken`; `field_invalid` for a day to come, an unknown pledge or a class not the pledge's
 */
export async function enterReceipt({ donor, ...entry }: ReceiptEntry, entering: Entering): Promise<CashReceipt> {
  const { enteredBy, at, origin = null } = entering;
  assertReceived(entry.receivedOn, civilDateOf(at));
  const pledge = entry.orderReference === null ? null : await readPledge(entry.orderReference);
  if (entry.orderReference !== null && !pledge)
    throw new Permanent('field_invalid', { field: 'orderReference', detail: 'no pledge has this reference' });
  const fundClass = classOfReceipt(entry.fundClass, pledge?.descriptor.fundClass ?? null);
  const facts: ReceiptFacts = { ...entry, fundClass };
  const draft: CashReceipt = {
    ...facts,
    state: 'entered',
    enteredBy,
    enteredAt: at,
    decidedBy: null,
    decidedAt: null,
    rejection: null,
  };
  const sealedBody = await entering.seal(receiptBody({ receipt: facts, donor }));
  const key = receiptKey(facts.office, facts.number);
  const { ok, item } = await putIfAbsent({ ...key, type: RECEIPT_ROW, ...draft, origin, sealedBody });
  if (ok) return draft;
  if (item && origin !== null && item.origin === origin) return receiptOf(item);
  throw new Permanent('receipt_number_taken', { field: 'number' });
}

export interface EnteredLines {
  readonly entered: number;
  readonly faults: readonly LineFault[];
}

/**
 * Stores the drafts of a file's lines; a line at fault stops no other. Delivered again it comes to the same.
 *
 * @param fileId of which the lines are
 */
export async function enterReceiptLines(
  lines: readonly { readonly line: number; readonly entry: ReceiptEntry }[],
  fileId: string,
  entering: Omit<Entering, 'origin'>,
): Promise<EnteredLines> {
  const faults: LineFault[] = [];
  for (const { line, entry } of lines) {
    try {
      await enterReceipt(entry, { ...entering, origin: `${fileId}#${line}` });
    } catch (error) {
      if (!(error instanceof Permanent)) throw error;
      faults.push({ line, column: error.field ?? null, reason: error.reason });
    }
  }
  return { entered: lines.length - faults.length, faults };
}

/** With who gave, where that is still sealed here. */
export async function readStored(office: string, number: string): Promise<StoredReceipt | null> {
  return ((await getItem(receiptKey(office, number))) as unknown as StoredReceipt | undefined) ?? null;
}

export async function readReceipt(office: string, number: string): Promise<CashReceipt | null> {
  const stored = await readStored(office, number);
  return stored && receiptOf(stored as unknown as Row);
}
