/**
 * Bank statements as CSV: KlikBCA's export and a general one. The running balance must hold from line to line, in
 * whichever order the bank writes them; it is what stands in for the totals such a file has not.
 */
import { parse } from 'csv-parse/sync';
import { civilDateOf } from '../domain/dates.ts';
import { type Rupiah, rupiah } from '../domain/money.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import { Permanent } from '../errors.ts';
import { type BankEntry, type BankItem, bankItem, lineNames } from './bank.ts';
import { cellAmount, cellInstant } from './cells.ts';
import { type TextLine, textLines } from './lines.ts';
import type { Chunks } from './table-rows.ts';

type Name = 'date' | 'remark' | 'amount' | 'credit' | 'debit' | 'balance' | 'mark';

const TITLES: Readonly<Record<Name, readonly string[]>> = {
  date: ['tanggal', 'tanggal transaksi', 'date', 'transaction date', 'posting date', 'tgl'],
  remark: ['keterangan', 'description', 'remark', 'remarks', 'uraian', 'uraian transaksi'],
  amount: ['jumlah', 'amount', 'mutasi', 'nominal'],
  credit: ['kredit', 'credit', 'cr', 'uang masuk'],
  debit: ['debit', 'debet', 'db', 'uang keluar'],
  balance: ['saldo', 'balance', 'saldo akhir'],
  mark: ['db/cr', 'dr/cr', 'd/k', 'debit/kredit', 'type', 'tipe', 'jenis'],
};
/** A bank may write who, when and what stands above the titles, but no more than this. */
const MAXIMUM_LINES_ABOVE = 30;
const DELIMITERS = [',', ';', '\t'];
const ACCOUNT = /^(?:no\.?|nomor)?\s*(?:rekening|account(?: no\.?| number)?)\s*[:=]?$/i;
const OPENING = /^(?:saldo awal|opening balance)\b/i;
const CLOSING = /^(?:saldo akhir|closing balance)\b/i;
const CURRENCY = /^(?:kode )?(?:mata uang|currency)\s*[:=]?$/i;
/** Sums a bank writes below its lines. */
const SUMMARY = /^(?:saldo|opening|closing|mutasi|kredit|debet|debit|credit|total|jumlah)\b/i;

class BankCsvFault extends Error {
  readonly line: number;
  readonly column: string | null;
  readonly reason: ReasonCode;
  constructor(line: number, column: string | null, reason: ReasonCode, detail: string) {
    super(detail);
    [this.line, this.column, this.reason] = [line, column, reason];
  }
}

interface Header {
  readonly delimiter: string;
  readonly titles: readonly string[];
  readonly places: Readonly<Partial<Record<Name, number>>>;
}

/**
 * The bookings, as they are read; the first fault is the last item, and may come after lines it concerns.
 *
 * @param account where the file itself does not say it
 */
export async function* readBankCsv(chunks: Chunks, account = ''): AsyncGenerator<BankItem> {
  const reader = new BankCsvReader(account);
  try {
    for await (const line of textLines(chunks)) yield* reader.take(line);
    reader.end();
  } catch (error) {
    if (error instanceof RangeError) {
      yield {
        type: 'fault',
        fault: { line: reader.line, column: null, reason: 'line_too_long', detail: error.message },
      };
      return;
    }
    if (!(error instanceof BankCsvFault)) throw error;
    const { line, column, reason, message } = error;
    yield { type: 'fault', fault: { line, column, reason, detail: message } };
  }
}

class BankCsvReader {
  line = 0;
  readonly #balance = new RunningBalance();
  #account: string;
  #header: Header | undefined;
  #nameOf: ((entry: BankEntry) => string) | undefined;
  #isOver = false;

  constructor(account: string) {
    this.#account = account;
  }

