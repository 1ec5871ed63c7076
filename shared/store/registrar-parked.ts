/** Lines of an office that nobody may believe or drop: each waits, sealed, for a person or for a better line. */
import type { Instant } from '../domain/dates.ts';
import type { CoverId } from '../domain/ids.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import type { Sealed } from '../messages.ts';
import { getItem, putIfAbsent, queryAll, updateItem } from './table.ts';

export interface ParkedLine {
  readonly parkedId: string;
  readonly coverId: CoverId;
  readonly line: number;
  /** As the file writes it. */
  readonly column: string;
  readonly reason: ReasonCode;
  readonly sealedLine: Sealed;
  readonly parkedAt: Instant;
  readonly parkedBy: string;
  readonly settledAt?: Instant;
  readonly settledBy?: string;
  readonly note?: string;
}

const PARTITION = 'REGISTRARPARKED';
const key = (parkedId: string) => ({ pk: PARTITION, sk: parkedId });

/** Numbered by cover: an id made of what the line says would tell what it says. */
function parkedIdOf(coverId: CoverId, number: number): string {
  return `prk_${coverId.slice('cov_'.length)}_${number}`;
}

/** @param known how many lines of that cover are parked, settled ones too */
export async function park(line: Omit<ParkedLine, 'parkedId'>, known: number): Promise<ParkedLine> {
  for (let number = known + 1; ; number += 1) {
    const parked = { parkedId: parkedIdOf(line.coverId, number), ...line };
    const { ok } = await putIfAbsent({ ...key(parked.parkedId), type: 'registrar_parked', ...parked });
    if (ok) return parked;
  }
}

export async function readParked(parkedId: string): Promise<ParkedLine | null> {
  return ((await getItem(key(parkedId))) as unknown as ParkedLine | undefined) ?? null;
}

/** Oldest first, settled ones too. Few: an office that writes thousands of such lines is spoken to. */
export async function listParked(): Promise<ParkedLine[]> {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': PARTITION },
  });
  return (rows as unknown as ParkedLine[]).sort((a, b) => (a.parkedAt < b.parkedAt ? -1 : 1));
}

/** Once. @returns false where there is no such line, or it was settled before */
export async function settleParked(
  parkedId: string,
  { at, by, note }: { readonly at: Instant; readonly by: string; readonly note: string },
): Promise<boolean> {
  const { ok } = await updateItem({
    Key: key(parkedId),
    UpdateExpression: 'SET settledAt = :at, settledBy = :by, note = :note',
    ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(settledAt)',
    ExpressionAttributeValues: { ':at': at, ':by': by, ':note': note },
  });
  return ok;
}
