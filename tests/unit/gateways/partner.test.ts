import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../../shared/domain/dates.ts';
import type { InboundMessage } from '../../../shared/gateways/gateway.ts';
import { partner } from '../../../shared/gateways/partner.ts';
import type { PartnerSecrets } from '../../../shared/settings.ts';
import {
  DONATION,
  NOW,
  NOW_SECONDS,
  PARTNER_SECRET,
  type PartnerSigning,
  partnerBody,
  partnerMessage,
} from './signing.ts';

const kitabisa = partner('kitabisa');
const secrets: PartnerSecrets = { secrets: [PARTNER_SECRET], fundClass: 'general', toleranceSeconds: 300 };
const OTHER_SECRET = `whsec_${Buffer.from('another-secret-of-thirty-two-byt').toString('base64')}`;
const paid = partnerBody('donation.paid');
const UNDATED = '{"payment_id":"a","amount":1,"currency":"IDR"}';

const verify = (message: InboundMessage, using = secrets, now = NOW) => kitabisa.verify(message, using, now);
const withHeaders = (headers: Record<string, string | undefined>, signing?: PartnerSigning): InboundMessage => {
  const message = partnerMessage(paid, signing);
  const merged = Object.entries({ ...message.headers, ...headers }).filter(([, value]) => value !== undefined);
  return { ...message, headers: Object.fromEntries(merged) as Record<string, string> };
};
const interpret = (type: unknown, data: Record<string, unknown> = {}, using = secrets) =>
  kitabisa.interpret(partnerMessage(partnerBody(type as string, data)), using);

