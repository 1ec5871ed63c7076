/** Whoever has the link of a gift covers the same workers again, at the price of the day, over the rows of the system. */
import { Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RenewDependencies } from '../../../functions/serve-public/renew-gift.ts';
import { renewRoutes } from '../../../functions/serve-public/renew-page.ts';
import type { Cover } from '../../../shared/domain/cover.ts';
import { type CivilDate, instantOfDate } from '../../../shared/domain/dates.ts';
import { unrestrictedFund } from '../../../shared/domain/fund.ts';
import { digest, type PledgeId } from '../../../shared/domain/ids.ts';
import { rupiah } from '../../../shared/domain/money.ts';
import { PUBLISHED_TARIFF } from '../../../shared/domain/tariff.ts';
import { problemOf } from '../../../shared/problem.ts';
import { readCovers } from '../../../shared/store/covers.ts';
import { renewedCandidates } from '../../../shared/store/named.ts';
import { donationsOfPledge, putPledge, readPledge, readPledgeOfReceipt } from '../../../shared/store/pledges.ts';
import { policyAt, publishPolicy } from '../../../shared/store/policies.ts';
import { addWorkers, give } from '../../support/people-and-gifts.ts';
import { TestSystem } from '../../support/test-system.ts';

/** From November on: two months at half the tariff, one at all of it. */
const TERM_RUPIAH = 33_600;
const wib = (day: string) => Date.parse(instantOfDate(day as CivilDate, 10));

let system: TestSystem;
let tokens: number;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

const dependencies: RenewDependencies = {
  now: () => system.now(),
  newToken() {
    tokens += 1;
    return digest(`token ${tokens}`, 32);
  },
  keepDonor: () => Promise.reject(new Error('the donor of a renewal is the donor of the gift')),
  putPledge,
  knownWorkers: async () => new Map(),
  findPledge: readPledge,
  readPledgeOfReceipt,
  renewedCandidates,
  readCovers,
  donationsOfPledge,
  policyAt,
  tariffInForce: () => PUBLISHED_TARIFF,
};
const app = new Hono();
renewRoutes(app, dependencies);
app.onError((error, context) => context.json(problemOf(error), problemOf(error).status as 400));

const JSON_PLEASE = { headers: { accept: 'application/json' } };
async function ask<Answer>(path: string, init: RequestInit = JSON_PLEASE): Promise<Answer> {
  return (await app.request(path, init)).json() as Promise<Answer>;
}
interface Renewal {
  readonly orderReference: string;
  readonly amountRupiah: number;
  readonly invoicePath: string;
}
const promise = () => ask<Renewal>('/renew/token-1', { method: 'POST', ...JSON_PLEASE });

/** Covers from 20 November to 19 February, all paid by one promise; two more workers wait. */
async function covered(workers: number) {
  system.newWorld();
  tokens = 0;
  await addWorkers(
    system,
    Array.from({ length: workers + 2 }, () => ({})),
  );
  await putPledge({
    pledgeId: 'plg_1' as PledgeId,
    orderReference: 'GNL-1',
    receiptToken: 'token-1',
    donorId: null,
    donorKind: 'corporate',
    anonymous: true,
    language: 'en',
    channel: 'bank',
    amountRupiah: rupiah(TERM_RUPIAH * workers),
    workers,
    descriptor: unrestrictedFund('csr'),
    renewalOf: null,
    createdAt: system.now(),
    expiresAt: system.now(),
  });
  await give(system, { paymentId: 'first', amount: TERM_RUPIAH * workers, orderReference: 'GNL-1' });
  await system.drain();
  system.setClock(wib('2027-02-01'));
}
const covers = () => system.rows('cover') as unknown as Cover[];

