/** What happens to workers while their cover is in one of its states: no rupiah is lost, and no month is paid twice. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReportedEvent, reportLifeEvent } from '../../../functions/serve-operators/report-life-event.ts';
import { sendToFund } from '../../../shared/adapters/queues.ts';
import { operatorIdOf } from '../../../shared/domain/cash-receipt.ts';
import { type Cover, coverState } from '../../../shared/domain/cover.ts';
import { civilDateOf } from '../../../shared/domain/dates.ts';
import type { CohortId, CoverId } from '../../../shared/domain/ids.ts';
import { reactivate } from '../../../shared/reactivation.ts';
import { coverHistory } from '../../../shared/store/cover-history.ts';
import { coversOfWorker, readCover } from '../../../shared/store/covers.ts';
import { lifeEventsOf, openClaims, readLifeEvent, recordLifeEvent } from '../../../shared/store/life-events.ts';
import { readWorker } from '../../../shared/store/workers.ts';
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
const WORKER = workerIdOf(0);
const OPERATOR = operatorIdOf({ name: 'Bu Ratna' });
const at = (day: string, time = '10:00') => system.setClock(Date.parse(`${day}T${time}:00+07:00`));

const report = (reported: unknown, worker = WORKER) =>
  reportLifeEvent(worker, reported as ReportedEvent, OPERATOR, {
    now: () => system.now(),
    readWorker,
    coversOfWorker,
    readLifeEvent,
    recordLifeEvent,
    sendToFund,
  });
const settled = async (reported: unknown) => {
  await report(reported);
  await system.drain();
};
const theCover = (ordinal = 1, worker = WORKER) => readCover(coverId(ordinal, worker)) as Promise<Cover>;
const coverId = (ordinal = 1, worker = WORKER) => `cov_${worker.slice(4)}_${ordinal}` as CoverId;
const theWorker = (worker = WORKER) => system.rows('worker').find(({ workerId }) => workerId === worker) as Item;
const paidMonths = (worker = WORKER) => [...((theWorker(worker).paidMonths as Set<string> | undefined) ?? [])].sort();
const stateOf = async (ordinal = 1) => coverState(await theCover(ordinal), civilDateOf(system.now()), true);
const sound = async () => {
  expect(await system.prove()).toMatchObject({ holds: true });
  expect(system.dead()).toEqual([]);
};

/** A worker bought for on 10 May 2027 and, but where told otherwise, accepted on that day. */
async function covered({ workers = 1, accepted = true, gift = TERM } = {}): Promise<void> {
  system.newWorld({ startsAt: '2027-05-10T03:00:00.000Z', settings: { lifecycle: { shards: 1 } } });
  await addWorkers(
    system,
    Array.from({ length: workers }, () => ({})),
  );
  await give(system, { paymentId: 'p1', amount: gift });
  for (const queue of ['payments', 'funds', 'enrolments'] as const) await system.deliver(queue);
  if (accepted) await system.drain();
}

const runPhase = (phase: string, cohort = '2027-05-10-g00') =>
  system.runPhase({ contractVersion: 1, cohortId: cohort as CohortId, phase, shard: { shard: 0 } });

/** Another gift in the last month, which nobody else waits for. */
async function renewed(): Promise<void> {
  await covered();
  at('2027-07-20');
  for (const phase of ['month-2', 'month-3']) await runPhase(phase);
  await give(system, { paymentId: 'p2', amount: TERM });
  await system.drain();
  expect(await theCover(1)).toMatchObject({ renewedBy: coverId(2) });
  expect(await theCover(2)).toMatchObject({ state: 'active', startDate: '2027-08-10', monthsPaid: 1 });
}

