/** What operators can see and do, and what nobody without a token can. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page, ProblemDocument, Worker } from './support/contract.ts';
import { newPayment, notify } from './support/midtrans.ts';
import { importRoster, people, roster } from './support/roster.ts';
import { describeEmbedded, type System, startSystem } from './support/system.ts';

let system: System;
let now = 0;
beforeAll(async () => {
  system = await startSystem();
  now = await system.nowMilliseconds();
});
afterAll(() => system.stop());

const READS = [
  '/api/workers',
  '/api/donations',
  '/api/covers',
  '/api/cohorts',
  '/api/quarantine',
  '/api/queues',
  '/api/ledger/trial-balance',
  '/api/stats',
];

describe('without a token', () => {
  it.each([
    ...READS.map((path) => ['GET', path]),
    ['GET', '/api/covers/cov_x'],
    ['GET', '/api/nudges?coverId=cov_x'],
    ['GET', '/api/anything'],
    ['POST', '/api/worker-imports'],
    ['POST', '/api/proofs'],
    ['POST', '/api/quarantine/qrt_x/release'],
    ['POST', '/api/queues/payments/redrive'],
  ])('%s %s is refused', async (method, path) => {
    for (const authorization of [
      undefined,
      '',
      'Bearer',
      'Bearer wrong-token-of-some-length',
      `Basic ${system.token}`,
    ]) {
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
      const {
        status,
        contentType,
        body,
        headers: answered,
      } = await system.request<ProblemDocument>(method!, path!, { headers });
      expect({ status, body }).toMatchObject({ status: 401, body: { status: 401, reason: 'not_allowed' } });
      expect(contentType).toContain('application/problem+json');
      expect(answered.get('www-authenticate')).toMatch(/^Bearer/);
    }
  });
});

describe('what is not there', () => {
  it.each([
    ['GET', '/api/donations/don_unknown'],
    ['GET', '/api/covers/cov_unknown_1'],
    ['GET', '/api/workers/wrk_unknown'],
    ['GET', '/api/worker-imports/imp_unknown'],
    ['GET', '/api/nothing'],
    ['POST', '/api/quarantine/qrt_unknown/release'],
    ['POST', '/api/queues/unknown/redrive'],
  ])('%s %s is a problem document', async (method, path) => {
    const { status, contentType, body } = await system.operate<ProblemDocument>(method!, path!);
    expect({ status, body }).toMatchObject({
      status: 404,
      body: { status: 404, title: expect.any(String), reason: 'not_found' },
    });
    expect(contentType).toContain('application/problem+json');
  });

  it.each([
    '/api/workers?limit=0',
    '/api/workers?limit=all',
    '/api/donations?limit=1000000',
    '/api/workers?cursor=nonsense',
    '/api/workers?cursor=eyJhIjoxfQ',
    '/api/quarantine?cursor=eyJhIjoxfQ',
    '/api/covers?donationId=don_x&cursor=nonsense',
    '/api/nudges',
  ])('GET %s is told what is wrong with it', async (path) => {
    const { status, body } = await system.operate<ProblemDocument>('GET', path);
    expect({ status, body }).toMatchObject({ status: 400, body: { errors: [{ field: expect.any(String) }] } });
  });
});

describeEmbedded('lists', () => {
  beforeAll(async () => {
    await importRoster(system, roster([...people(1, 12), ...people(20, 5, { region: '35.78', occupation: 'ojek' })]));
    await system.settle();
  });

  it('come in pages that together hold everything once', async () => {
    const found: string[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const path: string = `/api/workers?limit=5${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
      const page: Page<Worker> = await system.must('GET', path);
      expect(page.items.length).toBeLessThanOrEqual(5);
      found.push(...page.items.map(({ workerId }) => workerId));
      cursor = page.nextCursor;
      pages += 1;
    } while (cursor !== null);
    expect(found).toHaveLength(17);
    expect(new Set(found).size).toBe(17);
    expect(pages).toBeGreaterThanOrEqual(4);
  });

  it('are filtered by what is asked for', async () => {
    expect(await system.workers({ region: '35.78' })).toHaveLength(5);
    expect(await system.workers({ region: '35.78', limit: '2' })).toHaveLength(5);
    expect(await system.workers({ occupation: 'pedagang' })).toHaveLength(12);
    expect(await system.workers({ state: 'covered' })).toEqual([]);
  });

  it('find donations by payment and by order reference, and covers by donation, worker and state', async () => {
    const payment = newPayment(84_000, now);
    await notify(system, payment, 'settlement');
    await system.settle();
    const byPayment = await system.donations({ gateway: 'midtrans', paymentId: payment.transactionId });
    expect(byPayment).toMatchObject([{ orderReference: payment.orderId, channel: 'gopay' }]);
    expect(await system.donations({ orderReference: payment.orderId })).toEqual(byPayment);
    expect(await system.donations({ gateway: 'midtrans', paymentId: 'another' })).toEqual([]);
    const { donationId } = byPayment[0]!;
    const covers = await system.covers({ donationId });
    expect(covers.length).toBeGreaterThanOrEqual(2);
    expect(await system.covers({ donationId, limit: '1' })).toEqual(covers);
    expect(await system.covers({ state: 'submitted' })).toHaveLength(covers.length);
    expect(await system.covers({ workerId: covers[0]!.workerId })).toEqual([covers[0]]);
    expect(await system.covers({ state: 'lapsed' })).toEqual([]);
  });

  it('show the whole life of a donation and of a cover', async () => {
    const [donation] = await system.donations();
    const life = await system.donationOf('midtrans', donation!.paymentId);
    expect(life.timeline.map(({ kind }) => kind)).toContain('payment');
    expect(life.coverMonths.reduce((sum, { amountRupiah }) => sum + amountRupiah, 0)).toBe(life.allocatedRupiah);
    await system.advanceBy('PT15M');
    const cover = await system.cover(life.coverMonths[0]!.coverId);
    expect(cover.history.map(({ event }) => event)).toEqual(['reserved', 'accepted']);
    expect(cover.nudges).toEqual([]);
  });

  it('show the cohorts with their phases', async () => {
    const cohorts = await system.list<{
      cohortId: string;
      startDate: string;
      endDate: string;
      phases: { phase: string }[];
    }>('/api/cohorts');
    expect(cohorts).toMatchObject([{ cohortId: '2026-12-01-g00', startDate: '2026-12-01', endDate: '2027-03-01' }]);
    expect(cohorts[0]!.phases.map(({ phase }) => phase)).toEqual([
      ...['month-2', 'T-30', 'month-3', 'T-14', 'T-7', 'T-1', 'end', 'T+0', 'T+7', 'T+30', 'T+60', 'lapse'],
    ]);
  });
});

describe('the whole', () => {
  it('shows five queues and their dead letters', async () => {
    const queues = await system.queues();
    expect(queues.map(({ name }) => name).sort()).toEqual([
      'enrolments',
      'files',
      'funds',
      'imports',
      'nudges',
      'payments',
      'statements',
    ]);
    for (const { ready, inFlight, dead } of queues)
      expect([ready, inFlight, dead].every((count) => Number.isInteger(count) && count >= 0)).toBe(true);
  });

  it('redrives a queue with no dead letters without complaint', async () => {
    expect(await system.operate('POST', '/api/queues/enrolments/redrive')).toMatchObject({
      status: 202,
      body: { messages: 0 },
    });
  });

  it('counts itself: the totals of the statistics are those of the trial balance', async () => {
    const [stats, { accounts, sumRupiah }] = await Promise.all([system.stats(), system.trialBalance()]);
    expect(sumRupiah).toBe(0);
    const funds = accounts.filter(({ account }) => account.startsWith('fund:'));
    const held = funds.reduce((sum, { balanceRupiah }) => sum + balanceRupiah, 0);
    expect(stats.totals.remainingRupiah ?? 0).toBe(held);
    expect(await system.prove()).toMatchObject({ holds: true, checked: { donations: expect.any(Number) } });
  });
});
