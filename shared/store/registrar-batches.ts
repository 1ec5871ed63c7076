/**
 * What waits at a real office: allocations submitted and not answered, found where the sweeper finds them. Who took a
 * batch out, with the people in it, is noted beside it.
 */
import { addSeconds, type Instant } from '../domain/dates.ts';
import type { AllocationId } from '../domain/ids.ts';
import { type Allocation, enrolmentsDue } from './allocations.ts';
import { batchGet, type Key, updateItem } from './table.ts';

export interface Batch {
  readonly allocation: Allocation;
  readonly exports: number;
  readonly lastExportedAt: Instant | null;
}

function exportKey(allocationId: AllocationId): Key {
  return { pk: `REGISTRAR#${allocationId}`, sk: 'EXPORTS' };
}

/** Those that exist, by id. */
export async function readAllocations(allocationIds: readonly AllocationId[]): Promise<Map<AllocationId, Allocation>> {
  const rows = await batchGet(allocationIds.map((id) => ({ pk: `ALLOCATION#${id}`, sk: 'ALLOCATION' })));
  return new Map((rows as unknown as Allocation[]).map((row) => [row.allocationId, row]));
}

/** Handed in longest ago first; those of this very moment too. */
export async function openBatches(now: Instant): Promise<Batch[]> {
  const due = await readAllocations(await enrolmentsDue(addSeconds(now, 1)));
  const allocations = [...due.values()].filter(({ state }) => state === 'submitted');
  const rows = await batchGet(allocations.map(({ allocationId }) => exportKey(allocationId)));
  const exportsOf = new Map(rows.map((row) => [row.pk, row]));
  const batches = allocations.map((allocation) => {
    const row = exportsOf.get(exportKey(allocation.allocationId).pk);
    return {
      allocation,
      exports: (row?.exports as number | undefined) ?? 0,
      lastExportedAt: (row?.lastExportedAt as Instant | undefined) ?? null,
    };
  });
  const order = ({ allocation: { submittedAt, allocationId } }: Batch) => `${submittedAt}#${allocationId}`;
  return batches.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

export async function noteExport(allocationId: AllocationId, at: Instant, by: string): Promise<void> {
  await updateItem({
    Key: exportKey(allocationId),
    UpdateExpression: 'SET #type = :type, lastExportedAt = :at, lastExportedBy = :by ADD exports :one',
    ExpressionAttributeNames: { '#type': 'type' },
    ExpressionAttributeValues: { ':type': 'registrar_exports', ':at': at, ':by': by, ':one': 1 },
  });
}