  *take({ number, text }: TextLine): Generator<BankItem> {
    this.line = number;
    if (text.trim() === '') return;
    if (!this.#header) {
      this.#header = headerIn(text);
      if (!this.#header) this.#takeAbove(text);
      return;
    }
    const { delimiter } = this.#header;
    const cells = cellsOf(text, delimiter, number);
    if (this.#isSummary(cells)) return;
    if (this.#isOver) throw new BankCsvFault(number, null, 'line_malformed', 'a booking below the sums');
    const booking = bookingOf(number, cells, this.#header);
    this.#balance.take(booking);
    if (this.#account === '')
      throw new BankCsvFault(number, null, 'field_missing', 'the account is named neither in the file nor with it');
    this.#nameOf ??= lineNames(this.#account, '');
    yield bankItem(booking, this.#account, this.#nameOf);
  }

  end(): void {
    if (!this.#header)
      throw new BankCsvFault(
        this.line,
        null,
        'columns_unknown',
        'no line has a date, a remark, an amount and a balance',
      );
    this.#balance.end(this.line);
  }

  #takeAbove(text: string): void {
    if (this.line > MAXIMUM_LINES_ABOVE) this.end();
    const delimiter = DELIMITERS.find((each) => text.includes(each)) ?? ':';
    const [title = '', ...values] = cellsOf(text, delimiter, this.line).map((cell) => cell.replace(/^'/, '').trim());
    const value = values.find((cell) => cell !== '' && cell !== ':' && cell !== '=') ?? '';
    if (ACCOUNT.test(title) && value !== '') this.#account = value.replaceAll(/\D/g, '');
    if (CURRENCY.test(title) && value !== '' && !/^(?:idr|rp)$/i.test(value))
      throw new BankCsvFault(this.line, title, 'currency_not_idr', 'the account is not in IDR');
    this.#takeBalance(title, value);
  }

  #takeBalance(title: string, value: string): void {
    if (!OPENING.test(title) && !CLOSING.test(title)) return;
    const amount = inColumn(this.line, title, () => cellAmount(value, title));
    if (OPENING.test(title)) this.#balance.opening = amount;
    else this.#balance.closing = amount;
  }

  #isSummary(cells: readonly string[]): boolean {
    const [title = ''] = cells;
    if (!SUMMARY.test(title)) return false;
    this.#isOver = true;
    this.#takeBalance(title, cells.slice(1).find((cell) => /\d/.test(cell)) ?? '');
    return true;
  }
}

interface Booking extends BankEntry {
  readonly balanceRupiah: Rupiah;
}

/**
 * Oldest first each balance is the one above and the amount; newest first the one above is this and the amount above.
 * Both are followed until one breaks.
 */
class RunningBalance {
  opening: Rupiah | undefined;
  closing: Rupiah | undefined;
  #first: Booking | undefined;
  #last: Booking | undefined;
  #isOldestFirst = true;
  #isNewestFirst = true;

  take(booking: Booking): void {
    const above = this.#last;
    this.#first ??= booking;
    this.#last = booking;
    if (!above) return;
    if (above.balanceRupiah + booking.amountRupiah !== booking.balanceRupiah) this.#isOldestFirst = false;
    if (booking.balanceRupiah + above.amountRupiah !== above.balanceRupiah) this.#isNewestFirst = false;
    if (!this.#isOldestFirst && !this.#isNewestFirst)
      throw mismatch(booking.line, 'the balance does not follow from the line above');
  }

  end(line: number): void {
    const [oldest, newest] = this.#isOldestFirst ? [this.#first, this.#last] : [this.#last, this.#first];
    if (!oldest || !newest) return;
    const before = oldest.balanceRupiah - oldest.amountRupiah;
    if (this.opening !== undefined && this.opening !== before)
      throw mismatch(line, `the lines begin with ${before}, the file says ${this.opening}`);
    if (this.closing !== undefined && this.closing !== newest.balanceRupiah)
      throw mismatch(line, `the lines end with ${newest.balanceRupiah}, the file says ${this.closing}`);
  }
}

function mismatch(line: number, detail: string): BankCsvFault {
  return new BankCsvFault(line, 'balance', 'control_total_mismatch', detail);
}

const comparable = (title: string) =>
  title
    .replaceAll(/\([^)]*\)/g, '')
    .trim()
    .toLowerCase();

function headerIn(text: string): Header | undefined {
  for (const delimiter of DELIMITERS) {
    const titles = records(text, delimiter)?.map(comparable) ?? [];
    const places = Object.fromEntries(
      Object.entries(TITLES)
        .map(([name, known]) => [name, titles.findIndex((title) => known.includes(title))] as const)
        .filter(([, place]) => place >= 0),
    ) as Header['places'];
    const hasAmount = places.amount !== undefined || (places.credit !== undefined && places.debit !== undefined);
    if (places.date !== undefined && places.remark !== undefined && places.balance !== undefined && hasAmount)
      return { delimiter, titles, places };
  }
  return undefined;
}

/** Undefined where its quotes do not match. */
function records(text: string, delimiter: string): string[] | undefined {
  if (!text.includes('"')) return text.split(delimiter);
  try {
    const [cells] = parse(text, { delimiter, relaxQuotes: true, relaxColumnCount: true }) as string[][];
    return cells ?? [];
  } catch {
    return undefined;
  }
}

function cellsOf(text: string, delimiter: string, line: number): string[] {
  const cells = records(text, delimiter);
  if (!cells) throw new BankCsvFault(line, null, 'line_malformed', 'a quote is not closed');
  return cells.map((cell) => cell.trim());
}

function bookingOf(line: number, cells: readonly string[], header: Header): Booking {
  const cell = (name: Name) => cells[header.places[name] ?? -1] ?? '';
  const titleOf = (name: Name) => header.titles[header.places[name] ?? -1] ?? name;
  if (cell('balance') === '') throw new BankCsvFault(line, titleOf('balance'), 'field_missing', 'no balance');
  // A spreadsheet is told by a quote in front that a date is text.
  const date = cell('date').replace(/^'/, '');
  return {
    line,
    bookedOn: inColumn(line, titleOf('date'), () => civilDateOf(cellInstant(date, titleOf('date')))),
    amountRupiah: amountOf(line, cells, cell, titleOf, header),
    remark: cell('remark'),
    balanceRupiah: inColumn(line, titleOf('balance'), () => signedAmount(cell('balance'), titleOf('balance'))),
  };
}

function amountOf(
  line: number,
  cells: readonly string[],
  cell: (name: Name) => string,
  titleOf: (name: Name) => string,
  { places, titles }: Header,
): Rupiah {
  if (places.amount === undefined) {
    const sideOf = (name: 'credit' | 'debit') =>
      inColumn(line, titleOf(name), () => Math.abs(cellAmount(cell(name), titleOf(name))));
    return rupiah(sideOf('credit') - sideOf('debit'));
  }
  // KlikBCA writes the mark beside the amount, in a column without a title or in the cell itself.
  const beside = titles[places.amount + 1] === '' ? (cells[places.amount + 1] ?? '') : '';
  const inside = MARK.exec(cell('amount'))?.[0] ?? '';
  const mark = (cell('mark') || beside || inside).trim().toUpperCase();
  const amount = inColumn(line, titleOf('amount'), () =>
    cellAmount(cell('amount').replace(MARK, ''), titleOf('amount')),
  );
  if (/^(?:CR|C|K|KREDIT|CREDIT)$/.test(mark)) return amount;
  if (/^(?:DB|DR|D|DEBIT|DEBET)$/.test(mark)) return rupiah(-amount);
  if (mark !== '') throw new BankCsvFault(line, titleOf('mark'), 'field_invalid', 'neither in nor out');
  return amount;
}

const MARK = /\s*(?:CR|DB|DR)$/i;

function signedAmount(cell: string, title: string): Rupiah {
  const amount = cellAmount(cell.replace(MARK, ''), title);
  return /D[BR]$/i.test(cell) ? rupiah(-amount) : amount;
}

function inColumn<Value>(line: number, column: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Permanent)) throw error;
    throw new BankCsvFault(line, column, error.reason, error.message);
  }
}
