/** Gifts on paper: a branch office enters them, somebody else approves them, and only then are they in the books. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { provenBalances } from './support/books.ts';
import { Client } from './support/client.ts';
import type { ProblemDocument } from './support/contract.ts';
import { filesBesideTables, scanTables } from './support/data-folder.ts';
import { importRoster, person, roster } from './support/roster.ts';
import { describeEmbedded, type System, startSystem } from './support/system.ts';
import { at } from './support/wib.ts';

const RINA = { name: 'Rina Pratiwi', token: 'token-of-rina-pratiwi' };
const BUDI = { name: 'Budi Santosa', token: 'token-of-budi-santosa' };
const DONOR = { name: 'Zulaikhowati', email: 'zulaikhowati@derma.example', phone: '0813-5577-9911' };

interface Receipt {
  readonly number: string;
  readonly state: string;
  readonly enteredBy: string;
  readonly decidedBy: string | null;
}

describeEmbedded('a receipt of a branch office', () => {
  let system: System;
  let rina: Client;
  let budi: Client;
  beforeAll(async () => {
    system = await startSystem({
      now: at('2026-12-01', '08:00'),
      configuration: { operators: { people: [RINA, BUDI] } },
    });
    rina = new Client(system.url, RINA.token);
    budi = new Client(system.url, BUDI.token);
    await importRoster(system, roster([person(1), person(2)]));
    await system.settle();
  });
  afterAll(() => system.stop());

  const paper = (number: string, changes: object = {}) => ({
    office: 'surakarta',
    number,
    receivedOn: '2026-11-28',
    amountRupiah: 42_000,
    ...changes,
  });
  const enter = (who: Client, document: object) =>
    who.operate<Receipt & ProblemDocument>('POST', '/api/receipts', document);
  const decide = (who: Client, number: string, decision: 'approve' | 'reject', document?: object) =>
    who.operate<Receipt & ProblemDocument>('POST', `/api/receipts/surakarta/${number}/${decision}`, document);
  const gifts = () => system.donations({ gateway: 'receipt:surakarta' });

  it('buys cover once another operator approved it, and once only', async () => {
    expect(await enter(rina, paper('KW-1', { donor: DONOR }))).toMatchObject({
      status: 201,
      body: { state: 'entered' },
    });
    await system.settle();
    expect(await gifts()).toEqual([]);
    expect(await decide(rina, 'KW-1', 'approve')).toMatchObject({ status: 403, body: { reason: 'maker_is_checker' } });
    expect(await decide(budi, 'KW-1', 'approve')).toMatchObject({ status: 200, body: { state: 'approved' } });
    expect(await decide(budi, 'KW-1', 'approve')).toMatchObject({ status: 200, body: { state: 'approved' } });
    await system.settle();
    expect(await gifts()).toMatchObject([
      { paymentId: 'KW-1', state: 'allocated', receivedRupiah: 42_000, feesRupiah: 0, fundId: 'general' },
    ]);
    await provenBalances(system);
  });

  it('has no way in from outside', async () => {
    const body = JSON.stringify({ receipt: paper('KW-0'), donor: {} });
    for (const path of ['/webhooks/receipt/surakarta', '/webhooks/receipt:surakarta'])
      expect((await system.request('POST', path, { body })).status).toBe(404);
    for (const token of ['', `${RINA.token}x`])
      expect((await new Client(system.url, token).operate('POST', '/api/receipts', paper('KW-0'))).status).toBe(401);
  });

  it('has a number nobody else has', async () => {
    expect(await enter(budi, paper('kw/1'))).toMatchObject({ status: 409, body: { reason: 'receipt_number_taken' } });
  });

  it('rejected is never booked', async () => {
    await enter(rina, paper('KW-2'));
    expect(await decide(budi, 'KW-2', 'reject', { reason: 'money_missing' })).toMatchObject({ status: 200 });
    expect(await decide(budi, 'KW-2', 'approve')).toMatchObject({ status: 409, body: { reason: 'receipt_decided' } });
    await system.settle();
    expect((await gifts()).map(({ paymentId }) => paymentId)).toEqual(['KW-1']);
  });

  it('of zakat goes to the zakat fund, and waits for verified mustahik', async () => {
    await enter(rina, paper('KW-3', { fundClass: 'zakat' }));
    await decide(budi, 'KW-3', 'approve');
    await system.settle();
    expect(await system.donationOf('receipt:surakarta', 'KW-3')).toMatchObject({ fundId: 'zakat', allocatedRupiah: 0 });
  });

  it('comes in a file too: its drafts are the sender’s, bad lines are named, and another operator approves them all', async () => {
    const lines = [
      'nomor;tanggal;jumlah;nama donatur;surel',
      'KW-11;28/11/2026;Rp42.000;Zulaikhowati;zulaikhowati@derma.example',
      'KW-12;28/11/2026;15.000;;',
      'KW-11;28/11/2026;1.000;;',
      'KW-1;28/11/2026;42.000;;',
      'KW-13;28/11/2026;0;;',
    ];
    const query = new URLSearchParams({ kind: 'receipts', source: 'surakarta', name: 'november.csv' });
    const handIn = (who: Client) =>
      who.request<{ fileId: string }>('POST', `/api/files?${query}`, {
        headers: { authorization: `Bearer ${who.token}`, 'content-type': 'text/csv' },
        body: lines.join('\n'),
      });
    const { fileId } = (await handIn(rina)).body;
    await system.settle();
    const file = await system.must<{ faults: { line: number; reason: string }[] }>('GET', `/api/files/${fileId}`);
    expect(file).toMatchObject({ state: 'done', counts: { entered: 2 } });
    expect(file.faults.map(({ line, reason }) => [line, reason]).sort()).toEqual([
      [4, 'receipt_number_taken'],
      [5, 'receipt_number_taken'],
      [6, 'amount_invalid'],
    ]);
    expect((await handIn(budi)).body).toMatchObject({ fileId });
    await system.settle();

    const waiting = await system.list<Receipt>('/api/receipts', { office: 'surakarta', state: 'entered' });
    expect(waiting.map(({ number }) => number).sort()).toEqual(['KW-11', 'KW-12']);
    for (const { number } of waiting) {
      expect(await decide(rina, number, 'approve')).toMatchObject({
        status: 403,
        body: { reason: 'maker_is_checker' },
      });
      expect(await decide(budi, number, 'approve')).toMatchObject({ status: 200 });
    }
    await system.settle();
    expect(await system.donationOf('receipt:surakarta', 'KW-11')).toMatchObject({ receivedRupiah: 42_000 });
    expect(await system.donationOf('receipt:surakarta', 'KW-12')).toMatchObject({ receivedRupiah: 15_000 });
    const [first, eleventh] = await Promise.all(
      ['KW-1', 'KW-11'].map((number) => system.donationOf('receipt:surakarta', number)),
    );
    expect(first).toMatchObject({ donorId: (eleventh as unknown as { donorId: string }).donorId });
    await provenBalances(system);
  });

  it('names people by digests only, and its donor nowhere but in the vault', async () => {
    const { enteredBy, decidedBy } = await system.must<Receipt>('GET', '/api/receipts/surakarta/KW-1');
    expect(enteredBy).not.toBe(decidedBy);
    for (const rows of (await scanTables(system)).values())
      for (const trace of ['Rina', 'Budi', RINA.token, 'Zulaikhowati', 'derma.example', '55779911'])
        expect({ trace, found: rows.includes(trace) }).toEqual({ trace, found: false });
    // The file itself lies where it was handed in, as the office wrote it.
    const besides = [...filesBesideTables(system)].filter(([file]) => !file.includes('/files/inbox/'));
    expect(besides.length).toBeGreaterThan(1);
    for (const [, bytes] of besides) expect(bytes.toString('latin1')).not.toContain('Zulaikhowati');
    expect(system.stderr()).not.toContain('Zulaikhowati');
  });
});
