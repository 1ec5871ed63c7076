/** The simulated registrar's count of the people it was given. */
import type { AllocationId } from '../domain/ids.ts';
import { getItem, putIfAbsent, updateItem } from './table.ts';

/** @returns the first place of the batch, from 1; the same batch keeps its places */
export async function claimPlaces(allocationId: AllocationId, count: number): Promise<number> {
  const key = { pk: 'REGISTRAR', sk: allocationId };
  const known = await getItem(key);
  if (known) return known.firstPlace as number;
  const { item } = await updateItem({
    Key: { pk: 'REGISTRAR', sk: 'COUNT' },
    UpdateExpression: 'ADD people :count',
    ExpressionAttributeValues: { ':count': count },
    ReturnValues: 'ALL_NEW',
  });
  const firstPlace = (item?.people as number) - count + 1;
  const { ok, item: earlier } = await putIfAbsent({ ...key, type: 'registrar_places', firstPlace });
  return ok ? firstPlace : (earlier?.firstPlace as number);
}
