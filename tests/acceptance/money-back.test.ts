/** Money that goes back, in part or whole, and comes again: the worker keeps the cover, and the books say who carries it. */
import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { expectAddsUp, expectSharesSum, provenBalances } from './support/books.ts';
import type { Cover, Donation } from './support/contract.ts';
import { newPayment, notify } from './support/midtrans.ts';
import { give, newGift } from './support/partner.ts';
import { importRoster, person, roster } from './support/roster.ts';
import { CONFIGURATION, describeEmbedded, type System, startSystem } from './support/system.ts';

const SECRET = 'whsec_FAKE_acceptance_stripe';
const TERM_RUPIAH = 50_400;

type Fields = Record<string, unknown>;
type BookedDonation = Donation & { readonly feeCarriedRupiah: number; readonly feeBeyondRupiah: number };
interface CampaignFees {
  readonly group: string | null;
  readonly fundClass: string;
  readonly receivedRupiah: number;
  readonly feesRupiah: number;
  readonly feeBeyondRupiah: number;
  readonly sharePercent: number;
}

describeEmbedded('money back', () => {
  let system: System;
  let now = 0;
  let people = 0;

  beforeAll(async () => {
    const gateways = { ...CONFIGURATION.gateways, stripe: { endpointSecrets: [SECRET] } };
    system = await startSystem({ configuration: { gateways }, now: '2027-04-05T08:00:00+07:00' });
    now = await system.nowMilliseconds();
  });
  afterAll(() => system.stop());

  /** One worker who waits, for whom a gift of a term buys cover. */
  beforeEach(async () => {
    people += 1;
    await importRoster(system, roster([person(people)]));
    await system.settle();
  });

  async function tellStripe(type: string, object: Fields, previous?: Fields) {
    const seconds = Math.floor(now / 1000);
    const data = { object: { currency: 'idr', ...object }, ...(previous ? { previous_attributes: previous } : {}) };
    const body = JSON.stringify({ id: `evt_${randomUUID()}`, object: 'event', created: seconds, type, data });
    const signature = createHmac('sha256', SECRET).update(`${seconds}.${body}`).digest('hex');
    const headers = { 'content-type': 'application/json', 'stripe-signature': `t=${seconds},v1=${signature}` };
    expect((await system.request('POST', '/webhooks/stripe', { headers, body })).status).toBe(200);
    await system.settle();
  }

  const intent = (id: string, amountRupiah: number) => ({
    id,
    object: 'payment_intent',
    amount: amountRupiah * 100,
    amount_received: amountRupiah * 100,
    metadata: {},
  });
  const dispute = (id: string, amountRupiah: number, status: string) => ({
    id: `dp_${id}`,
    object: 'dispute',
    charge: `ch_${id}`,
    payment_intent: id,
    amount: amountRupiah * 100,
    status,
  });
  const refundedCharge = (id: string, refundedRupiah: number) => ({
    id: `ch_${id}`,
    object: 'charge',
    payment_intent: id,
    amount: TERM_RUPIAH * 100,
    amount_refunded: refundedRupiah * 100,
  });

  const newIntent = () => `pi_${randomUUID().replaceAll('-', '')}`;
  async function pays(id: string, amountRupiah = TERM_RUPIAH): Promise<BookedDonation> {
    await tellStripe('payment_intent.succeeded', intent(id, amountRupiah));
    return donationOf(id);
  }
  async function donationOf(paymentId: string, gateway = 'stripe'): Promise<BookedDonation> {
    const [donation, ...others] = await system.donations({ gateway, paymentId });
    expect(others).toEqual([]);
    expectAddsUp(donation!);
    return donation as BookedDonation;
  }
  const coversOf = ({ donationId }: Donation) => system.list<Cover>('/api/covers', { donationId });
  const guarantee = async () => (await provenBalances(system)).get('guarantee') ?? 0;

  it('of a card that failed and was then taken is no money back at all', async () => {
    const id = newIntent();
    await tellStripe('payment_intent.payment_failed', intent(id, TERM_RUPIAH));
    expect(await donationOf(id)).toMatchObject({ state: 'failed', receivedRupiah: 0 });
    expect(await pays(id)).toMatchObject({ state: 'allocated', receivedRupiah: TERM_RUPIAH, refundedRupiah: 0 });
  });

  it('told as running totals counts each part once, in any order', async () => {
    const id = newIntent();
    await pays(id);
    const first = () => tellStripe('charge.refunded', refundedCharge(id, 20_400), { amount_refunded: 0 });
    await tellStripe('charge.refunded', refundedCharge(id, TERM_RUPIAH), { amount_refunded: 2_040_000 });
    expect(await donationOf(id)).toMatchObject({ state: 'partly_refunded', refundedRupiah: 30_000 });
    await first();
    expect(await donationOf(id)).toMatchObject({ state: 'refunded', refundedRupiah: TERM_RUPIAH });
  });

  it('of a capture that is cancelled is all of it, and buys nothing', async () => {
    const payment = newPayment(40_000, now, { paymentType: 'credit_card' });
    for (const status of ['capture', 'cancel']) {
      expect((await notify(system, payment, status)).status).toBe(200);
      await system.settle();
    }
    expect(await donationOf(payment.transactionId, 'midtrans')).toMatchObject({
      receivedRupiah: 40_000,
      refundedRupiah: 40_000,
      allocatedRupiah: 0,
      remainingRupiah: 0,
    });
  });

  it('charged back in part leaves the worker covered, and the guarantee fund carries that part', async () => {
    const before = await guarantee();
    const id = newIntent();
    const donation = await pays(id);
    const [cover] = await coversOf(donation);
    await tellStripe('charge.dispute.created', dispute(id, 20_400, 'needs_response'));
    expect(await donationOf(id)).toMatchObject({
      state: 'charged_back',
      refundedRupiah: 20_400,
      allocatedRupiah: 30_000,
      remainingRupiah: 0,
    });
    const [after] = await coversOf(donation);
    expect(after).toMatchObject({ coverId: cover!.coverId, state: cover!.state });
    expectSharesSum(after!);
    expect((await guarantee()) - before).toBe(-20_400);
  });

  it('charged back and won again repays the guarantee fund, gives the donor the cover again and buys no other', async () => {
    const before = await guarantee();
    const id = newIntent();
    const donation = await pays(id);
    const covers = await coversOf(donation);
    expect(covers).toHaveLength(1);
    await tellStripe('charge.dispute.created', dispute(id, TERM_RUPIAH, 'needs_response'));
    expect(await coversOf(donation)).toEqual([]);
    expect((await guarantee()) - before).toBe(-TERM_RUPIAH);
    // Somebody else waits by now, whom money of the fund would cover.
    people += 1;
    await importRoster(system, roster([person(people)]));
    await system.settle();
    const total = (await system.covers()).length;
    await tellStripe('charge.dispute.closed', dispute(id, TERM_RUPIAH, 'won'));
    expect(await donationOf(id)).toMatchObject({
      state: 'allocated',
      refundedRupiah: 0,
      allocatedRupiah: TERM_RUPIAH,
      remainingRupiah: 0,
    });
    expect(await coversOf(donation)).toEqual(covers);
    expect(await system.covers()).toHaveLength(total);
    expect(await guarantee()).toBe(before);
  });

  it('a fee beyond a tenth is carried by the guarantee fund; of zakat all of it, and by campaign it shows', async () => {
    const before = await guarantee();
    const gift = newGift(100_000, now, { feeRupiah: 15_000, orderReference: `CAMPAIGN-${randomUUID()}` });
    const zakat = newGift(100_000, now, { feeRupiah: 5_000, partner: 'baznas' });
    for (const each of [gift, zakat]) expect((await give(system, each)).status).toBe(200);
    await system.settle();
    expect(await donationOf(gift.paymentId, 'partner:kitabisa')).toMatchObject({
      feesRupiah: 10_000,
      feeBeyondRupiah: 5_000,
    });
    expect(await donationOf(zakat.paymentId, 'partner:baznas')).toMatchObject({
      feesRupiah: 0,
      feeBeyondRupiah: 5_000,
    });
    expect((await guarantee()) - before).toBe(-10_000);
    const feesBy = async (by: string) =>
      (await system.must<{ items: CampaignFees[] }>('GET', `/api/fees?by=${by}`)).items;
    expect((await feesBy('campaign')).find(({ group }) => group === gift.orderReference)).toMatchObject({
      receivedRupiah: 100_000,
      feesRupiah: 10_000,
      feeBeyondRupiah: 5_000,
      sharePercent: 10,
    });
    for (const by of ['fund', 'pledge', 'campaign', 'gateway'])
      for (const { fundClass, sharePercent, feesRupiah } of await feesBy(by)) {
        expect(sharePercent).toBeLessThanOrEqual(10);
        if (fundClass === 'zakat') expect(feesRupiah).toBe(0);
      }
    expect((await system.operate('GET', '/api/fees?by=colour')).status).toBe(400);
  });
});
