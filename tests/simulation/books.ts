/** The booked state of every payment: what must be the same whatever befell the world (I5). */
import type { Item } from '../support/expressions.ts';
import { OWN } from './own-payments.ts';
import type { Payment } from './payment.ts';
import { idsOf } from './senders/all.ts';
import { isOvertaken } from './senders/midtrans.ts';
import type { World } from './world.ts';

const PARTS = [
  'status',
  'announced',
  'fundId',
  'pledgeId',
  'receivedRupiah',
  'feeBeyondRupiah',
  'refundedRupiah',
] as const;

export type Payments = ReadonlyMap<string, string>;

/** Under which of its ids a payment is booked is chance; that its money is booked under one alone is not (I4). */
export function paymentsOf(world: World): Payments {
  const paymentOf = new Map(
    world.scenario.payments.flatMap((payment) => idsOf(payment).map((id) => [`${payment.sender} ${id}`, payment])),
  );
  const shared = world.rows('donation').filter(({ paymentId }) => !String(paymentId).startsWith(OWN));
  const rows = Map.groupBy(shared, ({ gateway, paymentId }) => {
    const payment = paymentOf.get(`${gateway} ${paymentId}`);
    return payment ? `${gateway} ${payment.id}` : `${gateway} ${paymentId}`;
  });
  return new Map(
    [...rows].map(([name, all]) => {
      const [row] = all as [Item];
      return [name, stateOf(all, paymentOf.get(`${row.gateway} ${row.paymentId}`))];
    }),
  );
}

/** What waited under another id until its payment was known has moved to where the money is. */
function stateOf(rows: readonly Item[], payment: Payment | undefined): string {
  const paid = rows.filter(({ status }) => status === 'paid');
  const states = (paid.length > 0 ? paid : rows).map((row) => [
    ...PARTS.map((part) => [part, row[part]]),
    ['fee', feeOf(row)],
    claimsOf(row, payment),
  ]);
  return states
    .map((state) => JSON.stringify(state))
    .sort()
    .join('\n');
}

/** Who bears a fee that a statement names depends on what the gift had bought by then; how much it is does not. */
function feeOf({ feeRupiah, feeCarriedRupiah }: Item): number {
  return (feeRupiah as number) + (feeCarriedRupiah as number);
}

/** Whether a refund that Midtrans no longer tells of was booked beside its chargeback depends on when it was told. */
function claimsOf({ claims, paymentId }: Item, payment: Payment | undefined): [string, unknown][] {
  const all = Object.entries(claims as object).sort(([a], [b]) => (a < b ? -1 : 1));
  const kept =
    payment && isOvertaken(payment, 'refunded') ? all.filter(([effectKey]) => !effectKey.includes(':refund:')) : all;
  return kept.map(([effectKey, claim]) => [effectKey.replace(`:${paymentId}:`, ':'), claim]);
}

/** @returns a sentence for each payment that differs */
export function differences(calm: Payments, stormy: Payments): string[] {
  return [...new Set([...calm.keys(), ...stormy.keys()])]
    .filter((payment) => calm.get(payment) !== stormy.get(payment))
    .map((payment) => `${payment}: in peace ${calm.get(payment)}, here ${stormy.get(payment)}`);
}
