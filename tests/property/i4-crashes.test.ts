import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { booksOf } from '../support/books.ts';
import { crashAt, type Faults } from '../support/faults.ts';
import { addWorkers, give, type Notice } from '../support/people-and-gifts.ts';
import { TestSystem } from '../support/test-system.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

const DAY = 86_400;
/** Beyond the patience of the sweeper, and on the same day. */
const HOUR = 3_600;

/** A schedule starts its function again where it failed. */
async function again(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (attempt === 4) throw error;
    }
  }
}

/** Delivers what waits, then looks for what was forgotten. */
async function settle(): Promise<void> {
  await system.drain();
  system.pass(HOUR);
  await again(() => system.sweep());
  await system.drain();
}

const NOTICES: readonly Notice[] = [
  { paymentId: 'p1', amount: 60_000, kind: 'pending' },
  { paymentId: 'p1', amount: 60_000, fee: 3_000 },
  { paymentId: 'p2', amount: 30_000 },
  { paymentId: 'p1', kind: 'refunded', amount: 40_000, refundId: 'r1' },
];

/** Everything once: payments, purchases, a rejection, a refund after the purchase, the months, a reminder. */
async function live(faults: Faults): Promise<void> {
  system.newWorld({
    settings: { registrar: { kind: 'simulator', acceptAfter: 'PT10M', rejectEvery: 2 }, lifecycle: { shards: 1 } },
  });
  await addWorkers(system, [{ sector: 'transport' }, {}, {}, {}]);
  system.faults = faults;
  // One after the other: who came first may decide whom a gift covers.
  for (const notice of NOTICES) {
    await give(system, notice);
    await settle();
  }
  for (const days of [1, 31, 31]) {
    system.pass(days * DAY);
    await again(() => system.startCohorts());
    await settle();
  }
  system.faults = {};
}

/** Each reminder that was claimed, and what became of it. */
function reminders() {
  return [...system.reminders.after()].map(({ sk, state }) => [sk, state]);
}

async function endOf(faults: Faults) {
  await live(faults);
  expect(await system.prove()).toMatchObject({ holds: true });
  return { books: booksOf(system), reminders: reminders(), executions: [...system.executions.inputs.keys()] };
}

describe('I4: a process that dies anywhere between two calls', () => {
  it('leaves the books as if it had not, once its work is delivered again', async () => {
    const plan = crashAt();
    const expected = await endOf(plan);
    expect(expected.books.dead).toEqual([]);
    expect(expected.books.due).toBe(0);
    for (let point = 0; point < plan.passed(); point += 1) expect(await endOf(crashAt(point))).toEqual(expected);
  }, 180_000);

  it('may die again over the same work', async () => {
    const plan = crashAt();
    const expected = await endOf(plan);
    const points = fc.nat(plan.passed()).chain((first) => fc.tuple(fc.constant(first), fc.nat(12)));
    await fc.assert(
      fc.asyncProperty(points, async ([first, later]) => {
        expect(await endOf(crashAt(first, first + 1 + later))).toEqual(expected);
      }),
      { numRuns: 100, interruptAfterTimeLimit: 10_000 },
    );
  });

  it('leaves small gifts gathered once, or not at all', async () => {
    system.newWorld({ startsAt: '2027-04-05T03:00:00.000Z' });
    await addWorkers(system, [{}, {}]);
    const gifts = Array.from({ length: 51 }, (_, index): Notice => ({ paymentId: `p${index}`, amount: 1_000 }));
    await give(system, ...gifts.slice(0, 50));
    await system.drain();
    await give(system, gifts[50]!);
    await system.deliver('payments');
    const goBack = system.remember();
    const endOfGathering = async (faults: Faults) => {
      goBack();
      system.faults = faults;
      await settle();
      system.faults = {};
      expect(await system.prove()).toMatchObject({ holds: true });
      return booksOf(system);
    };
    const plan = crashAt();
    const expected = await endOfGathering(plan);
    expect(Object.keys(expected.covers)).toHaveLength(1);
    for (let point = 0; point < plan.passed(); point += 1)
      expect(await endOfGathering(crashAt(point))).toEqual(expected);
  }, 120_000);
});
