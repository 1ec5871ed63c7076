import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dependencies } from '../../../functions/enrol-workers/handler.ts';
import type { AllocationId, CoverId } from '../../../shared/domain/ids.ts';
import type { RegistrarAnswer } from '../../../shared/ports/registrar.ts';
import { balancesOf } from '../../support/books.ts';
import { addWorkers, give, pledge } from '../../support/people-and-gifts.ts';
import { chanceOf } from '../../support/random.ts';
import { TestSystem } from '../../support/test-system.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

const covers = () => system.rows('cover');
const registrar = (more: object = {}) => ({
  settings: { registrar: { kind: 'simulator', acceptAfter: 'PT10M', ...more } },
});
const monthsOf = (index = 0) => (covers()[index]!.months as { month: string }[]).map(({ month }) => month);

async function bought(
  startsAt: string,
  amount: number,
  workers: Parameters<typeof addWorkers>[1] = [{}],
): Promise<void> {
  await addWorkers(system, workers);
  await give(system, { paymentId: 'p1', amount });
  await system.deliver('payments');
  await system.deliver('funds');
  expect(system.now()).toBe(startsAt);
}

describe('money allocated is not cover (decision 7)', () => {
  it('until the registrar accepts; then the first month is paid at once', async () => {
    const startsAt = '2027-05-10T03:00:00.000Z';
    system.newWorld({ startsAt, ...registrar() });
    await bought(startsAt, 50_400);
    expect(covers()).toMatchObject([{ state: 'reserved', monthsPaid: 0 }]);
    await system.deliver('enrolments');
    expect(covers()).toMatchObject([{ state: 'reserved' }]);
    expect(system.rows('allocation')).toMatchObject([{ state: 'submitted', registrarReference: 'simulated:1' }]);
    await system.drain();
    expect(covers()).toMatchObject([
      {
        state: 'active',
        monthsPaid: 1,
        acceptedAt: '2027-05-10T03:10:00.000Z',
        startDate: '2027-05-10',
        endDate: '2027-08-10',
        cohortId: '2027-05-10-g00',
      },
    ]);
    expect(balancesOf(system)).toMatchObject({ 'cover:committed': 33_600, 'contributions:paid': 16_800 });
    expect(system.rows('allocation')).toMatchObject([{ state: 'answered' }]);
    expect(system.rows('allocation')[0]).not.toHaveProperty('dueKey');
  });

  it('a rejected worker gives the money to the next in line and leaves the queue', async () => {
    system.newWorld(registrar({ rejectEvery: 2 }));
    await addWorkers(system, [{}, {}, {}]);
    await give(system, { paymentId: 'p1', amount: 2 * 33_600 });
    await system.drain();
    expect(
      covers()
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['active', 'active', 'rejected']);
    const rejected = system.rows('worker').filter(({ state }) => state === 'withdrawn');
    expect(rejected).toMatchObject([{ reason: 'registrar_rejected' }]);
    expect(rejected[0]).not.toHaveProperty('waitingKey');
    expect(rejected[0]).not.toHaveProperty('paidMonths');
    expect(await system.prove()).toMatchObject({ holds: true });
  });
});

