/** The vault under the deployment's own keys. */
import * as z from 'zod';
import { now } from '../clock.ts';
import { Transient } from '../errors.ts';
import { Donors } from '../store/donors.ts';
import { Vault, type VaultParts } from '../store/vault.ts';
import { secrets } from './secrets.ts';
import { kmsVaultKeys } from './vault-keys.ts';

const identitySchema = z.strictObject({ hmacKey: z.string().min(1) });

const parts: VaultParts = {
  keys: kmsVaultKeys,
  async identityKey() {
    const identity = await secrets.read('identity', identitySchema);
    if (!identity) throw new Transient('unexpected_failure', { detail: 'the identity secret has no value' });
    return Buffer.from(identity.hmacKey, 'base64');
  },
  now,
};

export const vault = new Vault(parts);
export const donors = new Donors(parts);
