/** What the fund's writer does to a cover that renews another, when the registrar's answer is not the plain one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendToFund } from '../../../shared/adapters/queues.ts';
import type { Cover } from '../../../shared/domain/cover.ts';
import type { CivilDate } from '../../../shared/domain/dates.ts';
import type { CohortId, CoverId } from '../../../shared/domain/ids.ts';
import { coverHistory } from '../../../shared/store/cover-history.ts';
import { readCover } from '../../../shared/store/covers.ts';
import { balancesOf } from '../../support/books.ts';
import type { Item } from '../../support/expressions.ts';
import { addWorkers, give, workerIdOf } from '../../support/people-and-gifts.ts';
import { TestSystem } from '../../support/test-system.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

const TERM = 50_400;
const MONTH = 16_800;
const id = (ordinal: number) => `cov_${workerIdOf(0).slice(4)}_${ordinal}` as CoverId;
const theCover = (ordinal: number) => readCover(id(ordinal)) as Promise<Cover>;
const theWorker = () => system.rows('worker')[0] as Item;
const at = (day: string, time = '10:00') => system.setClock(Date.parse(`${day}T${time}:00+07:00`));
const runPhase = (phase: string, cohortId: string) =>
  system.runPhase({ contractVersion: 1, cohortId: cohortId as CohortId, phase, shard: { shard: 0 } });

/** A cover from 10 May to 10 August 2027, and a renewal that the registrar has and did not answer. */
async function renewing(gift = TERM): Promise<void> {
  system.newWorld({ startsAt: '2027-05-10T03:00:00.000Z', settings: { lifecycle: { shards: 1 } } });
  await addWorkers(system, [{}]);
  await give(system, { paymentId: 'p1', amount: TERM });
  await system.drain();
  at('2027-07-20');
  for (const phase of ['month-2', 'month-3']) await runPhase(phase, '2027-05-10-g00');
  await give(system, { paymentId: 'p2', amount: gift });
  for (const queue of ['payments', 'funds', 'enrolments'] as const) await system.deliver(queue);
  expect(await theCover(2)).toMatchObject({ state: 'reserved', renews: id(1), continuesFrom: '2027-08-10' });
  expect(theWorker()).toMatchObject({ currentCoverId: id(2), coverOrdinal: 2 });
}

const answered = async (message: 'release' | 'reprice', startDate = '2027-08-10') => {
  const { fundId, coverId } = await theCover(2);
  const base = { contractVersion: 1 as const, fundId, coverId };
  system.queue('enrolments').lose();
  await sendToFund(
    message === 'release'
      ? { ...base, kind: 'release', reason: 'registrar_rejected' }
      : { ...base, kind: 'reprice', startDate: startDate as CivilDate },
    'test',
  );
  await system.drain();
};

describe('a renewal that the registrar rejected', () => {
  it('leaves the worker covered as before, in no queue, with every rupiah back', async () => {
    await renewing();
    await answered('release');
    expect(await theCover(2)).toMatchObject({ state: 'rejected', reason: 'registrar_rejected' });
    expect(await theCover(1)).not.toHaveProperty('renewedBy');
    expect(theWorker()).toMatchObject({ state: 'waiting', currentCoverId: id(1), coverOrdinal: 2, donatedTerms: 1 });
    expect(theWorker()).not.toHaveProperty('waitingSort');
    expect([...(theWorker().paidMonths as Set<string>)].sort()).toEqual(['2027-05', '2027-06', '2027-07']);
    expect(balancesOf(system)).toMatchObject({ 'fund:general': TERM });
    expect((await coverHistory(await theCover(2))).map(({ event }) => event)).toEqual(['reserved', 'rejected']);
    expect(await system.prove()).toMatchObject({ holds: true });
  });
});

describe('a renewal that is accepted in another month than planned', () => {
  it('renews the cover before it in the same transaction, at the prices of its own months', async () => {
    await renewing();
    await answered('reprice', '2027-09-01');
    expect(await theCover(2)).toMatchObject({ state: 'active', startDate: '2027-09-01', monthsPaid: 1 });
    expect((await theCover(2)).months.map(({ month }) => month)).toEqual(['2027-09', '2027-10', '2027-11']);
    expect(await theCover(1)).toMatchObject({ renewedBy: id(2) });
    expect((await coverHistory(await theCover(1))).at(-1)).toMatchObject({ event: 'renewed', by: id(2) });
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('gets no month that the cover before it has paid (I3): the term is cut, or the money goes back', async () => {
    await renewing();
    await answered('reprice', '2027-07-20');
    expect(await theCover(2)).toMatchObject({ state: 'rejected', reason: 'already_covered' });
    expect(theWorker()).toMatchObject({ currentCoverId: id(1) });
    expect(balancesOf(system)).toMatchObject({ 'fund:general': TERM });
    expect(await system.prove()).toMatchObject({ holds: true });
  });
});

describe('a renewal that began while nobody looked', () => {
  it('has its months paid by the sweeper the next day, and so has the cover before it, to its own end (I8)', async () => {
    await renewing();
    await system.drain();
    expect(await theCover(2)).toMatchObject({ state: 'active', startDate: '2027-08-10' });
    expect(system.executions.inputs.size).toBe(0);
    at('2027-10-12', '01:05');
    await system.sweep();
    await system.drain();
    expect(await theCover(1)).toMatchObject({ monthsPaid: 3, renewedBy: id(2) });
    expect(await theCover(2)).toMatchObject({ monthsPaid: 3 });
    expect([...system.executions.inputs.keys()].sort()).toEqual(['cover-2027-05-10-g00', 'cover-2027-08-10-g00']);
    expect(balancesOf(system)).toMatchObject({ 'contributions:paid': 6 * MONTH, 'cover:committed': 0 });
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('and the end of the renewed cover is no end: grace begins for nobody in it', async () => {
    await renewing();
    await system.drain();
    at('2027-08-10', '00:00');
    expect(await runPhase('end', '2027-05-10-g00')).toMatchObject({ covers: 0 });
    at('2027-11-10', '00:00');
    expect(await runPhase('lapse', '2027-05-10-g00')).toMatchObject({ covers: 0 });
    expect(await runPhase('end', '2027-08-10-g00')).toMatchObject({ covers: 1 });
  });
});
