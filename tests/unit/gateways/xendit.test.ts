import { describe, expect, it } from 'vitest';
import { xendit } from '../../../shared/gateways/xendit.ts';
import { NOW } from './signing.ts';
import {
  dispute,
  ewallet,
  invoice,
  qrFlat,
  qrNested,
  refund,
  refundFields,
  TOKEN,
  v2,
  v3,
  virtualAccount,
  xenditMessage,
} from './xendit-signing.ts';

const secrets = { callbackTokens: [TOKEN, 'previous-token'], statusApi: null };
const verified = (body: unknown, token?: string) => xendit.verify(xenditMessage(body, token), secrets, NOW);
const read = (body: unknown) => xendit.interpret(xenditMessage(body), secrets);
const only = (body: unknown) => {
  const { events, ignored } = read(body);
  expect([events.length, ignored]).toEqual([1, false]);
  return events[0];
};
const keyOf = (body: unknown) => xendit.deliveryKey(xenditMessage(body));

describe('the callback token', () => {
  it('is any of ours, and says which', () => {
    expect(verified(invoice())).toEqual({ authentic: true, secretIndex: 0 });
    expect(verified(invoice(), 'previous-token')).toEqual({ authentic: true, secretIndex: 1 });
  });

  it.each([TOKEN.slice(0, -1), `${TOKEN}x`, TOKEN.toUpperCase(), 'other', '\u0000'])('is not %j', (token) => {
    expect(verified(invoice(), token)).toEqual({ authentic: false, reason: 'token_mismatch' });
  });

  it('must be there', () => {
    const { headers: _none, ...message } = xenditMessage(invoice());
    for (const headers of [{}, { 'x-callback-token': '' }])
      expect(xendit.verify({ ...message, headers }, secrets, NOW)).toEqual({
        authentic: false,
        reason: 'missing_signature',
      });
  });

  it.each(['{"id":', '[]', 'null', '7', ''])('does not make a message of %j', (body) => {
    expect(verified(body)).toEqual({ authentic: false, reason: 'malformed_body' });
  });
});

describe('payments v3', () => {
  it.each([
    ['payment.capture', 'paid'],
    ['payment.authorization', 'pending'],
    ['payment.failure', 'failed'],
    ['payment.expiry', 'expired'],
  ])('%s is %s', (event, kind) => {
    expect(only(v3(event))).toEqual({
      gateway: 'xendit',
      kind,
      paymentId: 'py-1',
      effectKey: `xendit:py-1:${kind}`,
      amountRupiah: 100_000,
      feeRupiah: 0,
      orderReference: 'DON-1',
      occurredAt: '2026-11-20T07:59:20.100Z',
      channel: 'OVO',
      statusPath: '/v3/payments/py-1',
      otherIds: ['pr-1'],
      ...(kind === 'paid' ? { side: 'channel' } : {}),
    });
  });

  it('counts what was captured, part by part, and is complete with the last part', () => {
    const captures = [
      { capture_id: 'b', capture_amount: '40000', capture_timestamp: '2026-11-20T08:00:00Z' },
      { capture_id: 'a', capture_amount: 20_000, capture_timestamp: '2026-11-20T07:00:00Z' },
    ];
    expect(only(v3('payment.capture', { captures }))).toMatchObject({
      amountRupiah: 60_000,
      occurredAt: '2026-11-20T08:00:00.000Z',
    });
    expect(only(v3('payment.capture', { captures: [{ capture_amount: 7_000 }] }))).toMatchObject({
      amountRupiah: 7_000,
      occurredAt: '2026-11-20T07:59:20.100Z',
    });
  });

  it.each([[], null, undefined])('counts what was asked for where captures are %j', (captures) => {
    expect(only(v3('payment.capture', { captures, request_amount: '10000' }))).toMatchObject({ amountRupiah: 10_000 });
  });

  it('is not paid while its own status is another word', () => {
    expect(only(v3('payment.capture', { status: 'PENDING' }))?.kind).toBe('pending');
    expect(only(v3('payment.capture', { status: undefined }))?.kind).toBe('paid');
  });

  it('names its request only where that has one payment', () => {
    const event = only(v3('payment.capture', { type: 'REUSABLE_PAYMENT_CODE' }));
    expect(event).not.toHaveProperty('otherIds');
    // Nor is it ever an invoice's.
    expect(event).not.toHaveProperty('side');
  });

  it('an expired request is keyed by itself: there is no payment', () => {
    const data = { payment_id: undefined, payment_request_id: 'pr-6', status: 'EXPIRED' };
    expect(only(v3('payment_request.expiry', data))).toMatchObject({
      kind: 'expired',
      paymentId: 'pr-6',
      effectKey: 'xendit:pr-6:expired',
      statusPath: '/v3/payment_requests/pr-6',
    });
  });

  it.each(['payment_session.completed', 'payment_session.expired'])('%s is no money', (event) => {
    const session = { payment_session_id: 'ps-1', amount: 100_000, payment_id: 'py-1', status: 'COMPLETED' };
    expect(read({ event, created: '2026-11-20T07:59:21Z', data: session })).toMatchObject({
      events: [],
      ignored: true,
    });
  });
});

