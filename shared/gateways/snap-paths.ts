/**
 * Who calls, for what, at which path. Banks register the URL they call us at, so the same service is reached at
 * `/webhooks/snap/{partner}/v1.0/…` and at the path the partner signs, `{pathPrefix}/v1.0/…`.
 */
import type { SnapPartnerSecrets, SnapSecrets } from '../settings.ts';
import type { InboundMessage } from './gateway.ts';

export type SnapServiceKind = 'token' | 'inquiry' | 'virtual-account' | 'debit' | 'qr' | 'unknown';

export interface SnapService {
  readonly kind: SnapServiceKind;
  /** Two digits in the middle of every response code. */
  readonly code: string;
  /** The one bank that uses this service, where only one does. */
  readonly bank?: string;
}

/** By what follows the version; some write the notify paths shorter than the reference does. */
const SERVICES: Readonly<Record<string, SnapService>> = {
  'access-token/b2b': { kind: 'token', code: '73' },
  'transfer-va/inquiry': { kind: 'inquiry', code: '24' },
  'transfer-va/payment': { kind: 'virtual-account', code: '25' },
  'va/notify': { kind: 'virtual-account', code: '25' },
  'transfer-va/notify-payment-intrabank': { kind: 'virtual-account', code: '34', bank: 'BRI' },
  'debit/notify': { kind: 'debit', code: '56' },
  'qr/qr-mpm-notify': { kind: 'qr', code: '52' },
  'qr/notify': { kind: 'qr', code: '52' },
};
const UNKNOWN_SERVICE: SnapService = { kind: 'unknown', code: '00' };

const SERVICE_PATH = /\/v\d{1,2}\.\d{1,2}\/([^?#]+)/;
const NAMED = /^\/webhooks\/snap\/([A-Za-z0-9._-]{1,40})(?:\/[^/]+)*?\/v\d{1,2}\.\d{1,2}\/./;
const SIGNED = /^(?!\/webhooks\/)(?:\/[\w.-]+){0,6}?\/v\d{1,2}\.\d{1,2}\/./;
const LONGEST_CALLER = 200;

export function serviceOf({ path }: Pick<InboundMessage, 'path'>): SnapService {
  const name = SERVICE_PATH.exec(path)?.[1] ?? '';
  return Object.hasOwn(SERVICES, name) ? (SERVICES[name] as SnapService) : UNKNOWN_SERVICE;
}

/**
 * What was signed is the configured path: a front door may have put something before it or taken it away.
 */
export function signedPathOf({ path }: InboundMessage, { pathPrefix }: SnapPartnerSecrets): string {
  return `${pathPrefix}${SERVICE_PATH.exec(path)?.[0] ?? ''}`;
}

/** The whole of the path we publish, where the call came to it: a partner that was given no other signs what it calls. */
export function publishedPathOf({ path }: InboundMessage): string | undefined {
  return NAMED.test(path) ? /^[^?#]+/.exec(path)?.[0] : undefined;
}

/**
 * The partner a path names or, at a path the partner signs, the caller as its headers name it; undefined where the path
 * is no path of SNAP.
 */
export function snapCallerOf(path: string, headers: InboundMessage['headers']): string | undefined {
  const named = NAMED.exec(path)?.[1];
  if (named !== undefined) return named;
  if (!SIGNED.test(path)) return undefined;
  return (headers['x-partner-id'] || headers['x-client-key'] || '').slice(0, LONGEST_CALLER);
}

/** The configured partner that is called so, or whose client key or partner id that is. */
export function snapPartnerNamed({ partners }: SnapSecrets, caller: string): string | undefined {
  if (Object.hasOwn(partners, caller)) return caller;
  const found = Object.entries(partners).find(([, { clientKey, partnerId }]) =>
    [clientKey, partnerId].includes(caller),
  );
  return found?.[0];
}
