import { describe, expect, it } from 'vitest';
import { readSettlement } from '../../../shared/statements/settlement.ts';
import { SETTLEMENT_PROFILES, type SettlementChannel } from '../../../shared/statements/settlement-profiles.ts';
import type { ReadLine, StatementRow } from '../../../shared/statements/statement.ts';
import { differingTotals, NO_TOTALS, withRow } from '../../../shared/statements/totals.ts';
import { collected } from '../../support/collected.ts';

async function read(channel: SettlementChannel, lines: readonly string[], end = '\r\n'): Promise<ReadLine[]> {
  const bytes = Buffer.from(lines.join(end));
  const pieces = Array.from({ length: Math.ceil(bytes.length / 11) }, (_, index) =>
    bytes.subarray(index * 11, index * 11 + 11),
  );
  // The profiles read cells of different names; the reader is the same.
  return collected(readSettlement(SETTLEMENT_PROFILES[channel] as never, pieces));
}
const rowsOf = (items: readonly ReadLine[]) => items.flatMap((item) => (item.ok ? [item.row] : []));
const faultsOf = (items: readonly ReadLine[]) => items.flatMap((item) => (item.ok ? [] : [item.fault]));
const brief = ({ line, kind, paymentId, effectKey, amountRupiah, feeRupiah }: StatementRow) => [
  line,
  kind,
  paymentId,
  effectKey,
  amountRupiah,
  feeRupiah,
];

const SHOPEE = [
  '\uFEFFLaporan Penghasilan,,,,,,,,',
  'Username (Penjual),gn.lingkaran,,,,,,,',
  'No.,No. Pesanan,No. Pengajuan,Tanggal Dana Dilepaskan,Harga Asli Produk,Total Diskon Produk,Jumlah Pengembalian Dana ke Pembeli,Biaya Administrasi,Total Penghasilan',
];

describe('the income report of Shopee', () => {
  it('is a payment in each line, and a refund where money went back', async () => {
    const items = await read('shopee', [
      ...SHOPEE,
      '1,2611207K3XQ9AB,,2026-11-20,100000,-10000,0,-4500,85500',
      '2,2611207K3XQ9AC,2611210001,2026-11-21,50000,0,-20000,-1500,28500',
      'Total,,,,150000,-10000,-20000,-6000,114000',
    ]);
    expect(items.every(({ ok }) => ok)).toBe(true);
    expect(rowsOf(items).map(brief)).toEqual([
      [4, 'paid', '2611207K3XQ9AB', 'shopee:2611207K3XQ9AB:paid', 90_000, 4_500],
      [5, 'paid', '2611207K3XQ9AC', 'shopee:2611207K3XQ9AC:paid', 50_000, 1_500],
      [5, 'refunded', '2611207K3XQ9AC', 'shopee:2611207K3XQ9AC:refund:2611210001', 20_000, 0],
    ]);
    expect(rowsOf(items)[0]).toMatchObject({
      gateway: 'shopee',
      channel: 'shopee',
      orderReference: '2611207K3XQ9AB',
      occurredAt: '2026-11-19T17:00:00.000Z',
      payoutId: null,
    });
    const totals = rowsOf(items).reduce(withRow, NO_TOTALS);
    expect(totals).toEqual({ rows: 3, grossRupiah: 120_000, feeRupiah: 6_000, netRupiah: 114_000 });
  });

  it('says which line and column is at fault, and reads the others', async () => {
    const items = await read('shopee', [
      ...SHOPEE,
      '1,2.61121E+13,,2026-11-20,100000,0,0,0,100000',
      '2,2611207K3XQ9AC,,2026-11-21,100000.50,0,0,0,100000',
      '3,2611207K3XQ9AD,,46346,100000,0,0,0,100000',
      '4,,,2026-11-20,0,0,0,0,12000',
      '5,2611207K3XQ9AF,,2026-11-20,100000,0,0,0,100001',
      '6,2611207K3XQ9AG,,2026-11-20,100000,0,0,0,-1',
      '7,2611207K3XQ9AH,,2026-11-20,0,0,0,0,-5000',
      '8,2611207K3XQ9AI,,2026-11-20,100,000,0,0,0,100000',
      '9,2611207K3XQ9AJ',
      '10,2611207K3XQ9AK,,2026-11-20,-5,0,0,0,-5',
      '11,2611207K3XQ9AL,,2026-11-20,0,0,0,0,0',
      ',,,,,,,,',
      '12,2611207K3XQ9AM,,2026-11-20,100000,0,0,0,95000',
    ]);
    const faults = faultsOf(items).sort((left, right) => left.line - right.line);
    expect(faults.map(({ line, column, reason }) => [line, column, reason])).toEqual([
      [4, 'No. Pesanan', 'id_mangled'],
      [5, 'Harga Asli Produk', 'amount_has_sen'],
      [6, 'Tanggal Dana Dilepaskan', 'field_invalid'],
      [7, 'No. Pesanan', 'order_unassigned'],
      [8, null, 'amount_invalid'],
      [9, null, 'fee_exceeds_amount'],
      [10, null, 'order_unassigned'],
      [11, null, 'line_malformed'],
      [12, null, 'line_malformed'],
      [13, null, 'amount_invalid'],
    ]);
    expect(rowsOf(items).map(brief)).toEqual([
      [16, 'paid', '2611207K3XQ9AM', 'shopee:2611207K3XQ9AM:paid', 100_000, 5_000],
    ]);
  });

  it('with an order in two places books neither silently', async () => {
    const line = '2611207K3XQ9AB,,2026-11-20,100000,0,0,0,100000';
    const items = await read('shopee', [...SHOPEE, `1,${line}`, `2,${line.replace('9AB', '9AC')}`, `3,${line}`]);
    expect(rowsOf(items)).toHaveLength(2);
    expect(faultsOf(items)).toMatchObject([{ line: 6, reason: 'payment_contradiction' }]);
  });
});

