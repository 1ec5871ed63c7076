import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Call } from '../../support/faults.ts';
import { addWorkers, give } from '../../support/people-and-gifts.ts';
import { TestSystem } from '../../support/test-system.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

const REJECTING = { registrar: { kind: 'simulator', acceptAfter: 'PT10M', rejectEvery: 1 } };

/** Up to the moment at which the fund's writer hears that the registrar rejected the cover. */
async function untilRejected(): Promise<void> {
  system.newWorld({ settings: REJECTING });
  await addWorkers(system, [{}]);
  await give(system, { paymentId: 'p1', amount: 50_000 });
  for (const queue of ['payments', 'funds', 'enrolments'] as const) await system.deliver(queue);
  system.pass(601);
  await system.deliver('enrolments');
}

/** Does something else just before the n-th call of a name. */
function justBefore(name: string, times: number, work: () => Promise<unknown>) {
  let left = times;
  return async (call: Call) => {
    if (call.name !== name) return;
    left -= 1;
    if (left === 0) await work();
  };
}

describe('a rejected cover', () => {
  it('gives its money back to the fund', async () => {
    await untilRejected();
    await system.drain();
    expect(system.rows('donation')).toMatchObject([{ allocatedRupiah: 0, remainingRupiah: 50_000 }]);
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it.each(['Get', 'BatchGet', 'TransactWrite'])(
    'whose gift is refunded at any moment of the release, also at a %s, leaves sound books (I1, I2)',
    async (name) => {
      for (let times = 1; times <= 12; times += 1) {
        await untilRejected();
        await give(system, { paymentId: 'p1', kind: 'refunded', amount: 50_000, refundId: 'r1' });
        system.faults = { before: justBefore(name, times, () => system.deliver('payments')) };
        await system.deliver('funds');
        system.faults = {};
        await system.drain();
        expect(system.rows('donation')).toMatchObject([
          { refundedRupiah: 50_000, allocatedRupiah: 0, remainingRupiah: 0, reattributeRupiah: 0 },
        ]);
        expect(await system.prove()).toMatchObject({ holds: true });
        expect(system.dead()).toEqual([]);
      }
    },
  );
});