describe('a worker who dies', () => {
  it('before the registrar answered: all the money goes to the next in line, and the answer changes nothing', async () => {
    await covered({ workers: 2, accepted: false });
    await settled({ kind: 'deceased', on: '2027-05-10' });
    expect(await theCover()).toMatchObject({ state: 'deceased', months: [], monthsPaid: 0 });
    expect(theWorker()).toMatchObject({ state: 'deceased' });
    expect(paidMonths()).toEqual([]);
    expect(await theCover(1, workerIdOf(1))).toMatchObject({ state: 'active', monthsPaid: 1 });
    await sound();
  });

  it('in the first month: the months that had not begun go to the next in line', async () => {
    await covered({ workers: 2, gift: TERM + MONTH });
    at('2027-06-01');
    await settled({ kind: 'deceased', on: '2027-05-30' });
    expect(await theCover()).toMatchObject({ state: 'deceased', endDate: '2027-05-31', monthsPaid: 1 });
    expect(paidMonths()).toEqual(['2027-05']);
    expect(await theCover(1, workerIdOf(1))).toMatchObject({ state: 'active', startDate: '2027-06-01' });
    expect(balancesOf(system)).toMatchObject({ 'contributions:paid': 2 * MONTH, 'cover:committed': 2 * MONTH });
    await sound();
  });

  it('on the morning of a month, before it is paid: that month is paid, and once', async () => {
    await covered();
    at('2027-06-10', '05:00');
    await settled({ kind: 'deceased', on: '2027-06-10' });
    expect(await theCover()).toMatchObject({ monthsPaid: 2, endDate: '2027-06-11' });
    at('2027-06-10', '06:00');
    expect(await runPhase('month-2')).toMatchObject({ covers: 0, waiting: 0 });
    expect(balancesOf(system)).toMatchObject({ 'contributions:paid': 2 * MONTH, 'fund:general': MONTH });
    await sound();
  });

  it('after a renewal: both covers end, and every month not begun comes back', async () => {
    await renewed();
    await settled({ kind: 'deceased', on: '2027-07-20' });
    expect(await theCover(1)).toMatchObject({ state: 'deceased', monthsPaid: 3, endDate: '2027-07-21' });
    expect(await theCover(2)).toMatchObject({ state: 'deceased', monthsPaid: 1, endDate: '2027-08-10' });
    expect(paidMonths()).toEqual(['2027-05', '2027-06', '2027-07', '2027-08']);
    expect(balancesOf(system)).toMatchObject({ 'contributions:paid': 4 * MONTH, 'fund:general': 2 * MONTH });
    await sound();
  });

  it('while a renewal waits for its answer: the renewal gives everything back and the cover before it ends', async () => {
    await covered();
    at('2027-07-20');
    for (const phase of ['month-2', 'month-3']) await runPhase(phase);
    await give(system, { paymentId: 'p2', amount: TERM });
    for (const queue of ['payments', 'funds', 'enrolments'] as const) await system.deliver(queue);
    expect(await theCover(2)).toMatchObject({ state: 'reserved', renews: coverId(1) });
    await settled({ kind: 'deceased', on: '2027-07-20' });
    expect(await theCover(2)).toMatchObject({ state: 'deceased', months: [] });
    expect(await theCover(1)).toMatchObject({ state: 'deceased', monthsPaid: 3 });
    expect(theWorker()).toMatchObject({ currentCoverId: coverId(1) });
    expect(balancesOf(system)).toMatchObject({ 'fund:general': TERM });
    await sound();
  });

  it('in grace: nothing comes back, a month that was passed over is paid, and the cover is closed', async () => {
    await covered();
    at('2027-09-01');
    await settled({ kind: 'deceased', on: '2027-08-31' });
    expect(await theCover()).toMatchObject({ state: 'deceased', endDate: '2027-08-10', monthsPaid: 3 });
    expect(balancesOf(system)).toMatchObject({ 'contributions:paid': 3 * MONTH });
    await sound();
  });

  it('while standing in line: is covered by nobody, also not by name', async () => {
    await covered({ workers: 2 });
    const other = workerIdOf(1);
    await report({ kind: 'deceased', on: '2027-05-10' }, other);
    await give(system, { paymentId: 'p2', amount: TERM });
    await system.drain();
    expect(await coversOfWorker(other)).toEqual([]);
    expect(theWorker(other)).toMatchObject({ state: 'deceased' });
    await sound();
  });
});

