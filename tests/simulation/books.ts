/** The booked state of every payment: what must be the same whatever befell the world (I5). */
import type { World } from './world.ts';

const PARTS = [
  'status',
  'fundId',
  'pledgeId',
  'receivedRupiah',
  'feeRupiah',
  'refundedRupiah',
  'feeCarriedRupiah',
] as const;

export type Payments = ReadonlyMap<string, string>;

export function paymentsOf(world: World): Payments {
  return new Map(
    world.rows('donation').map((row) => {
      const claims = Object.entries(row.claims as object).sort(([a], [b]) => (a < b ? -1 : 1));
      return [`${row.gateway} ${row.paymentId}`, JSON.stringify([...PARTS.map((part) => [part, row[part]]), claims])];
    }),
  );
}

/** @returns a sentence for each payment that differs */
export function differences(calm: Payments, stormy: Payments): string[] {
  return [...new Set([...calm.keys(), ...stormy.keys()])]
    .filter((payment) => calm.get(payment) !== stormy.get(payment))
    .map((payment) => `${payment}: in peace ${calm.get(payment)}, here ${stormy.get(payment)}`);
}