describe('the income report of TikTok Shop and Tokopedia', () => {
  const HEADER =
    'Order/adjustment ID;Type;Order created time(UTC);Order settled time(UTC);Currency;Total settlement amount;Total Revenue;Subtotal after seller discounts;Refund subtotal after seller discounts;Total Fees;A new column';

  it('leaves the money of the shop to a person', async () => {
    const items = await read('tiktok-shop', [
      HEADER,
      '576486316948490001\t;Order;2026/11/12;2026/11/20;IDR;92.500;100.000;100.000;0;-7.500;x',
      '576486316948490001;Logistics reimbursement;2026/11/12;2026/11/21;IDR;1.000;0;0;0;0;',
      '576486316948490002;Order;2026/11/12;2026/11/20;IDR;-48.000;-50.000;0;-50.000;2.000;',
    ]);
    expect(rowsOf(items).map(brief)).toEqual([
      [2, 'paid', '576486316948490001', 'tiktok-shop:576486316948490001:paid', 100_000, 7_500],
      [4, 'refunded', '576486316948490002', 'tiktok-shop:576486316948490002:refund:2026-11-20-50000', 50_000, -2_000],
    ]);
    expect(rowsOf(items)[0]?.occurredAt).toBe('2026-11-20T00:00:00.000Z');
    expect(faultsOf(items)).toEqual([{ line: 3, column: null, reason: 'order_unassigned' }]);
    expect(rowsOf(items).reduce(withRow, NO_TOTALS)).toMatchObject({ netRupiah: 44_500 });
  });
});

describe('the statement of Lazada', () => {
  const HEADER = 'Transaction Date,Fee Name,Amount,Order No.,Statement';
  const ORDER = [
    '20 Nov 2026,Item Price Credit,"100,000.00",260422900198363,20 Nov 2026 - 26 Nov 2026',
    '20 Nov 2026,Item Price Credit,"50,000.00",260422900198363,20 Nov 2026 - 26 Nov 2026',
    '20 Nov 2026,Commission,"-6,000.00",260422900198363,20 Nov 2026 - 26 Nov 2026',
    '20 Nov 2026,Payment Fee,"-2,730.00",260422900198363,20 Nov 2026 - 26 Nov 2026',
  ];

  it('is one payment for the lines of an order that stand together', async () => {
    const items = await read('lazada', [
      HEADER,
      ...ORDER,
      '21 Nov 2026,Reversal Item Price,"-40,000.00",260422900198364,',
      '21 Nov 2026,Reversal Commission,"1,600.00",260422900198364,',
      '21 Nov 2026,Sponsored Discovery,"-9,000.00",,',
    ]);
    expect(rowsOf(items).map(brief)).toEqual([
      [2, 'paid', '260422900198363', 'lazada:260422900198363:paid', 150_000, 8_730],
      [6, 'refunded', '260422900198364', 'lazada:260422900198364:refund:2026-11-21-40000', 40_000, -1_600],
    ]);
    expect(rowsOf(items)[0]?.payoutId).toBe('20 Nov 2026 - 26 Nov 2026');
    expect(faultsOf(items)).toEqual([{ line: 8, column: 'Order No.', reason: 'order_unassigned' }]);
  });

  it('does not book an order one line of which is at fault', async () => {
    const items = await read('lazada', [HEADER, ...ORDER.slice(0, 3), ORDER[3]!.replace('-2,730.00', '-2,730.05')]);
    expect(rowsOf(items)).toEqual([]);
    expect(faultsOf(items)).toEqual([{ line: 5, column: 'Amount', reason: 'amount_has_sen' }]);
  });

  it('is refused as a whole where nobody can say whose a line is', async () => {
    const mangled = ORDER[2]!.replace('260422900198363', '2.60E+14');
    await expect(read('lazada', [HEADER, ...ORDER.slice(0, 2), mangled])).rejects.toMatchObject({
      reason: 'id_mangled',
      field: 'Order No.',
      message: expect.stringContaining('line 4'),
    });
    await expect(read('lazada', [HEADER, `${ORDER[0]},x,y`])).rejects.toMatchObject({ reason: 'line_malformed' });
  });
});