describe('a partner signature', () => {
  it('is over id, time and the exact bytes', () => {
    expect(verify(partnerMessage(paid))).toEqual({ authentic: true, secretIndex: 0 });
    const message = partnerMessage(paid);
    expect(verify({ ...message, body: new TextEncoder().encode(` ${paid}`) })).toMatchObject({
      reason: 'signature_mismatch',
    });
    expect(verify(withHeaders({ 'webhook-id': 'msg_2' }))).toMatchObject({ reason: 'signature_mismatch' });
    expect(verify(withHeaders({ 'webhook-timestamp': String(NOW_SECONDS - 1) }))).toMatchObject({
      reason: 'signature_mismatch',
    });
  });

  it('is checked on bytes that are no text, too', () => {
    const bytes = new Uint8Array([0xff, 0x00, 0xfe]);
    expect(verify(partnerMessage(bytes))).toMatchObject({ authentic: true });
    expect(() => kitabisa.interpret(partnerMessage(bytes), secrets)).toThrow(
      expect.objectContaining({ reason: 'malformed_body' }),
    );
  });

  it('agrees with the published library vector', () => {
    const message = partnerMessage('{"test": 2432232314}', {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestampSeconds: 1_614_265_330,
      secret: ['MfKQ9r8GKYqrTwjU', 'PD8ILPZIo2LaLaSw'].join(''),
    });
    expect(message.headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
    expect(kitabisa.interpret(message, secrets)).toMatchObject({ events: [], ignored: true });
  });

  it('may be one of several, by any of our secrets', () => {
    const own = partnerMessage(paid).headers['webhook-signature'];
    expect(verify(withHeaders({ 'webhook-signature': `v1,AAAA v2,x ${own}` }))).toMatchObject({ authentic: true });
    const rotating = { ...secrets, secrets: [OTHER_SECRET, PARTNER_SECRET] };
    expect(verify(partnerMessage(paid), rotating)).toEqual({ authentic: true, secretIndex: 1 });
  });

  it('is known after any number of rotations', () => {
    const rotated = Array.from(
      { length: 120 },
      (_, index) => `whsec_${Buffer.from(`key ${index}`).toString('base64')}`,
    );
    for (const secret of [...rotated, ...rotated])
      expect(verify(partnerMessage(paid, { secret }), { ...secrets, secrets: [secret] })).toMatchObject({
        authentic: true,
      });
  });

  it.each([
    [-300, true],
    [-301, false],
    [300, true],
    [301, false],
  ])('%i seconds from now: fresh %s', (offset, fresh) => {
    const verification = verify(partnerMessage(paid, { timestampSeconds: NOW_SECONDS + offset }));
    expect(verification).toMatchObject(fresh ? { authentic: true } : { authentic: false, reason: 'stale_timestamp' });
  });

  it('keeps to the tolerance of the configuration and the injected time', () => {
    expect(verify(partnerMessage(paid), { ...secrets, toleranceSeconds: 10 }, addSeconds(NOW, 11))).toMatchObject({
      reason: 'stale_timestamp',
    });
  });

  it.each([
    [{ 'webhook-id': undefined }, 'missing_signature'],
    [{ 'webhook-signature': undefined }, 'missing_signature'],
    [{ 'webhook-signature': 'v2,AAAA' }, 'missing_signature'],
    [{ 'webhook-timestamp': undefined }, 'missing_timestamp'],
    [{ 'webhook-timestamp': '2026-11-20' }, 'missing_timestamp'],
    [{ 'webhook-signature': 'v1,' }, 'signature_mismatch'],
  ])('%j: %s', (headers, reason) => {
    expect(verify(withHeaders(headers))).toEqual({ authentic: false, reason });
  });

  it('never accepts a secret without a key in it', () => {
    const empty = { ...secrets, secrets: ['whsec_'] };
    expect(verify(withHeaders({ 'webhook-signature': 'v1,' }), empty)).toMatchObject({ authentic: false });
    const signed = createHmac('sha256', '').update(`msg_1.${NOW_SECONDS}.${paid}`).digest('base64');
    expect(verify(withHeaders({ 'webhook-signature': `v1,${signed}` }), empty)).toMatchObject({
      reason: 'signature_mismatch',
    });
  });
});

describe('what a partner message means', () => {
  it('is a gift with what the partner kept', () => {
    expect(interpret('donation.paid')).toEqual({
      events: [
        {
          gateway: 'partner:kitabisa',
          kind: 'paid',
          paymentId: 'KB-1',
          effectKey: 'partner:kitabisa:KB-1:paid',
          amountRupiah: 100_000,
          feeRupiah: 5_000,
          orderReference: 'ojek-2026:KB-1',
          occurredAt: '2026-11-20T07:58:00.000Z',
          channel: 'gopay',
        },
      ],
      ignored: false,
      deliveryKey: 'msg_1',
      donor: { name: 'Siti Rahayu', email: 'siti@example.org', anonymous: false },
    });
  });

  it.each([
    ['donation.pending', 'pending', 'pending'],
    ['donation.failed', 'failed', 'failed'],
    ['donation.expired', 'expired', 'expired'],
    ['donation.charged_back', 'charged_back', 'chargeback:full'],
  ])('%s is %s', (type, kind, effect) => {
    expect(interpret(type).events).toMatchObject([
      { kind, effectKey: `partner:kitabisa:KB-1:${effect}`, feeRupiah: 0, amountRupiah: 100_000 },
    ]);
  });

  it('keys refunds and chargebacks by their id', () => {
    expect(interpret('donation.refunded', { refund_id: 'R:1' }).events[0]?.effectKey).toBe(
      'partner:kitabisa:KB-1:refund:R%3A1',
    );
    expect(interpret('donation.charged_back', { refund_id: 'D1' }).events[0]?.effectKey).toBe(
      'partner:kitabisa:KB-1:chargeback:D1',
    );
  });

  it('belongs to a pledge where it names one', () => {
    expect(interpret('donation.paid', { order_reference: 'PLG-1' }).events[0]?.orderReference).toBe('PLG-1');
    expect(interpret('donation.paid', { campaign: null }).events[0]?.orderReference).toBeNull();
  });

  it('carries the class of fund its partner is bound to', () => {
    const zakat: PartnerSecrets = { ...secrets, fundClass: 'zakat' };
    expect(interpret('donation.paid', {}, zakat).events[0]?.fundClass).toBe('zakat');
    expect(interpret('donation.paid').events[0]).not.toHaveProperty('fundClass');
  });

  it('may be kept whole by its channel', () => {
    expect(interpret('donation.paid', { fee: 100_000 }).events[0]?.feeRupiah).toBe(100_000);
  });

  it.each(['channel', 'payment_id', 'campaign', 'order_reference'])('has a %s as long as a name may be', (field) => {
    const length = field === 'channel' ? 100 : 200;
    expect(interpret('donation.paid', { [field]: 'x'.repeat(length) }).events).toHaveLength(1);
    for (const text of ['', 'x'.repeat(length + 1)])
      expect(() => interpret('donation.paid', { [field]: text })).toThrow(
        expect.objectContaining({ reason: 'field_invalid', field: `data.${field}` }),
      );
  });

  it('falls back on the time of the message where nothing was paid', () => {
    expect(interpret('donation.expired', { paid_at: null }).events[0]?.occurredAt).toBe('2026-11-20T07:59:50.000Z');
  });

  it.each(['remittance.manifest', 'donation.matched', 'constructor', '', ['donation.paid'], 7])(
    'keeps %j and books nothing',
    (type) => {
      expect(interpret(type, { amount: -1 })).toMatchObject({ events: [], ignored: true });
    },
  );

  it('accepts fields it does not know and leaves the optional ones out', () => {
    const { fee: _fee, channel: _channel, donor: _donor, ...bare } = DONATION;
    const body = JSON.stringify({ type: 'donation.paid', schema: 7, data: { ...bare, tip: 1, nested: [[[]]] } });
    expect(kitabisa.interpret(partnerMessage(body), secrets)).toMatchObject({
      events: [{ feeRupiah: 0, channel: 'unknown' }],
      donor: null,
    });
  });

  it('tells who gave as far as the message does, without what is blank or of another kind', () => {
    const donorOf = (donor: unknown) => interpret('donation.paid', { donor }).donor;
    const siti = { name: 'Siti', email: 'siti@example.org', phone: '+628120000000', anonymous: true };
    expect(donorOf(siti)).toStrictEqual(siti);
    expect(donorOf({ name: '  ', email: '', phone: 7, anonymous: 'yes' })).toStrictEqual({});
    for (const donor of [null, 'Siti', []]) expect(donorOf(donor)).toBeNull();
  });

  it('never puts the donor into an event (I9)', () => {
    const { events, donor } = interpret('donation.paid', { donor: { name: ['x'], email: ' a@b.id ', phone: 7 } });
    expect(donor).toEqual({ email: 'a@b.id' });
    expect(JSON.stringify(events)).not.toContain('a@b.id');
  });
});

describe('a delivery', () => {
  const keyOf = (body: string | Uint8Array, id?: string) => {
    const { 'webhook-id': _id, ...headers } = partnerMessage(body).headers;
    return kitabisa.deliveryKey({
      ...partnerMessage(body),
      headers: id === undefined ? headers : { ...headers, 'webhook-id': id },
    });
  };

  it('is known by its id, as much of it as a key may hold', () => {
    expect(keyOf(paid, 'msg_2')).toBe('msg_2');
    expect(keyOf(paid, 'x'.repeat(300))).toBe('x'.repeat(200));
  });

  it('without an id is known by its bytes, whatever they are', () => {
    const keys = [keyOf(paid), keyOf(paid, ''), keyOf(new Uint8Array([0xff])), keyOf(new Uint8Array([0xfe]))];
    for (const key of keys) expect(key).toMatch(/^body:[0-9a-f]{40}$/);
    expect(new Set(keys).size).toBe(3);
  });
});

describe('a partner message that is authentic but cannot be booked', () => {
  it.each([
    ['donation.paid', { amount: 0 }, 'amount_invalid', 'data.amount'],
    ['donation.paid', { amount: -5 }, 'amount_invalid', 'data.amount'],
    ['donation.paid', { amount: 100_000.5 }, 'amount_invalid', 'data.amount'],
    ['donation.paid', { amount: '100000' }, 'amount_invalid', 'data.amount'],
    ['donation.paid', { amount: 2 ** 53 }, 'amount_invalid', 'data.amount'],
    ['donation.paid', { amount: [1] }, 'amount_invalid', 'data.amount'],
    ['donation.paid', { amount: null }, 'amount_missing', 'data.amount'],
    ['donation.paid', { amount: undefined }, 'amount_missing', 'data.amount'],
    ['donation.paid', { fee: -1 }, 'amount_invalid', 'data.fee'],
    ['donation.paid', { fee: 1.5 }, 'amount_invalid', 'data.fee'],
    ['donation.paid', { fee: 100_001 }, 'fee_exceeds_amount', 'data.fee'],
    ['donation.paid', { currency: 'USD' }, 'currency_not_idr', 'data.currency'],
    ['donation.paid', { currency: undefined }, 'currency_not_idr', 'data.currency'],
    ['donation.paid', { payment_id: undefined }, 'field_missing', 'data.payment_id'],
    ['donation.paid', { payment_id: 7 }, 'field_invalid', 'data.payment_id'],
    ['donation.paid', { payment_id: '' }, 'field_invalid', 'data.payment_id'],
    ['donation.paid', { payment_id: 'x'.repeat(201) }, 'field_invalid', 'data.payment_id'],
    ['donation.paid', { paid_at: '2026-11-20 14:58:00' }, 'field_invalid', 'data.paid_at'],
    ['donation.paid', { order_reference: 7 }, 'field_invalid', 'data.order_reference'],
    ['donation.refunded', {}, 'field_missing', 'data.refund_id'],
  ])('%s with %j: %s of %s', (type, data, reason, field) => {
    expect(() => interpret(type, data)).toThrow(expect.objectContaining({ name: 'Permanent', reason, field }));
  });

  it.each([
    ['{"type":"donation.paid"}', 'field_missing', 'data'],
    ['{"type":"donation.paid","data":7}', 'field_invalid', 'data'],
    ['{"type":"donation.paid","data":[]}', 'field_invalid', 'data'],
    ['{"type":"donation.paid","data":{"payment_id":"a","amount":1,"currency":"IDR"}}', 'field_missing', 'data.paid_at'],
    [`{"type":"donation.paid","timestamp":null,"data":${UNDATED}}`, 'field_missing', 'data.paid_at'],
    [`{"type":"donation.paid","timestamp":"x","data":${UNDATED}}`, 'field_invalid', 'timestamp'],
  ])('%s: %s of %s', (body, reason, field) => {
    expect(() => kitabisa.interpret(partnerMessage(body), secrets)).toThrow(expect.objectContaining({ reason, field }));
  });
});