describe('a cover accepted in another month than planned', () => {
  const lateDecember = '2026-12-31T16:55:00.000Z';
  const lateNovember = '2026-11-30T16:55:00.000Z';

  it('that is dearer takes what its gift has left', async () => {
    system.newWorld({ startsAt: lateDecember, ...registrar() });
    await bought(lateDecember, 50_400);
    await system.drain();
    expect(covers()).toMatchObject([{ startDate: '2027-01-01', endDate: '2027-04-01', monthsPaid: 1 }]);
    expect(monthsOf()).toEqual(['2027-01', '2027-02', '2027-03']);
    expect(system.rows('donation')).toMatchObject([{ allocatedRupiah: 50_400, remainingRupiah: 0 }]);
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('that nobody can make up for is shorter, and what is left waits in line', async () => {
    system.newWorld({ startsAt: lateDecember, ...registrar() });
    await bought(lateDecember, 42_000);
    await system.drain();
    expect(monthsOf()).toEqual(['2027-01', '2027-02']);
    expect(covers()).toMatchObject([{ endDate: '2027-03-01' }]);
    expect(system.rows('donation')).toMatchObject([{ allocatedRupiah: 33_600, remainingRupiah: 8_400 }]);
    expect(system.rows('worker')[0]!.paidMonths).toEqual(new Set(['2027-01', '2027-02']));
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('that is dearer is helped by the pool', async () => {
    system.newWorld({ startsAt: lateDecember, ...registrar() });
    await addWorkers(system, [{}]);
    await give(system, { paymentId: 'p1', amount: 42_000 });
    await system.deliver('payments');
    await system.deliver('funds');
    await give(system, { paymentId: 'p2', amount: 10_000 });
    await system.drain();
    expect(monthsOf()).toHaveLength(3);
    expect(
      system
        .rows('donation')
        .map(({ allocatedRupiah }) => allocatedRupiah)
        .sort(),
    ).toEqual([42_000, 8_400]);
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('of which not one month is reached gives its worker the place in line back', async () => {
    system.newWorld({ startsAt: lateDecember, ...registrar() });
    await pledge(system, 'o1', { termMonths: 1 });
    await addWorkers(system, [{}]);
    await give(system, { paymentId: 'p1', amount: 8_400, orderReference: 'o1' });
    await system.drain();
    expect(covers()).toMatchObject([{ state: 'rejected', reason: 'below_price' }]);
    expect(system.rows('worker')).toMatchObject([{ state: 'waiting', waitingKey: 'WAITING#33.72' }]);
    expect(system.rows('donation')).toMatchObject([{ allocatedRupiah: 0, remainingRupiah: 8_400 }]);
    await give(system, { paymentId: 'p2', amount: 8_400, orderReference: 'o1' });
    await system.drain();
    expect(covers().map(({ coverId, state }) => [`${coverId}`.slice(-2), state])).toEqual([
      ['_1', 'rejected'],
      ['_2', 'active'],
    ]);
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('that is cheaper gives back', async () => {
    // Bought with March 2026 at the full price; from April on the discount holds.
    const lateMarch = '2026-03-31T16:55:00.000Z';
    system.newWorld({ startsAt: lateMarch, ...registrar() });
    await bought(lateMarch, 33_600);
    await system.drain();
    expect(monthsOf()).toEqual(['2026-04', '2026-05', '2026-06']);
    expect(system.rows('donation')).toMatchObject([{ allocatedRupiah: 25_200, remainingRupiah: 8_400 }]);
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('but at the same price keeps its money and moves its months', async () => {
    system.newWorld({ startsAt: lateNovember, ...registrar() });
    await bought(lateNovember, 25_200, [{ sector: 'transport' }]);
    await system.drain();
    expect(monthsOf()).toEqual(['2026-12', '2027-01', '2027-02']);
    expect(system.rows('worker')[0]!.paidMonths).toEqual(new Set(['2026-12', '2027-01', '2027-02']));
    expect(await system.prove()).toMatchObject({ holds: true });
  });
});

describe('an allocation', () => {
  it('nobody handed in is found by the sweeper (I8)', async () => {
    system.newWorld(registrar());
    await addWorkers(system, [{}]);
    await give(system, { paymentId: 'p1', amount: 33_600 });
    await system.deliver('payments');
    await system.deliver('funds');
    system.queue('enrolments').lose();
    system.pass(1_000);
    await system.sweep();
    await system.drain();
    expect(covers()).toMatchObject([{ state: 'active' }]);
  });

  it('that does not exist is kept in quarantine', async () => {
    system.newWorld();
    const MessageBody = JSON.stringify({ contractVersion: 1, kind: 'submit', allocationId: 'alc_none' });
    system.queue('enrolments').send({ QueueUrl: '', MessageBody }, 0);
    await system.drain();
    expect(system.rows('quarantine')).toMatchObject([{ reason: 'not_found' }]);
  });

  it('collected again, twice at once or after the end, changes nothing', async () => {
    system.newWorld(registrar());
    await addWorkers(system, [{}, {}]);
    await give(system, { paymentId: 'p1', amount: 2 * 33_600 });
    await system.drain({ again: chanceOf(1).happens.bind(null, 0.3), atOnce: true });
    const { allocationId } = system.rows('allocation')[0]!;
    const before = system.rows();
    const MessageBody = JSON.stringify({ contractVersion: 1, kind: 'collect', allocationId });
    system.queue('enrolments').send({ QueueUrl: '', MessageBody }, 0);
    await system.drain();
    expect(system.rows()).toEqual(before);
  });

  it('is taken at its first word where the simulated registrar is as difficult as it can be', async () => {
    const rules = {
      rejectEvery: 3,
      repeats: true,
      reversed: true,
      answerInParts: 2,
      delayEvery: 4,
      contradictEvery: 2,
    };
    system.newWorld(registrar({ ...rules, rejectReasons: ['registrar_age', 'registrar_data_differs'] }));
    await addWorkers(system, Array(9).fill({}));
    await give(system, { paymentId: 'p1', amount: 6 * 33_600 });
    await system.drain();
    const states = Map.groupBy(covers(), ({ state }) => state as string);
    expect(states.get('active')).toHaveLength(6);
    expect(states.get('rejected')?.length).toBeGreaterThanOrEqual(2);
    for (const { reason } of states.get('rejected') ?? [])
      expect(['registrar_age', 'registrar_data_differs']).toContain(reason);
    for (const { state } of system.rows('allocation')) expect(state).toBe('answered');
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('is taken at its first word where the registrar says two things of a cover at once', async () => {
    const { registrar: real } = dependencies;
    const twoWords = (answer: RegistrarAnswer): RegistrarAnswer[] => [
      answer,
      answer,
      { coverId: answer.coverId, outcome: 'rejected', reason: 'registrar_rejected' },
    ];
    const registrar: typeof real = () => {
      const { submit, collect } = real();
      return {
        submit,
        collect: async (batch, now) => {
          const said = await collect(batch, now);
          return { ...said, answers: said.answers.flatMap(twoWords) };
        },
      };
    };
    Object.assign(dependencies, { registrar });
    try {
      system.newWorld();
      await addWorkers(system, [{}]);
      await give(system, { paymentId: 'p1', amount: 50_400 });
      await system.drain();
      expect(covers()).toMatchObject([{ state: 'active', monthsPaid: 1 }]);
      expect(system.rows('allocation')).toMatchObject([{ state: 'answered' }]);
      expect(system.dead()).toEqual([]);
      expect(await system.prove()).toMatchObject({ holds: true });
    } finally {
      Object.assign(dependencies, { registrar: real });
    }
  });
});

describe('a cover that renews another', () => {
  const [first, second] = ['cov_a_1', 'cov_a_2'] as [CoverId, CoverId];
  const allocationId = 'alc_general_00000009' as AllocationId;
  const at = '2027-03-01T03:00:00.000Z';
  const months = ['2027-03', '2027-04'].map((month) => ({ month, priceRupiah: 16_800, shares: [] }));
  const before = { coverId: first, state: 'active', startDate: '2026-12-05', endDate: '2027-03-05', months };
  const after = {
    coverId: second,
    workerId: 'wrk_a',
    state: 'reserved',
    renews: first,
    months,
    termMonths: 2,
    reservedAt: at,
    fundId: 'general',
  };
  const row = (cover: Record<string, unknown>) => ({
    pk: 'WORKER#wrk_a',
    sk: `COVER#${cover.coverId}`,
    type: 'cover',
    ...cover,
  });

  function world(more: object = {}, rules: object = {}) {
    system.newWorld({ startsAt: at, ...registrar(rules) });
    system.table.put(row(before));
    system.table.put(row({ ...after, continuesFrom: '2027-03-05', ...more }));
    const facts = { allocationId, coverIds: [second], madeAt: at, state: 'reserved', type: 'allocation' };
    system.table.put({ pk: `ALLOCATION#${allocationId}`, sk: 'ALLOCATION', ...facts });
    const MessageBody = JSON.stringify({ contractVersion: 1, kind: 'submit', allocationId });
    system.queue('enrolments').send({ QueueUrl: '', MessageBody }, 0);
  }
  async function answered() {
    await system.deliver('enrolments');
    system.pass(600);
    await system.deliver('enrolments');
  }
  const coverRow = (coverId: string) => covers().find((cover) => cover.coverId === coverId);

  it('starts where that ends, and is named there in the same write; the month is booked with whose it is', async () => {
    world();
    await answered();
    expect(coverRow(second)).toMatchObject({ state: 'active', startDate: '2027-03-05', endDate: '2027-05-05' });
    expect(coverRow(first)).toEqual({ ...row(before), renewedBy: second });
    expect(system.rows('ledger')).toMatchObject([{ kind: 'contribution', coverIds: [second] }]);
  });

  it('but after its lapse starts with its acceptance, and is named there all the same', async () => {
    world({ continuesFrom: undefined });
    await answered();
    expect(coverRow(second)).toMatchObject({ startDate: '2027-03-01' });
    expect(coverRow(first)).toEqual({ ...row(before), renewedBy: second });
  });

  it('that the registrar refuses leaves it as it was, and its money is asked back', async () => {
    world({}, { rejectEvery: 1 });
    await answered();
    expect(coverRow(first)).toEqual(row(before));
    expect(coverRow(second)).toMatchObject({ state: 'reserved' });
    expect(system.rows('ledger')).toEqual([]);
    const asked = system.queue('funds').waiting.map(({ body }) => JSON.parse(body));
    expect(asked).toMatchObject([{ kind: 'release', coverId: second, reason: 'registrar_rejected' }]);
  });
});
