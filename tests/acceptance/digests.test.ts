/** A donor is told once, before cover ends, what going on costs; follows the link, pays, and the same workers go on. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { provenBalances } from './support/books.ts';
import type { Cover, PledgeAnswer } from './support/contract.ts';
import { newPayment, notify } from './support/midtrans.ts';
import { importRoster, person, roster } from './support/roster.ts';
import { describeEmbedded, type System, startSystem } from './support/system.ts';
import { at } from './support/wib.ts';

const WORKERS = 6;
/** December at half the tariff, January and February at all of it. */
const TERM_RUPIAH = 42_000;
const COMPANY = { kind: 'corporate', name: 'PT Wijayakusumah', email: 'csr@wijaya.example', language: 'en' };

interface Conversion {
  readonly ended: number;
  readonly renewedByDonor: number;
  readonly selfPaid: number;
}
interface Metrics {
  readonly conversion: {
    readonly total: Conversion;
    readonly by: { readonly region: readonly (Conversion & { readonly name: { readonly en: string } })[] };
  };
  readonly months: { readonly total: Readonly<Record<string, number>> };
}

describeEmbedded('the digest of a donor', () => {
  let system: System;
  let quote: PledgeAnswer & { readonly receiptPath: string };
  beforeAll(async () => {
    system = await startSystem({ now: at('2026-12-01', '08:00') });
    const people = Array.from({ length: WORKERS }, (_, index) => person(index + 1, { region: '33.72' }));
    await importRoster(system, roster(people));
    await system.settle();
    const { body } = await system.pledge<typeof quote>({ donor: COMPANY, amountRupiah: WORKERS * TERM_RUPIAH });
    quote = body;
    await pay(quote.orderReference, quote.amountRupiah);
    // Whoever leaves no contact is told nothing.
    await pay(undefined, 10_000);
  });
  afterAll(() => system.stop());

  async function pay(orderId: string | undefined, amountRupiah: number): Promise<void> {
    const payment = newPayment(amountRupiah, await system.nowMilliseconds(), orderId === undefined ? {} : { orderId });
    expect((await notify(system, payment, 'settlement')).status).toBe(200);
    await system.settle();
  }
  const digests = async () => (await system.outbox()).filter(({ id }) => id.startsWith('dgs_'));
  const token = () => quote.receiptPath.slice('/d/'.length);
  const covers = (): Promise<readonly Cover[]> => system.list('/api/covers');

  it('goes out once, from thirty days before the month in which cover ends', async () => {
    await system.advanceTo(at('2027-01-02', '09:00'));
    expect(await digests()).toEqual([]);
    await system.advanceTo(at('2027-01-02', '11:00'));
    const [digest, ...others] = await digests();
    expect(others).toEqual([]);
    expect(digest).toMatchObject({ channel: 'email', to: COMPANY.email, language: 'en' });
    expect(digest?.text).toContain('covers 6 workers whose last day of cover is 28 February 2027');
    expect(digest?.text).toContain('- March 2027: Rp100.800\n- April 2027: Rp100.800\n- May 2027: Rp100.800');
    expect(digest?.text).toContain(`Renew 6 workers: ${system.url}/renew/${token()}`);
    await system.advanceTo(at('2027-02-10', '11:00'));
    expect(await digests()).toHaveLength(1);
    const { donorId } = await system.must<{ donorId: string }>('GET', `/api/pledges/${quote.orderReference}`);
    const { digests: told } = await system.must<{ digests: object[] }>('GET', `/api/donors/${donorId}`);
    expect(told).toMatchObject([{ digestId: digest?.id, endMonth: '2027-02', state: 'sent', workers: WORKERS }]);
  });

  it('leads to a page that names nobody, in Indonesian first', async () => {
    const page = await system.request<string>('GET', `/renew/${token()}`);
    expect(page.status).toBe(200);
    expect(page.body).toContain('melindungi 6 pekerja yang dapat diperpanjang sekarang');
    expect(page.body).toContain('Rp302.400');
    expect(page.body).not.toMatch(/wrk_|cov_|wijaya/i);
    const missing = await Promise.all(
      ['0'.repeat(32), 'f'.repeat(32)].map((each) => system.request('GET', `/renew/${each}`)),
    );
    expect(missing.map(({ status }) => status)).toEqual([404, 404]);
    expect(missing[0]?.body).toBe(missing[1]?.body);
  });

  it('and to a bill; once it is paid the same workers go on from the day their cover ends', async () => {
    const headers = { accept: 'application/json' };
    const renewal = await system.request<PledgeAnswer & { invoicePath: string }>('POST', `/renew/${token()}`, {
      headers,
    });
    expect(renewal).toMatchObject({ status: 201, body: { amountRupiah: 302_400, renewalOf: quote.orderReference } });
    const bill = await system.request('GET', renewal.body.invoicePath, { headers });
    expect(bill.body).toMatchObject({ state: 'open', outstandingRupiah: 302_400 });
    const before = await covers();
    await pay(renewal.body.orderReference, 302_400);
    await system.advanceBy('PT1H');
    const after = (await covers()).filter(({ startDate }) => startDate === '2027-03-01');
    expect(after.map(({ workerId }) => workerId).sort()).toEqual(before.map(({ workerId }) => workerId).sort());
    for (const cover of after) expect(cover).toMatchObject({ endDate: '2027-06-01' });
    const again = await system.request('POST', `/renew/${token()}`, { headers });
    expect(again).toMatchObject({ status: 409, body: { reason: 'nothing_to_renew' } });
    await provenBalances(system);
  });

  it('shows in the figures of the programme', async () => {
    await system.advanceTo(at('2027-03-02', '11:00'));
    const { conversion, months } = await system.must<Metrics>('GET', '/api/metrics?by=region');
    expect(conversion.total).toMatchObject({ ended: 6, renewedByDonor: 6, selfPaid: 0 });
    expect(conversion.by.region).toMatchObject([{ ended: 6, name: { en: '33.72, Central Java' } }]);
    expect(months.total).toMatchObject({ covers: 12, bought: 36, used: 24, toCome: 12, lapsed: 0, givenBack: 0 });
  });
});
