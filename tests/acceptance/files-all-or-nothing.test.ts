/** Files whose totals are the sender's own: a partner's remittance and a bank's statement are taken whole or not at all. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provenBalances } from './support/books.ts';
import { announce, type FileOfMoney, fileAt, handIn } from './support/files.ts';
import { give, newGift } from './support/partner.ts';
import { type System, startSystem } from './support/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

const REMITTANCE: FileOfMoney = { kind: 'partner_remittance', source: 'kitabisa', name: 'kitabisa.csv' };

function remittance(...lines: readonly string[]): string {
  return ['payment_id,paid_at,amount,fee,currency,kind,donor_name', ...lines, ''].join('\n');
}
const gift = (paymentId: string, amountRupiah: number, feeRupiah = 0, kind = 'paid') =>
  [paymentId, '2026-11-30T10:00:00+07:00', amountRupiah, feeRupiah, 'IDR', kind, 'Hamba Allah'].join(',');

describe("a partner's remittance", () => {
  const body = remittance(gift('KB-1', 100_000, 5_000), gift('KB-2', 50_000, 2_500));
  const announced = {
    batchId: 'KB-A',
    body,
    name: REMITTANCE.name,
    totals: { rows: 2, gross: 150_000, fees: 7_500, net: 142_500 },
  };

  it('waits for its manifest, and is booked when that comes', async () => {
    const told = newGift(100_000, await system.nowMilliseconds(), { paymentId: 'KB-1', feeRupiah: 5_000 });
    await give(system, told);
    const waiting = await handIn(system, REMITTANCE, body);
    expect(waiting).toMatchObject({ state: 'awaiting_manifest', counts: { matched: 0, missingHere: 0 } });
    expect(await system.donations({ paymentId: 'KB-2' })).toEqual([]);
    await announce(system, announced);
    await system.settle();
    expect(await fileAt(system, waiting.fileId)).toMatchObject({
      state: 'done',
      batchId: 'KB-A',
      counts: { matched: 1, missingHere: 1 },
    });
    expect(await system.donationOf('partner:kitabisa', 'KB-2')).toMatchObject({ receivedRupiah: 50_000 });
    const booked = await provenBalances(system);
    // Both again.
    await announce(system, announced);
    await handIn(system, REMITTANCE, body);
    expect(await provenBalances(system)).toEqual(booked);
  });

  it('may come after its manifest', async () => {
    const late = remittance(gift('KB-3', 40_000));
    const name = 'late.csv';
    await announce(system, {
      batchId: 'KB-B',
      body: late,
      name,
      totals: { rows: 1, gross: 40_000, fees: 0, net: 40_000 },
    });
    await system.settle();
    expect(await handIn(system, { ...REMITTANCE, name }, late)).toMatchObject({
      state: 'done',
      counts: { missingHere: 1 },
    });
  });

  it('whose manifest says other totals is refused, until a batch corrects the manifest', async () => {
    const other = remittance(gift('KB-4', 40_000));
    const name = 'totals.csv';
    await announce(system, {
      batchId: 'KB-C',
      body: other,
      name,
      totals: { rows: 1, gross: 40_001, fees: 0, net: 40_001 },
    });
    await system.settle();
    const file = await handIn(system, { ...REMITTANCE, name }, other);
    expect(file).toMatchObject({ state: 'refused', refusal: { reason: 'control_total_mismatch' } });
    expect(await system.donations({ paymentId: 'KB-4' })).toEqual([]);

    const totals = { rows: 1, gross: 40_000, fees: 0, net: 40_000 };
    await announce(system, { batchId: 'KB-C2', body: other, name, totals, supersedes: 'KB-C' });
    await system.settle();
    expect(await fileAt(system, file.fileId)).toMatchObject({ state: 'done', batchId: 'KB-C2', supersededBy: null });
    expect(await system.donations({ paymentId: 'KB-4' })).toHaveLength(1);
  });

  it.each([
    ['before', true],
    ['after', false],
  ])('that was changed on its way is refused, be its manifest there %s it', async (when, isFirst) => {
    const [said, changed] = [remittance(gift(`KB-5-${when}`, 50_000)), remittance(gift(`KB-5-${when}`, 55_000))];
    const name = `changed-${when}.csv`;
    const manifest = {
      batchId: `KB-D-${when}`,
      body: said,
      name,
      totals: { rows: 1, gross: 50_000, fees: 0, net: 50_000 },
    };
    if (isFirst) await announce(system, manifest);
    await system.settle();
    const { fileId } = await handIn(system, { ...REMITTANCE, name }, changed);
    if (!isFirst) await announce(system, manifest);
    await system.settle();
    expect(await fileAt(system, fileId)).toMatchObject({ state: 'refused', refusal: { reason: 'file_hash_mismatch' } });
    expect(await system.donations({ paymentId: `KB-5-${when}` })).toEqual([]);
  });

  it('with one line at fault books nothing at all', async () => {
    const bad = remittance(gift('KB-6', 40_000), gift('KB-7', 10_000).replace('10000', 'ten'));
    const name = 'fault.csv';
    await announce(system, {
      batchId: 'KB-E',
      body: bad,
      name,
      totals: { rows: 2, gross: 50_000, fees: 0, net: 50_000 },
    });
    await system.settle();
    const file = await handIn(system, { ...REMITTANCE, name }, bad);
    expect(file).toMatchObject({ state: 'refused', refusal: { line: 3, column: 'amount', reason: 'amount_invalid' } });
    expect(await system.donations({ paymentId: 'KB-6' })).toEqual([]);
  });

  it('is corrected by a batch that says which one it corrects', async () => {
    const name = 'corrected.csv';
    const corrected = remittance(gift('KB-1', 100_000, 5_000));
    const totals = { rows: 1, gross: 100_000, fees: 5_000, net: 95_000 };
    await announce(system, { batchId: 'KB-A2', body: corrected, name, totals, supersedes: 'KB-A' });
    await system.settle();
    const file = await handIn(system, { ...REMITTANCE, name }, corrected);
    expect(file).toMatchObject({ state: 'done', counts: { matched: 1 } });
    const files = await system.list<{ supersededBy: string | null; batchId: string | null }>('/api/files');
    expect(files.find(({ batchId }) => batchId === 'KB-A')).toMatchObject({ supersededBy: file.fileId });
    const differences = await system.list<{ outcome: string; paymentId: string }>('/api/differences');
    expect(differences).toContainEqual(expect.objectContaining({ outcome: 'withdrawn', paymentId: 'KB-2' }));
  });
});

describe("a bank's statement", () => {
  const lines = (reference: string) => [
    ':20:STMT261201',
    ':25:0206-01-000123-30-5',
    ':28C:324/1',
    ':60F:C261130IDR1000000,00',
    ':61:2612011201C84000,00NTRFNONREF',
    `:86:TRANSFER ${reference}`,
    ':61:2612011201C50000,00NTRFNONREF',
    ':86:SETORAN PAK SUBARJONO',
    ':61:2612011201D2500,00NCHGNONREF',
    ':62F:C261201IDR1131500,00',
    '',
  ];
  const BANK: FileOfMoney = { kind: 'bank_statement', source: 'mt940', name: 'bri.sta' };
  const donor = { kind: 'individual', name: 'Donatur', email: 'donatur@contoh.example', language: 'id' };
  interface Unassigned {
    readonly unassignedId: string;
    readonly amountRupiah: number;
    readonly remark: string;
    readonly state: string;
  }

  it('books what names a pledge, and leaves the rest to a person, once', async () => {
    const { body: pledge } = await system.pledge({ donor, workers: 2 });
    const body = lines(pledge.orderReference).join('\n');
    const file = await handIn(system, BANK, body);
    expect(file).toMatchObject({ state: 'done', counts: { missingHere: 1, unassigned: 1 } });
    expect(await system.donations({ orderReference: pledge.orderReference })).toMatchObject([
      { gateway: 'bank:020601000123305', receivedRupiah: 84_000 },
    ]);
    const [open] = await system.list<Unassigned>('/api/unassigned', { state: 'open' });
    expect(open).toMatchObject({ amountRupiah: 50_000, remark: expect.stringContaining('SETORAN PAK SUBARJONO') });
    const path = `/api/unassigned/${open?.unassignedId}/assign`;
    expect(await system.operate('POST', path, { orderReference: 'GNL-nobody' })).toMatchObject({ status: 404 });
    await system.must('POST', path, { orderReference: pledge.orderReference });
    await system.must('POST', path, { orderReference: pledge.orderReference });
    await system.settle();
    expect(await system.donations({ orderReference: pledge.orderReference })).toHaveLength(2);
    expect(await system.operate('POST', path, { purpose: 'not_a_gift', note: 'payout' })).toMatchObject({
      status: 400,
    });
    const booked = await provenBalances(system);
    await handIn(system, { ...BANK, name: 'again.sta' }, body.replace('SETORAN', 'SETORAN TUNAI'));
    expect(await provenBalances(system)).toEqual(booked);
    expect(await system.list<Unassigned>('/api/unassigned', { state: 'open' })).toEqual([]);
  });

  it('whose balances do not hold is refused', async () => {
    const body = lines('x').join('\n').replace('1131500', '1131501');
    const file = await handIn(system, BANK, body);
    expect(file).toMatchObject({ state: 'refused', refusal: { reason: 'control_total_mismatch', line: 10 } });
  });

  it('comes as CSV too, and its running balance must hold', async () => {
    const { body: pledge } = await system.pledge({ donor, workers: 1 });
    const csv = [
      'No. Rekening :,0123456789',
      'Tanggal Transaksi,Keterangan,Cabang,Jumlah,,Saldo',
      `01/12/2026,"TRSF E-BANKING CR ${pledge.orderReference}",'0000,"42,000.00",CR,"1,042,000.00"`,
      '01/12/2026,BIAYA ADM,\'0000,"2,000.00",DB,"1,040,000.00"',
      'Saldo Awal,:,"1,000,000.00"',
      'Saldo Akhir,:,"1,040,000.00"',
      '',
    ].join('\r\n');
    const bank = { kind: 'bank_statement', source: 'klikbca', name: 'bca.csv' };
    const broken = await handIn(
      system,
      bank,
      csv.replace('"1,040,000.00"\r\nSaldo Awal', '"1,040,100.00"\r\nSaldo Awal'),
    );
    expect(broken).toMatchObject({ state: 'refused', refusal: { reason: 'control_total_mismatch', line: 4 } });
    expect(await system.donations({ orderReference: pledge.orderReference })).toEqual([]);
    expect(await handIn(system, bank, csv)).toMatchObject({ state: 'done', counts: { missingHere: 1, unassigned: 0 } });
    expect(await system.donations({ orderReference: pledge.orderReference })).toMatchObject([
      { gateway: 'bank:0123456789', receivedRupiah: 42_000 },
    ]);
  });
});

describe('receipts of an office', () => {
  it('come as drafts, and a number that stands twice is told with its line', async () => {
    const csv = [
      'number,received_on,amount,donor_name',
      'KW-1,2026-11-28,50000,Siti',
      'KW-1,2026-11-28,60000,Siti',
      '',
    ];
    const file = await handIn(system, { kind: 'receipts', source: 'surakarta', name: 'kw.csv' }, csv.join('\n'));
    expect(file).toMatchObject({ state: 'done', counts: { entered: 1 }, faultCount: 1 });
    expect(file.faults).toMatchObject([{ line: 3, reason: 'receipt_number_taken' }]);
    expect(await system.donations({ gateway: 'receipt:surakarta' })).toEqual([]);
  });
});
