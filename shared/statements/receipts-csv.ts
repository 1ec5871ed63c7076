/**
 * Receipts of one office as a file: `number,received_on,amount,channel,fund_class,order_reference,donor_name,
 * donor_email,donor_phone,anonymous`, or the same titles in Indonesian. A bad line names its column and stops no other.
 */
import type { DonorContact } from '../domain/canonical-event.ts';
import { RECEIPT_CHANNELS, readOffice, readReceiptNumber } from '../domain/cash-receipt.ts';
import { civilDateOf } from '../domain/dates.ts';
import { emailKey, phoneKey } from '../domain/donor.ts';
import { rupiah } from '../domain/money.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import { Permanent } from '../errors.ts';
import { cellAmount, cellId, cellInstant } from './cells.ts';
import type { LineFault } from './statement.ts';
import { type Chunks, type Columns, type TableRow, tableRows } from './table-rows.ts';

type Name =
  | 'number'
  | 'receivedOn'
  | 'amount'
  | 'channel'
  | 'fundClass'
  | 'orderReference'
  | 'name'
  | 'email'
  | 'phone'
  | 'anonymous';

const COLUMNS: Columns<Name> = {
  number: { titles: ['number', 'nomor', 'nomor kuitansi', 'no. kuitansi', 'no kuitansi'] },
  receivedOn: { titles: ['received_on', 'tanggal', 'tanggal terima', 'date'] },
  amount: { titles: ['amount', 'jumlah', 'nominal'] },
  channel: { titles: ['channel', 'cara'], isOptional: true },
  fundClass: { titles: ['fund_class', 'jenis dana'], isOptional: true },
  orderReference: { titles: ['order_reference', 'nomor pesanan'], isOptional: true },
  name: { titles: ['donor_name', 'nama donatur', 'nama'], isOptional: true },
  email: { titles: ['donor_email', 'surel', 'email'], isOptional: true },
  phone: { titles: ['donor_phone', 'telepon', 'no. hp'], isOptional: true },
  anonymous: { titles: ['anonymous', 'hamba allah', 'anonim'], isOptional: true },
};

const CHANNELS: Readonly<Record<string, (typeof RECEIPT_CHANNELS)[number]>> = {
  ...Object.fromEntries(RECEIPT_CHANNELS.map((channel) => [channel, channel])),
  '': 'cash',
  tunai: 'cash',
  cek: 'cheque',
  pos: 'direct_mail',
};
const CLASSES: Readonly<Record<string, 'general' | 'csr' | 'zakat' | null>> = {
  '': null,
  general: 'general',
  umum: 'general',
  csr: 'csr',
  zakat: 'zakat',
};
const YES_NO: Readonly<Record<string, boolean>> = { '': false, tidak: false, no: false, ya: true, yes: true };

/** A line as somebody wrote it down; the class only where it says one. */
function entryOf(row: TableRow<Name>, office: string) {
  const amountRupiah = inColumn(row, 'amount', (title) => cellAmount(row.cell('amount'), title));
  if (amountRupiah <= 0)
    throw new Permanent(row.cell('amount') === '' ? 'amount_missing' : 'amount_invalid', {
      field: row.titleOf('amount'),
    });
  const receivedOn = inColumn(row, 'receivedOn', (title) => civilDateOf(cellInstant(row.cell('receivedOn'), title)));
  return {
    office,
    number: inColumn(row, 'number', (title) => readReceiptNumber(cellId(row.cell('number'), title, /^.{1,60}$/))),
    receivedOn,
    amountRupiah: rupiah(amountRupiah),
    channel: oneOf(row, 'channel', CHANNELS),
    fundClass: oneOf(row, 'fundClass', CLASSES),
    orderReference: row.cell('orderReference') || null,
    donor: donorOf(row),
  };
}
export type ReceiptLineEntry = ReturnType<typeof entryOf>;

export type ReadReceipt =
  | { readonly ok: true; readonly line: number; readonly entry: ReceiptLineEntry }
  | { readonly ok: false; readonly fault: LineFault };

/**
 * @param source the office, as the place of the file names it
 * @throws Permanent `columns_unknown`, `line_too_long`, `field_invalid`: the file as a whole cannot be taken
 */
export async function* readReceipts(source: string, chunks: Chunks): AsyncGenerator<ReadReceipt> {
  const office = readOffice(source);
  const numbers = new Set<string>();
  for await (const item of tableRows(chunks, COLUMNS)) {
    if (item.ok) yield readLine(item.row, office, numbers);
    else yield item;
  }
}

function readLine(row: TableRow<Name>, office: string, numbers: Set<string>): ReadReceipt {
  try {
    const entry = entryOf(row, office);
    if (numbers.has(entry.number)) throw new Permanent('receipt_number_taken', { field: row.titleOf('number') });
    numbers.add(entry.number);
    return { ok: true, line: row.line, entry };
  } catch (error) {
    if (!(error instanceof Permanent)) throw error;
    return { ok: false, fault: { line: row.line, column: error.field ?? null, reason: error.reason } };
  }
}

/** A fault names the column as the file writes it. */
function inColumn<Value>(row: TableRow<Name>, name: Name, read: (title: string) => Value): Value {
  try {
    return read(row.titleOf(name));
  } catch (error) {
    if (!(error instanceof Permanent)) throw error;
    throw new Permanent(error.reason, { field: row.titleOf(name) });
  }
}

function oneOf<Value>(row: TableRow<Name>, name: Name, words: Readonly<Record<string, Value>>): Value {
  const word = row.cell(name).toLowerCase();
  if (!Object.hasOwn(words, word)) throw new Permanent('field_invalid', { field: row.titleOf(name) });
  return words[word] as Value;
}

function donorOf(row: TableRow<Name>): DonorContact {
  const [name, email, phone] = [row.cell('name'), row.cell('email'), row.cell('phone')];
  const refuse = (column: Name, reason: ReasonCode) => new Permanent(reason, { field: row.titleOf(column) });
  if (email !== '' && emailKey(email) === null) throw refuse('email', 'field_invalid');
  if (phone !== '' && phoneKey(phone) === null) throw refuse('phone', 'phone_invalid');
  return {
    ...(name === '' ? {} : { name }),
    ...(email === '' ? {} : { email }),
    ...(phone === '' ? {} : { phone }),
    ...(oneOf(row, 'anonymous', YES_NO) ? { anonymous: true } : {}),
  };
}
