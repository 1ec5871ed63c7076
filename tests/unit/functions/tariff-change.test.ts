/** A tariff that is published while cover runs, from the settings to the books. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cover, sharesOf } from '../../../shared/domain/cover.ts';
import type { CohortId, CoverId } from '../../../shared/domain/ids.ts';
import { donationIdOf } from '../../../shared/domain/ids.ts';
import { coverHistory } from '../../../shared/store/cover-history.ts';
import { readCover } from '../../../shared/store/covers.ts';
import { balancesOf } from '../../support/books.ts';
import { addWorkers, give, workerIdOf } from '../../support/people-and-gifts.ts';
import { TestSystem } from '../../support/test-system.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

const COHORT = '2027-05-10-g00';
const PUBLISHED_ON = '2027-05-20';
const SETTINGS = { lifecycle: { shards: 1 } };
const decree = (percent: number) => ({
  ...SETTINGS,
  tariff: {
    adjustments: [
      {
        programmes: ['JKK', 'JKM'],
        sectors: ['non_transport'],
        fromMonth: '2027-06',
        throughMonth: '2028-12',
        percent,
        publishedOn: PUBLISHED_ON,
        source: 'a decree',
      },
    ],
  },
});
const at = (day: string, time = '01:05') => system.setClock(Date.parse(`${day}T${time}:00+07:00`));
const publish = (percent: number) => {
  process.env.SETTINGS = JSON.stringify(decree(percent));
};
const theCover = (ordinal = 1, worker = 0) =>
  readCover(`cov_${workerIdOf(worker).slice(4)}_${ordinal}` as CoverId) as Promise<Cover>;
const pricesOf = ({ months }: Cover) => months.map(({ month, priceRupiah }) => `${month} ${priceRupiah}`);
const runPhase = (phase: string, cohort = COHORT) =>
  system.runPhase({ contractVersion: 1, cohortId: cohort as CohortId, phase, shard: { shard: 0 } });
const donor = (paymentId: string) => donationIdOf('partner:kitabisa', paymentId);

/** Three donors of Rp20.000 cover a worker from 10 May 2027: 20.000, 20.000 and 10.400 (domain 5.2). */
async function covered({ workers = 1, accepted = true } = {}): Promise<void> {
  system.newWorld({ startsAt: '2027-05-10T03:00:00.000Z', settings: SETTINGS });
  await addWorkers(
    system,
    Array.from({ length: workers }, () => ({})),
  );
  for (const paymentId of ['d1', 'd2', 'd3']) {
    system.pass(1);
    await give(system, { paymentId, amount: 20_000 });
    await system.deliver('payments');
    await system.deliver('funds');
  }
  if (accepted) await system.drain();
  else await system.deliver('enrolments');
}

async function swept(day: string): Promise<unknown> {
  at(day);
  const result = await system.sweep();
  await system.drain();
  return result;
}

