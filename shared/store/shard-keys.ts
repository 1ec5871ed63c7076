/**
 * The keys over people's own keys. Each lies in a row of the vault, wrapped by KMS, and stays in memory for five
 * minutes, so that one call to KMS opens thousands of people. A new set every year keeps what one key guards within
 * bounds; a row names its key, so nothing is sealed anew. A key's row is never deleted: all it guards would be lost.
 *
 * 28 million workers begin 304,000 terms a day, which are 2.4 million reminders. At 200 a second that is 12,000 seconds
 * of work, 40 times five minutes; people of three years lie under 48 keys: 40 x 48 calls to KMS, 0.006 for each term.
 * Of a year's arrivals one key guards two million at most, far from the 2^32 that random nonces allow.
 */
import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Now } from '../clock.ts';
import { civilDateOf } from '../domain/dates.ts';
import { shardOf } from '../domain/ids.ts';
import { getItem, putIfAbsent, type Row, vaultTableName } from './table.ts';

/** Makes and opens data keys. The context is bound to the wrapped key: the key of one row opens no other's. */
export interface VaultKeys {
  createDataKey(context: string): Promise<{ readonly plaintext: Uint8Array; readonly wrapped: Uint8Array }>;
  unwrapDataKey(wrapped: Uint8Array, context: string): Promise<Uint8Array>;
}

export interface ShardKey {
  /** Also the `pk` of its row. */
  readonly keyId: string;
  readonly key: KeyObject;
}

const SHARDS = 16;
const LIFETIME_MILLISECONDS = 5 * 60_000;
const KEY_ROW = 'SHARDKEY';

interface Held {
  readonly key: Promise<ShardKey>;
  readonly since: number;
}

export class ShardKeys {
  readonly #keys: VaultKeys;
  readonly #now: Now;
  readonly #held = new Map<string, Held>();

  constructor(keys: VaultKeys, now: Now) {
    this.#keys = keys;
    this.#now = now;
  }

  /** The key under which a new row of that context is sealed; the first who needs one makes it. */
  forNew(context: string): Promise<ShardKey> {
    const shard = String(shardOf(context, SHARDS)).padStart(2, '0');
    const keyId = `${KEY_ROW}#${civilDateOf(this.#now()).slice(0, 4)}#${shard}`;
    return this.#hold(keyId, async () => (await this.#read(keyId)) ?? (await this.#make(keyId)));
  }

  /** @throws where no row has that key */
  named(keyId: string): Promise<ShardKey> {
    return this.#hold(keyId, async () => {
      const found = await this.#read(keyId);
      if (!found) throw new Error(`the vault has no key ${keyId}`);
      return found;
    });
  }

  #hold(keyId: string, find: () => Promise<ShardKey>): Promise<ShardKey> {
    const at = performance.now();
    for (const [id, { since }] of this.#held) if (at - since >= LIFETIME_MILLISECONDS) this.#held.delete(id);
    const held = this.#held.get(keyId);
    if (held) return held.key;
    const key = find();
    this.#held.set(keyId, { key, since: at });
    key.catch(() => this.#held.delete(keyId));
    return key;
  }

  async #read(keyId: string): Promise<ShardKey | undefined> {
    const row = await getItem(rowKey(keyId), { table: vaultTableName() });
    return row && this.#unwrap(keyId, row);
  }

  /** Of two who make it at once the row of one stands, and both use that. */
  async #make(keyId: string): Promise<ShardKey> {
    const { plaintext, wrapped } = await this.#keys.createDataKey(keyId);
    const { ok, item } = await putIfAbsent({ ...rowKey(keyId), wrappedKey: wrapped }, vaultTableName());
    return ok || !item ? shardKey(keyId, plaintext) : this.#unwrap(keyId, item);
  }

  async #unwrap(keyId: string, row: Row): Promise<ShardKey> {
    return shardKey(keyId, await this.#keys.unwrapDataKey(row.wrappedKey as Uint8Array, keyId));
  }
}

function rowKey(keyId: string) {
  return { pk: keyId, sk: KEY_ROW };
}

function shardKey(keyId: string, plaintext: Uint8Array): ShardKey {
  const key = createSecretKey(plaintext);
  plaintext.fill(0);
  return { keyId, key };
}
