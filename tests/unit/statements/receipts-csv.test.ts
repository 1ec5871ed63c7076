import { expect, it } from 'vitest';
import { type ReadReceipt, readReceipts } from '../../../shared/statements/receipts-csv.ts';

const TITLES =
  'number,received_on,amount,channel,fund_class,order_reference,donor_name,donor_email,donor_phone,anonymous';

async function read(text: string, office = 'surakarta'): Promise<ReadReceipt[]> {
  const lines: ReadReceipt[] = [];
  for await (const line of readReceipts(office, [Buffer.from(text)])) lines.push(line);
  return lines;
}

it('reads a line with everything', async () => {
  const line = 'kw/1,2026-11-30,Rp50.400,pos,zakat,GNL-1,Bu Sri,sri@contoh.example,0812-3456-7890,ya';
  expect(await read(`${TITLES}\n${line}`)).toEqual([
    {
      ok: true,
      line: 2,
      entry: {
        office: 'surakarta',
        number: 'KW-1',
        receivedOn: '2026-11-30',
        amountRupiah: 50_400,
        channel: 'direct_mail',
        fundClass: 'zakat',
        orderReference: 'GNL-1',
        donor: { name: 'Bu Sri', email: 'sri@contoh.example', phone: '0812-3456-7890', anonymous: true },
      },
    },
  ]);
});

it('reads Indonesian titles and leaves what is not there', async () => {
  expect(await read('Nomor;Tanggal;Jumlah (Rp)\n7;30/11/2026;50400')).toMatchObject([
    {
      ok: true,
      entry: {
        number: '7',
        receivedOn: '2026-11-30',
        amountRupiah: 50_400,
        channel: 'cash',
        fundClass: null,
        donor: {},
      },
    },
  ]);
});

it.each([
  ['number', ',2026-11-30,1', 'field_missing'],
  ['number', 'A#1,2026-11-30,1', 'field_invalid'],
  ['number', '1.2E+15,2026-11-30,1', 'id_mangled'],
  ['received_on', 'A,kemarin,1', 'field_invalid'],
  ['amount', 'A,2026-11-30,', 'amount_missing'],
  ['amount', 'A,2026-11-30,-5', 'amount_invalid'],
  ['amount', 'A,2026-11-30,"1,50"', 'amount_has_sen'],
  ['channel', 'A,2026-11-30,1,merpati', 'field_invalid'],
  ['fund_class', 'A,2026-11-30,1,,wakaf', 'field_invalid'],
  ['donor_email', 'A,2026-11-30,1,,,,,sri', 'field_invalid'],
  ['donor_phone', 'A,2026-11-30,1,,,,,,12', 'phone_invalid'],
  ['anonymous', 'A,2026-11-30,1,,,,,,,mungkin', 'field_invalid'],
])('names the column %s of %j', async (column, line, reason) => {
  const good = 'B,2026-11-30,1';
  const commas = ','.repeat(9 - line.replaceAll(/"[^"]*"/g, '').split(',').length + 1);
  const [fault, next] = await read(`${TITLES}\n${line}${commas}\n${good}${','.repeat(7)}`);
  expect(fault).toEqual({ ok: false, fault: { line: 2, column, reason } });
  expect(next).toMatchObject({ ok: true, line: 3 });
});

it('takes a number once in a file, however it is written', async () => {
  const lines = await read('number,received_on,amount\nkw/1,2026-11-30,1\nKW-1,2026-11-30,2\n');
  expect(lines).toMatchObject([
    { ok: true },
    { ok: false, fault: { line: 3, column: 'number', reason: 'receipt_number_taken' } },
  ]);
});

it('refuses a file without its columns, and an office that is none', async () => {
  await expect(read('nik,name\n1,2')).rejects.toMatchObject({ reason: 'columns_unknown' });
  await expect(read('number,received_on,amount\n1,2026-11-30,1', 'a b')).rejects.toMatchObject({ field: 'office' });
});