describe('payment requests v2', () => {
  it.each([
    ['payment.succeeded', 'paid'],
    ['payment.failed', 'failed'],
    ['payment.pending', 'pending'],
  ])('%s is %s', (event, kind) => {
    expect(only(v2(event))).toMatchObject({
      kind,
      paymentId: 'py-2',
      amountRupiah: 15_000,
      orderReference: 'DON-2',
      channel: 'DANA',
      otherIds: ['pr-2'],
      statusPath: '/payment_requests/pr-2',
    });
  });

  it('of a code that is paid again and again is looked up under its method', () => {
    const method = { id: 'pm-1', type: 'VIRTUAL_ACCOUNT', reusability: 'MULTIPLE_USE', virtual_account: {} };
    const event = only(v2('payment.succeeded', { payment_request_id: null, payment_method: method }));
    expect(event).toMatchObject({ channel: 'VIRTUAL_ACCOUNT', statusPath: '/v2/payment_methods/pm-1/payments' });
    expect(event).not.toHaveProperty('otherIds');
    expect(only(v2('payment.succeeded', { payment_request_id: null, payment_method: null }))).toMatchObject({
      channel: 'unknown',
      statusPath: '/v3/payments/py-2',
    });
  });
});

describe('invoices', () => {
  it.each([
    ['PAID', 'paid', '2026-11-20T07:59:20.000Z'],
    ['SETTLED', 'paid', '2026-11-20T07:59:20.000Z'],
    ['PENDING', 'pending', '2026-11-20T07:59:22.000Z'],
    ['EXPIRED', 'expired', '2026-11-20T07:59:22.000Z'],
  ])('%s is %s', (status, kind, occurredAt) => {
    expect(only(invoice({ status }))).toMatchObject({
      kind,
      paymentId: 'inv-1',
      effectKey: `xendit:inv-1:${kind}`,
      amountRupiah: 100_000,
      orderReference: 'DON-1',
      occurredAt,
      channel: 'EWALLET:OVO',
      statusPath: '/v2/invoices/inv-1',
    });
  });

  it('count what was paid, not what was asked for', () => {
    expect(only(invoice({ paid_amount: 195_000, amount: 200_000 }))?.amountRupiah).toBe(195_000);
    expect(() => read(invoice({ paid_amount: undefined }))).toThrow(
      expect.objectContaining({ reason: 'amount_missing', field: 'paid_amount' }),
    );
  });

  it('link the channel payment they name', () => {
    const linked = only(invoice({ payment_id: 'qrpy_1' }));
    expect(linked?.otherIds).toEqual(['qrpy_1']);
    expect(linked).not.toHaveProperty('side');
    expect(only(invoice())).not.toHaveProperty('otherIds');
    expect(only(invoice())?.side).toBe('invoice');
  });

  it.each(['STOPPED', 'constructor', 7, undefined])('with the status %j mean nothing yet', (status) => {
    expect(read(invoice({ status })).ignored).toBe(true);
  });

  it('without a channel say so', () => {
    expect(only(invoice({ payment_method: undefined, payment_channel: null }))?.channel).toBe('unknown');
  });
});

describe('fixed virtual accounts', () => {
  it('are paid without saying so, each payment under its own id', () => {
    expect(only(virtualAccount())).toMatchObject({
      kind: 'paid',
      paymentId: 'va-pay-1',
      amountRupiah: 99_000,
      orderReference: 'VA-DONOR-1',
      occurredAt: '2026-11-20T07:15:03.080Z',
      channel: 'VA:BNI',
      statusPath: '/callback_virtual_account_payments/payment_id=va-pay-1',
    });
    expect(only(virtualAccount({ payment_id: 'va-pay-2' }))?.effectKey).toBe('xendit:va-pay-2:paid');
  });

  it.each(['PENDING', 'ACTIVE', 'INACTIVE'])('that are made or changed (%s) are no payment', (status) => {
    const account = { id: 'va-1', external_id: 'VA-DONOR-1', bank_code: 'BNI', account_number: '88089', status };
    expect(read(account)).toMatchObject({ events: [], ignored: true });
    expect(read(virtualAccount({ payment_id: undefined, status }))).toMatchObject({ events: [], ignored: true });
  });
});

