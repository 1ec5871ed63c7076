import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CivilDate } from '../../../shared/domain/dates.ts';
import { coverIdOf, type WorkerId } from '../../../shared/domain/ids.ts';
import { cohortKeyOf } from '../../../shared/domain/lifecycle.ts';
import { BUILT_IN_POLICY } from '../../../shared/domain/policy.ts';
import { coverKey } from '../../../shared/store/covers.ts';
import { publishPolicy } from '../../../shared/store/policies.ts';
import { updateItem } from '../../../shared/store/table.ts';
import { workerKey } from '../../../shared/store/workers.ts';
import { balancesOf } from '../../support/books.ts';
import type { Item } from '../../support/expressions.ts';
import { addWorkers, give, pledge, workerIdOf } from '../../support/people-and-gifts.ts';
import { TestSystem } from '../../support/test-system.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

const TERM = 50_400;
const people = (count: number, changes = {}) => Array.from({ length: count }, () => changes);
const at = (day: string) => system.setClock(Date.parse(`${day}T03:00:00.000Z`));
const numberOf = (workerId: unknown) =>
  Array.from({ length: 40 }, (_, number) => number).find((number) => workerIdOf(number) === workerId);
const coversOf = (number: number): Item[] =>
  system
    .rows('cover')
    .filter(({ workerId }) => workerId === workerIdOf(number))
    .toSorted((a, b) => (`${a.coverId}` < `${b.coverId}` ? -1 : 1));
/** The workers of each purchase, in the order in which they were bought for. */
const bought = () =>
  system
    .rows('allocation')
    .toSorted((a, b) => (`${a.allocationId}` < `${b.allocationId}` ? -1 : 1))
    .map(({ coverIds }) => (coverIds as string[]).map((id) => numberOf(`wrk_${id.split('_')[1]}`)));

async function giveTerms(paymentId: string, terms: number, orderReference?: string) {
  await give(system, { paymentId, amount: terms * TERM, ...(orderReference ? { orderReference } : {}) });
  await system.drain();
}

/** Workers 0 to count - 1 are covered from 10 May to 10 August 2027; the rest waits. */
async function covered(count: number, waiting: number, changes = {}) {
  system.newWorld({ startsAt: '2027-05-10T03:00:00.000Z' });
  await addWorkers(system, people(count, changes));
  await giveTerms('first', count);
  await addWorkers(system, people(waiting, changes), count);
}

async function publish(changes: Partial<typeof BUILT_IN_POLICY>) {
  const policy = { ...BUILT_IN_POLICY, version: 'test', effectiveFrom: '2027-05-01' as CivilDate, ...changes };
  expect(await publishPolicy(policy, system.now())).toBe(true);
}

