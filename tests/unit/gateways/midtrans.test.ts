import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { midtrans } from '../../../shared/gateways/midtrans.ts';
import { eventsOfTransaction } from '../../../shared/gateways/midtrans-transaction.ts';
import { midtransBody, midtransMessage, NOW, SERVER_KEY, SETTLEMENT } from './signing.ts';

const secrets = { serverKeys: [SERVER_KEY], statusApi: null };
const verify = (body: string | Uint8Array, using: Parameters<typeof midtrans.verify>[1] = secrets) =>
  midtrans.verify(midtransMessage(body), using, NOW);
const interpret = (overrides: Record<string, unknown>) =>
  midtrans.interpret(midtransMessage(midtransBody(overrides)), secrets);
const only = (overrides: Record<string, unknown>) => {
  const { events } = interpret(overrides);
  expect(events).toHaveLength(1);
  return events[0];
};

describe('the Midtrans signature', () => {
  it('is over order, code and amount as they were written', () => {
    expect(verify(midtransBody())).toEqual({ authentic: true, secretIndex: 0 });
    expect(verify(midtransBody({ gross_amount: '154600' }))).toMatchObject({ authentic: true });
    expect(verify(midtransBody().replace('154600.00', '154600'))).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('takes a number as the text it was sent as', () => {
    const body = midtransBody().replace('"154600.00"', '154600.00');
    expect(verify(body)).toMatchObject({ authentic: true });
    expect(midtrans.interpret(midtransMessage(body), secrets).events[0]?.amountRupiah).toBe(154_600);
    expect(verify(midtransBody().replace('"154600.00"', '154600'))).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('reads escaped slashes as the text they stand for', () => {
    const body = midtransBody({ order_id: 'DON/1' });
    expect(verify(body.replace('DON/1', 'DON\\/1'))).toMatchObject({ authentic: true });
  });

  it('accepts every configured key and says which', () => {
    const keys = { serverKeys: ['new', SERVER_KEY], statusApi: null };
    expect(verify(midtransBody(), keys)).toEqual({ authentic: true, secretIndex: 1 });
  });

  it('uses signing keys of their own where there are any', () => {
    const keys = { serverKeys: [SERVER_KEY], signatureKeys: ['signing'], statusApi: null };
    expect(verify(midtransBody({}, 'signing'), keys)).toMatchObject({ authentic: true });
    expect(verify(midtransBody(), keys)).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('cannot be cut elsewhere: the parts have no separator, so the code keeps its width', () => {
    const body = JSON.parse(midtransBody());
    const shifted = { ...body, order_id: 'DON-1200', status_code: '15', gross_amount: '4600.00' };
    expect(verify(JSON.stringify(shifted))).toMatchObject({ reason: 'signature_mismatch' });
  });

  it.each([
    ['absent', undefined],
    ['empty', ''],
    ['null', null],
    ['no text', 7],
  ])('%s is a missing signature', (_, signature_key) => {
    expect(verify(midtransBody({ signature_key }))).toEqual({ authentic: false, reason: 'missing_signature' });
  });

  it.each([
    ['too short', 'ab'],
    ['no hex', 'z'.repeat(128)],
    ['of another key', 'a'.repeat(128)],
  ])('%s does not match', (_, signature_key) => {
    expect(verify(midtransBody({ signature_key }))).toEqual({ authentic: false, reason: 'signature_mismatch' });
  });

  it('does not match where a signed field is missing or of another type', () => {
    for (const value of [undefined, null, {}, [], true]) {
      expect(verify(midtransBody({ order_id: value }))).toMatchObject({ reason: 'signature_mismatch' });
    }
  });

  it('is of 512 bits and nothing after them', () => {
    const { signature_key } = JSON.parse(midtransBody());
    expect(verify(midtransBody({ signature_key: signature_key.toUpperCase() }))).toMatchObject({ authentic: true });
    for (const forged of [`${signature_key}zz`, `${signature_key}00`, ` ${signature_key}`, signature_key.slice(2)])
      expect(verify(midtransBody({ signature_key: forged }))).toMatchObject({ reason: 'signature_mismatch' });
  });

  it.each(['20', '2000', ' 200', '20x', '', 'abc'])('is not made over the code %j', (status_code) => {
    expect(verify(midtransBody({ status_code }))).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('is not made over nothing', () => {
    const signature_key = createHash('sha512').update(`undefined${SERVER_KEY}`).digest('hex');
    expect(verify(midtransBody({ signature_key, order_id: undefined }))).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it('over a number cannot be checked where the body is too deep to be read twice, and nothing breaks', () => {
    const deep = `${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`;
    const body = midtransBody({ gross_amount: 154_600 });
    expect(verify(body)).toMatchObject({ authentic: true });
    expect(verify(`{"x":${deep},${body.slice(1)}`)).toEqual({ authentic: false, reason: 'signature_mismatch' });
  });

  it('takes subscription messages for hints: they carry no signature', () => {
    const body = JSON.stringify({ transaction: SETTLEMENT, subscription: {}, event_name: 'subscription.charge' });
    expect(verify(body)).toMatchObject({ reason: 'missing_signature' });
  });

  it.each([
    ['empty', ''],
    ['truncated', midtransBody().slice(0, 80)],
    ['an array', '[]'],
    ['null', 'null'],
    ['text', '"x"'],
    ['not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    ['ten thousand levels deep and open', '{"a":'.repeat(10_000)],
  ])('a body that is %s is malformed', (_, body) => {
    expect(verify(body)).toEqual({ authentic: false, reason: 'malformed_body' });
  });

  it('stands hostile but readable bodies', () => {
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
    expect(verify(`{"x":${deep},${midtransBody().slice(1)}`)).toMatchObject({ authentic: true });
    expect(verify(`{"__proto__":{"order_id":"evil"},"constructor":1,${midtransBody().slice(1)}`)).toMatchObject({
      authentic: true,
    });
    const twice = midtransBody().replace('{', '{"gross_amount":"999999999.00",');
    expect(verify(twice)).toMatchObject({ authentic: true });
    expect(midtrans.interpret(midtransMessage(twice), secrets).events[0]?.amountRupiah).toBe(154_600);
  });
});

describe('what a Midtrans status means', () => {
  it.each([
    [{ transaction_status: 'settlement' }, 'paid', 'midtrans:tx-1:paid'],
    [{ transaction_status: 'settlement', fraud_status: undefined }, 'paid', 'midtrans:tx-1:paid'],
    [{ transaction_status: 'settlement', fraud_status: 'deny' }, 'pending', 'midtrans:tx-1:pending'],
    [{ transaction_status: 'settlement', status_code: '201' }, 'pending', 'midtrans:tx-1:pending'],
    [{ transaction_status: 'capture' }, 'paid', 'midtrans:tx-1:paid'],
    [
      { transaction_status: 'capture', fraud_status: 'challenge', status_code: '201' },
      'pending',
      'midtrans:tx-1:pending',
    ],
    [{ transaction_status: 'capture', fraud_status: undefined }, 'pending', 'midtrans:tx-1:pending'],
    [{ transaction_status: 'pending', status_code: '201' }, 'pending', 'midtrans:tx-1:pending'],
    [{ transaction_status: 'authorize' }, 'pending', 'midtrans:tx-1:pending'],
    [{ transaction_status: 'failure', status_code: '202' }, 'failed', 'midtrans:tx-1:failed'],
    [{ transaction_status: 'deny', payment_type: 'credit_card', status_code: '202' }, 'failed', 'midtrans:tx-1:failed'],
    [{ transaction_status: 'expire', status_code: '407' }, 'expired', 'midtrans:tx-1:expired'],
  ])('%j is %s', (overrides, kind, effectKey) => {
    expect(only(overrides)).toEqual({
      gateway: 'midtrans',
      kind,
      paymentId: 'tx-1',
      effectKey,
      amountRupiah: 154_600,
      feeRupiah: 0,
      orderReference: 'DON-1',
      occurredAt: '2026-11-20T07:58:20.000Z',
      channel: 'payment_type' in overrides ? overrides.payment_type : 'gopay',
    });
  });

  it.each([
    [{ transaction_status: 'cancel', payment_type: 'credit_card' }],
    [{ transaction_status: 'deny', payment_type: 'bank_transfer' }],
    [{ transaction_status: 'deny', payment_type: 'echannel' }],
    [{ transaction_status: 'deny', payment_type: 'cstore' }],
  ])('%j undoes a payment, whichever came first', (overrides) => {
    expect(only(overrides)).toMatchObject({ kind: 'failed', effectKey: 'midtrans:tx-1:void', voidsPayment: true });
  });

  it('keeps what it does not know and books nothing', () => {
    expect(interpret({ transaction_status: 'teleported', gross_amount: 'x' })).toMatchObject({
      events: [],
      ignored: true,
    });
    expect(interpret({ transaction_status: 'constructor' })).toMatchObject({ events: [], ignored: true });
    expect(interpret({ transaction_status: undefined })).toMatchObject({ events: [], ignored: true });
    expect(interpret({ transaction_status: ['settlement'] })).toMatchObject({ events: [], ignored: true });
  });

  it('is not undone by a failure that only sounds like a denial', () => {
    const failed = only({ transaction_status: 'failure', payment_type: 'bank_transfer' });
    expect(failed).toMatchObject({ kind: 'failed', effectKey: 'midtrans:tx-1:failed' });
    expect(failed).not.toHaveProperty('voidsPayment');
  });

  it('is in rupiah where the message leaves the currency out', () => {
    expect(only({ currency: undefined })?.amountRupiah).toBe(154_600);
    expect(only({ currency: null })?.amountRupiah).toBe(154_600);
  });

  it.each([
    [{ payment_type: 'bank_transfer', va_numbers: [{ bank: 'BNI', va_number: '1' }] }, 'bank_transfer:bni'],
    [{ payment_type: 'bank_transfer', permata_va_number: '850' }, 'bank_transfer:permata'],
    [{ payment_type: 'bank_transfer', va_numbers: 'x' }, 'bank_transfer'],
    [{ payment_type: 'bank_transfer', va_numbers: null }, 'bank_transfer'],
    [{ payment_type: 'bank_transfer', va_numbers: [{ bank: 'bca; drop' }] }, 'bank_transfer'],
    [{ payment_type: 'bank_transfer', va_numbers: [{ bank: ' bca' }] }, 'bank_transfer'],
    [{ payment_type: 'bank_transfer', va_numbers: [{ bank: 'x'.repeat(21) }] }, 'bank_transfer'],
    [{ payment_type: 'gopay', permata_va_number: '850' }, 'gopay'],
    [{ payment_type: 'echannel' }, 'echannel'],
    [{ payment_type: 'cstore', store: 'indomaret' }, 'cstore'],
    [{ payment_type: null }, 'unknown'],
  ])('%j came through %s', (overrides, channel) => {
    expect(only(overrides)?.channel).toBe(channel);
  });

  it('happened when it settled, or else when it was made, in WIB', () => {
    expect(only({ settlement_time: undefined })?.occurredAt).toBe('2026-11-20T07:58:01.000Z');
    expect(only({ settlement_time: '2026-12-01 00:30:00' })?.occurredAt).toBe('2026-11-30T17:30:00.000Z');
    expect(only({ settlement_time: '2026-12-01 23:59:59' })?.occurredAt).toBe('2026-12-01T16:59:59.000Z');
  });
});

describe('money that went back through Midtrans', () => {
  const refund = (refund_key: string, refund_amount: string, more: object = {}) => ({
    refund_key,
    refund_amount,
    created_at: '2026-11-20 15:20:00',
    ...more,
  });

  it('is one event for each entry with its own amount', () => {
    const { events } = interpret({
      transaction_status: 'partial_refund',
      refund_amount: '12000.00',
      refunds: [refund('a', '5000.00'), refund('b', '7000.00', { created_at: undefined })],
    });
    expect(
      events.map(({ kind, effectKey, amountRupiah, occurredAt }) => [kind, effectKey, amountRupiah, occurredAt]),
    ).toEqual([
      ['refunded', 'midtrans:tx-1:refund:a', 5_000, '2026-11-20T08:20:00.000Z'],
      ['refunded', 'midtrans:tx-1:refund:b', 7_000, '2026-11-20T07:58:20.000Z'],
    ]);
  });

  it('has the same effect before and after the bank confirmed it, as two deliveries', () => {
    const first = interpret({ transaction_status: 'refund', refunds: [refund('a', '154600.00')] });
    const second = interpret({
      transaction_status: 'refund',
      refunds: [refund('a', '154600.00', { bank_confirmed_at: '2026-11-20 16:00:00' })],
    });
    expect(second.events).toEqual(first.events);
    expect(first.deliveryKey).toBe('tx-1:refund:200:a');
    expect(second.deliveryKey).toBe('tx-1:refund:200:a:bank_confirmed');
  });

  it('follows its payment where the message is the whole story (status API)', () => {
    const body = JSON.parse(midtransBody({ transaction_status: 'refund', refunds: [refund('a', '154600.00')] }));
    const told = (wholeStory: boolean) =>
      eventsOfTransaction(body, { wholeStory }).map(({ kind, effectKey }) => [kind, effectKey]);
    expect(told(true)).toEqual([
      ['paid', 'midtrans:tx-1:paid'],
      ['refunded', 'midtrans:tx-1:refund:a'],
    ]);
    expect(told(false)).toEqual([['refunded', 'midtrans:tx-1:refund:a']]);
    const settled = JSON.parse(midtransBody());
    expect(eventsOfTransaction(settled, { wholeStory: true })).toEqual(
      eventsOfTransaction(settled, { wholeStory: false }),
    );
  });

  it('is told beyond what was paid: how much counts is decided where the payment is known', () => {
    const refunds = [refund('a', '100000.00'), refund('b', '100000.00')];
    const amounts = interpret({ transaction_status: 'refund', refunds }).events.map(({ amountRupiah }) => amountRupiah);
    expect(amounts).toEqual([100_000, 100_000]);
  });

  it('is known by the chargeback id where it has no key, and cannot be told apart without either', () => {
    const entry = { refund_chargeback_id: 7, refund_amount: '1000.00' };
    expect(only({ transaction_status: 'partial_refund', refunds: [entry] })?.effectKey).toBe('midtrans:tx-1:refund:7');
    expect(interpret({ transaction_status: 'partial_refund', refunds: [entry] }).deliveryKey).toBe(
      'tx-1:partial_refund:200:7',
    );
    expect(() => interpret({ transaction_status: 'refund', refunds: [{ refund_amount: '1.00' }] })).toThrow(
      expect.objectContaining({ reason: 'field_missing', field: 'refunds.0.refund_key' }),
    );
  });

  it('may be named beside the payment, where no entries are listed', () => {
    const told = { transaction_status: 'partial_refund', refund_amount: '5000.00' };
    expect(only({ ...told, refund_key: 'a' })?.effectKey).toBe('midtrans:tx-1:refund:a');
    expect(only({ ...told, refund_key: '', refund_chargeback_id: 7 })?.effectKey).toBe('midtrans:tx-1:refund:7');
    const listed = { refund_key: '', refund_chargeback_id: 7, refund_amount: '1000.00' };
    expect(interpret({ ...told, refunds: [listed] })).toMatchObject({
      deliveryKey: 'tx-1:partial_refund:200:7',
      events: [{ effectKey: 'midtrans:tx-1:refund:7', amountRupiah: 1_000 }],
    });
  });

  it('counts a key once, and refuses one key with two amounts', () => {
    const same = [refund('a', '5000.00'), refund('a', '5000.00')];
    expect(interpret({ transaction_status: 'partial_refund', refunds: same }).events).toHaveLength(1);
    const again = [refund('a', '5000.00'), refund('a', '5000.00', { created_at: '2026-11-21 09:00:00' })];
    expect(only({ transaction_status: 'partial_refund', refunds: again })?.occurredAt).toBe('2026-11-20T08:20:00.000Z');
    const contradiction = [refund('a', '5000.00'), refund('a', '6000.00')];
    expect(() => interpret({ transaction_status: 'partial_refund', refunds: contradiction })).toThrow(
      expect.objectContaining({
        reason: 'field_invalid',
        field: 'refunds.1.refund_key',
        message: 'one key, two amounts',
      }),
    );
  });

  it.each([
    [{ transaction_status: 'refund', refund_amount: '5000.00' }, 'refund:total', 5_000],
    [{ transaction_status: 'refund' }, 'refund:total', 154_600],
    [{ transaction_status: 'refund', refunds: [] }, 'refund:total', 154_600],
    [{ transaction_status: 'partial_refund', refund_amount: '5000.00' }, 'refund:total', 5_000],
    [{ transaction_status: 'chargeback' }, 'chargeback:full', 154_600],
    [{ transaction_status: 'partial_chargeback', refund_amount: '5000.00' }, 'chargeback:partial', 5_000],
    [
      { transaction_status: 'chargeback', refunds: [refund('cb', '154600.00', { reason: 'chargeback' })] },
      'chargeback:cb',
      154_600,
    ],
  ])('%j is %s of %i', (overrides, effect, amountRupiah) => {
    expect(only(overrides)).toMatchObject({ effectKey: `midtrans:tx-1:${effect}`, amountRupiah });
  });

  const effects = (overrides: Record<string, unknown>) =>
    interpret(overrides).events.map(({ kind, effectKey, amountRupiah }) => [kind, effectKey.slice(14), amountRupiah]);
  const before = [refund('a', '4600.00'), refund('b', '50000.00', { reason: 'chargeback feared' })];

  it('is a chargeback beside the refunds before it, which keep the keys they were told under (I4)', () => {
    expect(effects({ transaction_status: 'chargeback', refunds: before })).toEqual([
      ['refunded', 'refund:a', 4_600],
      ['refunded', 'refund:b', 50_000],
      ['charged_back', 'chargeback:full', 154_600],
    ]);
    const part = { transaction_status: 'partial_chargeback', refund_amount: '64600.00', refunds: before };
    expect(effects(part).at(-1)).toEqual(['charged_back', 'chargeback:partial', 10_000]);
  });

  it('is a chargeback in the list where its reason says so, and all of the payment once the bank took all', () => {
    const own = refund('cb', '100000.00', { reason: 'Partial chargeback' });
    expect(effects({ transaction_status: 'partial_chargeback', refunds: [...before, own] })).toEqual([
      ['refunded', 'refund:a', 4_600],
      ['refunded', 'refund:b', 50_000],
      ['charged_back', 'chargeback:cb', 100_000],
    ]);
    expect(effects({ transaction_status: 'chargeback', refunds: [...before, own] })).toHaveLength(3);
    expect(effects({ transaction_status: 'chargeback', refunds: [own] })).toEqual([
      ['charged_back', 'chargeback:cb', 100_000],
      ['charged_back', 'chargeback:full', 154_600],
    ]);
    expect(effects({ transaction_status: 'refund', refunds: [refund('c', '1.00', { reason: 'chargeback' })] })).toEqual(
      [['refunded', 'refund:c', 1]],
    );
  });

  it('is a chargeback in the list without saying so, where nothing else is left for the bank to take', () => {
    const unmarked = refund('cb', '50000.00', { reason: 'fraud' });
    const partly = { transaction_status: 'partial_chargeback', refunds: [unmarked] };
    expect(effects({ ...partly, refund_amount: '50000.00' })).toEqual([['charged_back', 'chargeback:cb', 50_000]]);
    expect(effects(partly)).toEqual([['charged_back', 'chargeback:cb', 50_000]]);
    expect(effects({ ...partly, refund_amount: '60000.00' })).toEqual([
      ['refunded', 'refund:cb', 50_000],
      ['charged_back', 'chargeback:partial', 10_000],
    ]);
    const rest = refund('cb', '150000.00', { reason: '' });
    expect(effects({ transaction_status: 'chargeback', refunds: [refund('a', '4600.00'), rest] })).toEqual([
      ['refunded', 'refund:a', 4_600],
      ['charged_back', 'chargeback:cb', 150_000],
    ]);
  });

  it('is left to a person where a partial chargeback cannot be told from the refunds listed with it', () => {
    const told = { transaction_status: 'partial_chargeback', refunds: before };
    expect(() => interpret({ ...told, refund_amount: '54600.00' })).toThrow(
      expect.objectContaining({ reason: 'field_invalid', field: 'refund_amount' }),
    );
    expect(() => interpret(told)).toThrow(
      expect.objectContaining({ reason: 'amount_missing', field: 'refund_amount' }),
    );
  });

  it('needs an amount where only a part went back', () => {
    expect(() => interpret({ transaction_status: 'partial_refund' })).toThrow(
      expect.objectContaining({ reason: 'amount_missing', field: 'refund_amount' }),
    );
  });

  it('never lets an id read like another effect (I4)', () => {
    expect(
      only({ transaction_status: 'refund', transaction_id: 'a:refund', refunds: [refund('b:c', '1.00')] })?.effectKey,
    ).toBe('midtrans:a%3Arefund:refund:b%3Ac');
  });
});

describe('a fee the donor paid on top', () => {
  const metadata = { extra_info: { gross_amount_info: { original_amount: '10000', gross_amount: '10071' } } };
  const onTop = { gross_amount: '10071.00', metadata };

  it('is signed with the gross amount and is no part of the gift', () => {
    expect(verify(midtransBody(onTop))).toMatchObject({ authentic: true });
    expect(only(onTop)).toMatchObject({ amountRupiah: 10_000, feeRupiah: 0 });
  });

  it('goes back without touching our books', () => {
    const { events } = interpret({
      ...onTop,
      transaction_status: 'refund',
      refunds: [
        { refund_key: 'a', refund_amount: '9000.00' },
        { refund_key: 'b', refund_amount: '1071.00' },
        { refund_key: 'c', refund_amount: '1.00' },
      ],
    });
    expect(events.map(({ amountRupiah }) => amountRupiah)).toEqual([9_000, 1_000]);
    expect(only({ ...onTop, transaction_status: 'refund', refund_amount: '10071.00' })?.amountRupiah).toBe(10_000);
    const refunds = [{ refund_key: 'a', refund_amount: '9000.00' }];
    const back = interpret({ ...onTop, transaction_status: 'chargeback', refunds }).events;
    expect(back.map(({ amountRupiah }) => amountRupiah)).toEqual([9_000, 10_000]);
  });

  it.each([
    ['is none where both amounts are the same', '10071'],
    ['is none where no amount of the gift is named', null],
  ])('%s', (_, original_amount) => {
    const same = { ...onTop, metadata: { extra_info: { gross_amount_info: { original_amount } } } };
    const refunds = ['a', 'b'].map((refund_key) => ({ refund_key, refund_amount: '10071.00' }));
    const { events } = interpret({ ...same, transaction_status: 'refund', refunds });
    expect(events.map(({ amountRupiah }) => amountRupiah)).toEqual([10_071, 10_071]);
    expect(only(same)?.amountRupiah).toBe(10_071);
  });

  it.each([null, 'x', { extra_info: null }])('is none in metadata like %j', (metadata) => {
    expect(only({ metadata })?.amountRupiah).toBe(154_600);
  });

  it('cannot make the gift larger than what was paid', () => {
    expect(() => interpret({ gross_amount: '9000.00', metadata })).toThrow(
      expect.objectContaining({
        reason: 'amount_invalid',
        field: 'metadata.extra_info.gross_amount_info.original_amount',
      }),
    );
  });
});

describe('a Midtrans message that is authentic but cannot be booked', () => {
  it.each([
    [{ gross_amount: '154600.50' }, 'amount_has_sen', 'gross_amount'],
    [{ gross_amount: '-1.00' }, 'amount_invalid', 'gross_amount'],
    [{ gross_amount: '0.00' }, 'amount_invalid', 'gross_amount'],
    [{ gross_amount: '1e5' }, 'amount_invalid', 'gross_amount'],
    [{ gross_amount: undefined }, 'amount_missing', 'gross_amount'],
    [{ gross_amount: null }, 'amount_missing', 'gross_amount'],
    [{ currency: 'USD' }, 'currency_not_idr', 'currency'],
    [{ transaction_id: undefined }, 'field_missing', 'transaction_id'],
    [{ transaction_id: 7 }, 'field_invalid', 'transaction_id'],
    [{ transaction_id: 'x'.repeat(201) }, 'field_invalid', 'transaction_id'],
    [{ settlement_time: '2026-02-30 10:00:00' }, 'field_invalid', 'settlement_time'],
    [{ settlement_time: '2026-11-20T14:58:20Z' }, 'field_invalid', 'settlement_time'],
    [{ settlement_time: '2026-11-20 24:00:00' }, 'field_invalid', 'settlement_time'],
    [{ settlement_time: ' 2026-11-20 14:58:20' }, 'field_invalid', 'settlement_time'],
    [{ settlement_time: '2026-11-20 14:58:20 WIB' }, 'field_invalid', 'settlement_time'],
    [{ settlement_time: undefined, transaction_time: 'today' }, 'field_invalid', 'transaction_time'],
    [{ transaction_id: '' }, 'field_invalid', 'transaction_id'],
    [
      { transaction_status: 'refund', refunds: [{ refund_key: 'a', refund_amount: '1.00', created_at: 'x' }] },
      'field_invalid',
      'refunds.0.created_at',
    ],
    [{ settlement_time: undefined, transaction_time: undefined }, 'field_missing', 'transaction_time'],
    [{ transaction_status: 'refund', refunds: [{ refund_key: 'a' }] }, 'amount_missing', 'refunds.0.refund_amount'],
    [{ transaction_status: 'refund', refunds: 'x' }, 'field_invalid', 'refunds'],
    [
      {
        transaction_status: 'refund',
        refunds: Array.from({ length: 101 }, (_, index) => ({ refund_key: `${index}` })),
      },
      'field_invalid',
      'refunds',
    ],
  ])('%j: %s of %s', (overrides, reason, field) => {
    expect(() => interpret(overrides)).toThrow(expect.objectContaining({ name: 'Permanent', reason, field }));
  });

  it('may have a number for its order, as it was signed', () => {
    const body = midtransBody({ order_id: '20261120' }).replace('"20261120"', '20261120');
    expect(verify(body)).toMatchObject({ authentic: true });
    const { events } = midtrans.interpret(midtransMessage(body), secrets);
    expect(events).toMatchObject([{ kind: 'paid', orderReference: '20261120' }]);
  });

  it('that names no time happened when it came', () => {
    const body = midtransBody({ settlement_time: undefined, transaction_time: null });
    const { events } = midtrans.interpret({ ...midtransMessage(body), receivedAt: NOW }, secrets);
    expect(events).toMatchObject([{ kind: 'paid', occurredAt: NOW }]);
    const [timed] = midtrans.interpret({ ...midtransMessage(midtransBody()), receivedAt: NOW }, secrets).events;
    expect(timed?.occurredAt).not.toBe(NOW);
  });

  it('is no message at all where its bytes are no object', () => {
    expect(() => midtrans.interpret(midtransMessage('{'), secrets)).toThrow(
      expect.objectContaining({ name: 'Permanent', reason: 'malformed_body' }),
    );
  });

  it('has a delivery key of what the sender says, and never of more than it may hold', () => {
    const keyOf = (overrides: Record<string, unknown>) =>
      midtrans.deliveryKey(midtransMessage(midtransBody(overrides)));
    expect(keyOf({})).toBe('tx-1:settlement:200');
    expect(keyOf({ transaction_id: 'x'.repeat(200) })).toBe(`${'x'.repeat(200)}:settlement:200`);
    expect(keyOf({ transaction_id: 'x'.repeat(201) })).toMatch(/^body:[0-9a-f]{40}$/);
    expect(keyOf({ refunds: [{ refund_key: 'x'.repeat(201) }] })).toBe(`tx-1:settlement:200:${'x'.repeat(200)}`);
    expect(keyOf({ refunds: [{ refund_key: { a: 1 } }] })).toBe('tx-1:settlement:200');
    for (const refunds of [[], [null], 'x']) expect(keyOf({ refunds })).toBe('tx-1:settlement:200');
  });

  it('still has a delivery key', () => {
    expect(midtrans.deliveryKey(midtransMessage(midtransBody({ transaction_id: 7 })))).toMatch(/^body:[0-9a-f]{40}$/);
    expect(midtrans.deliveryKey(midtransMessage('{'))).toMatch(/^body:/);
  });
});
