/** What a donor promises: what it costs, whom it is for, and that the money which comes keeps to it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSharesSum, pricesOf, provenAccounts, provenBalances } from './support/books.ts';
import type { PledgeAnswer, ProblemDocument } from './support/contract.ts';
import { newPayment, notify } from './support/midtrans.ts';
import { give, newGift } from './support/partner.ts';
import { importRoster, person, roster } from './support/roster.ts';
import { describeEmbedded, type System, startSystem } from './support/system.ts';
import { at } from './support/wib.ts';

const DONOR = { kind: 'individual', name: 'Donatur Contoh', email: 'donatur@contoh.example', language: 'id' } as const;

async function promise(system: System, document: object): Promise<PledgeAnswer> {
  const { status, body } = await system.pledge({ donor: DONOR, ...document });
  expect({ status, body }).toMatchObject({ status: 201 });
  return body;
}

describeEmbedded('the quote of a pledge', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ now: at('2026-12-01', '08:00') });
  });
  afterAll(() => system.stop());

  it.each([
    ['two workers of any work, at the dearer tariff', { workers: 2 }, 84_000],
    ['a thousand workers', { workers: 1_000 }, 42_000_000],
    ['two drivers', { workers: 2, earmark: { occupation: 'ojek' } }, 50_400],
    [
      'a trader with old-age savings',
      { workers: 1, package: 'JKK_JKM_JHT', earmark: { occupation: 'pedagang' } },
      102_000,
    ],
    [
      'a courier with old-age savings',
      { workers: 1, package: 'JKK_JKM_JHT', earmark: { occupation: 'kurir' } },
      85_200,
    ],
    ['a driver by another word', { workers: 1, earmark: { occupation: 'Ojek Online' } }, 25_200],
    ['six months', { workers: 1, termMonths: 6 }, 92_400],
    ['months after the discounts', { workers: 1, startMonth: '2027-04' }, 50_400],
    ['a fixed amount', { amountRupiah: 123_456 }, 123_456],
  ])('for %s', async (_name, document, amountRupiah) => {
    expect(await promise(system, document)).toMatchObject({
      pledgeId: expect.any(String),
      orderReference: expect.any(String),
      amountRupiah,
      expiresAt: expect.stringMatching(/^2026-12-15T/),
    });
  });

  it('gives every pledge a reference of its own', async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => promise(system, { amountRupiah: 10_000 })));
    expect(new Set(made.map(({ orderReference }) => orderReference)).size).toBe(5);
    expect(new Set(made.map(({ pledgeId }) => pledgeId)).size).toBe(5);
  });
});

describe('a pledge that cannot be taken names the field', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(() => system.stop());

  it.each<[field: string, document: object]>([
    ['donor', { donor: undefined, amountRupiah: 10_000 }],
    ['donor.kind', { donor: { ...DONOR, kind: 'anybody' }, amountRupiah: 10_000 }],
    ['donor.email', { donor: { ...DONOR, email: 'not an address' }, amountRupiah: 10_000 }],
    ['donor.language', { donor: { ...DONOR, language: 'jv' }, amountRupiah: 10_000 }],
    ['amountRupiah', {}],
    ['amountRupiah', { amountRupiah: 10_000, workers: 1 }],
    ['amountRupiah', { amountRupiah: 0 }],
    ['amountRupiah', { amountRupiah: -50_400 }],
    ['amountRupiah', { amountRupiah: 50_400.5 }],
    ['amountRupiah', { amountRupiah: '50400' }],
    ['amountRupiah', { amountRupiah: 2 ** 53 }],
    ['workers', { workers: 0 }],
    ['workers', { workers: 1.5 }],
    ['termMonths', { workers: 1, termMonths: 0 }],
    ['termMonths', { workers: 1, termMonths: 13 }],
    ['package', { workers: 1, package: 'JKP' }],
    ['startMonth', { workers: 1, startMonth: '2026-13' }],
    ['startMonth', { workers: 1, startMonth: '2020-01' }],
    ['earmark.region', { workers: 1, earmark: { region: 'Surakarta' } }],
    ['earmark.disability', { workers: 1, earmark: { disability: 'ya' } }],
    ['earmark.occupation', { workers: 1, earmark: { occupation: 'astronot' } }],
    ['earmark.workers', { workers: 1, earmark: { workers: [] } }],
    ['fundClass', { workers: 1, fundClass: 'waqf' }],
  ])('%s in %o', async (field, document) => {
    const { status, contentType, body } = await system.pledge<ProblemDocument>({ donor: DONOR, ...document });
    expect(status).toBe(400);
    expect(contentType).toContain('application/problem+json');
    expect(body).toMatchObject({ status: 400, title: expect.any(String) });
    expect(body.errors?.map((each) => each.field)).toContain(field);
  });

  it.each([
    ['no JSON', '{"donor":'],
    ['an array', '[]'],
    ['nothing', ''],
  ])('and refuses %s', async (_name, body) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await system.request<ProblemDocument>('POST', '/api/pledges', { headers, body });
    expect(answer).toMatchObject({ status: 400, body: { status: 400, reason: expect.any(String) } });
  });
});

/** One worker of each kind; the number is the line of the roster. */
const WORKERS = [
  person(11, { region: '33.72', occupation: 'pedagang' }),
  person(12, { region: '33.74', occupation: 'buruh' }),
  person(13, { region: '33.74', occupation: 'ojek' }),
  person(14, { region: '35.01', occupation: 'petani', disability: 'ya' }),
  person(15, { region: '35.02', occupation: 'nelayan', source: 'baznas:surabaya' }),
];