describe('e-wallets', () => {
  it.each([
    ['SUCCEEDED', 'paid'],
    ['FAILED', 'failed'],
    ['PENDING', 'pending'],
  ])('%s is %s', (status, kind) => {
    expect(only(ewallet({ status }))).toMatchObject({
      kind,
      paymentId: 'ewc_1',
      amountRupiah: 123_456,
      orderReference: 'DON-3',
      occurredAt: '2026-11-20T07:24:52.000Z',
      channel: 'ID_LINKAJA',
      statusPath: '/ewallets/charges/ewc_1',
    });
  });

  it('count what was captured, else what was charged', () => {
    expect(only(ewallet({ capture_amount: 100_000 }))?.amountRupiah).toBe(100_000);
    expect(only(ewallet({ capture_amount: null }))?.amountRupiah).toBe(123_456);
  });

  it('with another status mean nothing yet', () => {
    expect(read(ewallet({ status: 'VOIDED' })).ignored).toBe(true);
  });
});

describe('QR codes', () => {
  it('that are printed are nobody’s invoice', () => {
    expect(only(qrFlat({ qr_code: { external_id: 'DON-5', type: 'STATIC' } }))).not.toHaveProperty('side');
    expect(only(qrNested({ type: 'STATIC' }))).not.toHaveProperty('side');
    expect(only(qrNested())?.side).toBe('channel');
  });

  it('tell of a payment in the flat form', () => {
    expect(only(qrFlat())).toMatchObject({
      kind: 'paid',
      paymentId: 'qrpy_1',
      amountRupiah: 1_500,
      orderReference: 'DON-5',
      occurredAt: '2026-11-20T07:18:18.857Z',
      channel: 'QRIS',
      statusPath: '/qr_codes/payments?external_id=DON-5',
    });
  });

  it('and in the nested form of 2022-07-31, whose envelope has a time of its own', () => {
    expect(only(qrNested())).toMatchObject({
      kind: 'paid',
      paymentId: 'qrpy_2',
      amountRupiah: 10_000,
      orderReference: 'DON-4',
      occurredAt: '2026-11-20T07:30:05.864Z',
      statusPath: '/qr_codes/qr_2/payments',
    });
  });

  it.each([
    ['FAILED', 'failed'],
    ['PENDING', 'pending'],
  ])('%s is %s', (status, kind) => {
    expect(only(qrNested({ status }))?.kind).toBe(kind);
    expect(only(qrFlat({ status }))?.kind).toBe(kind);
  });
});

describe('money back', () => {
  it.each([
    ['one envelope', refund('refund.succeeded')],
    ['an envelope in an envelope', { ...refund('refund.succeeded'), data: refund('refund.succeeded') }],
  ])('a refund in %s carries its own amount under its own key', (_, body) => {
    expect(only(body)).toMatchObject({
      kind: 'refunded',
      paymentId: 'py-1',
      effectKey: 'xendit:py-1:refund:rfd-1',
      amountRupiah: 30_000,
      occurredAt: '2026-11-20T08:59:40.000Z',
      statusPath: '/refunds/rfd-1',
      otherIds: ['pr-1'],
    });
  });

  it('a refund without a payment is of its request, or of its invoice', () => {
    expect(only(refund('refund.succeeded', { payment_id: null }))?.paymentId).toBe('pr-1');
    const ofInvoice = refund('refund.succeeded', { payment_id: null, payment_request_id: null, invoice_id: 'inv-1' });
    expect(only(ofInvoice)?.paymentId).toBe('inv-1');
    const ofNothing = { ...refundFields(), payment_id: null, payment_request_id: null };
    expect(() => read({ event: 'refund.succeeded', data: ofNothing })).toThrow(
      expect.objectContaining({ reason: 'field_missing', field: 'payment_id' }),
    );
  });

  it('a refund that failed gives nothing back', () => {
    expect(read(refund('refund.failed'))).toMatchObject({ events: [], ignored: true });
  });

  it('a lost dispute takes back what was lost in the end', () => {
    expect(only(dispute('dispute.lost'))).toMatchObject({
      kind: 'charged_back',
      paymentId: 'py-9',
      effectKey: 'xendit:py-9:chargeback:mi-dspt-1',
      amountRupiah: 250_000,
      occurredAt: '2026-11-20T07:50:51.724Z',
      statusPath: '/v1/disputes/mi-dspt-1',
    });
    const amount = { initial: '250000.00', terminal: '100000.00' };
    expect(only(dispute('dispute.lost', { amount }))?.amountRupiah).toBe(100_000);
  });

  it.each(['dispute.action_required', 'dispute.under_review', 'dispute.won', 'dispute.due_date_approaching'])(
    '%s takes nothing back',
    (event) => {
      expect(read(dispute(event))).toMatchObject({ events: [], ignored: true });
    },
  );
});

