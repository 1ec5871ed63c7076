/** Statements as files: what they name and the books do not is booked, what they share counts as settled, once. */
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provenBalances } from './support/books.ts';
import { type FileOfMoney, fileAt, handIn, postFile, statement, statementLine } from './support/files.ts';
import { newPayment, notify } from './support/midtrans.ts';
import { describeEmbedded, isDeployed, type System, startSystem, temporaryFolder } from './support/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

const MIDTRANS: FileOfMoney = { kind: 'settlement_statement', source: 'midtrans', name: 'midtrans.csv' };

describe('a settlement statement', () => {
  it('books the payment nobody told us of, matches the one we know, and does neither twice', async () => {
    const known = newPayment(250_000, await system.nowMilliseconds());
    await notify(system, known, 'settlement');
    await system.settle();
    const body = statement([
      statementLine({ paymentId: known.transactionId, amountRupiah: 250_000, feeRupiah: 4_000 }),
      statementLine({ paymentId: 'never-told', amountRupiah: 100_000, feeRupiah: 1_750 }),
    ]);
    const file = await handIn(system, MIDTRANS, body);
    expect(file).toMatchObject({
      state: 'done',
      sha256: createHash('sha256').update(body).digest('hex'),
      totals: { rows: 2, grossRupiah: 350_000, feeRupiah: 5_750, netRupiah: 344_250 },
      counts: { matched: 1, missingHere: 1, amountDiffers: 0, feeDiffers: 0 },
      progress: { chunks: 1, done: 1 },
      faultCount: 0,
    });
    expect(await system.donationOf('midtrans', 'never-told')).toMatchObject({ receivedRupiah: 100_000 });
    const booked = await provenBalances(system);
    expect(booked.get('gateway:midtrans')).toBe(-350_000);

    expect(await handIn(system, MIDTRANS, body)).toEqual(file);
    expect(await provenBalances(system)).toEqual(booked);
  });

  it('goes on past a bad line and tells its line, column and reason, through a byte order mark and Windows line ends', async () => {
    const body = statement([
      statementLine({ paymentId: 'good-1', amountRupiah: 50_000 }),
      'bad-1,paid,12.345.6,0,2026-11-30T10:00:00+07:00,PO-1,',
      '1.23E+15,paid,50000,0,2026-11-30T10:00:00+07:00,PO-1,',
      statementLine({ paymentId: 'good-2', amountRupiah: 60_000 }),
    ]);
    const file = await handIn(system, MIDTRANS, `\uFEFF${body.replaceAll('\n', '\r\n')}`);
    expect(file).toMatchObject({ state: 'done', counts: { missingHere: 2 }, faultCount: 2 });
    expect(file.faults).toMatchObject([
      { line: 3, column: 'amount', reason: 'amount_invalid', sentence: { en: expect.any(String) } },
      { line: 4, column: 'payment_id', reason: 'id_mangled' },
    ]);
  });

  it('tells of an amount that differs and books nothing of it', async () => {
    const known = newPayment(90_000, await system.nowMilliseconds());
    await notify(system, known, 'settlement');
    await system.settle();
    const line = statementLine({ paymentId: known.transactionId, amountRupiah: 80_000 });
    const file = await handIn(system, MIDTRANS, statement([line]));
    expect(file.counts).toMatchObject({ amountDiffers: 1, missingHere: 0 });
    expect(file.differences).toMatchObject([
      {
        paymentId: known.transactionId,
        outcome: 'amount_differs',
        statedAmountRupiah: 80_000,
        oursAmountRupiah: 90_000,
      },
    ]);
    expect(await system.donationOf('midtrans', known.transactionId)).toMatchObject({ receivedRupiah: 90_000 });
  });

  it.each([
    ['columns nobody knows', 'a,b,c\n1,2,3\n', {}, 'columns_unknown'],
    [
      'totals that are not those stated',
      statement([statementLine({ paymentId: 'x-1', amountRupiah: 10_000 })]),
      { grossRupiah: '10001' },
      'control_total_mismatch',
    ],
  ])('with %s is refused as a whole', async (_name, body, stated, reason) => {
    const file = await handIn(system, MIDTRANS, body, stated);
    expect(file).toMatchObject({ state: 'refused', refusal: { reason }, counts: { missingHere: 0 } });
    expect(await system.donations({ paymentId: 'x-1' })).toEqual([]);
  });

  it('of a marketplace is read by its own columns', async () => {
    const body = [
      'No. Pesanan,Tanggal Dana Dilepaskan,Harga Asli Produk,Total Penghasilan',
      '261120ABCDEFGH,2026-11-28,50000,46500',
    ].join('\n');
    const file = await handIn(system, { kind: 'settlement_statement', source: 'shopee', name: 'income.csv' }, body);
    expect(file).toMatchObject({ state: 'done', counts: { missingHere: 1 }, totals: { feeRupiah: 3_500 } });
    expect(await system.donationOf('shopee', '261120ABCDEFGH')).toMatchObject({ receivedRupiah: 50_000 });
  });

  it('that corrects another takes its place, and says which payments it no longer names', async () => {
    const kept = statementLine({ paymentId: 'kept', amountRupiah: 20_000, feeRupiah: 100 });
    const gone = statementLine({ paymentId: 'gone', amountRupiah: 30_000 });
    const older = await handIn(system, MIDTRANS, statement([kept, gone]));
    const corrected = statement([kept.replace(',100,', ',200,')]);
    const newer = await handIn(system, MIDTRANS, corrected, { supersedes: older.fileId });
    expect(newer).toMatchObject({ state: 'done', counts: { feeDiffers: 1 } });
    expect((await fileAt(system, older.fileId)).supersededBy).toBe(newer.fileId);
    const differences = await system.list<{ paymentId: string; outcome: string }>('/api/differences');
    expect(differences.filter(({ outcome }) => outcome === 'withdrawn')).toMatchObject([{ paymentId: 'gone' }]);
    expect(await system.donationOf('midtrans', 'gone')).toMatchObject({ refundedRupiah: 0, receivedRupiah: 30_000 });
  });

  it.each([
    [{ kind: 'songs', source: 'midtrans', name: 'a.csv' }, 'kind'],
    [{ kind: 'settlement_statement', source: 'nobody', name: 'a.csv' }, 'source'],
    [{ kind: 'settlement_statement', source: 'midtrans', name: '../a.csv' }, 'name'],
  ])('%o is refused at the door, naming %s', async (file, field) => {
    const { status, body } = await postFile(system, file, 'x');
    expect({ status, body }).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });

  it('greater than a request may be goes to the bucket itself', async () => {
    const body = statement([statementLine({ paymentId: 'by-address', amountRupiah: 70_000 })]);
    const sha256 = createHash('sha256').update(body).digest('hex');
    const document = { ...MIDTRANS, bytes: body.length, sha256 };
    const { fileId, uploadUrl } = await system.must<{ fileId: string; uploadUrl: string }>(
      'POST',
      '/api/files',
      document,
    );
    expect((await fetch(uploadUrl, { method: 'PUT', body })).status).toBe(200);
    await system.settle();
    expect(await fileAt(system, fileId)).toMatchObject({ state: 'done', counts: { missingHere: 1 } });
  });

  it('whose bytes are not those announced is refused', async () => {
    const document = { ...MIDTRANS, bytes: 5, sha256: 'a'.repeat(64) };
    const { fileId, uploadUrl } = await system.must<{ fileId: string; uploadUrl: string }>(
      'POST',
      '/api/files',
      document,
    );
    const body = statement([statementLine({ paymentId: 'other-bytes', amountRupiah: 70_000 })]);
    await fetch(uploadUrl, { method: 'PUT', body });
    await system.settle();
    expect(await fileAt(system, fileId)).toMatchObject({ state: 'refused', refusal: { reason: 'file_hash_mismatch' } });
    expect(await system.donations({ paymentId: 'other-bytes' })).toEqual([]);
  });

  it.skipIf(isDeployed)('that somebody puts into the watched folder is taken like any other', async () => {
    const folder = join(system.folder, 'data/files/inbox/settlement_statement/xendit');
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'by-hand.csv'),
      statement([statementLine({ paymentId: 'by-hand', amountRupiah: 80_000 })]),
    );
    await expect.poll(() => system.donations({ paymentId: 'by-hand' }), { timeout: 15_000 }).toHaveLength(1);
  });
});

describeEmbedded('a system that is killed with a file in hand', () => {
  it('goes on with it, and books every line once', async () => {
    const folder = temporaryFolder();
    const mortal = await startSystem({ folder });
    const lines = Array.from({ length: 450 }, (_, index) =>
      statementLine({ paymentId: `killed-${index}`, amountRupiah: 10_000 }),
    );
    const { body } = await postFile(mortal, MIDTRANS, statement(lines));
    await expect
      .poll(async () => (await mortal.donations({ gateway: 'midtrans' })).length, { timeout: 30_000, interval: 20 })
      .toBeGreaterThan(0);
    await mortal.kill();
    const risen = await startSystem({ folder });
    await risen.settle();
    expect(await fileAt(risen, body.fileId)).toMatchObject({
      state: 'done',
      counts: { missingHere: 450, matched: 0 },
      progress: { chunks: 3, done: 3 },
    });
    expect((await provenBalances(risen)).get('gateway:midtrans')).toBe(-4_500_000);
    await risen.stop();
    rmSync(folder, { recursive: true, force: true });
  });
});
