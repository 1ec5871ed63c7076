import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { proveLedger } from '../../../functions/prove-ledger/prove-ledger.ts';
import { scanTypes } from '../../../shared/store/table.ts';
import type { Item } from '../../support/expressions.ts';
import { addWorkers, give } from '../../support/people-and-gifts.ts';
import { TestSystem } from '../../support/test-system.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());
beforeEach(async () => {
  system.newWorld();
  await addWorkers(system, [{}, {}]);
  await give(system, { paymentId: 'p1', amount: 100_000, fee: 5_000 });
  await system.drain();
});

function change(type: string, changes: Item): void {
  const [row] = system.rows(type);
  system.table.put({ ...row, ...changes });
}

it('sound books are proved from every row', async () => {
  expect(await proveLedger(scanTypes)).toMatchObject({
    holds: true,
    checked: { transactions: 3, donations: 1, covers: 2, workers: 2 },
  });
});

it.each<[string, string, Item]>([
  ['I2', 'donation', { remainingRupiah: 1 }],
  ['I1', 'ledger', { entries: [{ account: 'guarantee', amountRupiah: 1 }] }],
  ['I3', 'worker', { paidMonths: new Set(['2026-11']) }],
  ['I6', 'cover', { sector: 'transport', months: [{ month: '2026-11', priceRupiah: 8_401, shares: [] }] }],
])('%s: a %s row that was changed by hand is found', async (invariant, type, changes) => {
  change(type, changes);
  await expect(system.prove()).rejects.toMatchObject({ name: 'InvariantBroken' });
  const { violations } = await proveLedger(scanTypes);
  expect(violations.map((violation) => violation.invariant)).toContain(invariant);
});

it('what is wrong only while it is being written is not reported', async () => {
  const [sound] = system.rows('donation');
  let scans = 0;
  const proof = await proveLedger((scan) => {
    scans += 1;
    change('donation', scans === 1 ? { remainingRupiah: 1 } : (sound as Item));
    return scanTypes(scan);
  });
  expect(proof).toMatchObject({ holds: true, violations: [] });
  expect(scans).toBe(2);
});

it('a proof that would be found crooked twice in two ways names what stayed', async () => {
  let scans = 0;
  const proof = await proveLedger((scan) => {
    scans += 1;
    change('donation', { remainingRupiah: scans, feeRupiah: -1 });
    return scanTypes(scan);
  });
  expect(proof.holds).toBe(false);
  expect(proof.violations.map(({ detail }) => detail).join('\n')).toMatch('negative part');
});
