/** Statements as files: what they name and the books do not is booked, what they share counts as settled, once. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provenBalances } from './support/books.ts';
import { type FileOfMoney, handIn, statement, statementLine } from './support/files.ts';
import { newPayment, notify } from './support/midtrans.ts';
import { type System, startSystem } from './support/system.ts';

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
});
