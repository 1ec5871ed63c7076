/** Data keys without KMS: the wrapped key is a name under which the key and its context are remembered. */
import { randomBytes } from 'node:crypto';
import type { VaultKeys } from '../../../shared/store/shard-keys.ts';

export function memoryVaultKeys(): VaultKeys & { readonly made: number } {
  const kept = new Map<string, { key: Buffer; context: string }>();
  return {
    get made() {
      return kept.size;
    },
    async createDataKey(context) {
      const key = randomBytes(32);
      const name = randomBytes(16);
      kept.set(name.toString('hex'), { key, context });
      return { plaintext: Buffer.from(key), wrapped: name };
    },
    async unwrapDataKey(wrapped, context) {
      const found = kept.get(Buffer.from(wrapped).toString('hex'));
      if (!found || found.context !== context) throw new Error('not the key of this row');
      return Buffer.from(found.key);
    },
  };
}
