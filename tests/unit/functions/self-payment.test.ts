/** What becomes of the money a worker pays, from the payment to cover that goes on. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { coverState } from '../../../shared/domain/cover.ts';
import { addMonths, type CivilDate, civilDateOf } from '../../../shared/domain/dates.ts';
import { coverIdOf } from '../../../shared/domain/ids.ts';
import { phasesOf } from '../../../shared/domain/lifecycle.ts';
import { rupiah } from '../../../shared/domain/money.ts';
import { orderAfter, type SelfPayPeriod, selfFund } from '../../../shared/domain/self-payment.ts';
import { coversOfWorker } from '../../../shared/store/covers.ts';
import { readDonations } from '../../../shared/store/donations.ts';
import { ensureFund } from '../../../shared/store/funds.ts';
import { latestOrders, putOrder, selfPaymentsOf } from '../../../shared/store/self-payments.ts';
import { balancesOf } from '../../support/books.ts';
import { addWorkers, give, workerIdOf } from '../../support/people-and-gifts.ts';
import { TestSystem } from '../../support/test-system.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

const WORKER = workerIdOf(0);
const covers = () => coversOfWorker(WORKER);
const waiting = async () => {
  const paid = await readDonations(await selfPaymentsOf(WORKER));
  return [...paid.values()].reduce((sum, { donation }) => sum + donation.remainingRupiah, 0);
};

let payments = 0;
async function order(termMonths: SelfPayPeriod, amount: number): Promise<string> {
  const previous = (await latestOrders(WORKER)).get(termMonths) ?? null;
  const coverId = coverIdOf(WORKER, 1);
  const wanted = { workerId: WORKER, coverId, package: 'JKK_JKM', termMonths, amountRupiah: rupiah(amount) } as const;
  const made = orderAfter(previous, wanted, system.now());
  expect(await putOrder(made, previous)).toBe(true);
  return made.orderReference;
}

async function pay(termMonths: SelfPayPeriod, amount: number): Promise<{ paymentId: string; orderReference: string }> {
  const orderReference = await order(termMonths, amount);
  payments += 1;
  const paymentId = `self-${payments}`;
  await give(system, { paymentId, amount, orderReference });
  await system.drain();
  return { paymentId, orderReference };
}

/** The morning of a day; the sweeper has been through the night before. */
async function morningOf(date: CivilDate): Promise<void> {
  system.setClock(Date.parse(`${date}T08:00:00+07:00`));
  await system.sweep();
  await system.drain();
}

beforeEach(async () => {
  payments = 0;
  system.newWorld({ startsAt: '2026-12-31T02:00:00.000Z' });
  await addWorkers(system, [{}]);
  await give(system, { paymentId: 'gift', amount: 50_400 });
  await system.drain();
  expect(await covers()).toMatchObject([{ state: 'active', startDate: '2026-12-31', endDate: '2027-03-31' }]);
});

