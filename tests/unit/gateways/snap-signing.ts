import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import type { Instant } from '../../../shared/domain/dates.ts';
import { decide } from '../../../shared/gateways/decide.ts';
import type { InboundMessage } from '../../../shared/gateways/gateway.ts';
import { type BoundGateway, bindGateway, routeOf } from '../../../shared/gateways/registry.ts';
import { accessTokens } from '../../../shared/gateways/snap-tokens.ts';
import { type SnapSecrets, snapSecretsSchema } from '../../../shared/settings.ts';
import { NOW } from './signing.ts';

export function rsaPair() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { privateKey, publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }) as string };
}

export const BANK_KEYS = rsaPair();
export const WALLET_KEYS = rsaPair();
export const CLIENT_SECRETS = ['unit-test-secret-new', 'unit-test-secret-old'] as const;
export const TOKEN_KEYS = ['unit-test-token-key-new', 'unit-test-token-key-old'] as const;
export const TIMESTAMP = '2026-11-20T14:59:30+07:00';

/** A bank that signs with tokens, BRI's way of it, and a wallet that signs with its key. */
export const SNAP: SnapSecrets = snapSecretsSchema.parse({
  partners: {
    BANK1: { clientKey: 'bank-1-client', publicKeyPem: BANK_KEYS.publicKeyPem, clientSecrets: [...CLIENT_SECRETS] },
    BRI: { clientKey: 'bri-client', clientSecrets: ['bri-secret'], encoding: 'hex', pathPrefix: '/snap' },
    WALLET: { clientKey: 'wallet-client', partnerId: 'G000000000', publicKeyPem: WALLET_KEYS.publicKeyPem },
  },
  tokenKeys: [...TOKEN_KEYS],
});

export const PATHS = {
  token: '/v1.0/access-token/b2b',
  inquiry: '/v1.0/transfer-va/inquiry',
  payment: '/v1.0/transfer-va/payment',
  intrabank: '/v1.0/transfer-va/notify-payment-intrabank',
  debit: '/v1.0/debit/notify',
  qr: '/v1.0/qr/qr-mpm-notify',
} as const;

export const VA_PAYMENT = {
  partnerServiceId: '  088899',
  customerNo: '1234567890',
  virtualAccountNo: '  0888991234567890',
  virtualAccountName: 'Budi Santoso',
  virtualAccountEmail: 'budi@example.org',
  virtualAccountPhone: '6281828384858',
  trxId: 'DON-1',
  paymentRequestId: 'preq-1',
  paidAmount: { value: '150000.00', currency: 'IDR' },
  trxDateTime: '2026-11-20T14:59:00+07:00',
  additionalInfo: { bank: 'BCA' },
};

export const TRANSACTION = {
  originalReferenceNo: 'REF-1',
  originalPartnerReferenceNo: 'DON-1',
  latestTransactionStatus: '00',
  amount: { value: '75000.00', currency: 'IDR' },
  finishedTime: '2026-11-20T14:58:00+07:00',
  additionalInfo: { userPaymentDetails: [{ payMethod: 'gopay' }] },
};

export interface CallParts {
  readonly path: string;
  readonly body: string;
  /** What was digested where it was not the body as it is. */
  readonly signedBody?: string;
  readonly signedPath?: string;
  readonly timestamp?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function messageOf({ path, body, headers = {}, timestamp = TIMESTAMP }: CallParts, signed: Record<string, string>) {
  const usual = { 'content-type': 'application/json', 'x-timestamp': timestamp, 'x-external-id': '202611200001' };
  return {
    method: 'POST',
    path,
    headers: { ...usual, ...signed, ...headers },
    body: new TextEncoder().encode(body),
  } satisfies InboundMessage;
}

export function asymmetricCall(call: CallParts, privateKey = WALLET_KEYS.privateKey): InboundMessage {
  const { path, body, signedBody = body, signedPath = path, timestamp = TIMESTAMP } = call;
  const text = `POST:${signedPath}:${sha256(signedBody)}:${timestamp}`;
  const signature = sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64');
  return messageOf(call, { 'x-partner-id': 'G000000000', 'x-signature': signature });
}

export interface SymmetricSigning {
  readonly token?: string;
  readonly secret?: string;
  readonly encoding?: 'base64' | 'hex';
  readonly caller?: string;
}

export const tokenFor = (
  partner: string,
  clientKey: string,
  now: Instant = NOW,
  keys: readonly string[] = TOKEN_KEYS,
) => accessTokens(keys).issue({ partner, clientKey }, now);

export function symmetricCall(call: CallParts, signing: SymmetricSigning = {}): InboundMessage {
  const { path, body, signedBody = body, signedPath = path, timestamp = TIMESTAMP } = call;
  const { secret = CLIENT_SECRETS[0], encoding = 'base64', caller = 'bank-1-client' } = signing;
  const { token = tokenFor('BANK1', 'bank-1-client') } = signing;
  const text = `POST:${signedPath}:${token}:${sha256(signedBody)}:${timestamp}`;
  const signature = createHmac('sha512', secret).update(text).digest(encoding);
  return messageOf(call, { 'x-partner-id': caller, authorization: `Bearer ${token}`, 'x-signature': signature });
}

export function tokenRequest(headers: Record<string, string> = {}, privateKey = BANK_KEYS.privateKey): InboundMessage {
  const clientKey = headers['x-client-key'] ?? 'bank-1-client';
  const text = `${clientKey}|${headers['x-timestamp'] ?? TIMESTAMP}`;
  const signature = sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64');
  const body = '{"grantType":"client_credentials"}';
  return messageOf({ path: PATHS.token, body, headers }, { 'x-client-key': clientKey, 'x-signature': signature });
}

export function boundFor(message: InboundMessage, snap: SnapSecrets = SNAP): BoundGateway | undefined {
  const route = routeOf(message.path, message.headers);
  return route && bindGateway(route, { snap });
}

/** What the door decides, its answer read. */
export function decided(message: InboundMessage, snap: SnapSecrets = SNAP, now: Instant = NOW) {
  const gateway = boundFor(message, snap);
  const decision = decide(gateway, message, now);
  return { ...decision, name: gateway?.name, answer: JSON.parse(decision.response.body) };
}
