import { describe, expect, it } from 'vitest';
import { type BankItem, giftOf } from '../../../shared/statements/bank.ts';
import { readBankCsv } from '../../../shared/statements/bank-csv.ts';
import { collected } from '../../support/collected.ts';

async function read(lines: readonly string[], account?: string): Promise<BankItem[]> {
  const bytes = Buffer.from(lines.join('\r\n'));
  const pieces = Array.from({ length: Math.ceil(bytes.length / 9) }, (_, index) =>
    bytes.subarray(index * 9, index * 9 + 9),
  );
  return collected(readBankCsv(pieces, account));
}
const faultOf = (items: readonly BankItem[]) => items.flatMap((item) => (item.type === 'fault' ? [item.fault] : []))[0];
const creditsOf = (items: readonly BankItem[]) =>
  items.flatMap((item) => (item.type === 'credit' ? [item.credit] : []));

const KLIKBCA = [
  '\uFEFF"No. Rekening : ","0123456789"',
  '"Nama : ","YAYASAN CONTOH"',
  '"Kode Mata Uang : ","IDR"',
  '',
  'Tanggal Transaksi,Keterangan,Cabang,Jumlah,,Saldo',
  '01/12/2026,"TRSF E-BANKING CR GNL-20261101-0A1B2C3D4E",\'0000,"50,400.00",CR,"1,050,400.00"',
  '01/12/2026,"SETORAN TUNAI, ""LOKET""",\'0001,"50,400.00",CR,"1,100,800.00"',
  '02/12/2026,BIAYA ADM,\'0000,"10,000.00",DB,"1,090,800.00"',
  'Saldo Awal,:,"1,000,000.00"',
  'Mutasi Kredit,:,"100,800.00",,2',
  'Saldo Akhir,:,"1,090,800.00"',
];
const changed = (index: number, text: string) => KLIKBCA.map((line, at) => (at === index ? text : line));

describe('an export of KlikBCA', () => {
  it('gives its credits with account, day, amount and remark, and tells two equal ones apart', async () => {
    const items = await read(KLIKBCA);
    expect(items.map(({ type }) => type)).toEqual(['credit', 'credit', 'debit']);
    const [first, second] = creditsOf(items);
    expect(first).toEqual({
      line: 6,
      account: '0123456789',
      creditId: '0123456789:2026-12-01:50400:1',
      bookedOn: '2026-12-01',
      amountRupiah: 50_400,
      remark: 'TRSF E-BANKING CR GNL-20261101-0A1B2C3D4E',
    });
    expect(second).toMatchObject({ remark: 'SETORAN TUNAI, "LOKET"', creditId: '0123456789:2026-12-01:50400:2' });
    expect(giftOf(first!, 'GNL-20261101-0A1B2C3D4E')).toMatchObject({ gateway: 'bank:0123456789', feeRupiah: null });
  });

  it.each([
    ['whose balance breaks', changed(6, KLIKBCA[6]!.replace('1,100,800', '1,100,801')), 'control_total_mismatch', 7],
    [
      'whose first balance does not follow from the opening one',
      changed(8, 'Saldo Awal,:,"999,999.00"'),
      'control_total_mismatch',
      11,
    ],
    [
      'whose last balance is not the closing one',
      changed(10, 'Saldo Akhir,:,"1,090,801.00"'),
      'control_total_mismatch',
      11,
    ],
    ['in another currency', changed(2, '"Kode Mata Uang : ","USD"'), 'currency_not_idr', 3],
    ['of no account', KLIKBCA.slice(1), 'field_missing', 5],
    [
      'with an amount nobody can read',
      changed(5, KLIKBCA[5]!.replace('50,400.00', '50.400,00,1')),
      'amount_invalid',
      6,
    ],
    ['with sen', changed(5, KLIKBCA[5]!.replace('50,400.00', '50,400.50')), 'amount_has_sen', 6],
    ['with a day there is not', changed(5, KLIKBCA[5]!.replace('01/12/2026', '31/11/2026')), 'field_invalid', 6],
    ['with a mark nobody knows', changed(5, KLIKBCA[5]!.replace(',CR,', ',XX,')), 'field_invalid', 6],
    ['with a quote that is never closed', changed(7, '02/12/2026,"BIAYA,0000'), 'line_malformed', 8],
    ['with a booking below its sums', [...KLIKBCA, KLIKBCA[5]!], 'line_malformed', 12],
    ['of other columns', ['a,b', 'c,d'], 'columns_unknown', 2],
    ['without a line end', ['x'.repeat(70_000)], 'line_too_long', 0],
  ])('%s is at fault, and nothing comes after', async (_name, lines, reason, line) => {
    const items = await read(lines);
    expect(faultOf(items)).toMatchObject({ reason, line });
    expect(items.at(-1)?.type).toBe('fault');
  });
});

describe('a general export', () => {
  const GENERAL = [
    'date;description;debit;credit;balance',
    '2026-12-03;Transfer;;75.000;1.165.800',
    '2026-12-02;Fee;10.000;;1.090.800',
    '2026-12-01;Transfer;;90.800;1.100.800',
  ];

  it('may be written newest first, with a column for each side, and the account beside the file', async () => {
    const items = await read(GENERAL, '777');
    expect(items.map(({ type }) => type)).toEqual(['credit', 'debit', 'credit']);
    expect(creditsOf(items)).toMatchObject([{ amountRupiah: 75_000, account: '777' }, { amountRupiah: 90_800 }]);
  });

  it('must hold in one order', async () => {
    const [head = '', first = '', second = '', third = ''] = GENERAL;
    expect(faultOf(await read([head, second, first, third], '777'))).toMatchObject({
      reason: 'control_total_mismatch',
    });
  });

  it('may write the mark inside the amount, and an overdrawn balance', async () => {
    const lines = ['Tanggal,Keterangan,Mutasi,Saldo', "'01/12/2026,a,5000 DB,1000 DB", "'01/12/2026,b,6000 CR,5000"];
    expect(creditsOf(await read(lines, '1'))).toMatchObject([{ amountRupiah: 6_000 }]);
  });
});