describe('the settlement of Blibli', () => {
  it('adds up the items of an order', async () => {
    const items = await read('blibli', [
      'No. Order,No. Order Item,Tanggal Pencairan,Total Harga,Komisi,Total Dibayarkan,No. Pembayaran',
      '12034567890,1,20/11/2026,25000,-1250,23750,PAY-1',
      '12034567890,2,20/11/2026,25000,-1250,23750,PAY-1',
    ]);
    expect(rowsOf(items).map(brief)).toEqual([[2, 'paid', '12034567890', 'blibli:12034567890:paid', 50_000, 2_500]]);
    expect(rowsOf(items)[0]).toMatchObject({ payoutId: 'PAY-1', occurredAt: '2026-11-19T17:00:00.000Z' });
  });
});

describe('a file', () => {
  it.each(['\n', '\r\n'])('may end its lines with %j, and its columns stand in any order', async (end) => {
    const lines = [
      'TOTAL PENGHASILAN (Rp),Harga Asli Produk,tanggal  dana dilepaskan,No. Pesanan',
      '95000,100000,2026-11-20,2611207K3XQ9AB',
      '',
    ];
    expect(rowsOf(await read('shopee', lines, end)).map(brief)).toEqual([
      [2, 'paid', '2611207K3XQ9AB', 'shopee:2611207K3XQ9AB:paid', 100_000, 5_000],
    ]);
  });

  it('without the columns is refused, with what was looked for', async () => {
    for (const lines of [['PK\u0003\u0004'], [''], [], Array.from({ length: 100 }, () => 'a,b')])
      await expect(read('shopee', lines)).rejects.toMatchObject({
        reason: 'columns_unknown',
        message: expect.stringContaining('No. Pesanan, Tanggal Dana Dilepaskan'),
      });
  });

  it('may have a cell of several lines, and a quote that is never closed costs its own line alone', async () => {
    const header = 'Catatan,No. Pesanan,Tanggal Dana Dilepaskan,Harga Asli Produk,Total Penghasilan';
    const items = await read('shopee', [
      header,
      '"baris satu',
      'baris dua",2611207K3XQ9AB,2026-11-20,100000,95000',
      '"tidak ditutup,2611207K3XQ9AC,2026-11-20,100000,95000',
      ...Array.from({ length: 9 }, (_, index) => `x,2611207K3XQ9B${index},2026-11-20,100000,95000`),
    ]);
    expect(faultsOf(items)).toEqual([{ line: 4, column: null, reason: 'line_malformed' }]);
    expect(rowsOf(items).map(({ line }) => line)).toEqual([2, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  });

  it('with a line that never ends is refused', async () => {
    await expect(read('shopee', ['x'.repeat(70_000)])).rejects.toMatchObject({ reason: 'line_too_long' });
  });

  it('of many orders is read as it comes', async () => {
    let given = 0;
    let furthestAhead = 0;
    let taken = 0;
    function* chunks() {
      yield Buffer.from('No. Pesanan,Tanggal Dana Dilepaskan,Harga Asli Produk,Total Penghasilan\n');
      for (let index = 0; index < 20_000; index += 1) {
        given += 1;
        furthestAhead = Math.max(furthestAhead, given - taken);
        yield Buffer.from(`261120${String(index).padStart(8, '0')},2026-11-20,100000,95000\n`);
      }
    }
    let totals = NO_TOTALS;
    for await (const item of readSettlement(SETTLEMENT_PROFILES.shopee, chunks())) {
      taken += 1;
      if (item.ok) totals = withRow(totals, item.row);
    }
    expect(totals).toEqual({ rows: 20_000, grossRupiah: 2e9, feeRupiah: 1e8, netRupiah: 1.9e9 });
    expect(furthestAhead).toBeLessThan(10);
  });
});

it('control totals that differ are named, and those nobody stated are not', () => {
  const totals = { rows: 2, grossRupiah: 100, feeRupiah: 5, netRupiah: 95 };
  expect(differingTotals({ rows: 2, netRupiah: 95 }, totals)).toEqual([]);
  expect(differingTotals({ rows: 3, grossRupiah: 100, feeRupiah: 6 }, totals)).toEqual(['rows', 'feeRupiah']);
});