describe('a tariff that is cut to 60 percent from the second month on', () => {
  it('extends the cover by a whole month and gives the rest back, with every rupiah where its donor put it', async () => {
    await covered();
    publish(60);
    expect(await swept('2027-05-19')).toMatchObject({ adjustments: 0 });
    expect(await swept(PUBLISHED_ON)).toMatchObject({ adjustments: 1 });
    const cover = await theCover();
    // Open were 33.600; three months of 10.080 are 30.240, and 3.360 go back to the last donor.
    expect(pricesOf(cover)).toEqual(['2027-05 16800', '2027-06 10080', '2027-07 10080', '2027-08 10080']);
    expect(cover).toMatchObject({ endDate: '2027-09-10', cohortId: '2027-05-10-m04-g00', monthsPaid: 1 });
    expect(Object.fromEntries(sharesOf(cover))).toEqual({
      [donor('d1')]: 20_000,
      [donor('d2')]: 20_000,
      [donor('d3')]: 7_040,
    });
    expect(cover.months[0]?.shares).toEqual([{ donationId: donor('d1'), amountRupiah: 16_800 }]);
    expect(balancesOf(system)).toMatchObject({ 'fund:general': 12_960, 'cover:committed': 30_240 });
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('is taken to every cover once, and pays every month of the longer term at its price', async () => {
    await covered();
    publish(60);
    await swept(PUBLISHED_ON);
    expect(await swept('2027-05-21')).toMatchObject({ adjustments: 0 });
    at('2027-06-10', '06:00');
    expect(await runPhase('month-2')).toMatchObject({ covers: 0 });
    for (const [month, day] of [
      ['month-2', '2027-06-10'] as const,
      ['month-3', '2027-07-10'] as const,
      ['month-4', '2027-08-10'] as const,
    ]) {
      at(day, '06:00');
      expect(await runPhase(month, '2027-05-10-m04-g00')).toMatchObject({ covers: 1, waiting: 0 });
    }
    expect(balancesOf(system)).toMatchObject({ 'contributions:paid': 47_040, 'cover:committed': 0 });
    expect(await system.prove()).toMatchObject({ holds: true });
    expect((await coverHistory(await theCover())).map(({ event }) => event)).toEqual([
      'reserved',
      'accepted',
      'tariff_adjusted',
      'month_paid',
      'month_paid',
      'month_paid',
    ]);
    expect(system.executions.inputs.has('cover-2027-05-10-m04-g00')).toBe(true);
  });

  it('prices a cover anew that the registrar has not answered, and its acceptance pays the new price', async () => {
    await covered({ accepted: false });
    publish(60);
    at(PUBLISHED_ON);
    expect(await system.sweep()).toMatchObject({ adjustments: 1 });
    await system.deliver('funds');
    expect(pricesOf(await theCover())).toEqual(['2027-05 16800', '2027-06 10080', '2027-07 10080', '2027-08 10080']);
    await system.drain();
    expect(await theCover()).toMatchObject({ state: 'active', monthsPaid: 1 });
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('adds no month to a cover whose worker has the next one already (I3)', async () => {
    await covered();
    at('2027-07-20');
    for (const phase of ['month-2']) await runPhase(phase);
    await give(system, { paymentId: 'd4', amount: 60_000 });
    await system.drain();
    const next = await theCover(2);
    expect(next).toMatchObject({ state: 'active', startDate: '2027-08-10' });
    process.env.SETTINGS = JSON.stringify(decree(60)).replace(PUBLISHED_ON, '2027-07-21').replace('2027-06', '2027-07');
    await swept('2027-07-21');
    const cover = await theCover();
    expect(pricesOf(cover)).toEqual(['2027-05 16800', '2027-06 16800', '2027-07 10080']);
    expect(cover.endDate).toBe('2027-08-10');
    expect((await theCover(2)).months).toHaveLength(4);
    expect(await system.prove()).toMatchObject({ holds: true });
  });
});

describe('a tariff that is raised', () => {
  it('is met from the pool, and where nothing is in it the cover is shorter', async () => {
    await covered();
    publish(150);
    await swept(PUBLISHED_ON);
    // 33.600 are open and 9.600 of the third donor are in the pool: one month of 25.200, and 18.000 reach no second.
    expect(pricesOf(await theCover())).toEqual(['2027-05 16800', '2027-06 25200']);
    expect(await theCover()).toMatchObject({ endDate: '2027-07-10', cohortId: '2027-05-10-m02-g00' });
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('that somebody else’s money reaches is paid by that', async () => {
    await covered();
    await give(system, { paymentId: 'd4', amount: 10_000 });
    await system.drain();
    publish(150);
    await swept(PUBLISHED_ON);
    const cover = await theCover();
    expect(pricesOf(cover)).toEqual(['2027-05 16800', '2027-06 25200', '2027-07 25200']);
    expect(sharesOf(cover).get(donor('d4'))).toBe(7_200);
    expect(await system.prove()).toMatchObject({ holds: true });
  });
});

describe('a month that is due before the sweeper came', () => {
  it('is not paid at the old price: the fund prices it first, and the sweeper pays it the next day', async () => {
    await covered();
    publish(60);
    at('2027-06-10', '06:00');
    expect(await runPhase('month-2')).toMatchObject({ covers: 0, waiting: 1 });
    expect(await theCover()).toMatchObject({ monthsPaid: 1 });
    await system.drain();
    expect((await theCover()).months[1]?.priceRupiah).toBe(10_080);
    await swept('2027-06-11');
    expect(await theCover()).toMatchObject({ monthsPaid: 2 });
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('whose later months alone differ is paid on its day', async () => {
    await covered();
    process.env.SETTINGS = JSON.stringify(decree(60)).replace('2027-06', '2027-07');
    at('2027-06-10', '06:00');
    expect(await runPhase('month-2')).toMatchObject({ covers: 1, waiting: 0 });
    expect((await theCover()).months[1]?.priceRupiah).toBe(16_800);
  });
});

it('a tariff in the settings that cannot be one is refused with its place', async () => {
  const { settingsSchema } = await import('../../../shared/settings.ts');
  const [good] = decree(60).tariff.adjustments;
  for (const wrong of [{ percent: 0 }, { publishedOn: '2027-02-30' }, { throughMonth: '2027-01' }, { programmes: [] }])
    expect(
      settingsSchema.safeParse({ tariff: { adjustments: [{ ...good, ...wrong }] } }).error?.issues[0]?.path.slice(0, 3),
    ).toEqual(['tariff', 'adjustments', 0]);
});