describe('a worker who leaves', () => {
  it('may come back: in line again, as the same person, with the next cover', async () => {
    await covered();
    at('2027-05-20');
    await settled({ kind: 'withdrawn', on: '2027-05-20' });
    expect(await stateOf()).toBe('withdrawn');
    await give(system, { paymentId: 'p2', amount: MONTH });
    await system.drain();
    expect(await coversOfWorker(WORKER)).toHaveLength(1);
    at('2027-06-20');
    const by = { at: system.now(), by: 'operator', recordedBy: OPERATOR, alsoWithdrawn: true };
    expect(await reactivate(WORKER, { ...by, alsoWithdrawn: false })).toMatchObject({ reason: 'worker_withdrawn' });
    expect(await reactivate(WORKER, by)).toEqual({ outcome: 'reactivated' });
    expect(await reactivate(WORKER, { ...by, by: 'another' })).toEqual({ outcome: 'known' });
    await sendToFund({ contractVersion: 1, kind: 'fill', fundId: (await theCover()).fundId }, 'test');
    await system.drain();
    expect(await theCover(2)).toMatchObject({ state: 'active', startDate: '2027-06-20' });
    expect(theWorker()).toMatchObject({ state: 'waiting', coverOrdinal: 2 });
    await sound();
  });

  it('to earn a wage from a later month on keeps the months until then, which are paid at once', async () => {
    await covered();
    at('2027-05-20');
    await settled({ kind: 'wage_earning', on: '2027-07-15' });
    expect(await theCover()).toMatchObject({ state: 'cancelled', monthsPaid: 2, endedOn: '2027-07-01' });
    expect(await stateOf()).toBe('active');
    expect(balancesOf(system)).toMatchObject({ 'contributions:paid': 2 * MONTH, 'fund:general': MONTH });
    at('2027-07-01');
    expect(await stateOf()).toBe('cancelled');
    expect(await runPhase('month-2')).toMatchObject({ covers: 0 });
    await sound();
  });
});

describe('months that the government pays (I3)', () => {
  it('come back where they were not handed over, and nobody buys them again', async () => {
    await covered();
    at('2027-06-10');
    await runPhase('month-2');
    await settled({ kind: 'government_paid', on: '2027-06-01', months: 4 });
    expect(await lifeEventsOf(WORKER)).toMatchObject([{ months: ['2027-07', '2027-08', '2027-09'], monthsPaid: 4 }]);
    expect(await theCover()).toMatchObject({ state: 'cancelled', monthsPaid: 2, reason: 'government_paid' });
    expect(paidMonths()).toEqual(['2027-05', '2027-06', '2027-07', '2027-08', '2027-09']);
    expect(balancesOf(system)).toMatchObject({ 'contributions:paid': 2 * MONTH, 'fund:general': MONTH });
    const by = { at: system.now(), by: 'operator', recordedBy: OPERATOR, alsoWithdrawn: true };
    expect(await reactivate(WORKER, by)).toEqual({ outcome: 'reactivated' });
    await give(system, { paymentId: 'p2', amount: 2 * TERM });
    await system.drain();
    expect(await coversOfWorker(WORKER)).toHaveLength(1);
    at('2027-10-05');
    await system.sweep();
    await system.drain();
    expect((await theCover(2)).months.map(({ month }) => month)).toEqual(['2027-10', '2027-11', '2027-12']);
    await sound();
  });

  it('take the place of a cover the registrar has not answered, and the worker waits on', async () => {
    await covered({ accepted: false });
    await settled({ kind: 'government_paid', on: '2027-06-01', months: 1 });
    expect(await theCover()).toMatchObject({ state: 'cancelled', months: [] });
    expect(paidMonths()).toEqual(['2027-06']);
    expect(theWorker()).toHaveProperty('waitingSort');
    expect(balancesOf(system)).toMatchObject({ 'fund:general': TERM });
    await sound();
  });

  it('of which the first were handed over before are told apart from the registrar’s', async () => {
    await covered();
    await settled({ kind: 'government_paid', on: '2028-01-01', months: 2 });
    expect(await theCover()).toMatchObject({ state: 'active', monthsPaid: 1 });
    expect(paidMonths()).toEqual(['2027-05', '2027-06', '2027-07', '2028-01', '2028-02']);
    await sound();
  });
});

describe('an open claim', () => {
  it('holds the cover: it is not reminded of, does not lapse, and is listed until it is closed', async () => {
    await covered();
    at('2027-07-01');
    await settled({ kind: 'claim_opened', on: '2027-06-28' });
    expect(await theCover()).toMatchObject({ claimOpenSince: '2027-06-28', state: 'active' });
    expect(await openClaims()).toMatchObject([{ workerId: WORKER, since: '2027-06-28' }]);
    at('2027-07-11', '12:00');
    await runPhase('T-30');
    await system.drain();
    expect([...system.reminders.after()].find(({ type }) => type === 'nudge')).toMatchObject({ reason: 'claim_open' });
    at('2028-01-01');
    expect(await stateOf()).toBe('expired_in_grace');
    expect(await runPhase('lapse')).toMatchObject({ covers: 0 });
    await settled({ kind: 'claim_closed', on: '2027-12-30' });
    expect(await stateOf()).toBe('lapsed');
    expect(await openClaims()).toEqual([]);
    expect(theWorker()).not.toHaveProperty('claimOpenSince');
    expect(await readCover(coverId())).not.toHaveProperty('claimOpenSince');
    await sound();
  });

  it('cannot be closed where none is open', async () => {
    await covered();
    await expect(report({ kind: 'claim_closed', on: '2027-05-10' })).rejects.toMatchObject({ reason: 'not_found' });
  });
});