describe('a worker who pays before the end', () => {
  it('goes on from the end without a gap, and has left the donated track', async () => {
    await morningOf('2027-03-20' as CivilDate);
    await pay(1, 16_800);
    const [donated, own] = await covers();
    expect(donated).toMatchObject({ renewedBy: own?.coverId, state: 'active' });
    expect(own).toMatchObject({
      state: 'active',
      startDate: '2027-03-31',
      endDate: '2027-04-30',
      renews: donated?.coverId,
      fundId: expect.stringMatching(/^self-/),
    });
    expect(system.rows('allocation').map(({ reason }) => reason)).toContain('self_paid');
    expect(await waiting()).toBe(0);
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('and too little has it wait; what is missing then buys, and no donor’s money helps', async () => {
    await give(system, { paymentId: 'pool', amount: 20_000 });
    await system.drain();
    const pool = balancesOf(system)['fund:general'];
    await morningOf('2027-03-20' as CivilDate);
    await pay(3, 40_000);
    expect([await waiting(), (await covers()).length]).toEqual([40_000, 1]);
    await morningOf('2027-03-21' as CivilDate);
    expect((await covers()).length).toBe(1);
    await pay(3, 10_400);
    expect((await covers())[1]).toMatchObject({ state: 'active', startDate: '2027-03-31', endDate: '2027-06-30' });
    expect(await waiting()).toBe(0);
    expect(balancesOf(system)).toMatchObject({ 'fund:general': pool });
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('and too little buys a shorter period where the worker chooses that', async () => {
    await morningOf('2027-03-20' as CivilDate);
    await pay(3, 40_000);
    const fundId = await ensureFund(selfFund(WORKER, 'JKK_JKM', 2));
    const MessageBody = JSON.stringify({ contractVersion: 1, kind: 'fill', fundId });
    system
      .queue('funds')
      .send(
        { QueueUrl: '', MessageBody, MessageGroupId: fundId, MessageDeduplicationId: 'credit' },
        Date.parse(system.now()),
      );
    await system.drain();
    expect((await covers())[1]).toMatchObject({ startDate: '2027-03-31', endDate: '2027-05-31', fundId });
    expect(await waiting()).toBe(6_400);
    // What is left helps the next, of whatever period.
    await morningOf('2027-05-20' as CivilDate);
    await pay(1, 10_400);
    expect((await covers())[2]).toMatchObject({ startDate: '2027-05-31', endDate: '2027-06-30' });
    expect(await waiting()).toBe(0);
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('in parts is covered alike, in whatever order they come and however often', async () => {
    await morningOf('2027-03-20' as CivilDate);
    const orderReference = await order(3, 50_400);
    const parts = [
      { paymentId: 'a', amount: 40_000, orderReference },
      { paymentId: 'b', amount: 10_400, orderReference },
      { paymentId: 'c', amount: 100, orderReference },
    ];
    const restore = system.remember();
    const ends: unknown[] = [];
    for (const sequence of ['abc', 'bac', 'cab', 'cba', 'aabbcc', 'cbabca']) {
      restore();
      for (const paymentId of sequence) {
        await give(system, parts.find((part) => part.paymentId === paymentId) as (typeof parts)[number]);
        await system.drain();
      }
      const all = await covers();
      ends.push([all.map(({ state, startDate, endDate }) => [state, startDate, endDate]), await waiting()]);
      expect(await system.prove()).toMatchObject({ holds: true });
    }
    expect(ends[0]).toEqual([
      [
        ['active', '2026-12-31', '2027-03-31'],
        ['active', '2027-03-31', '2027-06-30'],
      ],
      100,
    ]);
    for (const end of ends) expect(end).toEqual(ends[0]);
  });

  it('too much keeps the rest for the next months', async () => {
    await morningOf('2027-03-20' as CivilDate);
    await pay(1, 20_000);
    expect(await waiting()).toBe(3_200);
    await morningOf('2027-04-20' as CivilDate);
    await pay(1, 13_600);
    expect((await covers()).map(({ endDate }) => endDate)).toEqual(['2027-03-31', '2027-04-30', '2027-05-31']);
    expect(await waiting()).toBe(0);
  });

  it('twice for one month has two months, one after the other', async () => {
    await morningOf('2027-03-20' as CivilDate);
    await pay(1, 2 * 16_800);
    expect((await covers()).map(({ endDate }) => endDate)).toEqual(['2027-03-31', '2027-04-30']);
    await morningOf('2027-03-21' as CivilDate);
    expect((await covers()).map(({ endDate }) => endDate)).toEqual(['2027-03-31', '2027-04-30', '2027-05-31']);
    expect(await waiting()).toBe(0);
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('and takes the money back keeps the cover: the guarantee fund stands in, as for gifts', async () => {
    await morningOf('2027-03-20' as CivilDate);
    const { paymentId, orderReference } = await pay(1, 16_800);
    const before = balancesOf(system).guarantee ?? 0;
    await give(system, { paymentId, amount: 16_800, kind: 'charged_back', refundId: 'c1', orderReference });
    await system.drain();
    expect(balancesOf(system).guarantee).toBe(before - 16_800);
    expect((await covers())[1]).toMatchObject({ state: 'active', endDate: '2027-04-30' });
    expect(await system.prove()).toMatchObject({ holds: true });
  });
});

describe('a worker who pays late', () => {
  it('in grace pays from the end on', async () => {
    await morningOf('2027-05-15' as CivilDate);
    await pay(2, 33_600);
    expect((await covers())[1]).toMatchObject({ startDate: '2027-03-31', endDate: '2027-05-31' });
  });

  it('after the lapse starts anew, as the same worker', async () => {
    await morningOf('2027-07-10' as CivilDate);
    const [lapsed] = await covers();
    expect(lapsed && coverState(lapsed, civilDateOf(system.now()), false)).toBe('lapsed');
    await pay(1, 16_800);
    expect((await covers())[1]).toMatchObject({ coverId: coverIdOf(WORKER, 2), startDate: '2027-07-10' });
  });

  it('on an order that expired has it counted, at the price of the day', async () => {
    // Half the tariff holds until December: the order was for one of those months.
    system.newWorld({ startsAt: '2026-08-20T02:00:00.000Z' });
    await addWorkers(system, [{}]);
    await give(system, { paymentId: 'gift', amount: 25_200 });
    await system.drain();
    const orderReference = await order(1, 8_400);
    await morningOf('2027-05-01' as CivilDate);
    await give(system, { paymentId: 'late', amount: 8_400, orderReference });
    await system.drain();
    expect([(await covers()).length, await waiting()]).toEqual([1, 8_400]);
    await pay(1, 8_400);
    expect((await covers())[1]).toMatchObject({ startDate: '2027-05-01', months: [{ priceRupiah: 16_800 }] });
  });
});

describe('a worker who pays month by month', () => {
  it('is covered for a year without a gap, and no short month shifts the days', async () => {
    for (let month = 0; month < 12; month += 1) {
      const end = addMonths('2027-03-31' as CivilDate, month);
      await morningOf(addMonths('2027-03-17' as CivilDate, month));
      await pay(1, 16_800);
      expect((await covers()).at(-1)).toMatchObject({
        startDate: end,
        endDate: addMonths('2027-03-31' as CivilDate, month + 1),
      });
    }
    const all = await covers();
    expect(all).toHaveLength(13);
    expect(all.at(-1)?.endDate).toBe('2028-03-31');
    expect(all.slice(0, -1).every(({ renewedBy }, index) => renewedBy === all[index + 1]?.coverId)).toBe(true);
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('is reminded two weeks before each end, and not in the first days after paying', () => {
    const steps = (startDate: string) =>
      phasesOf({ startDate: startDate as CivilDate, termMonths: 1 }).flatMap(({ kind, name }) =>
        kind === 'nudge' ? [name] : [],
      );
    for (const start of ['2027-03-01', '2027-02-01', '2027-04-30'])
      expect(steps(start)).toEqual(['T-14', 'T-7', 'T-1', 'T+0', 'T+7', 'T+30', 'T+60']);
  });
});
