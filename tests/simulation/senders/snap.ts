/**
 * SNAP BI from both kinds of callers: a wallet that signs with its RSA key, and a bank that first asks us for an access
 * token and then signs with a secret we share.
 */
import { createHash, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Notice, Payment, StepKind } from '../payment.ts';
import {
  DONOR,
  type HttpCall,
  JSON_TYPE,
  orderOf,
  type SimulatedGateway,
  SOMEBODY_ELSE,
  stepOf,
  wibText,
} from './sender.ts';

/** Short keys sign fast; how long they are changes nothing here. */
function rsaPair() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  return { privateKey, publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }) as string };
}
const [BANK_KEYS, WALLET_KEYS, STRANGERS_KEYS] = [rsaPair(), rsaPair(), rsaPair()];
const [BANK, WALLET] = ['FAKE-bank-client', 'FAKE-wallet-client'];
export const BANK_SECRET = 'FAKE-simulation-bank-secret';
export const BANK_SECTION = { clientKey: BANK, publicKeyPem: BANK_KEYS.publicKeyPem };
export const WALLET_SECTION = { clientKey: WALLET, publicKeyPem: WALLET_KEYS.publicKeyPem };

const STATUS: Readonly<Partial<Record<StepKind, string>>> = {
  paid: '00',
  pending: '03',
  refunded: '04',
  voided: '05',
  failed: '06',
  expired: '08',
};

const money = (rupiah: number) => ({ value: `${rupiah}.00`, currency: 'IDR' });
const wib = (milliseconds: number) => `${wibText(milliseconds)}+07:00`;
const rsa = (text: string, key: KeyObject) => sign('RSA-SHA256', Buffer.from(text), key).toString('base64');
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** All refunds so far, with their running total. */
function refundsOf(payment: Payment, step: number) {
  const refunds = payment.steps.slice(0, step + 1).filter(({ kind }) => kind === 'refunded');
  if (refunds.length === 0) return {};
  const refundHistory = refunds.map(({ key, amount, atMilliseconds }) => ({
    refundNo: key,
    refundStatus: '00',
    refundAmount: money(amount),
    refundTime: wib(atMilliseconds),
  }));
  return { refundHistory, totalRefundAmount: money(refunds.reduce((sum, { amount }) => sum + amount, 0)) };
}

function virtualAccount(notice: Notice): object {
  const { payment, step } = notice;
  const { kind, atMilliseconds } = stepOf(notice);
  return {
    partnerServiceId: '  088899',
    customerNo: '1234567890',
    virtualAccountNo: '  0888991234567890',
    virtualAccountName: DONOR.name,
    trxId: orderOf(payment),
    paymentRequestId: payment.id,
    paidAmount: money(payment.amount),
    trxDateTime: wib(atMilliseconds),
    additionalInfo: { bank: 'BCA', paymentFlagStatus: STATUS[kind], ...refundsOf(payment, step) },
  };
}

/** A part that went back leaves the payment successful. */
function transaction(notice: Notice): object {
  const { payment, step } = notice;
  const { kind, amount, atMilliseconds } = stepOf(notice);
  const isPart = kind === 'refunded' && amount < payment.amount;
  return {
    originalReferenceNo: payment.id,
    originalPartnerReferenceNo: orderOf(payment),
    latestTransactionStatus: isPart ? STATUS.paid : STATUS[kind],
    amount: money(payment.amount),
    finishedTime: wib(atMilliseconds),
    additionalInfo: { userPaymentDetails: [{ payMethod: 'GOPAY' }], ...refundsOf(payment, step) },
  };
}

function callWith(service: string, caller: string, externalId: number, body: string, signed: object): HttpCall {
  const headers = { ...JSON_TYPE, 'x-partner-id': caller, 'x-external-id': String(externalId), 'channel-id': '95221' };
  return { path: service, headers: { ...headers, ...signed }, body };
}

export const snapBank: SimulatedGateway = {
  callOf(notice, { nowMilliseconds, token }) {
    const path = '/v1.0/transfer-va/payment';
    const body = JSON.stringify(virtualAccount(notice));
    const timestamp = wib(nowMilliseconds);
    const secret = notice.lie === 'forged' ? SOMEBODY_ELSE : BANK_SECRET;
    const text = `POST:${path}:${token}:${sha256(body)}:${timestamp}`;
    const signature = createHmac('sha512', secret).update(text).digest('base64');
    const signed = { authorization: `Bearer ${token}`, 'x-timestamp': timestamp, 'x-signature': signature };
    return callWith(path, BANK, notice.number, body, signed);
  },
};

export const snapWallet: SimulatedGateway = {
  callOf(notice, { nowMilliseconds }) {
    const path = '/v1.0/debit/notify';
    const body = JSON.stringify(transaction(notice));
    const timestamp = wib(nowMilliseconds);
    const { privateKey } = notice.lie === 'forged' ? STRANGERS_KEYS : WALLET_KEYS;
    const signature = rsa(`POST:${path}:${sha256(body)}:${timestamp}`, privateKey);
    return callWith(path, WALLET, notice.number, body, { 'x-timestamp': timestamp, 'x-signature': signature });
  },
};

/** The bank asks for an access token. */
export function tokenCall(nowMilliseconds: number): HttpCall {
  const timestamp = wib(nowMilliseconds);
  const signature = rsa(`${BANK}|${timestamp}`, BANK_KEYS.privateKey);
  const headers = { ...JSON_TYPE, 'x-client-key': BANK, 'x-timestamp': timestamp, 'x-signature': signature };
  return { path: '/v1.0/access-token/b2b', headers, body: '{"grantType":"client_credentials"}' };
}
