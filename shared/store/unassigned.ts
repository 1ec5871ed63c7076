/** Money that came into an account without naming a pledge of ours: a person says what it is. */
import type { Instant } from '../domain/dates.ts';
import { digest, type FileId } from '../domain/ids.ts';
import type { SealedCredit } from '../messages.ts';
import { getItem, putIfAbsent, queryPage, type Row, updateItem } from './table.ts';

export interface UnassignedRow extends Omit<SealedCredit, 'orderReference'> {
  readonly unassignedId: string;
  readonly state: 'open' | 'assigned' | 'not_a_gift';
  readonly fileId: FileId;
  readonly foundAt: Instant;
  /** What the remark names, where that is no pledge of ours. */
  readonly namedReference: string | null;
  readonly orderReference?: string;
  readonly note?: string;
  readonly decidedAt?: Instant;
}

const PARTITION = 'UNASSIGNED';
const key = (unassignedId: string) => ({ pk: PARTITION, sk: unassignedId });

/** A credit that another statement told of before stays as a person left it. */
export async function putUnassigned(
  { orderReference: namedReference, ...credit }: SealedCredit,
  fileId: FileId,
  foundAt: Instant,
): Promise<void> {
  const unassignedId = `crd_${digest(credit.creditId)}`;
  const row = { unassignedId, state: 'open', fileId, foundAt, namedReference, ...credit };
  await putIfAbsent({ ...key(unassignedId), type: 'unassigned', ...row });
}

export async function readUnassigned(unassignedId: string): Promise<UnassignedRow | null> {
  return ((await getItem(key(unassignedId))) as unknown as UnassignedRow | undefined) ?? null;
}

export type Decision =
  | { readonly state: 'assigned'; readonly orderReference: string }
  | { readonly state: 'not_a_gift'; readonly note: string };

/** Decided once; deciding the same again is no other decision. @returns false where it was decided otherwise */
export async function decideUnassigned(unassignedId: string, decision: Decision, at: Instant): Promise<boolean> {
  const { state, ...why } = decision;
  const [[name = '', value] = []] = Object.entries(why);
  const { ok } = await updateItem({
    Key: key(unassignedId),
    UpdateExpression: 'SET #state = :state, #why = :why, decidedAt = :at',
    ConditionExpression: '#state = :open OR (#state = :state AND #why = :why)',
    ExpressionAttributeNames: { '#state': 'state', '#why': name },
    ExpressionAttributeValues: { ':state': state, ':why': value, ':at': at, ':open': 'open' },
  });
  return ok;
}

export function listUnassigned(limit: number, start: Row | undefined) {
  return queryPage({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': PARTITION },
    Limit: limit,
    ExclusiveStartKey: start,
  });
}
