/** What happens to workers while their cover runs, reported by operators over the API; and a decree that changes prices. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectSharesSum, pricesOf, provenAccounts } from './support/books.ts';
import type { Cover, ProblemDocument } from './support/contract.ts';
import { newPayment, notify } from './support/midtrans.ts';
import { importRoster, people, roster } from './support/roster.ts';
import { describeEmbedded, type System, startSystem } from './support/system.ts';
import { at } from './support/wib.ts';

const TERM_RUPIAH = 42_000;
/** Half of the price for traders from February 2027 on, published in mid-cover. */
const DECREE = {
  programmes: ['JKK', 'JKM'],
  sectors: ['non_transport'],
  fromMonth: '2027-02',
  throughMonth: '2027-12',
  percent: 50,
  publishedOn: '2027-01-10',
  source: 'a decree of January 2027',
};
const WORKERS = 5;

interface Reported {
  readonly kind: string;
  readonly recordedByName: string | null;
  readonly recordedBy: string;
  readonly covers: readonly { readonly coverId: string; readonly state: string }[];
}

describeEmbedded('what happens to workers', () => {
  let system: System;
  let ids: string[] = [];

  beforeAll(async () => {
    system = await startSystem({ configuration: { tariff: { adjustments: [DECREE] } } });
    await importRoster(system, roster(people(1, WORKERS)));
    const payment = newPayment(4 * TERM_RUPIAH, await system.nowMilliseconds());
    expect((await notify(system, payment, 'settlement')).status).toBe(200);
    await system.settle();
    await system.advanceBy('PT15M');
    ids = (await system.covers({ state: 'active' })).map(({ workerId }) => workerId).sort();
    expect(ids).toHaveLength(4);
  });
  afterAll(() => system.stop());

  const report = (index: number, event: object) =>
    system.operate<Reported & ProblemDocument>('POST', `/api/workers/${ids[index]}/events`, event);
  const reactivate = (index: number) =>
    system.operate<ProblemDocument>('POST', `/api/workers/${ids[index]}/reactivations`, {});
  const coversOf = (index: number) => system.covers({ workerId: ids[index] as string });
  const worker = async (index: number) => (await system.workers()).find(({ workerId }) => workerId === ids[index]);
  const history = async ({ coverId }: Cover) => (await system.cover(coverId)).history.map(({ event }) => event);

  it('is taken in once, with its maker, and refused where it cannot be', async () => {
    await system.advanceTo(at('2026-12-20', '10:00'));
    const died = { kind: 'deceased', on: '2026-12-19' };
    expect(await report(0, died)).toMatchObject({ status: 201, body: { kind: 'deceased', covers: [{}] } });
    await system.settle();
    const again = await report(0, died);
    expect(again).toMatchObject({ status: 200, body: { covers: [{ state: 'deceased' }] } });
    expect(again.body.recordedBy).toMatch(/^opr_/);
    expect(await report(1, { kind: 'deceased', on: '2026-12-21' })).toMatchObject({ status: 400 });
    expect(await report(1, { kind: 'vanished', on: '2026-12-20' })).toMatchObject({ status: 400 });
    const nobody = await system.operate<ProblemDocument>('POST', '/api/workers/wrk_none/events', died);
    expect(nobody).toMatchObject({ status: 404, body: { reason: 'not_found' } });
    expect(await reactivate(0)).toMatchObject({ status: 409, body: { reason: 'worker_deceased' } });
    expect(await reactivate(1)).toMatchObject({ status: 409, body: { reason: 'cover_running' } });
  });

  it('sends the months that were not used on to the next in line', async () => {
    expect((await coversOf(0))[0]).toMatchObject({ state: 'deceased', endDate: '2026-12-20' });
    expect(await worker(0)).toMatchObject({ state: 'deceased', paidMonths: ['2026-12'] });
    const government = { kind: 'government_paid', on: '2027-02-01', months: 3 };
    expect(await report(1, government)).toMatchObject({ status: 201 });
    expect(await report(1, { ...government, months: 4 })).toMatchObject({
      status: 409,
      body: { reason: 'event_contradiction' },
    });
    await system.settle();
    // 33.600 and 16.800 came back, and the fifth worker's term costs 42.000.
    await system.advanceBy('PT15M');
    const covers = await system.covers();
    expect(covers).toHaveLength(WORKERS);
    ids.push((await system.workers()).map(({ workerId }) => workerId).find((id) => !ids.includes(id)) as string);
    expect((await coversOf(4))[0]).toMatchObject({ state: 'active', startDate: '2026-12-20' });
    expect(await worker(1)).toMatchObject({ paidMonths: ['2026-12', '2027-01', '2027-02', '2027-03', '2027-04'] });
    expect(await provenAccounts(system)).toMatchObject({ 'fund:general': 8_400 });
  });

  it('shows an open claim to the branch that follows up', async () => {
    expect(await report(2, { kind: 'claim_opened', on: '2026-12-18' })).toMatchObject({ status: 201 });
    expect((await system.workers({ claimOpen: 'true' })).map(({ workerId }) => workerId)).toEqual([ids[2]]);
    expect(await system.workers({ claimOpen: 'false' })).toHaveLength(WORKERS - 1);
  });

  it('prices the months of running covers anew when the decree is published, and extends them', async () => {
    await system.advanceTo(at('2027-01-11', '08:00'));
    const [cover] = await coversOf(3);
    expect(pricesOf(cover as Cover)).toEqual({
      '2026-12': 8_400,
      '2027-01': 16_800,
      '2027-02': 8_400,
      '2027-03': 8_400,
    });
    expectSharesSum(cover as Cover);
    expect(cover).toMatchObject({ startDate: '2026-12-01', endDate: '2027-04-01' });
    expect((await coversOf(1))[0]).toMatchObject({ endDate: '2027-02-01', reason: 'government_paid' });
    await provenAccounts(system);
  });

  it('tells the history of a cover', async () => {
    await system.advanceTo(at('2027-04-02', '08:00'));
    const events = await history((await coversOf(3))[0] as Cover);
    expect(events.slice(0, 6)).toEqual([
      'reserved',
      'accepted',
      'month_paid',
      'tariff_adjusted',
      'month_paid',
      'month_paid',
    ]);
    expect(await history((await coversOf(0))[0] as Cover)).toEqual(['reserved', 'accepted', 'ended']);
    expect(await history((await coversOf(2))[0] as Cover)).toContain('claim_opened');
    await provenAccounts(system);
  });

  it('lets no cover lapse while a claim is open, and takes whose cover lapsed back in line', async () => {
    await system.advanceTo(at('2027-07-02', '08:00'));
    expect((await coversOf(2))[0]).toMatchObject({ state: 'expired_in_grace' });
    expect((await coversOf(3))[0]).toMatchObject({ state: 'lapsed' });
    expect(await worker(3)).toMatchObject({ state: 'lapsed' });
    expect(await report(2, { kind: 'claim_closed', on: '2027-07-01' })).toMatchObject({
      status: 201,
      body: { covers: [{ state: 'lapsed' }] },
    });
    expect(await reactivate(3)).toMatchObject({ status: 202 });
    await system.advanceBy('PT1M');
    expect(await reactivate(3)).toMatchObject({ status: 200 });
    expect(await worker(3)).toMatchObject({ state: 'waiting' });
    const payment = newPayment(25_200, await system.nowMilliseconds());
    await notify(system, payment, 'settlement');
    await system.settle();
    await system.advanceBy('PT15M');
    expect(await coversOf(3)).toMatchObject([{ endDate: '2027-04-01' }, { state: 'active', startDate: '2027-07-02' }]);
    expect(await worker(3)).toMatchObject({ state: 'covered' });
    await provenAccounts(system);
  });
});
