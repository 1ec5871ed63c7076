/**
 * Captured SNAP calls. A capture carries one partner's keys and, where it was signed symmetrically, the access token
 * that was ours at the time; the configuration carries all partners.
 */
import { parseContract } from '../parse.ts';
import { type SnapPartnerSecrets, type SnapSecrets, snapPartnerSchema, snapSecretsSchema } from '../settings.ts';
import type { InboundMessage } from './gateway.ts';
import { isJsonObject, type JsonObject } from './message-bytes.ts';
import { type BoundGateway, bind } from './registry.ts';
import { snap } from './snap.ts';
import { snapCallerOf, snapPartnerNamed } from './snap-paths.ts';
import { type AccessTokens, accessTokens } from './snap-tokens.ts';

export interface CapturedSnapCall {
  /** `snap`, or `snap:BANK1`. */
  readonly gateway: string;
  readonly message: InboundMessage;
  readonly secrets?: unknown;
  readonly signatureMode?: string | null | undefined;
  readonly toleranceSeconds?: number | null | undefined;
}

/** A token that inspecting shows opens no door. */
const KEYS_OF_SHOWN_TOKENS = ['of no running system'];

/** @throws Permanent naming what is wrong with the secrets */
export function bindCapturedSnap(call: CapturedSnapCall): BoundGateway | undefined {
  const { secrets } = call;
  if (!isJsonObject(secrets) || Object.keys(secrets).length === 0) return undefined;
  const caller = call.gateway.slice('snap:'.length) || snapCallerOf(call.message.path, call.message.headers) || '';
  return isJsonObject(secrets.partners)
    ? ofConfiguration(parseContract(snapSecretsSchema, secrets, 'secrets'), caller, call)
    : ofOnePartner(secrets, caller, call);
}

function ofConfiguration(secrets: SnapSecrets, caller: string, call: CapturedSnapCall): BoundGateway | undefined {
  const name = snapPartnerNamed(secrets, caller);
  const own = name === undefined ? undefined : secrets.partners[name];
  if (name === undefined || !own) return undefined;
  const tolerance = call.toleranceSeconds ? { toleranceSeconds: call.toleranceSeconds } : {};
  return bind(snap(name, accessTokens(secrets.tokenKeys ?? KEYS_OF_SHOWN_TOKENS)), { ...own, ...tolerance });
}

function ofOnePartner(secrets: JsonObject, caller: string, call: CapturedSnapCall): BoundGateway {
  const { accessToken, ...given } = secrets;
  const partner = parseContract(snapPartnerSchema, partnerForm(given, caller, call), 'secrets');
  const name = /^[A-Za-z0-9._-]{1,40}$/.test(caller) ? caller : 'captured';
  return bind(snap(name, withCapturedToken(accessTokens(KEYS_OF_SHOWN_TOKENS), accessToken)), partner);
}

/** The token of a capture is one we gave out: that was long ago, and under keys nobody has any more. */
function withCapturedToken(tokens: AccessTokens, captured: unknown): AccessTokens {
  if (typeof captured !== 'string' || captured === '') return tokens;
  return { ...tokens, accepts: (token, holder, now) => token === captured || tokens.accepts(token, holder, now) };
}

function partnerForm(given: JsonObject, caller: string, call: CapturedSnapCall): JsonObject {
  const { publicKeyPem, clientSecret, ...others } = given;
  const { clientSecrets = clientSecret === undefined ? undefined : [clientSecret], ...rest } = others;
  const { signatureMode, toleranceSeconds, message } = call;
  const form: Record<keyof SnapPartnerSecrets, unknown> & JsonObject = {
    clientKey: caller || 'captured',
    partnerId: undefined,
    encoding: signatureMode?.endsWith('hex') ? 'hex' : undefined,
    pathPrefix: prefixOf(message.path),
    timestamps: undefined,
    ...rest,
    // Of a partner with both kinds of keys the capture may say which of them signed.
    publicKeyPem: signatureMode?.startsWith('symmetric') ? undefined : publicKeyPem,
    clientSecrets: signatureMode?.startsWith('asymmetric') ? undefined : clientSecrets,
    toleranceSeconds: toleranceSeconds ?? rest.toleranceSeconds,
  };
  return Object.fromEntries(Object.entries(form).filter(([, value]) => value !== undefined));
}

/** Where nothing says what was signed, the captured path is, but for our own part of it. */
function prefixOf(path: string): string {
  const [, prefix = ''] = /^(.*?)\/v\d{1,2}\.\d{1,2}\//.exec(path) ?? [];
  return prefix.replace(/^\/webhooks\/snap\/[^/]+/, '');
}
