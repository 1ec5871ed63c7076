import { describe, expect, it } from 'vitest';
import { bindGateway, refusalInForm, routeOf, routeOfGateway } from '../../../shared/gateways/registry.ts';
import { snapNotSupported } from '../../../shared/gateways/snap-answers.ts';
import { NOW } from './signing.ts';
import {
  asymmetricCall,
  boundFor,
  decided,
  PATHS,
  SNAP,
  symmetricCall,
  TRANSACTION,
  VA_PAYMENT,
} from './snap-signing.ts';

type Changes = Record<string, unknown>;
const wallet = (path: string, document: object) => decided(asymmetricCall({ path, body: JSON.stringify(document) }));
const debit = (changes: Changes = {}) => wallet(PATHS.debit, { ...TRANSACTION, ...changes });
const qr = (changes: Changes = {}) => wallet(PATHS.qr, { ...TRANSACTION, additionalInfo: undefined, ...changes });
const bank = (changes: Changes = {}) =>
  decided(symmetricCall({ path: PATHS.payment, body: JSON.stringify({ ...VA_PAYMENT, ...changes }) }));
const eventsOf = (decision: ReturnType<typeof decided>) => {
  if (!decision.taken) throw new Error(`refused: ${decision.reason}`);
  return decision.interpretation.events;
};
const problemOf = (decision: ReturnType<typeof decided>) => ('problem' in decision ? decision.problem : undefined);
const idr = (value: unknown) => ({ value, currency: 'IDR' });

describe('a paid virtual account', () => {
  it('is a payment of what was paid, for the order it was made for', () => {
    expect(eventsOf(bank())).toEqual([
      {
        gateway: 'snap:BANK1',
        kind: 'paid',
        paymentId: 'preq-1',
        effectKey: 'snap:BANK1:preq-1:paid',
        amountRupiah: 150_000,
        feeRupiah: 0,
        orderReference: 'DON-1',
        occurredAt: '2026-11-20T07:59:00.000Z',
        channel: 'VA:BCA',
      },
    ]);
  });

  it('is answered with the account it is about, as the bank wrote it', () => {
    expect(bank().answer).toEqual({
      responseCode: '2002500',
      responseMessage: 'Successful',
      virtualAccountData: {
        partnerServiceId: '  088899',
        customerNo: '1234567890',
        virtualAccountNo: '  0888991234567890',
        trxId: 'DON-1',
        paymentRequestId: 'preq-1',
      },
    });
    expect(bank().response.headers).toEqual({
      'content-type': 'application/json',
      'x-timestamp': '2026-11-20T15:00:00+07:00',
    });
  });

  it('is answered in the same words however often it comes', () => {
    const message = symmetricCall({ path: PATHS.payment, body: JSON.stringify(VA_PAYMENT) });
    expect(decided(message)).toEqual(decided(message));
  });

  it('names its payer to the vault and to nobody else (I9)', () => {
    const message = symmetricCall({ path: PATHS.payment, body: JSON.stringify(VA_PAYMENT) });
    expect(boundFor(message)?.interpret(message).donor).toEqual({
      name: 'Budi Santoso',
      email: 'budi@example.org',
      phone: '6281828384858',
    });
    expect(JSON.stringify([eventsOf(bank()), bank().answer])).not.toMatch(/Budi|budi|62818/);
    const nameless = {
      ...message,
      body: Buffer.from('{"paymentRequestId":"p","paidAmount":"1","virtualAccountName":" "}'),
    };
    expect(boundFor(message)?.interpret({ ...nameless, receivedAt: NOW }).donor).toBeNull();
  });

  it('of BRI has a bare amount and a path of its own', () => {
    const { paidAmount: _, trxId: __, ...document } = VA_PAYMENT;
    const body = { ...document, additionalInfo: { idApp: 'a', passApp: 'b', paymentAmount: '150000', bankId: '002' } };
    const call = { path: `/webhooks/snap/WALLET/any${PATHS.intrabank}`, body: JSON.stringify(body) };
    const decision = decided(asymmetricCall({ ...call, signedPath: PATHS.intrabank }));
    expect(eventsOf(decision)).toMatchObject([
      { kind: 'paid', amountRupiah: 150_000, orderReference: null, channel: 'VA:BRI' },
    ]);
    expect(decision.answer).toMatchObject({ responseCode: '2003400' });
    expect(JSON.stringify(decision)).not.toMatch(/passApp/);
  });

  it.each([
    ['00', 'paid'],
    ['01', 'pending'],
    ['02', 'pending'],
    ['03', 'pending'],
    ['05', 'failed'],
    ['06', 'failed'],
    ['07', 'pending'],
    ['08', 'expired'],
    ['09', 'failed'],
    ['77', 'pending'],
    ['toString', 'pending'],
    [0, 'pending'],
  ])('with the flag %j is %s', (paymentFlagStatus, kind) => {
    const [event, ...others] = eventsOf(bank({ additionalInfo: { paymentFlagStatus } }));
    expect(event).toMatchObject({ kind, channel: 'VA' });
    expect(event).not.toHaveProperty('voidsPayment');
    expect(others).toEqual([]);
  });

  it('that was never paid is known by its order and names no amount', () => {
    const expired = { paymentRequestId: undefined, paidAmount: undefined, additionalInfo: { paymentFlagStatus: '08' } };
    expect(eventsOf(bank(expired))).toMatchObject([{ kind: 'expired', paymentId: 'DON-1', amountRupiah: null }]);
    expect(eventsOf(bank({ ...expired, paidAmount: idr('0.00') }))).toMatchObject([{ amountRupiah: null }]);
  });

  it.each([
    [{ paidAmount: undefined }, 'amount_missing', 'paidAmount'],
    [{ paidAmount: idr('150000.50') }, 'amount_has_sen', 'paidAmount.value'],
    [{ paidAmount: idr('-5') }, 'amount_invalid', 'paidAmount.value'],
    [{ paidAmount: idr('0.00') }, 'amount_invalid', 'paidAmount'],
    [{ paidAmount: { value: '15.00', currency: 'USD' } }, 'currency_not_idr', 'paidAmount.currency'],
    [{ paymentRequestId: null, trxId: null }, 'field_missing', 'paymentRequestId'],
    [{ paymentRequestId: 'x'.repeat(201) }, 'field_invalid', 'paymentRequestId'],
    [{ trxDateTime: 'noon' }, 'field_invalid', 'trxDateTime'],
    [{ additionalInfo: 'none' }, 'field_invalid', 'additionalInfo'],
  ])('%j is acknowledged and kept for a person to look at', (changes, reason, field) => {
    const decision = bank(changes);
    expect(decision).toMatchObject({ taken: true, answer: { responseCode: '2002500' } });
    expect(problemOf(decision)).toMatchObject({ reason, field });
  });

  it('whose clock has no zone is read as WIB', () => {
    expect(eventsOf(bank({ trxDateTime: '2026-11-20T14:59:00' }))).toMatchObject([
      { occurredAt: '2026-11-20T07:59:00.000Z' },
    ]);
  });
});