describeEmbedded('money that comes with a pledge’s reference', () => {
  let system: System;
  let now = 0;
  beforeAll(async () => {
    system = await startSystem({ now: at('2026-12-01', '08:00') });
    now = await system.nowMilliseconds();
    await importRoster(system, roster(WORKERS));
    await system.settle();
  });
  afterAll(() => system.stop());

  async function pay(pledge: PledgeAnswer, amountRupiah = pledge.amountRupiah) {
    const payment = newPayment(amountRupiah, now, {
      orderId: pledge.orderReference,
      paymentType: 'bank_transfer',
      bank: 'bca',
    });
    expect((await notify(system, payment, 'settlement')).status).toBe(200);
    await system.settle();
    const donation = await system.donationOf('midtrans', payment.transactionId);
    expect(donation).toMatchObject({ pledgeId: pledge.pledgeId, orderReference: pledge.orderReference });
    const covers = await system.covers({ donationId: donation.donationId });
    covers.forEach(expectSharesSum);
    return { donation, covers };
  }
  const workerOf = async (occupation: string) => (await system.workers({ occupation }))[0]!;

  it('covers only workers of the region it is for, however many others wait', async () => {
    const pledge = await promise(system, { workers: 2, earmark: { region: '33.72' } });
    const { donation, covers } = await pay(pledge);
    expect(covers.map(({ workerId }) => workerId)).toEqual([(await workerOf('pedagang')).workerId]);
    expect(donation).toMatchObject({ state: 'partly_allocated', allocatedRupiah: 42_000, remainingRupiah: 42_000 });
  });

  it('covers only the occupation it is for', async () => {
    const { donation, covers } = await pay(await promise(system, { workers: 1, earmark: { occupation: 'ojek' } }));
    expect(covers.map(({ workerId }) => workerId)).toEqual([(await workerOf('ojek')).workerId]);
    expect(donation).toMatchObject({ state: 'allocated', receivedRupiah: 25_200 });
  });

  it('covers only workers with a disability where it says so, from the month it says', async () => {
    const earmark = { disability: true };
    const { covers } = await pay(await promise(system, { workers: 1, startMonth: '2027-02', earmark }));
    expect(covers.map(({ workerId }) => workerId)).toEqual([(await workerOf('petani')).workerId]);
    expect(pricesOf(covers[0]!)).toEqual({ '2027-02': 16_800, '2027-03': 16_800, '2027-04': 16_800 });
    await system.advanceBy('PT15M');
    expect(await system.cover(covers[0]!.coverId)).toMatchObject({ startDate: '2027-02-01', endDate: '2027-05-01' });
    now = await system.nowMilliseconds();
  });

  it('covers exactly the workers it names', async () => {
    const named = await workerOf('buruh');
    const { covers } = await pay(
      await promise(system, { amountRupiah: 42_000, earmark: { workers: [named.workerId] } }),
    );
    expect(covers.map(({ workerId }) => workerId)).toEqual([named.workerId]);
  });

  it('of zakat reaches verified mustahik and nobody else', async () => {
    await importRoster(system, roster([person(16, { region: '35.03', occupation: 'pemulung' })]));
    const pledge = await promise(system, { donor: { ...DONOR, kind: 'zakat_body' }, amountRupiah: 84_000 });
    const { donation, covers } = await pay(pledge);
    expect(donation.fundId).toMatch(/^zakat/);
    expect(covers.map(({ workerId }) => workerId)).toEqual([(await workerOf('nelayan')).workerId]);
    expect(donation.remainingRupiah).toBe(42_000);
    expect(await workerOf('pemulung')).toMatchObject({ state: 'waiting', coverId: null });
  });

  it('of a zakat channel stays zakat whatever pledge it names', async () => {
    const pledge = await promise(system, { amountRupiah: 42_000, fundClass: 'general' });
    const gift = newGift(42_000, now, { partner: 'baznas', orderReference: pledge.orderReference });
    expect((await give(system, gift)).status).toBe(200);
    await system.settle();
    const donation = await system.donationOf('partner:baznas', gift.paymentId);
    expect(donation).toMatchObject({ fundId: expect.stringMatching(/^zakat/), allocatedRupiah: 0 });
    expect(await workerOf('pemulung')).toMatchObject({ state: 'waiting' });
  });

  it('keeps to the pledge when an earlier notice of the same payment did not name it', async () => {
    const pledge = await promise(system, { amountRupiah: 10_000, earmark: { region: '36.09' } });
    const gift = newGift(10_000, now, { orderReference: pledge.orderReference });
    const { orderReference: _unnamed, ...early } = gift;
    await give(system, early, 'pending');
    await system.settle();
    await give(system, gift, 'paid');
    await system.settle();
    const donation = await system.donationOf('partner:kitabisa', gift.paymentId);
    expect(donation).toMatchObject({ pledgeId: pledge.pledgeId, orderReference: pledge.orderReference });
    expect(donation.fundId).not.toBe('general');
  });

  it('buys what it reaches when it is less than promised, and the rest when more comes', async () => {
    await importRoster(system, roster([21, 22].map((number) => person(number, { region: '36.01' }))));
    const pledge = await promise(system, { workers: 2, earmark: { region: '36.01' } });
    expect((await pay(pledge, 30_000)).donation).toMatchObject({ state: 'received', remainingRupiah: 30_000 });
    await system.advanceBy('PT1M');
    const second = await pay(pledge, 54_000);
    expect(second.donation).toMatchObject({ state: 'allocated', remainingRupiah: 0 });
    expect(second.covers).toHaveLength(2);
  });

  it('beyond the promised amount waits in the same fund for the next worker of its kind', async () => {
    await importRoster(system, roster([person(31, { region: '36.02' })]));
    const pledge = await promise(system, { workers: 1, earmark: { region: '36.02' } });
    const { donation } = await pay(pledge, 100_000);
    expect(donation).toMatchObject({ state: 'partly_allocated', allocatedRupiah: 42_000, remainingRupiah: 58_000 });
    await importRoster(system, roster([person(32, { region: '36.02' })]));
    await system.settle();
    const after = await system.donationOf('midtrans', donation.paymentId);
    expect(after).toMatchObject({ allocatedRupiah: 84_000, remainingRupiah: 16_000 });
    expect(await provenAccounts(system)).toMatchObject({ [`fund:${donation.fundId}`]: 16_000 });
  });

  it('is found by that reference, and shown to the donor by the receipt', async () => {
    const pledge = (await promise(system, { amountRupiah: 7_500 })) as PledgeAnswer & { receiptPath: string };
    await pay(pledge);
    const found = await system.donations({ orderReference: pledge.orderReference });
    expect(found).toMatchObject([{ pledgeId: pledge.pledgeId, receivedRupiah: 7_500 }]);
    const page = await system.request<string>('GET', pledge.receiptPath);
    expect(page.status).toBe(200);
    expect(page.body).toContain('Rp7.500');
    expect((await system.request('GET', '/d/0000')).status).toBe(404);
    await provenBalances(system);
  });
});