describe('what cannot be booked', () => {
  it.each([
    ['fractions', v3('payment.capture', { request_amount: '1999.01' }), 'amount_has_sen', 'request_amount'],
    ['fractions as a number', v3('payment.capture', { request_amount: 1999.5 }), 'amount_has_sen', 'request_amount'],
    ['nothing', v3('payment.capture', { request_amount: 0 }), 'amount_invalid', 'request_amount'],
    ['a debt', ewallet({ capture_amount: -5 }), 'amount_invalid', 'capture_amount'],
    ['no amount', qrFlat({ amount: null }), 'amount_missing', 'amount'],
    ['other money', invoice({ currency: 'PHP' }), 'currency_not_idr', 'currency'],
    ['no id', v2('payment.succeeded', { id: undefined }), 'field_missing', 'id'],
    ['an endless id', invoice({ id: 'x'.repeat(256) }), 'field_invalid', 'id'],
    ['no time', ewallet({ updated: null, created: null }), 'field_missing', 'updated'],
    ['a time without a zone', qrFlat({ created: '2026-11-20 07:18:18' }), 'field_invalid', 'created'],
    ['no capture amount', v3('payment.capture', { captures: [{}] }), 'amount_missing', 'captures.0.capture_amount'],
    ['captures that are none', v3('payment.capture', { captures: 'all' }), 'field_invalid', 'captures'],
  ])('%s is kept with its reason', (_, body, reason, field) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ name: 'Permanent', reason, field }));
  });

  it('a time that names no zone is in UTC', () => {
    expect(only(qrFlat({ created: '2026-11-20T07:18:18.857' }))?.occurredAt).toBe('2026-11-20T07:18:18.857Z');
  });

  it('an amount may be absent where no money moved', () => {
    expect(only(v3('payment.failure', { request_amount: undefined }))?.amountRupiah).toBeNull();
  });

  it.each([{ event: 'payout.succeeded', data: {} }, { event: 7 }, { event: '__proto__', data: {} }, { hello: 1 }])(
    '%j is not known yet',
    (body) => {
      expect(read(body)).toMatchObject({ events: [], ignored: true });
    },
  );

  it('bytes that are no message are told so', () => {
    expect(() => read('{')).toThrow(expect.objectContaining({ reason: 'malformed_body' }));
  });
});

describe('a message sent again', () => {
  it('has a key however deep it is nested', () => {
    const deep = `{"event":"payout.succeeded","data":{"a":${'['.repeat(60_000)}${']'.repeat(60_000)}}}`;
    expect(xendit.deliveryKey(xenditMessage(deep))).toMatch(/^body:[0-9a-f]{40}$/);
  });

  it.each([
    [v3('payment.capture'), 'payment.capture:py-1:SUCCEEDED'],
    [v2('payment.succeeded'), 'payment.succeeded:py-2:SUCCEEDED'],
    [invoice(), 'inv-1:PAID'],
    [virtualAccount(), 'va-pay-1'],
    [ewallet(), 'ewallet.capture:ewc_1:SUCCEEDED'],
    [qrFlat(), 'qrpy_1'],
    [qrNested(), 'qrpy_2'],
    [{ ...refund('refund.succeeded'), data: refund('refund.succeeded') }, 'refund.succeeded:rfd-1:SUCCEEDED'],
    [dispute('dispute.lost'), 'dispute.lost:mi-dspt-1:LOST'],
  ])('is known by its parts, not by the time of the attempt', (body, key) => {
    expect(keyOf({ ...body })).toBe(key);
    if ('event' in body && 'data' in body) expect(keyOf({ ...body, created: '2027-01-01T00:00:00Z' })).toBe(key);
  });

  it('is known by its bytes without the time of the attempt where it names nothing', () => {
    const unknown = (created: string, data = {}) => ({ event: 'new.thing', created, data });
    expect(keyOf(unknown('1'))).toBe(keyOf(unknown('2')));
    expect(keyOf(unknown('1'))).toMatch(/^body:/);
    expect(keyOf(unknown('1'))).not.toBe(keyOf(unknown('1', { a: 1 })));
    expect(keyOf('{')).toMatch(/^body:/);
  });
});

describe('who gave', () => {
  it.each([
    [invoice(), { email: 'donor@example.org' }],
    [virtualAccount(), { name: 'SITI RAHAYU' }],
    [qrNested(), { name: 'Budi Santoso' }],
    [v3('payment.capture', { payment_details: { payer_name: ' Ani ', issuer_name: 'OVO' } }), { name: 'Ani' }],
    [ewallet(), null],
    [virtualAccount({ sender_name: 7 }), null],
  ])('is read beside the event and never in it (I9)', (body, donor) => {
    const { donor: found, events } = read(body);
    expect(found).toEqual(donor);
    expect(JSON.stringify(events)).not.toMatch(/donor@|SITI|Budi|Ani/);
  });
});
