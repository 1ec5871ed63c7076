import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCoverPhase } from '../../../functions/run-cover-phase/run-cover-phase.ts';
import type { CohortId, CoverId } from '../../../shared/domain/ids.ts';
import { SILENT_LOG } from '../../../shared/logger.ts';
import type { PhaseTask } from '../../../shared/messages.ts';
import { markPhaseDone, readCohort } from '../../../shared/store/cohorts.ts';
import { payMonth } from '../../../shared/store/contributions.ts';
import { readCovers } from '../../../shared/store/covers.ts';
import { tariffInForce } from '../../../shared/tariff-in-force.ts';
import { balancesOf } from '../../support/books.ts';
import { addWorkers, give } from '../../support/people-and-gifts.ts';
import { TestSystem } from '../../support/test-system.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

const WORKERS = 120;
const PRICE = 16_800;
const COHORT = '2027-05-10-g00' as CohortId;
const task = (phase: string, shard = 0): PhaseTask => ({
  contractVersion: 1,
  cohortId: COHORT,
  phase,
  shard: { shard },
});
const at = (text: string) => system.setClock(Date.parse(text));
const covers = () => system.rows('cover');
const paidMonths = () => covers().map(({ monthsPaid }) => monthsPaid as number);
const marks = () => system.rows('phase').map(({ phase }) => phase);

/** 120 workers whose cover started on 10 May 2027. */
beforeEach(async () => {
  system.newWorld({ startsAt: '2027-05-10T03:00:00.000Z', settings: { lifecycle: { shards: 1 } } });
  await addWorkers(
    system,
    Array.from({ length: WORKERS }, () => ({})),
  );
  await give(system, { paymentId: 'p1', amount: WORKERS * 3 * PRICE });
  await system.drain();
});

describe('a cohort', () => {
  it('starts the day after its first day, once', async () => {
    expect(await system.startCohorts()).toEqual({ started: 0 });
    at('2027-05-10T17:05:00.000Z');
    expect(await system.startCohorts()).toEqual({ started: 1 });
    expect(await system.startCohorts()).toEqual({ started: 0 });
    expect(system.executions.inputs.has(`cover-${COHORT}`)).toBe(true);
    expect(JSON.parse(system.executions.inputs.get(`cover-${COHORT}`) as string)).toMatchObject({
      shards: [{ shard: 0 }],
      at: { 'month-2': '2027-06-09T23:00:00.000Z' },
    });
  });

  it('that was started before without anybody noting it is started all the same', async () => {
    at('2027-05-10T17:05:00.000Z');
    system.executions.inputs.set(`cover-${COHORT}`, '{}');
    expect(await system.startCohorts()).toEqual({ started: 1 });
    expect(system.rows('cohort')).toMatchObject([{ startedAt: '2027-05-10T17:05:00.000Z' }]);
  });
});

