/** Donors are known once, companies pay what they promised in parts, and monthly gifts show what was missed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provenBalances } from './support/books.ts';
import type { PledgeAnswer } from './support/contract.ts';
import { scanTables } from './support/data-folder.ts';
import { newPayment, notify } from './support/midtrans.ts';
import { give, newGift } from './support/partner.ts';
import { importRoster, person, roster } from './support/roster.ts';
import { describeEmbedded, type System, startSystem } from './support/system.ts';
import { at } from './support/wib.ts';

const GIVER = { kind: 'individual', email: 'bulanan@derma.example' };

interface Quote extends PledgeAnswer {
  readonly invoiceReference: string;
  readonly unitPriceRupiah: number | null;
  readonly dueDate: string;
  readonly invoicePath: string;
}
interface Donor {
  readonly donorId: string;
  readonly gifts: number;
  readonly totals: { readonly receivedRupiah: number };
  readonly monthsBought: number;
  readonly pledges: readonly string[];
}

describeEmbedded('donors and their promises', () => {
  let system: System;
  let monthly: Quote;
  beforeAll(async () => {
    system = await startSystem({ now: at('2026-12-01', '08:00') });
    await importRoster(system, roster(Array.from({ length: 8 }, (_, index) => person(index + 1, { region: '33.72' }))));
    await system.settle();
    monthly = await promise({ donor: GIVER, amountRupiah: 5_000, recurrence: { every: 'P1M', count: 3 } });
    await pay(monthly.orderReference, 5_000);
  });
  afterAll(() => system.stop());

  async function promise(document: object): Promise<Quote> {
    const { status, body } = await system.pledge<Quote>(document);
    expect({ status, body }).toMatchObject({ status: 201 });
    return body;
  }
  async function pay(reference: string, amountRupiah: number) {
    const now = await system.nowMilliseconds();
    const payment = newPayment(amountRupiah, now, { orderId: reference, paymentType: 'bank_transfer', bank: 'bca' });
    expect((await notify(system, payment, 'settlement')).status).toBe(200);
    await system.settle();
    return system.donationOf('midtrans', payment.transactionId);
  }
  const standing = (reference: string) => system.must<Record<string, unknown>>('GET', `/api/pledges/${reference}`);

  describe('a donor', () => {
    const contact = { name: 'Xaveriusno', email: 'Xaveriusno@derma.example', phone: '+6283877341000' };
    async function gift(donor: object) {
      const made = newGift(10_000, await system.nowMilliseconds(), { donor });
      await give(system, made);
      await system.settle();
      return (await system.donationOf('partner:kitabisa', made.paymentId)) as unknown as { donorId: string | null };
    }

    it('is one, by address or by number, and shown without either', async () => {
      const first = await gift(contact);
      const byEmail = await gift({ email: ' xaveriusno@DERMA.example' });
      const byPhone = await gift({ phone: '083877341000', anonymous: true });
      expect(first.donorId).toMatch(/^dnr_/);
      expect([byEmail.donorId, byPhone.donorId]).toEqual([first.donorId, first.donorId]);
      const donor = await system.must<Donor>('GET', `/api/donors/${first.donorId}`);
      expect(donor).toMatchObject({ gifts: 3, totals: { receivedRupiah: 30_000 }, pledges: [] });
      expect(JSON.stringify(donor)).not.toMatch(/xaveriusno|77341000/i);
      for (const rows of (await scanTables(system)).values()) expect(rows).not.toMatch(/xaveriusno|77341000/i);
    });

    it('who leaves no contact is nobody', async () => {
      expect(await gift({ name: 'Tanpa Kontak' })).toMatchObject({ donorId: null });
      expect((await system.operate('GET', '/api/donors/dnr_00')).status).toBe(404);
    });
  });

  describe('a company’s pledge', () => {
    const COMPANY = { kind: 'corporate', name: 'PT Wijayakusumah', email: 'csr@wijaya.example', language: 'en' };
    const workers = { workers: 2, earmark: { region: '33.72' } };

    it('is quoted, paid in parts, and what is over waits where it says', async () => {
      const quote = await promise({ donor: COMPANY, ...workers });
      expect(quote).toMatchObject({ amountRupiah: 84_000, unitPriceRupiah: 42_000, dueDate: '2026-12-15' });
      expect(quote.invoiceReference).toMatch(/^INV-20261201-/);
      const { orderReference } = quote;
      expect(await standing(orderReference)).toMatchObject({
        state: 'open',
        outstandingRupiah: 84_000,
        workersCovered: 0,
      });

      const first = await pay(orderReference, 50_000);
      expect(await standing(orderReference)).toMatchObject({
        state: 'partly_paid',
        receivedRupiah: 50_000,
        outstandingRupiah: 34_000,
        workersCovered: 1,
        monthsBought: 3,
      });
      const second = (await pay(orderReference, 34_000)) as unknown as { donorId: string };
      expect(await standing(orderReference)).toMatchObject({ state: 'paid', outstandingRupiah: 0, workersCovered: 2 });
      expect(second.donorId).toBe((first as unknown as { donorId: string }).donorId);

      await pay(orderReference, 10_000);
      const over = await standing(orderReference);
      expect(over).toMatchObject({
        state: 'overpaid',
        overRupiah: 10_000,
        overpayment: { decision: 'fund', waitsInFundRupiah: 10_000, refundableRupiah: 0 },
      });
      expect(over.payments).toHaveLength(3);
      const donor = await system.must<Donor>('GET', `/api/donors/${second.donorId}`);
      expect(donor).toMatchObject({ gifts: 3, monthsBought: 6, pledges: [orderReference] });
      await provenBalances(system);
    });

    it('has an invoice for people and for programs, without the contact', async () => {
      const quote = await promise({ donor: { ...COMPANY, anonymous: true }, ...workers, overpayment: 'refund' });
      const page = await system.request<string>('GET', quote.invoicePath);
      expect(page.status).toBe(200);
      expect(page.body).toContain(quote.invoiceReference);
      expect(page.body).toContain('Hamba Allah');
      expect(page.body).not.toMatch(/wijaya/i);
      const headers = { accept: 'application/json' };
      const english = await system.request('GET', `${quote.invoicePath}?lang=en`, { headers });
      expect(english.body).toMatchObject({ state: 'open', promisedRupiah: 84_000, donor: 'Anonymous' });
      expect((await system.request('GET', '/invoices/0000', { headers })).status).toBe(404);
      await pay(quote.orderReference, 85_000);
      expect(await standing(quote.orderReference)).toMatchObject({
        overpayment: { decision: 'refund', waitsInFundRupiah: 0, refundableRupiah: 1_000 },
      });
    });

    it('counts what comes after it expired, at the price of that day', async () => {
      const { orderReference } = await promise({ donor: COMPANY, ...workers });
      await system.advanceTo(at('2027-02-01', '08:00'));
      expect(await standing(orderReference)).toMatchObject({
        state: 'expired',
        isExpired: true,
        unitPriceRupiah: 42_000,
        unitPriceTodayRupiah: 50_400,
      });
      await pay(orderReference, 84_000);
      expect(await standing(orderReference)).toMatchObject({
        state: 'paid',
        workersCovered: expect.any(Number),
        payments: [{ keptRupiah: 84_000, isAfterExpiry: true }],
      });
    });
  });

  describe('a monthly gift', () => {
    it('shows what came, what is due and what was missed', async () => {
      const { recurrence, state } = (await standing(monthly.orderReference)) as {
        recurrence: { periods: { state: string; expectedOn: string }[] };
        state: string;
      };
      expect(state).toBe('partly_paid');
      expect(recurrence.periods.map((each) => [each.expectedOn, each.state])).toEqual([
        ['2026-12-01', 'paid'],
        ['2027-01-01', 'missed'],
        ['2027-02-01', 'due'],
      ]);
    });

    it('is paid under the reference of its subscription too, which means no other pledge', async () => {
      const { orderReference } = await promise({ donor: GIVER, amountRupiah: 5_000, recurrence: { every: 'P1M' } });
      const once = await promise({ donor: GIVER, amountRupiah: 5_000 });
      const path = `/api/pledges/${orderReference}/subscription`;
      expect((await system.operate('POST', path, { reference: 'SUB-77' })).status).toBe(201);
      expect((await system.operate('POST', path, { reference: 'SUB-77' })).status).toBe(201);
      expect((await system.operate('POST', path, { reference: once.orderReference })).status).toBe(409);
      expect(
        (await system.operate('POST', `/api/pledges/${once.orderReference}/subscription`, { reference: 'SUB-78' }))
          .status,
      ).toBe(400);
      await pay('SUB-77', 5_000);
      await pay(orderReference, 5_000);
      expect(await standing(orderReference)).toMatchObject({ receivedRupiah: 10_000, payments: [{}, {}] });
    });

    it('of one who comes back is the same donor’s', async () => {
      const { orderReference } = await promise({ donor: GIVER, amountRupiah: 5_000 });
      const [first] = (await system.donations({ orderReference: 'SUB-77' })) as unknown as { donorId: string }[];
      const found = await system.must<Donor>('GET', `/api/donors/${first?.donorId}`);
      expect(found.pledges).toContain(orderReference);
    });
  });
});
