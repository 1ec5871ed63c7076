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
      const claims = claimsOf(row.claims as object);
      return [`${row.gateway} ${row.paymentId}`, JSON.stringify([...PARTS.map((part) => [part, row[part]]), claims])];
    }),
  );
}

/** Where Midtrans' bank took a payment back, whether a refund before it was booked too depends on when it was told. */
function claimsOf(claims: object): [string, unknown][] {
  const all = Object.entries(claims).sort(([a], [b]) => (a < b ? -1 : 1));
  const isTakenBack = all.some(([effectKey]) => /^midtrans:.*:chargeback:/.test(effectKey));
  return isTakenBack ? all.filter(([effectKey]) => !effectKey.includes(':refund:')) : all;
}

/** @returns a sentence for each payment that differs */
export function differences(calm: Payments, stormy: Payments): string[] {
  return [...new Set([...calm.keys(), ...stormy.keys()])]
    .filter((payment) => calm.get(payment) !== stormy.get(payment))
    .map((payment) => `${payment}: in peace ${calm.get(payment)}, here ${stormy.get(payment)}`);
}