describe('workers whose cover ends', () => {
  it('take three of ten turns: of the fund’s covers the 4th, the 7th, the 10th, the 14th', async () => {
    await covered(4, 12);
    at('2027-07-15');
    await giveTerms('p1', 10);
    const turns = bought().at(-1)!;
    const isContinuing = turns.map((number) => number! < 4);
    expect(isContinuing.flatMap((continues, index) => (continues ? [4 + index + 1] : []))).toEqual([7, 10, 14]);
    expect(turns.filter((number) => number! >= 4)).toEqual([4, 5, 6, 7, 8, 9, 10]);
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('go on from the day their cover ends, at the months after it, and the cover before knows which renewed it', async () => {
    await covered(1, 0);
    at('2027-07-15');
    await giveTerms('p1', 1);
    const [before, after] = coversOf(0);
    expect(after).toMatchObject({
      renews: before!.coverId,
      continuesFrom: '2027-08-10',
      startDate: '2027-08-10',
      endDate: '2027-11-10',
      state: 'active',
    });
    expect((after!.months as { month: string }[]).map(({ month }) => month)).toEqual(['2027-08', '2027-09', '2027-10']);
    expect(before).toMatchObject({ state: 'active', endDate: '2027-08-10', renewedBy: after!.coverId });
    expect(system.rows('worker')).toMatchObject([{ currentCoverId: after!.coverId, coverOrdinal: 2, donatedTerms: 2 }]);
    expect(system.rows('allocation').map(({ reason }) => reason)).toEqual(['oldest_waiting', 'continuity']);
  });

  it('go on from that day in grace too, and not after it', async () => {
    await covered(2, 0);
    at('2027-11-09');
    await giveTerms('p1', 1);
    const renewed = [0, 1].find((number) => coversOf(number).length === 2)!;
    expect(coversOf(renewed).at(-1)).toMatchObject({ startDate: '2027-08-10', endDate: '2027-11-10' });
    at('2027-11-10');
    await giveTerms('p2', 2);
    expect(coversOf(renewed)).toHaveLength(3);
    expect(coversOf(1 - renewed)).toHaveLength(1);
  });

  it('are not looked for before their last thirty days, and yield to nobody when nobody waits', async () => {
    await covered(1, 0);
    at('2027-07-10');
    await giveTerms('p1', 1);
    expect(coversOf(0)).toHaveLength(1);
    at('2027-07-11');
    await system.sweep();
    await system.drain();
    expect(coversOf(0)).toHaveLength(2);
  });

  it('end earliest first, however long they waited once', async () => {
    system.newWorld({ startsAt: '2027-05-10T03:00:00.000Z' });
    await addWorkers(system, [{}], 5);
    await giveTerms('early', 1);
    at('2027-05-20');
    await addWorkers(system, [{}], 1);
    await giveTerms('late', 1);
    at('2027-08-01');
    await giveTerms('p1', 2);
    expect(bought().at(-1)).toEqual([5, 1]);
  });

  it('keep their place in the sequence however the money is cut', async () => {
    const runs = [];
    for (const gifts of [[6], [1, 1, 1, 1, 1, 1], [2, 3, 1]]) {
      await covered(3, 6);
      at('2027-07-15');
      for (const [index, terms] of gifts.entries()) await giveTerms(`p${index}`, terms);
      runs.push(bought().slice(1).flat());
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
    expect(runs[0]!.filter((number) => number! < 3)).toHaveLength(2);
  });

  it('are not those with a reserved renewal, who died, who left, or who reached the cap', async () => {
    await covered(4, 0);
    at('2027-07-15');
    await publish({ donatedTermsCap: 2 });
    const set = (number: number, state: string) =>
      updateItem({
        Key: workerKey(workerIdOf(number)),
        UpdateExpression: 'SET #state = :state, version = version + :one',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':state': state, ':one': 1 },
      });
    await set(0, 'deceased');
    await set(1, 'withdrawn');
    await giveTerms('p1', 4);
    expect([0, 1, 2, 3].map((number) => coversOf(number).length)).toEqual([1, 1, 2, 2]);
    at('2027-10-15');
    await giveTerms('p2', 4);
    expect([0, 1, 2, 3].map((number) => coversOf(number).length)).toEqual([1, 1, 2, 2]);
  });

  it('stay the only choice of zakat where they alone are mustahik', async () => {
    await covered(1, 1, { mustahik: true });
    await addWorkers(system, [{}], 2);
    at('2027-07-15');
    await give(system, { paymentId: 'z1', amount: 3 * TERM, partner: 'baznas' });
    await system.drain();
    expect([0, 1, 2].map((number) => coversOf(number).length)).toEqual([2, 1, 0]);
  });
});

describe('of very many whose cover ends', () => {
  const COVERS = 2_600;

  /** Of one cohort of 10 August; all but the last renewed already. */
  function manyRenewedButTheLast() {
    const ids = Array.from(
      { length: COVERS },
      (_, number) => `wrk_${number.toString(16).padStart(20, '0')}` as WorkerId,
    );
    const [cover] = coversOf(0);
    const worker = system.rows('worker').find(({ workerId }) => workerId === workerIdOf(0))!;
    const cohort = system.rows('cohort').find(({ cohortId }) => cohortId === cover!.cohortId)!;
    system.table.put({ ...cohort, shards: 1 });
    system.table.put({ ...cover!, renewedBy: 'cov_0_2' });
    for (const [number, workerId] of ids.entries()) {
      const coverId = coverIdOf(workerId, 1);
      const renewedBy = number === COVERS - 1 ? {} : { renewedBy: coverIdOf(workerId, 2) };
      const keys = { ...coverKey(coverId), cohortKey: cohortKeyOf(cohort.cohortId as never, 0), cohortSort: coverId };
      system.table.put({ ...cover!, ...keys, coverId, workerId, ...renewedBy });
      system.table.put({ ...worker, ...workerKey(workerId), workerId, currentCoverId: coverId });
    }
    return ids.at(-1)!;
  }

  it('a turn looks at 2,000 and the next goes on behind them: nobody else takes the place meanwhile', async () => {
    await covered(1, 1);
    await publish({ shares: { continuity: 100, newStarts: 0 } });
    const last = manyRenewedButTheLast();
    at('2027-07-20');
    await give(system, { paymentId: 'p1', amount: TERM });
    await system.deliver('payments');
    const turn = async () => {
      const calls: string[] = [];
      system.faults = { before: ({ name }) => void calls.push(name) };
      await system.deliver('funds');
      system.faults = {};
      return calls.filter((name) => name === 'BatchGet').length;
    };
    const reads = [await turn(), await turn()];
    // A page of fifty covers is a batch of them; the next turn reads no page twice.
    expect(reads[0]).toBeGreaterThan(39);
    expect(reads[0]).toBeLessThan(45);
    expect(reads[1]).toBeLessThan(20);
    expect(system.rows('cover').filter(({ state }) => state === 'reserved')).toMatchObject([{ workerId: last }]);
    expect(coversOf(1)).toEqual([]);
  });
});

describe('a policy', () => {
  it('that gives continuity nothing leaves ending cover to money nobody else wants', async () => {
    await covered(1, 2);
    at('2027-07-15');
    await publish({ shares: { continuity: 0, newStarts: 100 } });
    await giveTerms('p1', 3);
    expect(bought().at(-1)).toEqual([1, 2, 0]);
    expect(system.rows('allocation').at(-1)).toMatchObject({ policyVersion: 'test' });
  });

  it.each([
    [['disability'], [2, 3, 0, 1]],
    [
      ['mustahik', 'disability'],
      [1, 3, 2, 0],
    ],
    [['mustahik'], [1, 3, 0, 2]],
    [[], [0, 1, 2, 3]],
  ] as const)('with the groups %j covers in the order %j', async (priorityGroups, order) => {
    system.newWorld({ startsAt: '2027-05-10T03:00:00.000Z' });
    await publish({ priorityGroups });
    await addWorkers(system, [{}, { mustahik: true }, { disability: true }, { mustahik: true, disability: true }]);
    await giveTerms('p1', 4);
    expect(bought()).toEqual([order]);
  });

  it('is named by the decision on each cover, with its rank and its own reason', async () => {
    await covered(1, 3);
    await addWorkers(system, [{ disability: true }], 4);
    at('2027-07-15');
    await giveTerms('p1', 4);
    const allocation = system.rows('allocation').find(({ otherReasons }) => otherReasons !== undefined);
    expect(allocation).toMatchObject({
      reason: 'oldest_waiting',
      otherReasons: { priority_group: [1], continuity: [3] },
      coversBefore: 1,
      policyVersion: BUILT_IN_POLICY.version,
    });
  });
});

describe('a gift that names covered workers', () => {
  it('renews them at any time after acceptance, from the end of their cover', async () => {
    await covered(2, 1);
    at('2027-05-20');
    await pledge(system, 'o1', { earmark: { workers: [workerIdOf(0)] } });
    await giveTerms('p1', 2, 'o1');
    expect(coversOf(0)).toMatchObject([{}, { startDate: '2027-08-10', renews: coversOf(0)[0]!.coverId }]);
    expect([coversOf(1).length, coversOf(2).length]).toEqual([1, 0]);
    expect(system.rows('allocation').map(({ reason }) => reason)).toContain('named_by_donor');
    // What is left waits for the same worker: the next term goes on from the renewal.
    await system.sweep();
    await system.drain();
    expect(coversOf(0)).toMatchObject([{}, {}, { startDate: '2027-11-10', endDate: '2028-02-10' }]);
  });

  it('starts them anew after a lapse, as the same person', async () => {
    await covered(1, 0);
    at('2027-12-01');
    await pledge(system, 'o1', { earmark: { workers: [workerIdOf(0)] } });
    await giveTerms('p1', 1, 'o1');
    const [before, after] = coversOf(0);
    expect(after).toMatchObject({ renews: before!.coverId, startDate: '2027-12-01', state: 'active' });
    expect(after).not.toHaveProperty('continuesFrom');
  });

  it('does not begin before the month the donor asked for', async () => {
    await covered(1, 0);
    at('2027-07-20');
    await pledge(system, 'o1', { startMonth: '2027-09' as never, earmark: { workers: [workerIdOf(0)] } });
    await giveTerms('p1', 1, 'o1');
    expect(coversOf(0)).toHaveLength(1);
    at('2027-09-02');
    await system.sweep();
    await system.drain();
    expect(coversOf(0).at(-1)).toMatchObject({ startDate: '2027-09-02' });
  });

  it('counts months from the day the line of covers began', async () => {
    system.newWorld({ startsAt: '2027-08-31T03:00:00.000Z' });
    await addWorkers(system, people(1));
    await giveTerms('first', 1);
    await pledge(system, 'o1', { earmark: { workers: [workerIdOf(0)] } });
    await giveTerms('p1', 1, 'o1');
    expect(coversOf(0)).toMatchObject([
      { startDate: '2027-08-31', endDate: '2027-11-30' },
      { startDate: '2027-11-30', endDate: '2028-02-29', anchorDay: 31 },
    ]);
  });
});

describe('a gift that renews another', () => {
  it('covers the same workers again, whether their cover runs or lapsed, and nobody else', async () => {
    await covered(1, 4);
    await pledge(system, 'theirs', { fundClass: 'general' });
    await giveTerms('t', 2, 'theirs');
    await pledge(system, 'o1', { earmark: { renewalOf: 'theirs' } });
    at('2027-06-01');
    await giveTerms('p1', 1, 'o1');
    at('2027-12-01');
    await giveTerms('p2', 3, 'o1');
    expect([0, 1, 2, 3, 4].map((number) => coversOf(number).length)).toEqual([1, 3, 2, 0, 0]);
    expect(coversOf(2).at(-1)).toMatchObject({ startDate: '2027-12-01', renews: coversOf(2)[0]!.coverId });
    expect(system.rows('allocation').filter(({ reason }) => reason === 'renewed_by_donor')).toHaveLength(2);
    expect(await system.prove()).toMatchObject({ holds: true });
  });
});

describe('an earmark', () => {
  const twoRegions = async () => {
    system.newWorld({ startsAt: '2027-05-10T03:00:00.000Z' });
    await addWorkers(system, [{ region: '31.71' }, { region: '33.72' }, { region: '31.71' }]);
  };

  it('that is soft goes to whom it names first, then to anybody', async () => {
    await twoRegions();
    await pledge(system, 'o1', { earmark: { region: '33', mode: 'soft' } });
    await giveTerms('p1', 2, 'o1');
    expect(bought()).toEqual([[1, 0]]);
  });

  it.each([
    ['widen', [1, 0]],
    ['hold', [1]],
    ['return', [1]],
  ] as const)('that expired, with the fallback %s, covers %j', async (fallback, order) => {
    await twoRegions();
    await pledge(system, 'o1', { earmark: { region: '33', expiresOn: '2027-06-01' as CivilDate, fallback } });
    await giveTerms('p1', 2, 'o1');
    expect(bought().flat()).toEqual([1]);
    at('2027-06-01');
    await system.sweep();
    await system.drain();
    expect(bought().flat()).toEqual(order);
  });

  it('that expired and is to be returned covers nobody it names either', async () => {
    await twoRegions();
    await pledge(system, 'o1', { earmark: { region: '33', expiresOn: '2027-06-01' as CivilDate, fallback: 'return' } });
    at('2027-06-02');
    await giveTerms('p1', 2, 'o1');
    expect(system.rows('cover')).toEqual([]);
    expect(system.rows('donation')).toMatchObject([{ remainingRupiah: 2 * TERM }]);
  });
});

describe('what a worker pays alone', () => {
  const payAlone = async (paymentId: string, number: number, terms = 1) => {
    const workers: WorkerId[] = [workerIdOf(number)];
    await pledge(system, `self-${number}`, { fundClass: 'self' as never, earmark: { workers } });
    await giveTerms(paymentId, terms, `self-${number}`);
  };

  it('goes on from the end of the last cover, one payment after the other', async () => {
    await covered(1, 1);
    at('2027-07-20');
    await payAlone('s1', 0);
    await giveTerms('s2', 1, 'self-0');
    await system.sweep();
    await system.drain();
    expect(coversOf(0).map(({ startDate }) => startDate)).toEqual(['2027-05-10', '2027-08-10', '2027-11-10']);
    expect(coversOf(1)).toEqual([]);
    expect(system.rows('worker').find(({ workerId }) => workerId === workerIdOf(0))).toMatchObject({ donatedTerms: 1 });
    expect(balancesOf(system)['fund:self']).toBe(0);
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('takes no turn of the continuity share afterwards', async () => {
    await covered(1, 0);
    at('2027-07-20');
    await payAlone('s1', 0);
    at('2027-11-01');
    await giveTerms('p1', 1);
    expect(coversOf(0)).toHaveLength(2);
  });

  it('stays due while a cover waits for the registrar', async () => {
    await covered(1, 0);
    at('2027-07-20');
    await pledge(system, 'self-0', { fundClass: 'self' as never, earmark: { workers: [workerIdOf(0)] } });
    for (const paymentId of ['s1', 's2']) await give(system, { paymentId, amount: TERM, orderReference: 'self-0' });
    await system.deliver('payments');
    await system.deliver('funds');
    const due = system.rows('donation').filter(({ dueKey }) => dueKey !== undefined);
    expect(due).toMatchObject([{ remainingRupiah: TERM }]);
    expect(coversOf(0)).toHaveLength(2);
    await system.drain();
    system.pass(86_400);
    await system.sweep();
    await system.drain();
    expect(coversOf(0)).toHaveLength(3);
    expect(system.rows('donation').filter(({ dueKey }) => dueKey !== undefined)).toEqual([]);
  });
});

it('a renewal the registrar rejects is not bought again by itself', async () => {
  await covered(1, 0);
  at('2027-07-20');
  process.env.SETTINGS = JSON.stringify({ registrar: { kind: 'simulator', rejectEvery: 1 } });
  await giveTerms('p1', 1);
  for (let day = 0; day < 3; day += 1) {
    system.pass(86_400);
    await system.sweep();
    await system.drain();
  }
  expect(coversOf(0).map(({ state }) => state)).toEqual(['active', 'rejected']);
  expect(system.rows('donation').find(({ paymentId }) => paymentId === 'p1')).toMatchObject({ remainingRupiah: TERM });
  expect(await system.prove()).toMatchObject({ holds: true });
});

beforeEach(() => {
  process.env.SETTINGS = '{}';
});
