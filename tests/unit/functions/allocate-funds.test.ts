import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { balancesOf, coveredWorkers } from '../../support/books.ts';
import { addWorkers, give, pledge, workerIdOf } from '../../support/people-and-gifts.ts';
import { TestSystem } from '../../support/test-system.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());
beforeEach(() => system.newWorld({ startsAt: '2027-05-10T03:00:00.000Z' }));

const people = (count: number) => Array.from({ length: count }, () => ({}));
const donations = () => system.rows('donation').toSorted((a, b) => (`${a.paymentId}` < `${b.paymentId}` ? -1 : 1));
const covers = () => system.rows('cover');

describe('a gift', () => {
  it('buys one whole term with 100,000 and pools 49,600 (domain 5.2)', async () => {
    await addWorkers(system, people(3));
    await give(system, { paymentId: 'p1', amount: 100_000 });
    await system.drain();
    expect(coveredWorkers(system)).toEqual([workerIdOf(0)]);
    expect(donations()).toMatchObject([{ allocatedRupiah: 50_400, remainingRupiah: 49_600 }]);
    expect(system.rows('lot')).toHaveLength(1);
  });

  it('too small for a term waits and is joined, first in first out (domain 5.2)', async () => {
    await addWorkers(system, people(2));
    for (const paymentId of ['p1', 'p2', 'p3']) {
      await give(system, { paymentId, amount: 20_000 });
      await system.drain();
      system.pass(1);
    }
    expect(covers()).toHaveLength(1);
    expect(donations().map(({ allocatedRupiah }) => allocatedRupiah)).toEqual([20_000, 20_000, 10_400]);
    expect(donations()[2]).toMatchObject({ remainingRupiah: 9_600 });
  });

  it('leaves its donors to the guarantee fund when one takes it back; the worker keeps the cover (domain 5.2)', async () => {
    await addWorkers(system, people(1));
    for (const paymentId of ['p1', 'p2', 'p3']) {
      await give(system, { paymentId, amount: 20_000 });
      await system.drain();
      system.pass(1);
    }
    await give(system, { paymentId: 'p2', kind: 'refunded', amount: 20_000, refundId: 'r1' });
    await system.drain();
    const shares = (covers()[0]!.months as { shares: { donationId: string; amountRupiah: number }[] }[]).map((month) =>
      month.shares.filter(({ donationId }) => donationId === 'guarantee').map(({ amountRupiah }) => amountRupiah),
    );
    expect(shares).toEqual([[], [13_600], [6_400]]);
    expect(covers()[0]).toMatchObject({ state: 'active' });
    expect(balancesOf(system).guarantee).toBe(-20_000);
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('covers those who wait longest, the disability scheme before all', async () => {
    await addWorkers(system, [{}, {}, { disability: true }]);
    await give(system, { paymentId: 'p1', amount: 2 * 50_400 });
    await system.drain();
    expect(coveredWorkers(system)).toEqual([workerIdOf(0), workerIdOf(2)].sort());
  });

  it('of a named kind covers only those it names, for as long as it says', async () => {
    await addWorkers(system, [{ region: '31.71' }, { region: '33.72' }, { region: '33.73' }]);
    await pledge(system, 'o1', { earmark: { region: '33' }, termMonths: 6, package: 'JKK_JKM_JHT' });
    await give(system, { paymentId: 'p1', amount: 3 * 6 * 36_800, orderReference: 'o1' });
    await system.drain();
    expect(coveredWorkers(system)).toEqual([workerIdOf(1), workerIdOf(2)].sort());
    expect(covers()[0]).toMatchObject({ termMonths: 6, monthsPaid: 1, endDate: '2027-11-10' });
    await pledge(system, 'o2', { earmark: { workers: [workerIdOf(0)] } });
    await give(system, { paymentId: 'p2', amount: 50_400, orderReference: 'o2' });
    await system.drain();
    expect(coveredWorkers(system)).toHaveLength(3);
    expect(
      system
        .rows('allocation')
        .map(({ reason }) => reason)
        .sort(),
    ).toEqual(['named_by_donor', 'oldest_waiting']);
  });

  it('greater than one message buys goes on in the next: 3,100 workers', async () => {
    await addWorkers(system, people(3_100));
    await give(system, { paymentId: 'p1', amount: 3_100 * 50_400 });
    await system.drain();
    expect(coveredWorkers(system)).toHaveLength(3_100);
    expect(system.rows('fund')).toMatchObject([{ sequence: 104 }]);
    expect(await system.prove()).toMatchObject({ holds: true });
  }, 30_000);

  it('of a fund nobody knows is kept in quarantine', async () => {
    const MessageBody = JSON.stringify({ contractVersion: 1, kind: 'fill', fundId: 'csr-none' });
    system
      .queue('funds')
      .send({ QueueUrl: '', MessageBody, MessageGroupId: 'csr-none', MessageDeduplicationId: '1' }, 0);
    await system.drain();
    expect(system.rows('quarantine')).toMatchObject([{ reason: 'not_found', source: 'funds' }]);
  });
});

describe('gifts that reach their fund together', () => {
  const TERM = 50_400;
  const notices = (...amounts: number[]) => amounts.map((amount, index) => ({ paymentId: `p${index}`, amount }));
  /** Calls of the fund's writer for what waits in its queue. */
  const callsOfWriter = async () => {
    const calls: string[] = [];
    system.faults = { before: ({ name }) => void calls.push(name) };
    await system.deliver('funds');
    system.faults = {};
    return calls;
  };

  it('buy in one transaction, which closes them: ten gifts cost as many calls as one', async () => {
    await addWorkers(system, people(12));
    await give(system, ...notices(...Array.from({ length: 10 }, () => TERM)));
    await system.deliver('payments');
    const calls = await callsOfWriter();
    expect(coveredWorkers(system)).toHaveLength(10);
    expect(calls.filter((name) => name === 'TransactWrite')).toHaveLength(1);
    expect(calls.length).toBeLessThanOrEqual(9);
    expect(donations().filter(({ dueKey }) => dueKey !== undefined)).toEqual([]);
    expect(system.rows('lot')).toEqual([]);
  });

  it('pool what is left of them, and spend the pool in the same turn', async () => {
    await addWorkers(system, people(5));
    await give(system, ...notices(TERM + 20_000, 20_000, TERM + 20_000));
    await system.deliver('payments');
    await callsOfWriter();
    expect(coveredWorkers(system)).toEqual([0, 1, 2].map(workerIdOf).sort());
    expect(system.rows('lot')).toHaveLength(1);
    expect(donations().reduce((sum, { remainingRupiah }) => sum + Number(remainingRupiah), 0)).toBe(9_600);
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('wait together where nobody is in line, in one write', async () => {
    await give(system, ...notices(20_000, TERM, 1));
    await system.deliver('payments');
    const calls = await callsOfWriter();
    expect(calls.filter((name) => name === 'TransactWrite')).toHaveLength(1);
    expect(system.rows('lot')).toHaveLength(3);
    expect(donations().filter(({ dueKey }) => dueKey !== undefined)).toEqual([]);
  });

  it('are handled one by one beside a message that cannot be, and none is lost', async () => {
    await addWorkers(system, people(3));
    await give(system, ...notices(TERM, TERM));
    await system.deliver('payments');
    const fill = JSON.stringify({ contractVersion: 2, kind: 'fill', fundId: 'general' });
    const more = { MessageGroupId: 'general', MessageDeduplicationId: 'unreadable' };
    system.queue('funds').send({ QueueUrl: '', MessageBody: fill, ...more }, 0);
    await system.drain();
    expect(coveredWorkers(system)).toHaveLength(2);
    expect(system.rows('quarantine')).toMatchObject([{ reason: 'contract_version_unknown' }]);
  });
});

describe('workers who arrive after the money', () => {
  it('are found by the sweeper, should nobody tell the fund (I8)', async () => {
    await give(system, { paymentId: 'p1', amount: 50_400 });
    await system.drain();
    await addWorkers(system, people(1));
    await system.drain();
    expect(covers()).toEqual([]);
    await system.sweep();
    await system.drain();
    expect(covers()).toHaveLength(1);
  });
});

describe('two writers of one fund at once', () => {
  it('spend every rupiah once', async () => {
    await addWorkers(system, people(5));
    await give(system, { paymentId: 'p1', amount: 3 * 50_400 }, { paymentId: 'p2', amount: 30_000 });
    await system.deliver('payments');
    await system.deliver('funds', { consumers: 3 });
    await system.drain();
    expect(covers()).toHaveLength(3);
    expect(await system.prove()).toMatchObject({ holds: true });
  });
});