describe('the status of a wallet’s payment', () => {
  it.each([
    ['00', 'paid', 'paid'],
    ['03', 'pending', 'pending'],
    ['05', 'failed', 'void'],
    ['06', 'failed', 'failed'],
    ['08', 'expired', 'expired'],
  ])('%s is %s', (latestTransactionStatus, kind, effect) => {
    expect(eventsOf(debit({ latestTransactionStatus }))).toMatchObject([
      {
        kind,
        amountRupiah: 75_000,
        paymentId: 'REF-1',
        orderReference: 'DON-1',
        channel: 'gopay',
        effectKey: `snap:WALLET:REF-1:${effect}`,
      },
    ]);
  });

  it('cancelled takes back a payment that had succeeded, and failed does not', () => {
    expect(eventsOf(debit({ latestTransactionStatus: '05' }))[0]?.voidsPayment).toBe(true);
    expect(eventsOf(debit({ latestTransactionStatus: '06' }))[0]?.voidsPayment).toBeUndefined();
  });

  const refund = (refundNo: string, amount: string, more: Changes = {}) => ({
    refundNo,
    refundStatus: '00',
    refundAmount: idr(amount),
    refundTime: '2026-11-20T14:59:16+07:00',
    ...more,
  });
  const refunded = (...refundHistory: object[]) =>
    debit({ latestTransactionStatus: '04', additionalInfo: { totalRefundAmount: idr('12000.00'), refundHistory } });

  it('refunded is one event for each refund, with its own amount and time', () => {
    const { refundNo: _, refundTime: __, ...bare } = refund('', '7000.00');
    const other = { ...bare, partnerRefundNo: 'p:2', refundDate: '2026-11-20T15:00:00+07:00' };
    const third = { ...bare, refundAmount: idr('1.00'), partnerReferenceNo: 'p3' };
    expect(eventsOf(refunded(refund('r1', '5000.00'), other, third))).toMatchObject([
      {
        kind: 'refunded',
        effectKey: 'snap:WALLET:REF-1:refund:r1',
        amountRupiah: 5_000,
        occurredAt: '2026-11-20T07:59:16.000Z',
      },
      { effectKey: 'snap:WALLET:REF-1:refund:p%3A2', amountRupiah: 7_000, occurredAt: '2026-11-20T08:00:00.000Z' },
      { effectKey: 'snap:WALLET:REF-1:refund:p3', amountRupiah: 1, occurredAt: '2026-11-20T07:58:00.000Z' },
    ]);
  });

  it('refunded twice under one number is one refund, and two amounts of it are a contradiction', () => {
    expect(eventsOf(refunded(refund('r1', '5000.00'), refund('r1', '5000.00')))).toHaveLength(1);
    expect(problemOf(refunded(refund('r1', '5000.00'), refund('r1', '6000.00')))).toMatchObject({
      reason: 'field_invalid',
      field: 'additionalInfo.refundHistory.1.refundNo',
    });
  });

  it('refunded in vain is kept, and books nothing', () => {
    const failed = refunded(refund('r1', '5000.00', { refundStatus: '06' }));
    expect(failed).toMatchObject({ taken: true, interpretation: { events: [], ignored: true } });
    expect(failed).not.toMatchObject({ interpretation: { handshake: true } });
    expect(eventsOf(refunded(refund('r1', '5.00', { refundStatus: '06' }), refund('r2', '6.00')))).toHaveLength(1);
  });

  it('refunded without a list is the total, or else the whole payment', () => {
    expect(eventsOf(refunded())).toMatchObject([{ amountRupiah: 12_000, effectKey: 'snap:WALLET:REF-1:refund:total' }]);
    expect(eventsOf(debit({ latestTransactionStatus: '04' }))).toMatchObject([{ amountRupiah: 75_000 }]);
    expect(eventsOf(bank({ additionalInfo: { paymentFlagStatus: '04' } }))).toMatchObject([{ amountRupiah: 150_000 }]);
  });

  it('paid with a part that went back is the payment and the refund', () => {
    const additionalInfo = { refundHistory: [refund('r1', '5000.00')] };
    expect(eventsOf(debit({ additionalInfo })).map(({ kind, amountRupiah }) => [kind, amountRupiah])).toEqual([
      ['paid', 75_000],
      ['refunded', 5_000],
    ]);
  });

  it.each([
    [{ originalReferenceNo: undefined }, 'field_missing', 'originalReferenceNo'],
    [{ latestTransactionStatus: undefined }, 'field_missing', 'latestTransactionStatus'],
    [{ amount: undefined }, 'amount_missing', 'amount'],
    [{ latestTransactionStatus: '04', amount: undefined }, 'amount_missing', 'additionalInfo.totalRefundAmount'],
    [
      { latestTransactionStatus: '04', additionalInfo: { refundHistory: [{}] } },
      'field_missing',
      'additionalInfo.refundHistory.0.refundNo',
    ],
    [
      { additionalInfo: { refundHistory: [{ refundNo: 'r' }] } },
      'amount_missing',
      'additionalInfo.refundHistory.0.refundAmount',
    ],
    [{ additionalInfo: { refundHistory: 'x' } }, 'field_invalid', 'additionalInfo.refundHistory'],
  ])('%j is acknowledged and kept for a person to look at', (changes, reason, field) => {
    expect(problemOf(debit(changes))).toMatchObject({ reason, field });
  });

  it('of a channel it does not name is debit', () => {
    const named = (userPaymentDetails: unknown) =>
      eventsOf(debit({ additionalInfo: { userPaymentDetails } }))[0]?.channel;
    expect([[], 'x', [{ payMethod: 'no word' }], [{ payMethod: 'DANA' }]].map(named)).toEqual([
      'debit',
      'debit',
      'debit',
      'dana',
    ]);
  });
});

