/** What the books say in the end: everything but when and in how many steps it came about. */
import type { Item } from './expressions.ts';
import type { TestSystem } from './test-system.ts';

const DONATION_PARTS = [
  'status',
  'fundId',
  'receivedRupiah',
  'feeRupiah',
  'refundedRupiah',
  'allocatedRupiah',
  'remainingRupiah',
  'reattributeRupiah',
  'feeCarriedRupiah',
];
const COVER_PARTS = ['state', 'months', 'monthsPaid', 'startDate', 'endDate', 'cohortId'];

function parts(row: Item, names: readonly string[]): Item {
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}

function byKey(rows: readonly Item[], key: string, names: readonly string[]): Record<string, Item> {
  return Object.fromEntries(rows.map((row) => [row[key] as string, parts(row, names)]));
}

export function balancesOf(system: TestSystem): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { entries } of system.rows('ledger'))
    for (const { account, amountRupiah } of entries as { account: string; amountRupiah: number }[])
      sums[account] = (sums[account] ?? 0) + amountRupiah;
  return sums;
}

export function booksOf(system: TestSystem) {
  return {
    balances: balancesOf(system),
    donations: byKey(system.rows('donation'), 'donationId', DONATION_PARTS),
    covers: byKey(system.rows('cover'), 'coverId', COVER_PARTS),
    workers: byKey(system.rows('worker'), 'workerId', ['state', 'paidMonths', 'coverOrdinal', 'waitingKey']),
    allocations: byKey(system.rows('allocation'), 'allocationId', ['state', 'coverIds']),
    funds: byKey(system.rows('fund'), 'fundId', ['sequence']),
    lots: system.rows('lot').map(({ sk }) => sk),
    // What a channel has not settled waits for its statement, not for us.
    due: system.rows().filter(({ dueKey, type }) => dueKey !== undefined && type !== 'settlement').length,
    dead: system.dead(),
  };
}

/** The workers who are covered or about to be, in the order of their ids. */
export function coveredWorkers(system: TestSystem): string[] {
  return system
    .rows('cover')
    .filter(({ state }) => state === 'reserved' || state === 'active')
    .map(({ workerId }) => workerId as string)
    .sort();
}
