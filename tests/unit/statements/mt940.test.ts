import { describe, expect, it } from 'vitest';
import { type BankItem, giftOf, orderReferenceIn } from '../../../shared/statements/bank.ts';
import { textLines } from '../../../shared/statements/lines.ts';
import { readMt940 } from '../../../shared/statements/mt940.ts';
import { collected } from '../../support/collected.ts';

const STATEMENT = [
  ':20:STMT261120',
  ':25:0206-01-000123-30-5',
  ':28C:324/1',
  ':60F:C261119IDR1000000,00',
  ':61:2611201120C50400,00NTRFNONREF//BRI0001',
  ':86:TRANSFER DARI PT MAJU GNL-20261101-0A1B2',
  'C3D4E UNTUK DONASI',
  ':61:2611201120C50400,00NTRFNONREF',
  ':86:setoran tunai',
  ':61:2611201120D2500,00NCHGNONREF',
  ':86:BIAYA ADM',
  ':61:261120RC10000,00NTRFNONREF',
  ':62F:C261120IDR1088300,00',
  '-}',
];

async function read(lines: readonly string[], separator = '\n'): Promise<BankItem[]> {
  const bytes = new TextEncoder().encode(lines.join(separator));
  const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, index) =>
    bytes.subarray(index * 7, index * 7 + 7),
  );
  return collected(readMt940(textLines(pieces)));
}

const faultOf = (items: readonly BankItem[]) => items.find(({ type }) => type === 'fault');
const creditsOf = (items: readonly BankItem[]) =>
  items.flatMap((item) => (item.type === 'credit' ? [item.credit] : []));
const changed = (index: number, text: string) => STATEMENT.map((line, at) => (at === index ? text : line));

describe('a statement', () => {
  it('gives its credits, with day, amount and remark, and no more than marks its debits', async () => {
    const items = await read(STATEMENT);
    expect(items.map(({ type }) => type)).toEqual(['credit', 'credit', 'debit', 'debit']);
    const [first, second] = creditsOf(items);
    expect(first).toMatchObject({ line: 5, account: '020601000123305', bookedOn: '2026-11-20', amountRupiah: 50_400 });
    expect(first?.remark).toContain('PT MAJU');
    expect(second?.remark).toContain('setoran tunai');
  });

  it('names two equal credits of a day apart, and the same line always the same', async () => {
    const ids = creditsOf(await read(STATEMENT)).map(({ creditId }) => creditId);
    expect(new Set(ids).size).toBe(2);
    expect(creditsOf(await read(STATEMENT, '\r\n')).map(({ creditId }) => creditId)).toEqual(ids);
    const other = creditsOf(await read(changed(2, ':28C:325/1'))).map(({ creditId }) => creditId);
    expect(other.some((id) => ids.includes(id))).toBe(false);
  });

  it('may hold many accounts one after the other', async () => {
    const second = changed(1, ':25:777').filter((line) => line !== '-}');
    const accounts = creditsOf(await read([...STATEMENT.slice(0, -1), ...second])).map(({ account }) => account);
    expect(accounts).toEqual(['020601000123305', '020601000123305', '777', '777']);
  });

  it('takes a reversed debit as money in, and a mark of bytes in front of everything as nothing', async () => {
    const reversed = changed(11, ':61:261120RD10000,00NTRFNONREF').with(12, ':62F:C261120IDR1108300,00');
    expect(creditsOf(await read(reversed.with(0, `\uFEFF${reversed[0]}`)))).toHaveLength(3);
  });
});

describe('a statement is refused', () => {
  it.each([
    ['whose balances do not hold', changed(12, ':62F:C261120IDR1098301,00'), 'control_total_mismatch', '62F'],
    ['that is an interim one', changed(3, ':34F:IDR0,'), 'statement_interim', '34F'],
    ['with sen', changed(4, ':61:2611201120C50400,50NTRFNONREF'), 'amount_has_sen', '61'],
    ['in another currency', changed(3, ':60F:C261119USD1000000,00'), 'currency_not_idr', '60F'],
    ['with a booking nobody can read', changed(4, ':61:yesterday'), 'line_malformed', '61'],
    ['of a day that never was', changed(4, ':61:261131C50400,00NTRF'), 'field_invalid', '61'],
    ['with a balance nobody can read', changed(3, ':60F:1000000'), 'field_invalid', '60F'],
    ['that has no account', changed(1, ':21:NONREF'), 'field_missing', '25'],
    ['that has no opening balance', STATEMENT.toSpliced(3, 1), 'field_missing', '62F'],
    ['that ends without its closing balance', STATEMENT.slice(0, -2), 'field_missing', '62F'],
    ['that begins before the one before has ended', [...STATEMENT.slice(0, 11), ...STATEMENT], 'field_missing', '62F'],
    ['that begins with other text', ['hello', ...STATEMENT], 'line_malformed', '(line)'],
    ['that begins in the middle', STATEMENT.slice(1), 'line_malformed', '25'],
  ])('%s, with line and reason', async (_, lines, reason, column) => {
    const items = await read(lines);
    expect(faultOf(items)).toMatchObject({ type: 'fault', fault: { reason, column } });
    expect(items.at(-1)?.type).toBe('fault');
  });
});

describe('a remark names its order', () => {
  it.each([
    ['GNL-20261101-0A1B2C3D4E', 'GNL-20261101-0A1B2C3D4E'],
    ['trf gnl 20261101 0a1b2c3d4e tks', 'GNL-20261101-0A1B2C3D4E'],
    ['X/GNL-202611\n01-0A1B2 C3D4E/Y', 'GNL-20261101-0A1B2C3D4E'],
    ['iuran gns-20270215-0a1b2c3d4e', 'GNS-20270215-0A1B2C3D4E'],
    ['GNL-2026110-0A1B2C3D4E', null],
    ['GNX-20261101-0A1B2C3D4E', null],
    ['setoran tunai', null],
  ])('%j: %s', (remark, reference) => {
    expect(orderReferenceIn(remark)).toBe(reference);
  });
});

it('a credit with its pledge is a gift like any other', async () => {
  const [credit] = creditsOf(await read(STATEMENT));
  expect(giftOf(credit!, 'GNL-20261101-0A1B2C3D4E')).toMatchObject({
    gateway: 'bank:020601000123305',
    kind: 'paid',
    amountRupiah: 50_400,
    paymentId: credit?.creditId,
    effectKey: expect.stringMatching(/^bank:020601000123305:[0-9a-f]{32}:paid$/),
    occurredAt: '2026-11-19T17:00:00.000Z',
    orderReference: 'GNL-20261101-0A1B2C3D4E',
  });
});

it('lines are read in any pieces, however they end, and none may be endless', async () => {
  const text = 'satu\r\ndua\n\ntiga é';
  const bytes = new TextEncoder().encode(text);
  const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte));
  const lines = await collected(textLines(pieces));
  expect(lines.map(({ text: line }) => line)).toEqual(['satu', 'dua', '', 'tiga é']);
  expect(lines.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  const endless = Array.from({ length: 70 }, () => new Uint8Array(1024).fill(65));
  await expect(collected(textLines(endless))).rejects.toThrow(RangeError);
});