describe('the page of a gift', () => {
  beforeEach(() => covered(6));

  it('says how many can be renewed, until when they are covered, and what each month costs today', async () => {
    const response = await app.request('/renew/token-1');
    const page = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page).toContain('melindungi 6 pekerja yang dapat diperpanjang sekarang');
    expect(page).toContain('19 Februari 2027');
    for (const part of ['Februari 2027', 'Maret 2027', 'April 2027', 'Rp100.800', 'Rp302.400', '<form method="post">'])
      expect(page).toContain(part);
    expect(await (await app.request('/renew/token-1?lang=en')).text()).toContain(
      'covers 6 workers who can be renewed now',
    );
  });

  it('names nobody', async () => {
    const page = await (await app.request('/renew/token-1')).text();
    expect(page).not.toMatch(/wrk_|cov_|don_/);
  });

  it('is the same for every token that leads nowhere', async () => {
    const pages = await Promise.all(['/renew/none', '/renew/token-2'].map(async (path) => app.request(path)));
    expect(pages.map(({ status }) => status)).toEqual([404, 404]);
    const [one, other] = await Promise.all(pages.map((page) => page.text()));
    expect(one).toBe(other);
    expect((await app.request('/renew/none', { method: 'POST' })).status).toBe(404);
    expect(await ask('/renew/none')).toMatchObject({ status: 404, reason: 'not_found' });
  });

  it('counts only whom a gift can still renew', async () => {
    const [renewed, dead] = covers();
    system.table.put({ ...(renewed as object), renewedBy: 'cov_x_2' } as never);
    const row = system.rows('worker').find(({ workerId }) => workerId === dead?.workerId);
    system.table.put({ ...row!, state: 'deceased' });
    const offer = await ask<{ workers: number | null; totalRupiah: number }>('/renew/token-1');
    expect(offer).toMatchObject({ workers: null, totalRupiah: 4 * 50_400 });
    expect(await (await app.request('/renew/token-1')).text()).toContain('melindungi kurang dari lima pekerja');
  });

  it('says that a lapsed worker starts anew', async () => {
    system.setClock(wib('2027-08-01'));
    const page = await (await app.request('/renew/token-1')).text();
    expect(page).toContain('perpanjangan mulai saat pendaftaran diterima');
    expect(page).toContain('Agustus 2027');
    expect(await ask('/renew/token-1')).toMatchObject({ workers: 6, ends: null });
  });
});

describe('a renewal', () => {
  beforeEach(() => covered(6));

  it('is a promise of the same donor and purpose, priced today', async () => {
    const renewal = await promise();
    expect(renewal).toMatchObject({ amountRupiah: 302_400, renewalOf: 'GNL-1', invoicePath: expect.any(String) });
    expect(await readPledge(renewal.orderReference)).toMatchObject({
      donorId: null,
      donorKind: 'corporate',
      anonymous: true,
      language: 'en',
      renewalOf: 'GNL-1',
      descriptor: {
        fundClass: 'csr',
        termMonths: 3,
        earmark: { renewalOf: 'GNL-1', expiresOn: '2027-07-31', fallback: 'widen' },
      },
    });
  });

  it('made by the button leads to its bill', async () => {
    const response = await app.request('/renew/token-1?lang=en', { method: 'POST' });
    expect(response.status).toBe(303);
    const location = response.headers.get('location') as string;
    expect(location).toMatch(/^\/invoices\/[0-9a-f]{32}\?lang=en$/);
    expect(await readPledgeOfReceipt(location.slice('/invoices/'.length, -'?lang=en'.length))).toMatchObject({
      amountRupiah: 302_400,
    });
  });

  it('once paid covers the same workers from the day their cover ends, and no others', async () => {
    const { orderReference, amountRupiah } = await promise();
    const first = covers();
    await give(system, { paymentId: 'second', amount: amountRupiah, orderReference });
    await system.drain();
    const second = covers().filter(({ renews }) => renews !== undefined);
    expect(second.map(({ workerId }) => workerId).sort()).toEqual(first.map(({ workerId }) => workerId).sort());
    for (const cover of second)
      expect(cover).toMatchObject({ state: 'active', startDate: '2027-02-20', endDate: '2027-05-20' });
    expect(covers()).toHaveLength(12);
    const donations = system.rows('donation') as { remainingRupiah: number }[];
    expect(donations.map(({ remainingRupiah }) => remainingRupiah)).toEqual([0, 0]);
    expect((await system.prove()).holds).toBe(true);

    expect(await ask('/renew/token-1', { method: 'POST', ...JSON_PLEASE })).toMatchObject({
      status: 409,
      reason: 'nothing_to_renew',
    });
    const refused = await app.request('/renew/token-1', { method: 'POST' });
    expect(refused.status).toBe(409);
    expect(await refused.text()).toContain('Tidak ada pekerja dari donasi ini');
  });

  it('respects the cap on donated terms', async () => {
    await publishPolicy(
      {
        version: 'capped',
        effectiveFrom: '2027-01-01' as CivilDate,
        shares: { continuity: 30, newStarts: 70 },
        continuityWindowDays: 30,
        priorityGroups: [],
        donatedTermsCap: 1,
      },
      system.now(),
    );
    expect(await ask('/renew/token-1')).toMatchObject({ workers: 0, totalRupiah: 0 });
  });
});
