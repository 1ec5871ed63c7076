/** What a bank signs with, from the configuration of the system on this machine. */
import { instantFromMilliseconds } from '../../shared/domain/dates.ts';
import { accessTokens } from '../../shared/gateways/snap-tokens.ts';
import type { GatewaySecrets, SnapPartnerSecrets, SnapSecrets } from '../../shared/settings.ts';
import { CommandFailure, EXIT, wrongUse } from './failure.ts';
import { readText } from './files.ts';
import { nearest } from './nearest.ts';
import type { SnapSender, SnapSigning } from './notifications/snap.ts';

export interface SnapSenderOptions {
  /** Empty: the first of the configuration. */
  readonly partner: string;
  /** The bank's own RSA key; without one it signs with its secret and a token. */
  readonly privateKey?: string;
  readonly nowMilliseconds: number;
  readonly folder: string;
}

export function snapSender({ snap }: GatewaySecrets, options: SnapSenderOptions): SnapSender {
  if (!snap) throw new CommandFailure(EXIT.notFound, 'the configuration has no gateways.snap');
  const known = Object.keys(snap.partners);
  const partner = options.partner || known[0] || '';
  const own = Object.hasOwn(snap.partners, partner) ? snap.partners[partner] : undefined;
  if (!own) {
    const near = nearest(partner, known);
    throw wrongUse(`unknown partner ${partner}; ${near ? `did you mean ${near}?` : `known: ${known.join(', ')}`}`);
  }
  const { clientKey, pathPrefix } = own;
  return { partner, clientKey, pathPrefix, signing: signingOf(snap, partner, own, options) };
}

function signingOf(
  { tokenKeys }: SnapSecrets,
  partner: string,
  { clientKey, clientSecrets, encoding }: SnapPartnerSecrets,
  { privateKey, nowMilliseconds, folder }: SnapSenderOptions,
): SnapSigning {
  if (privateKey !== undefined) return { privateKeyPem: readText(folder, privateKey) };
  const [clientSecret] = clientSecrets ?? [];
  // A bank would be given its token; whoever knows the token keys may write the same one.
  if (clientSecret === undefined || !tokenKeys)
    throw wrongUse(
      `${partner} needs clientSecrets, and gateways.snap tokenKeys, in the configuration, or its --private-key`,
    );
  const now = instantFromMilliseconds(nowMilliseconds);
  return { clientSecret, encoding, accessToken: accessTokens(tokenKeys).issue({ partner, clientKey }, now) };
}
