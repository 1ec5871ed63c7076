/** The simulated registrar's count of the people it was given. */
import type { AllocationId } from '../domain/ids.ts';
import { Transient } from '../errors.ts';
import { getItem, transact } from './table.ts';

const COUNT = { pk: 'REGISTRAR', sk: 'COUNT' };
const TRIES = 8;

/** @returns the first place of the batch, from 1; the same batch keeps its places, and no place is left out */
export async function claimPlaces(allocationId: AllocationId, count: number): Promise<number> {
  const key = { pk: 'REGISTRAR', sk: allocationId };
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const before = ((await getItem(COUNT))?.people as number | undefined) ?? 0;
    const { ok } = await transact([
      {
        Update: {
          Key: COUNT,
          UpdateExpression: 'SET people = :after',
          ConditionExpression: before === 0 ? 'attribute_not_exists(pk)' : 'people = :before',
          ExpressionAttributeValues: { ':after': before + count, ...(before === 0 ? {} : { ':before': before }) },
        },
      },
      {
        Put: {
          Item: { ...key, type: 'registrar_places', firstPlace: before + 1 },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
    ]);
    if (ok) return before + 1;
    const known = await getItem(key);
    if (known) return known.firstPlace as number;
  }
  throw new Transient('contention', { detail: `places for ${allocationId}` });
}
