/** I9: whoever people are stays in the vault. A whole campaign is played, then everything else is searched for them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { provenBalances } from './support/books.ts';
import { filesBesideTables, scanTables } from './support/data-folder.ts';
import { newPayment, notify } from './support/midtrans.ts';
import {
  type Gift,
  type GiftDonor,
  giftDocument,
  give,
  newGift,
  partnerHeaders,
  postPartner,
} from './support/partner.ts';
import { HEADER, importRoster, line, person } from './support/roster.ts';
import { describeEmbedded, type System, startSystem } from './support/system.ts';
import { at } from './support/wib.ts';

const WORKERS = Array.from({ length: 12 }, (_, index) =>
  person(4_000 + index, { name: `Zubaedahwati Contohan ${index}`, phone: `0857${48_151_000 + index}` }),
);
/** Their lines are refused, and they are people all the same. */
const REFUSED = [
  person(4_100, { name: 'Qonitatun Ditolak', occupation: 'astronot' }),
  person(4_101, { name: 'Qonitatun Muda', birthDate: '2016-01-01' }),
];
const DONORS: readonly GiftDonor[] = Array.from({ length: 6 }, (_, index) => ({
  name: `Xaveriusno Dermawan ${index}`,
  email: `xaveriusno${index}@derma.example`,
  phone: `+62838${77_341_000 + index}`,
}));
const PLEDGER = {
  kind: 'corporate',
  name: 'PT Wijayakusumah Fiktif',
  email: 'csr@wijayakusumah.example',
  phone: '0821-9955-3311',
};

/** Parts that say who somebody is, however a number is written. */
const TRACES = [
  'Zubaedahwati',
  'Contohan',
  'Qonitatun',
  'Xaveriusno',
  'Dermawan',
  'derma.example',
  'Wijayakusumah',
  'wijayakusumah.example',
  '99553311',
  '9955-3311',
  ...[...WORKERS, ...REFUSED].flatMap(({ nik, phone }) => [nik, phone.slice(2)]),
  ...DONORS.map(({ phone }) => phone!.slice(4)),
];

/** The first trace found in a text, with what stands around it. */
function traceIn(text: string): string | undefined {
  for (const trace of TRACES) {
    const found = text.indexOf(trace);
    if (found >= 0) return text.slice(Math.max(0, found - 60), found + 60);
  }
  return undefined;
}

describeEmbedded('after a whole campaign', () => {
  let system: System;

  beforeAll(async () => {
    // Everything is logged that can be logged.
    system = await startSystem({ now: at('2026-12-01', '08:00'), environment: { LINGKARAN_LOG_LEVEL: 'DEBUG' } });
    const now = await system.nowMilliseconds();
    await importRoster(
      system,
      [HEADER, ...[...WORKERS, ...REFUSED, WORKERS[0]!].map(line), `${WORKERS[1]!.nik},rusak`].join('\n'),
    );
    const gifts = DONORS.map((donor) => newGift(60_000, now, { donor }));
    for (const gift of gifts) await give(system, gift);
    await give(system, gifts[0]!);
    await sendOddities(gifts[1]!, now);
    const { body } = await system.pledge({ donor: PLEDGER, workers: 8 });
    await notify(system, newPayment(body.amountRupiah, now, { orderId: body.orderReference }), 'settlement');
    await system.settle();
    await give(system, { ...gifts[2]!, refundId: 'r-1' }, 'refunded');
    await system.settle();
    await system.advanceTo(at('2027-06-02', '08:00'));
  });
  afterAll(() => system.stop());

  /** What is refused, held or kept carries people too. */
  async function sendOddities(gift: Gift, now: number): Promise<void> {
    const half = giftDocument({ ...gift, paymentId: 'odd-1' }, 'paid');
    const documents = [
      { ...half, data: { ...half.data, amount: 1.5 } },
      { ...half, type: 'donation.praised' },
      { ...half, data: { ...half.data, payment_id: 'odd-2', order_reference: gift.donor } },
    ];
    for (const document of documents) {
      const body = JSON.stringify(document);
      expect((await postPartner(system, body, partnerHeaders(body, { sentMilliseconds: now }))).status).toBe(200);
    }
    const forged = JSON.stringify(half);
    await postPartner(system, forged, { ...partnerHeaders(forged, { sentMilliseconds: now }), 'webhook-id': 'other' });
    await postPartner(system, forged.slice(0, -40), partnerHeaders(forged.slice(0, -40), { sentMilliseconds: now }));
    await system.settle();
  }

  it('the people were really there: reminders went to their phones, and the books hold', async () => {
    const reached = new Set((await system.outbox()).map(({ to }) => to));
    for (const { phone } of WORKERS) expect(reached).toContain(`+62${phone.slice(1)}`);
    expect((await system.quarantine()).length).toBeGreaterThanOrEqual(3);
    await provenBalances(system);
  });

  const isVault = (rows: string) => rows.includes('"OUTBOX"');

  it('no row of any table but the vault tells who anybody is', async () => {
    const tables = [...(await scanTables(system)).values()].filter((rows) => !isVault(rows));
    expect(tables.filter((rows) => rows.includes('"LEDGER#') && rows.includes('"QUARANTINE"'))).toHaveLength(1);
    for (const rows of tables) expect(traceIn(rows)).toBeUndefined();
  });

  it('of a person the vault itself keeps only what is sealed', async () => {
    const vaults = [...(await scanTables(system)).values()].filter(isVault);
    expect(vaults).toHaveLength(1);
    const rows = vaults[0]!.split('\n').filter((row) => !isVault(row));
    expect(rows.length).toBeGreaterThan(2 * WORKERS.length);
    expect(traceIn(rows.join('\n'))).toBeUndefined();
  });

  it('no file of queues and executions does, deleted messages included', () => {
    const files = filesBesideTables(system);
    expect([...files.keys()].map((file) => file.split('/').at(-1))).toContain('engine.sqlite');
    expect([...files.keys()].some((file) => file.includes('queues'))).toBe(true);
    for (const [file, bytes] of files)
      expect({ file, trace: traceIn(bytes.toString('latin1')) }).toEqual({ file, trace: undefined });
  });

  it('no line of the log does', () => {
    const log = system.stderr();
    expect(log.length).toBeGreaterThan(1_000);
    expect(traceIn(log)).toBeUndefined();
  });

  it('no list of the operators does', async () => {
    for (const path of ['workers', 'donations', 'covers', 'cohorts', 'quarantine', 'queues', 'stats'])
      expect({ path, trace: traceIn(JSON.stringify(await system.must('GET', `/api/${path}`))) }).toEqual({
        path,
        trace: undefined,
      });
    const [cover] = await system.covers();
    expect(traceIn(JSON.stringify(await system.cover(cover!.coverId)))).toBeUndefined();
    const [donation] = await system.donations({ gateway: 'partner:kitabisa' });
    expect(traceIn(JSON.stringify(await system.must('GET', `/api/donations/${donation!.donationId}`)))).toBeUndefined();
  });
});
