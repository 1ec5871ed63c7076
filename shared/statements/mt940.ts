/**
 * MT940, the end-of-day statement of an account (SWIFT; as BRI, Mandiri and BCA write it). Only final statements are
 * read: an interim one (MT942) names the same transfers under other numbers, so its lines would be booked twice.
 */
import { type CivilDate, isCivilDate } from '../domain/dates.ts';
import { type Rupiah, rupiah } from '../domain/money.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import { type BankEntry, type BankItem, bankItem, lineNames } from './bank.ts';
import type { TextLine } from './lines.ts';

const TAG = /^:(\d{2}[A-Z]?):(.*)$/;
/** `C261120IDR12500000,` – mark, date, currency, amount with a decimal comma. */
const BALANCE = /^([CD])(\d{6})([A-Z]{3})(\d{1,15}),(\d{0,2})$/;
/** Value date, entry date, mark (R: reversal), letter of the currency, amount, kind, the rest. */
const ENTRY = /^(\d{6})(\d{4})?(R?[CD])([A-Z]?)(\d{1,15}),(\d{0,2})([A-Z][A-Z0-9]{3})?(.*)$/;
/** Blocks `{1:…}` and the end `-}` around the message of a SWIFT file. */
const ENVELOPE = /^(\{.*|-\}?)$/;

class Mt940Fault extends Error {
  readonly line: number;
  readonly column: string;
  readonly reason: ReasonCode;
  constructor(line: number, column: string, reason: ReasonCode, detail: string) {
    super(detail);
    [this.line, this.column, this.reason] = [line, column, reason];
  }
}

interface OpenStatement {
  account: string;
  number: string;
  openingRupiah: Rupiah | null;
  sumRupiah: number;
  nameOf: (entry: BankEntry) => string;
  /** The last booking, until it is known that no remark follows it. */
  last: BankEntry | null;
}

interface Tag {
  readonly line: number;
  readonly name: string;
  readonly text: string;
}

/** A tag with the lines that continue it. */
async function* tags(lines: AsyncIterable<TextLine>): AsyncGenerator<Tag> {
  let open: { line: number; name: string; text: string } | undefined;
  for await (const { number, text } of lines) {
    if (text.trim() === '' || ENVELOPE.test(text)) continue;
    const match = TAG.exec(text);
    if (!match) {
      if (!open) throw new Mt940Fault(number, '(line)', 'line_malformed', 'text before the first tag');
      open.text += `\n${text}`;
      continue;
    }
    if (open) yield open;
    open = { line: number, name: match[1] as string, text: match[2] as string };
  }
  if (open) yield open;
}

/** `261120`: banks write years of this century only. */
function dateOf(sixDigits: string, { line, name }: Tag): CivilDate {
  const text = `20${sixDigits.slice(0, 2)}-${sixDigits.slice(2, 4)}-${sixDigits.slice(4, 6)}`;
  if (!isCivilDate(text)) throw new Mt940Fault(line, name, 'field_invalid', 'no such day');
  return text;
}

function amountOf(whole: string, decimals: string, { line, name }: Tag): Rupiah {
  if (Number(decimals || '0') !== 0) throw new Mt940Fault(line, name, 'amount_has_sen', 'sen');
  return rupiah(Number(whole));
}

function balanceOf(tag: Tag): Rupiah {
  const [, mark, , currency, whole, decimals] = BALANCE.exec(tag.text.trim()) ?? [];
  if (whole === undefined) throw new Mt940Fault(tag.line, tag.name, 'field_invalid', 'no balance');
  if (currency !== 'IDR') throw new Mt940Fault(tag.line, tag.name, 'currency_not_idr', 'the account is not in IDR');
  const amount = amountOf(whole, decimals as string, tag);
  return mark === 'C' ? amount : rupiah(-amount);
}

function entryOf(tag: Tag): BankEntry {
  const [first = '', ...more] = tag.text.split('\n');
  const match = ENTRY.exec(first);
  if (!match) throw new Mt940Fault(tag.line, tag.name, 'line_malformed', 'no booking');
  const [, date, , mark, , whole, decimals, , rest] = match as unknown as string[];
  const amount = amountOf(whole as string, decimals as string, tag);
  // A reversed debit comes in, a reversed credit goes out.
  const isIn = mark === 'C' || mark === 'RD';
  return {
    line: tag.line,
    bookedOn: dateOf(date as string, tag),
    amountRupiah: isIn ? amount : rupiah(-amount),
    remark: [rest, ...more].join('\n'),
  };
}

function checkClosing(tag: Tag, { openingRupiah, sumRupiah }: OpenStatement): void {
  if (openingRupiah === null) throw new Mt940Fault(tag.line, tag.name, 'field_missing', 'no opening balance before it');
  const [expected, closing] = [openingRupiah + sumRupiah, balanceOf(tag)];
  if (expected !== closing) {
    const detail = `opening and lines make ${expected}, not ${closing}`;
    throw new Mt940Fault(tag.line, tag.name, 'control_total_mismatch', detail);
  }
}

function* lastOf(statement: OpenStatement): Generator<BankItem> {
  const { account, last, nameOf } = statement;
  if (last) yield bankItem(last, account, nameOf);
  statement.last = null;
}

/**
 * The bookings of a file of statements, as they are read. The first fault is the last item, and a balance that does not
 * hold is a fault that comes after its lines: whoever books reads the file to its end before.
 */
export async function* readMt940(lines: AsyncIterable<TextLine>): AsyncGenerator<BankItem> {
  let statement: OpenStatement | undefined;
  try {
    for await (const tag of tags(lines)) {
      if (tag.name === '20') statement = openedStatement(tag, statement);
      else if (!statement) throw new Mt940Fault(tag.line, tag.name, 'line_malformed', 'no statement begins before it');
      else {
        if (tag.name !== '86') yield* lastOf(statement);
        take(tag, statement);
        if (CLOSING.has(tag.name)) statement = undefined;
      }
    }
    if (statement) throw new Mt940Fault(0, '62F', 'field_missing', 'the last statement has no closing balance');
  } catch (error) {
    if (!(error instanceof Mt940Fault)) throw error;
    const { line, column, reason, message } = error;
    yield { type: 'fault', fault: { line, column, reason, detail: message } };
  }
}

const CLOSING = new Set(['62F', '62M']);

function openedStatement(tag: Tag, before: OpenStatement | undefined): OpenStatement {
  if (before) throw new Mt940Fault(tag.line, '62F', 'field_missing', 'the statement before has no closing balance');
  return { account: '', number: '', openingRupiah: null, sumRupiah: 0, nameOf: lineNames('', ''), last: null };
}

function take(tag: Tag, statement: OpenStatement): void {
  switch (tag.name) {
    case '25':
      statement.account = tag.text.replaceAll(/[^0-9A-Za-z]/g, '');
      break;
    case '28C':
      statement.number = tag.text.trim();
      break;
    case '60F':
    case '60M':
      if (statement.account === '') throw new Mt940Fault(tag.line, '25', 'field_missing', 'no account before it');
      statement.openingRupiah = balanceOf(tag);
      statement.nameOf = lineNames(statement.account, statement.number);
      break;
    case '61':
      statement.last = entryOf(tag);
      statement.sumRupiah += statement.last.amountRupiah;
      break;
    case '86':
      if (statement.last) statement.last = { ...statement.last, remark: `${statement.last.remark}\n${tag.text}` };
      break;
    case '34F':
    case '13D':
      throw new Mt940Fault(tag.line, tag.name, 'statement_interim', 'an interim statement (MT942)');
    case '62F':
    case '62M':
      checkClosing(tag, statement);
      break;
  }
}