it('a QR payment, which names no time, happened when it came', () => {
  expect(eventsOf(qr({ finishedTime: undefined }))).toMatchObject([
    { kind: 'paid', amountRupiah: 75_000, channel: 'qris', occurredAt: NOW },
  ]);
  expect(qr().answer).toEqual({ responseCode: '2005200', responseMessage: 'Successful' });
  const message = asymmetricCall({ path: PATHS.qr, body: JSON.stringify({ ...TRANSACTION, finishedTime: '' }) });
  expect(() => boundFor(message)?.interpret(message)).toThrow('finishedTime');
});

describe('what we do not do', () => {
  it('is said to whom may ask, and not kept', () => {
    const inquiry = symmetricCall({ path: PATHS.inquiry, body: '{"virtualAccountNo":"1","inquiryRequestId":"i"}' });
    expect(decided(inquiry)).toMatchObject({
      interpretation: { handshake: true, events: [] },
      response: { status: 404 },
      answer: { responseCode: '4042412', virtualAccountData: { virtualAccountNo: '1' } },
    });
    const unknown = { path: '/v1.0/transfer-va/create', body: '{}' };
    expect(decided(symmetricCall(unknown))).toMatchObject({
      interpretation: { handshake: true },
      answer: { responseCode: '4040000', responseMessage: 'Requested Function Is Not Supported' },
    });
    expect(decided(symmetricCall(unknown, { secret: 'guessed' }))).toMatchObject({
      taken: false,
      response: { status: 401 },
    });
    expect(snapNotSupported(inquiry, NOW).body).not.toContain('inquiryRequestId');
  });

  it('authentic bytes that are no JSON are a wrong format', () => {
    expect(decided(asymmetricCall({ path: PATHS.debit, body: '{"a":' }))).toMatchObject({
      taken: false,
      reason: 'malformed_body',
      answer: { responseCode: '4005601' },
    });
  });
});