describe('a month of a cohort', () => {
  it('is paid for every cover when it is due, and once', async () => {
    at('2027-06-09T23:00:00.000Z');
    expect(await system.runPhase(task('month-2'))).toMatchObject({ covers: WORKERS });
    expect(await system.runPhase(task('month-2'))).toMatchObject({ covers: 0 });
    expect(paidMonths()).toEqual(covers().map(() => 2));
    expect(balancesOf(system)['contributions:paid']).toBe(2 * WORKERS * PRICE);
  });

  it('is not paid before it is due', async () => {
    at('2027-06-09T22:59:59.999Z');
    await expect(system.runPhase(task('month-2'))).rejects.toMatchObject({ name: 'Transient' });
    expect(paidMonths()).toEqual(covers().map(() => 1));
  });

  it('brings along an earlier one that was passed over', async () => {
    at('2027-07-09T23:00:00.000Z');
    expect(await system.runPhase(task('month-3'))).toMatchObject({ covers: WORKERS });
    expect(new Set(paidMonths())).toEqual(new Set([3]));
    expect(await system.runPhase(task('month-2'))).toMatchObject({ covers: 0 });
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('is paid though its covers were read as they stood a second ago, before the month in front of it', async () => {
    const asTheyWere = await readCovers(covers().map(({ coverId }) => coverId as CoverId));
    at('2027-07-09T23:00:00.000Z');
    await system.runPhase(task('month-2'));
    const dependencies = { now: () => system.now(), readCohort, readCovers, payMonth, markPhaseDone, log: SILENT_LOG };
    const tariff = { tariffInForce, sendToFund: async () => undefined };
    const late = {
      ...dependencies,
      ...tariff,
      coversOfShard: async function* () {
        yield asTheyWere.slice(0, 90);
      },
      putNudgePages: async () => undefined,
      sendNudges: async () => undefined,
    };
    expect(await runCoverPhase(task('month-3'), late)).toMatchObject({ covers: 90 });
    expect(paidMonths().filter((paid) => paid === 3)).toHaveLength(90);
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('is not paid again to a cover that stands on another page (I4)', async () => {
    const [first, second] = await readCovers(covers().map(({ coverId }) => coverId as CoverId));
    expect(await payMonth({ cohortId: COHORT, shard: 0 }, 2, [first!, second!], system.now())).toBe(true);
    expect(await payMonth({ cohortId: COHORT, shard: 0 }, 2, [second!], system.now())).toBe(false);
    expect(balancesOf(system)['contributions:paid']).toBe((WORKERS + 2) * PRICE);
  });

  it('is paid by two runs at once as by one', async () => {
    at('2027-06-09T23:00:00.000Z');
    const runs = await Promise.all(
      [1, 2, 3].map(() => system.runPhase(task('month-2')) as Promise<{ covers: number }>),
    );
    expect(runs.reduce((sum, run) => sum + run.covers, 0)).toBe(WORKERS);
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('of nothing that is known is refused for good', async () => {
    at('2027-06-09T23:00:00.000Z');
    await expect(system.runPhase(task('month-9'))).rejects.toMatchObject({ reason: 'not_found' });
    await expect(system.runPhase({ ...task('end'), cohortId: 'none' as CohortId })).rejects.toMatchObject({
      reason: 'not_found',
    });
    await expect(system.runPhase({ ...task('end'), contractVersion: 2 } as unknown as PhaseTask)).rejects.toMatchObject(
      {
        name: 'Permanent',
      },
    );
  });
});

describe('a reminder step of a cohort', () => {
  it('asks for every cover in pages of 30', async () => {
    at('2027-07-11T02:00:00.000Z');
    expect(await system.runPhase(task('T-30'))).toMatchObject({ covers: WORKERS });
    const pages = system
      .queue('nudges')
      .waiting.map(({ body }) => JSON.parse(body) as { coverIds: string[]; step: string });
    expect(pages.flatMap(({ coverIds }) => coverIds).sort()).toEqual(
      covers()
        .map(({ coverId }) => coverId)
        .sort(),
    );
    expect(pages.every(({ coverIds, step }) => coverIds.length <= 30 && step === 'T-30')).toBe(true);
  });
});

describe('the end and the lapse of a cohort', () => {
  it('follow from the dates: they are counted and change no cover that is paid', async () => {
    at('2027-11-10T00:00:00.000Z');
    await system.runPhase(task('month-3'));
    const before = covers();
    expect(await system.runPhase(task('end'))).toMatchObject({ covers: WORKERS });
    expect(await system.runPhase(task('lapse'))).toMatchObject({ covers: WORKERS });
    expect(covers()).toEqual(before);
  });

  it('leave nothing unpaid that was bought', async () => {
    at('2027-11-10T00:00:00.000Z');
    expect(await system.runPhase(task('end'))).toMatchObject({ covers: WORKERS });
    expect(new Set(paidMonths())).toEqual(new Set([3]));
    expect(balancesOf(system)['cover:committed']).toBe(0);
  });
});

describe('the sweeper', () => {
  const T_30 = '2027-07-11T02:00:00.000Z';
  const reminders = (type: string) => [...system.reminders.after()].filter((row) => row.type === type);

  it('sends the pages of reminders again that were lost on their way, and only those (I8)', async () => {
    at(T_30);
    await system.runPhase(task('T-30'));
    const pages = system.queue('nudges').waiting.map(({ body }) => body);
    expect(pages.length).toBeGreaterThan(2);
    await system.deliver('nudges', { batchSize: 2 });
    const finished = reminders('nudge_batch').length;
    expect(finished).toBeGreaterThan(0);
    system.queue('nudges').lose();
    const lost = pages.length - finished;
    expect(lost).toBeGreaterThan(0);
    at('2027-07-11T02:14:00.000Z');
    expect(await system.sweep()).toMatchObject({ pages: 0 });
    at('2027-07-11T02:16:00.000Z');
    expect(await system.sweep()).toMatchObject({ phases: 0, pages: lost });
    const again = system.queue('nudges').waiting.map(({ body }) => body);
    expect(again).toHaveLength(lost);
    expect(pages).toEqual(expect.arrayContaining(again));
    await system.drain();
    expect(reminders('nudge')).toHaveLength(WORKERS);
    expect(await system.sweep()).toMatchObject({ pages: 0 });
  });

  it('writes nothing for pages that are finished but that it saw them, and looks at them no more', async () => {
    at(T_30);
    await system.runPhase(task('T-30'));
    await system.drain();
    at('2027-07-11T05:00:00.000Z');
    expect(await system.sweep()).toMatchObject({ pages: 0 });
    expect(system.queue('nudges').waiting).toEqual([]);
    expect(system.rows('phase').find(({ phase }) => phase === 'T-30')).toMatchObject({
      accountedAt: '2027-07-11T05:00:00.000Z',
    });
    let queries = 0;
    system.faults = {
      before: ({ name, input }) => {
        if (name === 'Query' && String(JSON.stringify(input)).includes('PAGE#')) queries += 1;
      },
    };
    await system.sweep();
    system.faults = {};
    expect(queries).toBe(0);
  });

  it('lets a lost page that the next step has overtaken go out to nobody, with its reason (I7)', async () => {
    at(T_30);
    await system.runPhase(task('T-30'));
    system.queue('nudges').lose();
    at('2027-07-27T05:00:00.000Z');
    await system.sweep();
    await system.drain();
    const old = reminders('nudge').filter(({ step }) => step === 'T-30');
    expect(old.map(({ reason }) => reason)).toEqual(old.map(() => 'step_stale'));
    expect(old).toHaveLength(WORKERS);
  });

  it('does not settle a cohort while a page of reminders is missing', async () => {
    at('2028-01-01T00:00:00.000Z');
    await system.sweep();
    system.queue('nudges').lose();
    at('2028-01-02T00:00:00.000Z');
    expect(await system.sweep()).toMatchObject({ pages: expect.toSatisfy((pages: number) => pages > 0) });
    expect(system.rows('cohort')[0]).not.toHaveProperty('settledAt');
    await system.drain();
    at('2028-01-03T00:00:00.000Z');
    await system.sweep();
    expect(system.rows('cohort')[0]).toHaveProperty('settledAt');
    expect(reminders('nudge')).toHaveLength(8 * WORKERS);
  });

  it('leaves young work alone and finds the rest, whoever forgot it (I8)', async () => {
    at('2027-06-09T23:14:00.000Z');
    await system.sweep();
    expect(marks()).not.toContain('month-2');
    at('2027-06-09T23:16:00.000Z');
    expect(await system.sweep()).toMatchObject({ phases: 1 });
    expect(paidMonths()).toEqual(covers().map(() => 2));
    expect(await system.sweep()).toMatchObject({ phases: 0 });
  });

  it('takes a forgotten cohort through everything and then leaves it', async () => {
    at('2028-01-01T00:00:00.000Z');
    await system.sweep();
    expect(paidMonths()).toEqual(covers().map(() => 3));
    expect(new Set(marks())).toEqual(
      new Set(['month-2', 'month-3', 'T-30', 'T-14', 'T-7', 'T-1', 'T+0', 'T+7', 'T+30', 'T+60', 'end', 'lapse']),
    );
    expect(system.executions.inputs.size).toBe(1);
    expect(system.rows('cohort')[0]).not.toHaveProperty('settledAt');
    await system.drain();
    at('2028-01-02T00:00:00.000Z');
    expect(await system.sweep()).toMatchObject({ phases: 0, pages: 0 });
    expect(system.rows('cohort')).toMatchObject([{ settledAt: '2028-01-02T00:00:00.000Z' }]);
    // Of eight reminders only the last was not overtaken by the next (I7); nobody has a number to send it to.
    const reasons = [...system.reminders.after()].flatMap(({ reason }) => (reason === undefined ? [] : [reason]));
    expect(reasons.filter((reason) => reason === 'step_stale')).toHaveLength(7 * WORKERS);
    expect(reasons.filter((reason) => reason === 'no_contact')).toHaveLength(WORKERS);
  });

  it('asks again for a gift its fund never heard of', async () => {
    await give(system, { paymentId: 'p2', amount: 3 * PRICE });
    await system.deliver('payments');
    system.queue('funds').lose();
    await addWorkers(system, [{}], WORKERS);
    system.pass(1_000);
    expect(await system.sweep()).toMatchObject({ donations: 1 });
    await system.drain();
    expect(covers()).toHaveLength(WORKERS + 1);
  });

  it('runs a phase again for a cover whose answer came a month late', async () => {
    await addWorkers(system, [{}], WORKERS);
    await give(system, { paymentId: 'p2', amount: 3 * PRICE });
    for (const queue of ['payments', 'funds', 'enrolments'] as const) await system.deliver(queue);
    system.queue('enrolments').lose();
    at('2027-06-09T23:00:00.000Z');
    await system.runPhase(task('month-2'));
    system.pass(3_600);
    await system.sweep();
    await system.drain();
    expect(paidMonths().toSorted()).toEqual([1, ...Array.from({ length: WORKERS }, () => 2)]);
    system.pass(3_600);
    expect(await system.sweep()).toMatchObject({ phases: 1 });
    expect(paidMonths()).toEqual(covers().map(() => 2));
    expect(await system.prove()).toMatchObject({ holds: true });
  });
});
