/**
 * The keys of the access tokens we give to SNAP partners, where the configuration names none: derived from the intake
 * keys, which no partner knows and which are rotated as a list already. A derived key says nothing about the key that
 * seals bodies (HKDF), and tokens given under the previous one are good until they expire.
 */
import { hkdfSync } from 'node:crypto';
import type { GatewaySecrets, GatewaySection, SnapSecrets } from '../settings.ts';
import type { IntakeKeys } from './sealing.ts';
import type { ReadOptions } from './secrets.ts';

type ReadGateways = (section: GatewaySection, options?: ReadOptions) => Promise<GatewaySecrets>;
type ReadIntakeKeys = (options?: ReadOptions) => Promise<IntakeKeys>;

const TOKEN_KEY_BYTES = 32;
const PURPOSE = 'lingkaran snap access tokens';

/** @returns the same object while configuration and keys are the same */
export function withSnapTokenKeys(readGateways: ReadGateways, readIntakeKeys: ReadIntakeKeys): ReadGateways {
  let last: { readonly snap: SnapSecrets; readonly intake: IntakeKeys; readonly filled: SnapSecrets } | undefined;
  return async (section, options) => {
    const secrets = await readGateways(section, options);
    const { snap } = secrets;
    if (section !== 'snap' || !snap || snap.tokenKeys) return secrets;
    const intake = await readIntakeKeys(options);
    if (last?.snap !== snap || last.intake !== intake)
      last = { snap, intake, filled: { ...snap, tokenKeys: intake.keys.map(tokenKeyOf) } };
    return { ...secrets, snap: last.filled };
  };
}

function tokenKeyOf({ key }: IntakeKeys['keys'][number]): string {
  const derived = hkdfSync('sha256', Buffer.from(key, 'base64'), Buffer.alloc(0), PURPOSE, TOKEN_KEY_BYTES);
  return Buffer.from(derived).toString('base64');
}
