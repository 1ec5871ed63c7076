/** A bank and a wallet that call us by SNAP BI, as the standard says it and without the product's code. */
import { createHash, createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { Answer, Client } from './client.ts';
import { wibTime } from './wib.ts';

function rsaPair() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { privateKey, publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }) };
}
const BANK_KEYS = rsaPair();
const WALLET_KEYS = rsaPair();
const WALLET_ID = 'G000000000';

export interface Bank {
  readonly clientKey: string;
  readonly secret: string;
  readonly encoding: 'base64' | 'hex';
  readonly pathPrefix: string;
}
export const BANK: Bank = {
  clientKey: 'bank-acceptance',
  secret: 'FAKE-acceptance-only-bank',
  encoding: 'base64',
  pathPrefix: '',
};
/** Signs in hex, and a path of its own. */
export const BRI: Bank = { clientKey: 'bri', secret: 'FAKE-acceptance-only-bri', encoding: 'hex', pathPrefix: '/snap' };

function configured({ secret, ...bank }: Bank) {
  return { ...bank, clientSecrets: [secret], publicKeyPem: BANK_KEYS.publicKeyPem };
}

export const SNAP_CONFIGURATION = {
  partners: {
    BANK1: configured(BANK),
    BRI: configured(BRI),
    WALLET: { clientKey: 'wallet', partnerId: WALLET_ID, publicKeyPem: WALLET_KEYS.publicKeyPem },
  },
};

export interface Envelope {
  readonly responseCode: string;
  readonly accessToken?: string;
  readonly virtualAccountData?: Readonly<Record<string, string>>;
}

export interface BankCall {
  /** Behind the bank’s prefix; `base` stands before it on the way. */
  readonly path: string;
  readonly base?: string;
  readonly document: object;
  readonly atMilliseconds: number;
  readonly externalId?: string;
}

const digestOf = (body: string) => createHash('sha256').update(body).digest('hex');
/** Unique for a day, of digits only. */
const newExternalId = () =>
  BigInt(`0x${randomUUID().replaceAll('-', '')}`)
    .toString()
    .slice(0, 18);

function post(
  client: Client,
  call: BankCall,
  body: string,
  headers: Record<string, string>,
): Promise<Answer<Envelope>> {
  const usual = {
    'content-type': 'application/json',
    'x-timestamp': wibTime(call.atMilliseconds),
    'x-external-id': call.externalId ?? newExternalId(),
    'channel-id': '95221',
  };
  return client.request('POST', (call.base ?? '') + call.path, { body, headers: { ...usual, ...headers } });
}

export async function askForToken(
  client: Client,
  atMilliseconds: number,
  bank = BANK,
  base = bank.pathPrefix,
): Promise<Answer<Envelope>> {
  const text = `${bank.clientKey}|${wibTime(atMilliseconds)}`;
  const signature = sign('RSA-SHA256', Buffer.from(text), BANK_KEYS.privateKey).toString('base64');
  const document = { grantType: 'client_credentials' };
  const call = { path: '/v1.0/access-token/b2b', base, document, atMilliseconds };
  return post(client, call, JSON.stringify(document), { 'x-client-key': bank.clientKey, 'x-signature': signature });
}

/** The bank: a secret we share, and a token of ours. */
export function bankCalls(client: Client, call: BankCall, token: string, bank = BANK) {
  const body = JSON.stringify(call.document, null, 2);
  const digest = digestOf(JSON.stringify(call.document));
  const text = `POST:${bank.pathPrefix}${call.path}:${token}:${digest}:${wibTime(call.atMilliseconds)}`;
  const signature = createHmac('sha512', bank.secret).update(text).digest(bank.encoding);
  return post(client, { base: bank.pathPrefix, ...call }, body, {
    'x-partner-id': bank.clientKey,
    authorization: `Bearer ${token}`,
    'x-signature': signature,
  });
}

/** The wallet: its own key. */
export function walletCalls(client: Client, call: BankCall) {
  const body = JSON.stringify(call.document);
  const text = `POST:${call.path}:${digestOf(body)}:${wibTime(call.atMilliseconds)}`;
  const signature = sign('RSA-SHA256', Buffer.from(text), WALLET_KEYS.privateKey).toString('base64');
  return post(client, call, body, { 'x-partner-id': WALLET_ID, 'x-signature': signature });
}

export function virtualAccountPayment(paymentRequestId: string, amountRupiah: number, given: object = {}) {
  return {
    partnerServiceId: '  088899',
    customerNo: '1234567890',
    virtualAccountNo: '  0888991234567890',
    virtualAccountName: 'Rinjaniwati Penyetor',
    virtualAccountEmail: 'rinjaniwati@setor.example',
    paymentRequestId,
    paidAmount: { value: `${amountRupiah}.00`, currency: 'IDR' },
    additionalInfo: { bank: 'BCA' },
    ...given,
  };
}

export function walletPayment(referenceNo: string, amountRupiah: number, status: string, additionalInfo: object = {}) {
  return {
    originalReferenceNo: referenceNo,
    originalPartnerReferenceNo: `TEST-${referenceNo}`,
    latestTransactionStatus: status,
    amount: { value: `${amountRupiah}.00`, currency: 'IDR' },
    additionalInfo: { userPaymentDetails: [{ payMethod: 'gopay' }], ...additionalInfo },
  };
}
