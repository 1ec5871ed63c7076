/**
 * camt.053, the end-of-day statement of ISO 20022, read as it streams by. Only booked entries count; the balances of a
 * statement must hold. Element names are taken without their namespace, whose version is the bank's.
 */
import { type SaxesAttributeNS, SaxesParser } from 'saxes';
import { type CivilDate, civilDateOf, isCivilDate, parseInstant } from '../domain/dates.ts';
import { parseAmount, type Rupiah, rupiah } from '../domain/money.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import { Permanent } from '../errors.ts';
import { type BankEntry, type BankItem, bankItem, lineNames } from './bank.ts';

class Camt053Fault extends Error {
  readonly column: string;
  readonly reason: ReasonCode;
  constructor(column: string, reason: ReasonCode, detail: string) {
    super(detail);
    [this.column, this.reason] = [column, reason];
  }
}

interface Balance {
  kind: string;
  sign: number;
  amountRupiah: Rupiah | null;
}

interface Statement {
  account: string;
  number: string;
  openingRupiah: number | null;
  closingRupiah: number | null;
  sumRupiah: number;
  nameOf: ((entry: BankEntry) => string) | null;
}

interface OpenEntry {
  readonly line: number;
  amountRupiah: Rupiah | null;
  sign: number;
  status: string;
  bookedOn: CivilDate | null;
  readonly remark: string[];
}

/** Where an element's text belongs, by the end of its path. */
const REMARKS = new Set(['Ustrd', 'AddtlNtryInf', 'AddtlTxInf', 'EndToEndId', 'Nm', 'Ref']);
const OPENING = new Set(['OPBD', 'PRCD']);

class Camt053Reader {
  readonly items: BankItem[] = [];
  readonly #parser = new SaxesParser({ xmlns: true, position: true });
  readonly #path: string[] = [];
  #text = '';
  #currency = '';
  #statement: Statement | undefined;
  #balance: Balance | undefined;
  #entry: OpenEntry | undefined;
  #statements = 0;

