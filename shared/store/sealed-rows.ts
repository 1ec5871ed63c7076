/**
 * Rows about people, sealed each under a data key of its own that lies in the row under its shard's key: deleting the
 * row deletes the only copy of the key. The row's partition is bound to it: elsewhere nothing opens it.
 */
import { randomBytes } from 'node:crypto';
import type { Now } from '../clock.ts';
import { openBytes, sealBytes } from './envelope.ts';
import { ShardKeys, type VaultKeys } from './shard-keys.ts';
import type { Row } from './table.ts';

const DATA_KEY_BYTES = 32;

export class SealedRows {
  readonly #shardKeys: ShardKeys;

  constructor(keys: VaultKeys, now: Now) {
    this.#shardKeys = new ShardKeys(keys, now);
  }

  /** @param context the partition key of the row it is for */
  async seal(context: string, data: object) {
    const { keyId, key } = await this.#shardKeys.forNew(context);
    const dataKey = randomBytes(DATA_KEY_BYTES);
    const wrappedKey = sealBytes(key, dataKey, context);
    const sealed = sealBytes(dataKey, Buffer.from(JSON.stringify(data)), context);
    dataKey.fill(0);
    return { keyId, wrappedKey, sealed };
  }

  async open(row: Row): Promise<unknown> {
    const context = row.pk as string;
    const { key } = await this.#shardKeys.named(row.keyId as string);
    const dataKey = openBytes(key, row.wrappedKey as Uint8Array, context);
    const body = openBytes(dataKey, row.sealed as Uint8Array, context);
    dataKey.fill(0);
    return JSON.parse(body.toString('utf8'));
  }
}