describe('a path', () => {
  const caller = (path: string, headers = {}) => routeOf(path, headers);
  it.each([
    ['/webhooks/snap/BANK1/v1.0/transfer-va/payment', {}, 'BANK1'],
    ['/webhooks/snap/BANK1/snap/v1.0/transfer-va/payment', { 'x-partner-id': 'other' }, 'BANK1'],
    ['/v1.0/transfer-va/payment', { 'x-partner-id': 'G000' }, 'G000'],
    ['/snap/v1.0/transfer-va/notify-payment-intrabank', { 'x-partner-id': 'G000' }, 'G000'],
    ['/v1.0/access-token/b2b', { 'x-client-key': 'client' }, 'client'],
    ['/v1.0/debit/notify', {}, ''],
  ])('%s leads to %s of SNAP', (path, headers, partner) => {
    expect(caller(path, headers)).toEqual({ section: 'snap', partner });
  });

  it.each([
    '/webhooks/snap/BANK1',
    '/webhooks/midtrans/v1.0/x',
    '/v1/debit/notify',
    '/v1.0/',
    `/webhooks/snap/${'a'.repeat(41)}/v1.0/x/y`,
  ])('%s leads nowhere', (path) => {
    expect(caller(path, { 'x-partner-id': 'x' })).toBeUndefined();
  });

  it('names its partner, or the caller does: by name, client key or partner id', () => {
    const named = (partner: string) => bindGateway({ section: 'snap', partner }, { snap: SNAP })?.name;
    expect(['BANK1', 'bank-1-client', 'WALLET', 'wallet-client', 'G000000000'].map(named)).toEqual([
      'snap:BANK1',
      'snap:BANK1',
      'snap:WALLET',
      'snap:WALLET',
      'snap:WALLET',
    ]);
    expect(['', 'constructor', 'nobody'].map(named)).toEqual([undefined, undefined, undefined]);
    expect(routeOfGateway('snap:BANK1')).toEqual({ section: 'snap', partner: 'BANK1' });
  });
});

it('whoever the door refuses before it knows them reads the same envelope', () => {
  const message = asymmetricCall({ path: PATHS.debit, body: '{}' });
  const refusal = refusalInForm('snap', message, 'queue_unavailable', 503);
  expect(refusal).toMatchObject({ status: 503, headers: { 'content-type': 'application/json' } });
  expect(JSON.parse(refusal!.body)).toMatchObject({ responseCode: '5035600' });
  expect(JSON.parse(refusalInForm('snap', message, 'unknown_gateway', 404)!.body)).toMatchObject({
    responseCode: '4045600',
  });
  expect(refusalInForm('midtrans', message, 'queue_unavailable', 503)).toBeUndefined();
});

it('one delivery is one external id of a partner and a day, or else its body', () => {
  const call = { path: PATHS.debit, body: '{}' };
  const keyOf = (headers: Record<string, string>) => {
    const message = asymmetricCall({ ...call, headers });
    return boundFor(message)?.deliveryKey(message);
  };
  expect(keyOf({})).toBe('G000000000:2026-11-20:202611200001');
  expect(keyOf({ 'x-timestamp': '2026-11-20T17:00:00Z' })).toBe('G000000000:2026-11-21:202611200001');
  expect(keyOf({ 'x-external-id': '' })).toMatch(/^body:/);
  expect(keyOf({ 'x-timestamp': 'x' })).toMatch(/^body:/);
});
