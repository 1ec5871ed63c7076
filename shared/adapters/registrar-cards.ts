/** Numbers of cards under the deployment's own keys. */
import { now } from '../clock.ts';
import { CardVault } from '../store/registrar-cards.ts';
import { kmsVaultKeys } from './vault-keys.ts';

export const cardVault = new CardVault({ keys: kmsVaultKeys, now });
