/** Lists people page through: a scan that filters, with a cursor that can stop anywhere. */
import * as z from 'zod';
import { Permanent } from '../errors.ts';
import { type Row, scanPage } from './table.ts';

export interface Page<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

const MAXIMUM_LIMIT = 1000;
const DEFAULT_LIMIT = 100;

export function limitOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAXIMUM_LIMIT)
    throw new Permanent('invalid_request', { field: 'limit', detail: `limit is 1 to ${MAXIMUM_LIMIT}` });
  return limit;
}

export function cursorOf(key: Row | undefined): string | null {
  return key ? Buffer.from(JSON.stringify(key)).toString('base64url') : null;
}

const startSchema = z.strictObject({ pk: z.string().min(1), sk: z.string().min(1) });

/** @param partition where the list is of one partition, and no cursor may lead elsewhere */
export function startOf(cursor: string | undefined, partition?: string): Row | undefined {
  if (cursor === undefined) return undefined;
  const start = startSchema.safeParse(decoded(cursor)).data;
  if (!start || (partition !== undefined && start.pk !== partition)) throw notOurCursor();
  return start;
}

/** Where a list that is held whole goes on. */
export function placeOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (!/^\d{1,9}$/.test(cursor)) throw notOurCursor();
  return Number(cursor);
}

function decoded(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}

function notOurCursor(): Permanent {
  return new Permanent('invalid_request', { field: 'cursor', detail: 'not a cursor of ours' });
}

/**
 * Rows of one type that `keep` wants, each turned into what a person sees. Pages are full until the last; `keep` gets
 * whole batches, so that it can look things up for many rows at once.
 */
export async function listRows<Item>(
  type: string,
  { limit, cursor }: { limit: number; cursor: string | undefined },
  keep: (rows: Row[]) => Promise<{ row: Row; item: Item }[]>,
): Promise<Page<Item>> {
  const items: Item[] = [];
  let start = startOf(cursor);
  do {
    const page = await scanPage(type, start);
    for (const { row, item } of await keep(page.items)) {
      items.push(item);
      if (items.length === limit) return { items, nextCursor: cursorOf({ pk: row.pk, sk: row.sk }) };
    }
    start = page.lastKey;
  } while (start);
  return { items, nextCursor: null };
}
