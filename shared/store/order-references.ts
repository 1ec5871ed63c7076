/** What may stand on a payment: the reference of a pledge, or of an order of a worker who pays for the own cover. */
import { readPledges } from './pledges.ts';
import { readSelfPayOrder } from './self-payments.ts';

/** Those of these references that are ours. */
export async function knownOrders(references: readonly string[]): Promise<ReadonlySet<string>> {
  const known = new Set((await readPledges(references)).keys());
  for (const reference of new Set(references))
    if (!known.has(reference) && (await readSelfPayOrder(reference))) known.add(reference);
  return known;
}
