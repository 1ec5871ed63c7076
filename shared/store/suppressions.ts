/**
 * The list of those who must not be written to, in the vault: by a keyed hash of the contact, so that who reads the list
 * learns nobody's number (I9). One row a contact, never deleted.
 */
import { createHmac } from 'node:crypto';
import type { Channel } from '../domain/channels.ts';
import {
  type Suppression,
  type SuppressionScope,
  suppressedChannels,
  withLifted,
  withSuppression,
} from '../domain/suppression.ts';
import { Permanent, Transient } from '../errors.ts';
import { cursorOf, type Page, startOf } from './listing.ts';
import { batchGet, getItem, type Key, putItem, queryPage, vaultTableName } from './table.ts';

const PARTITION = 'SUPPRESSIONS';
const TRIES = 6;

export interface SuppressedContact {
  readonly contactHash: string;
  readonly entries: readonly Suppression[];
}

function key(contactHash: string): Key {
  return { pk: PARTITION, sk: contactHash };
}

/** @param contact E.164, or an e-mail address in small letters */
export function contactHashOf(contact: string, identityKey: Uint8Array): string {
  return createHmac('sha256', identityKey).update(`suppression:${contact}`).digest('hex');
}

/** On which channels each of these must not be written to. Who asked within the last second may not be among them. */
export async function readSuppressed(contactHashes: readonly string[]): Promise<Map<string, ReadonlySet<Channel>>> {
  const rows = await batchGet(contactHashes.map(key), { table: vaultTableName() });
  return new Map(rows.map((row) => [row.sk as string, suppressedChannels(row.entries as Suppression[])]));
}

/** @throws Transient `contention` */
export async function suppress(contactHash: string, entry: Suppression): Promise<void> {
  await change(contactHash, (entries) => withSuppression(entries, entry));
}

/** @throws Permanent `not_found` where nothing of that scope stands, Transient `contention` */
export async function liftSuppression(
  contactHash: string,
  scope: SuppressionScope,
  lifted: NonNullable<Suppression['lifted']>,
): Promise<SuppressedContact> {
  return change(contactHash, (entries) => {
    if (!entries.some((entry) => entry.scope === scope && !entry.lifted))
      throw new Permanent('not_found', { detail: `no suppression of ${scope} stands for this contact` });
    return withLifted(entries, scope, lifted);
  });
}

async function change(
  contactHash: string,
  next: (entries: readonly Suppression[]) => readonly Suppression[],
): Promise<SuppressedContact> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const row = await getItem(key(contactHash), { table: vaultTableName() });
    const before = (row?.entries ?? []) as Suppression[];
    const version = (row?.version ?? 0) as number;
    const entries = next(before);
    if (entries === before) return { contactHash, entries };
    const { ok } = await putItem({
      TableName: vaultTableName(),
      Item: { ...key(contactHash), type: 'suppression', entries, version: version + 1 },
      ConditionExpression: 'attribute_not_exists(pk) OR version = :version',
      ExpressionAttributeValues: { ':version': version },
    });
    if (ok) return { contactHash, entries };
  }
  throw new Transient('contention', { detail: `a suppression changed ${TRIES} times` });
}

/** All of them, lifted ones as well, page by page. */
export async function listSuppressions(limit: number, cursor: string | undefined): Promise<Page<SuppressedContact>> {
  const { items, lastKey } = await queryPage({
    TableName: vaultTableName(),
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': PARTITION },
    Limit: limit,
    ExclusiveStartKey: startOf(cursor, PARTITION),
  });
  return {
    items: items.map(({ sk, entries }) => ({ contactHash: sk as string, entries: entries as Suppression[] })),
    nextCursor: cursorOf(lastKey),
  };
}