describe('a report', () => {
  it('says who made it and when, and changes nothing when it comes again', async () => {
    await covered();
    const first = await report({ kind: 'withdrawn', on: '2027-05-10' });
    expect(first).toMatchObject({ isNew: true, event: { recordedBy: OPERATOR, recordedAt: system.now() } });
    await system.drain();
    const before = system.rows();
    system.pass(3_600);
    expect(await report({ kind: 'withdrawn', on: '2027-05-10' })).toEqual({ ...first, isNew: false });
    await system.drain();
    expect(system.rows()).toEqual(before);
  });

  it.each<[string, unknown]>([
    ['field_invalid', { kind: 'deceased', on: '2027-05-11' }],
    ['field_invalid', { kind: 'withdrawn', on: '2028-05-11' }],
    ['field_missing', { kind: 'government_paid', on: '2027-06-01' }],
    ['field_invalid', { kind: 'deceased', on: '2027-05-10', months: 1 }],
  ])('that cannot be is refused: %s, %j', async (reason, reported) => {
    await covered();
    await expect(report(reported)).rejects.toMatchObject({ reason });
    expect(await lifeEventsOf(WORKER)).toEqual([]);
  });

  it('that contradicts an earlier one, or is of nobody, is refused', async () => {
    await covered();
    await report({ kind: 'government_paid', on: '2027-06-01', months: 1 });
    const more = { kind: 'government_paid', on: '2027-06-01', months: 2 };
    await expect(report(more)).rejects.toMatchObject({ reason: 'event_contradiction' });
    await expect(report(more, workerIdOf(9))).rejects.toMatchObject({ reason: 'not_found' });
  });

  it('whose message to the fund is lost is found by the sweeper (I8)', async () => {
    await covered();
    at('2027-05-20');
    await report({ kind: 'withdrawn', on: '2027-05-20' });
    system.queue('funds').lose();
    system.pass(1_000);
    expect(await system.sweep()).toMatchObject({ endings: 1 });
    await system.drain();
    expect(await theCover()).toMatchObject({ state: 'withdrawn', monthsPaid: 1 });
    system.pass(1_000);
    expect(await system.sweep()).toMatchObject({ endings: 0 });
    expect(system.rows('life_event')[0]).not.toHaveProperty('dueKey');
  });

  it('crosses the payment of a month and its money ends the same, whichever is first', async () => {
    for (const paysFirst of [true, false]) {
      await covered();
      at('2027-06-10', '06:00');
      if (paysFirst) await runPhase('month-2');
      await report({ kind: 'withdrawn', on: '2027-06-09' });
      if (!paysFirst) {
        await system.deliver('funds');
        await runPhase('month-2');
      }
      await system.drain();
      expect(await theCover()).toMatchObject({ monthsPaid: paysFirst ? 2 : 1, state: 'withdrawn' });
      await sound();
    }
  });
});

it('tells the history of a cover from the books, the fund’s decisions and the reports', async () => {
  await renewed();
  await settled({ kind: 'claim_opened', on: '2027-07-20' });
  await settled({ kind: 'claim_closed', on: '2027-07-20' });
  system.pass(60);
  await settled({ kind: 'withdrawn', on: '2027-07-20' });
  const history = async (ordinal: number) => (await coverHistory(await theCover(ordinal))).map(({ event }) => event);
  expect(await history(1)).toEqual([
    'reserved',
    'accepted',
    'month_paid',
    'month_paid',
    'renewed',
    'claim_opened',
    'claim_closed',
    'ended',
  ]);
  expect(await history(2)).toEqual(['reserved', 'accepted', 'claim_opened', 'claim_closed', 'ended']);
  await sound();
});
