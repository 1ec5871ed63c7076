/** The vault under the deployment's own keys. */
import { now } from '../clock.ts';
import { Donors } from '../store/donors.ts';
import { Vault, type VaultParts } from '../store/vault.ts';
import { identityKey } from './identity.ts';
import { kmsVaultKeys } from './vault-keys.ts';

const parts: VaultParts = { keys: kmsVaultKeys, identityKey, now };

export const vault = new Vault(parts);
export const donors = new Donors(parts);