  constructor() {
    this.#parser.on('error', (error) => {
      throw new Camt053Fault('(line)', 'line_malformed', error.message.split('\n')[0] ?? 'no XML');
    });
    this.#parser.on('doctype', () => {
      throw new Camt053Fault('(line)', 'line_malformed', 'a document type is not taken');
    });
    this.#parser.on('opentag', ({ local, attributes }) => this.#open(local, attributes.Ccy?.value));
    this.#parser.on('text', (text) => {
      this.#text += text;
    });
    this.#parser.on('closetag', ({ local }) => this.#close(local));
  }

  get line(): number {
    return this.#parser.line;
  }

  write(text: string): void {
    this.#parser.write(text);
  }

  end(): void {
    this.#parser.close();
    if (this.#statements === 0) throw new Camt053Fault('Stmt', 'field_missing', 'no statement in it');
  }

  #open(name: string, currency: SaxesAttributeNS['value'] | undefined): void {
    this.#path.push(name);
    this.#text = '';
    if (name === 'Amt') this.#currency = currency ?? '';
    if (name === 'BkToCstmrAcctRpt') throw new Camt053Fault(name, 'statement_interim', 'an interim report (camt.052)');
    if (name === 'Stmt')
      this.#statement = {
        account: '',
        number: '',
        openingRupiah: null,
        closingRupiah: null,
        sumRupiah: 0,
        nameOf: null,
      };
    if (name === 'Bal') this.#balance = { kind: '', sign: 1, amountRupiah: null };
    if (name === 'Ntry')
      this.#entry = {
        line: this.line,
        amountRupiah: null,
        sign: 1,
        status: '',
        bookedOn: null,
        remark: [],
      };
  }

  #close(name: string): void {
    const text = this.#text.trim();
    this.#path.pop();
    const parent = this.#path.at(-1) ?? '';
    if (name === 'Ntry') this.#closeEntry();
    else if (this.#entry) this.#takeOfEntry(this.#entry, name, parent, text);
    else if (name === 'Bal') this.#closeBalance();
    else if (this.#balance) this.#takeOfBalance(this.#balance, name, text);
    else if (name === 'Stmt') this.#closeStatement();
    else if (this.#statement) this.#takeOfStatement(this.#statement, name, parent, text);
    this.#text = '';
  }

  #takeOfStatement(statement: Statement, name: string, parent: string, text: string): void {
    if (parent === 'Stmt' && (name === 'ElctrncSeqNb' || (name === 'Id' && statement.number === '')))
      statement.number = text;
    if ((name === 'IBAN' || (name === 'Id' && parent === 'Othr')) && statement.account === '')
      statement.account = text.replaceAll(/[^0-9A-Za-z]/g, '');
  }

  #takeOfBalance(balance: Balance, name: string, text: string): void {
    if (name === 'Cd') balance.kind = text;
    if (name === 'Amt') balance.amountRupiah = this.#amount(text);
    if (name === 'CdtDbtInd') balance.sign = signOf(text);
  }

  #takeOfEntry(entry: OpenEntry, name: string, parent: string, text: string): void {
    if (parent === 'Ntry' && name === 'Amt') entry.amountRupiah = this.#amount(text);
    if (parent === 'Ntry' && name === 'CdtDbtInd') entry.sign = signOf(text);
    // A word of its own in older versions, a code inside in newer ones.
    if (text !== '' && (name === 'Sts' ? parent === 'Ntry' : parent === 'Sts')) entry.status = text;
    if (parent === 'BookgDt') entry.bookedOn = dateOf(text);
    if (REMARKS.has(name)) entry.remark.push(text);
  }

  #amount(text: string): Rupiah {
    if (this.#currency !== 'IDR') throw new Camt053Fault('Amt', 'currency_not_idr', 'not in IDR');
    return parseAmount(text, 'Amt');
  }

  #closeBalance(): void {
    const [balance, statement] = [this.#balance, this.#statement];
    this.#balance = undefined;
    if (!balance || !statement || balance.amountRupiah === null) return;
    if (OPENING.has(balance.kind)) statement.openingRupiah = balance.sign * balance.amountRupiah;
    if (balance.kind === 'CLBD') statement.closingRupiah = balance.sign * balance.amountRupiah;
  }

  #closeEntry(): void {
    const [entry, statement] = [this.#entry, this.#statement];
    this.#entry = undefined;
    if (!entry || !statement || entry.status !== 'BOOK') return;
    const { line, amountRupiah, sign, bookedOn, remark } = entry;
    if (amountRupiah === null) throw new Camt053Fault('Amt', 'amount_missing', 'an entry without an amount');
    if (bookedOn === null) throw new Camt053Fault('BookgDt', 'field_missing', 'an entry without a day');
    if (statement.account === '') throw new Camt053Fault('Acct', 'field_missing', 'a statement without an account');
    // The mark says where the money went, also of a reversal (RvslInd), so that needs no reading.
    const booked: BankEntry = { line, bookedOn, amountRupiah: rupiah(sign * amountRupiah), remark: remark.join('\n') };
    statement.sumRupiah += booked.amountRupiah;
    statement.nameOf ??= lineNames(statement.account, statement.number);
    this.items.push(bankItem(booked, statement.account, statement.nameOf));
  }

  #closeStatement(): void {
    const statement = this.#statement;
    this.#statement = undefined;
    if (!statement) return;
    this.#statements += 1;
    const { openingRupiah, closingRupiah, sumRupiah } = statement;
    if (openingRupiah === null || closingRupiah === null)
      throw new Camt053Fault('Bal', 'field_missing', 'an opening or a closing balance is missing');
    if (openingRupiah + sumRupiah !== closingRupiah)
      throw new Camt053Fault(
        'Bal',
        'control_total_mismatch',
        `opening and entries make ${openingRupiah + sumRupiah}, not ${closingRupiah}`,
      );
  }
}

function signOf(text: string): number {
  if (text !== 'CRDT' && text !== 'DBIT') throw new Camt053Fault('CdtDbtInd', 'field_invalid', 'neither CRDT nor DBIT');
  return text === 'CRDT' ? 1 : -1;
}

function dateOf(text: string): CivilDate {
  if (isCivilDate(text)) return text;
  return civilDateOf(parseInstant(text, 'BookgDt'));
}

/** The booked entries, as they are read; the first fault is the last item, and may come after lines it concerns. */
export async function* readCamt053(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<BankItem> {
  const reader = new Camt053Reader();
  const decoder = new TextDecoder('utf-8');
  try {
    for await (const chunk of chunks) {
      reader.write(decoder.decode(chunk, { stream: true }));
      yield* reader.items.splice(0);
    }
    reader.write(decoder.decode());
    reader.end();
    yield* reader.items.splice(0);
  } catch (error) {
    if (!(error instanceof Camt053Fault || error instanceof Permanent)) throw error;
    const column = error instanceof Camt053Fault ? error.column : (error.field ?? null);
    yield { type: 'fault', fault: { line: reader.line, column, reason: error.reason, detail: error.message } };
  }
}
