import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../../shared/domain/dates.ts';
import { doku } from '../../../shared/gateways/doku.ts';
import { CLIENT_ID, type DokuSigning, dokuBody, dokuMessage, SECRET_KEY, SENT_AT, TARGET } from './doku-signing.ts';
import { NOW } from './signing.ts';

const secrets = {
  clientId: CLIENT_ID,
  secretKeys: [SECRET_KEY, 'previous-key'],
  requestTarget: TARGET,
  toleranceSeconds: 86_400,
};
const verified = (signing: DokuSigning = {}, body: unknown = dokuBody('SUCCESS'), now = NOW) =>
  doku.verify(dokuMessage(body, signing), secrets, now);
const read = (body: unknown) => doku.interpret(dokuMessage(body), secrets);
const refusedAs = (reason: string) => ({ authentic: false, reason });
const without = (name: string) => {
  const { [name]: _gone, ...headers } = dokuMessage(dokuBody('SUCCESS')).headers;
  return doku.verify({ ...dokuMessage(dokuBody('SUCCESS')), headers }, secrets, NOW);
};

describe('a DOKU signature', () => {
  it('is over the exact bytes, by any of our keys, for the path that is configured', () => {
    expect(verified()).toEqual({ authentic: true, secretIndex: 0 });
    expect(verified({ key: 'previous-key' })).toEqual({ authentic: true, secretIndex: 1 });
    expect(verified({}, JSON.stringify(dokuBody('SUCCESS'), null, 2))).toEqual({ authentic: true, secretIndex: 0 });
  });

  it.each<[string, DokuSigning]>([
    ['another key', { key: 'other' }],
    ['another path', { target: '/somewhere/else' }],
    ['another client', { clientId: 'MCH-0002' }],
    ['another request', { headers: { 'request-id': 'request-2' } }],
    ['another time', { headers: { 'request-timestamp': '2026-11-20T07:59:43Z' } }],
    ['a line break in the request', { headers: { 'request-id': 'a\nRequest-Timestamp:b' } }],
    ['another scheme', { headers: { signature: 'HMACSHA512=AAAA' } }],
    ['no scheme', { headers: { signature: 'AAAA' } }],
  ])('does not hold for %s', (_, signing) => {
    expect(verified(signing)).toEqual(refusedAs('signature_mismatch'));
  });

  it('does not hold where its letters change case: base64 is not hex', () => {
    const { headers } = dokuMessage(dokuBody('SUCCESS'));
    const signature = headers.signature?.replace(/[a-z]/g, (letter) => letter.toUpperCase()) ?? '';
    expect(verified({ headers: { signature } })).toEqual(refusedAs('signature_mismatch'));
  });

  it.each(['signature', 'client-id', 'request-id'])('needs the header %s', (name) => {
    expect(without(name)).toEqual(refusedAs('missing_signature'));
  });

  it('needs a time in UTC', () => {
    expect(without('request-timestamp')).toEqual(refusedAs('missing_timestamp'));
    for (const sentAt of ['yesterday', '2026-11-20T14:59:42+07:00', '2026-13-40T99:00:00Z', '1795161582'])
      expect(verified({ sentAt })).toEqual(refusedAs('missing_timestamp'));
  });

  it('ages in a day, both ways', () => {
    const sent = addSeconds(NOW, (Date.parse(SENT_AT) - Date.parse(NOW)) / 1000);
    const at = (seconds: number) => verified({}, dokuBody('SUCCESS'), addSeconds(sent, seconds));
    expect([at(86_400), at(-86_400)]).toEqual([
      { authentic: true, secretIndex: 0 },
      { authentic: true, secretIndex: 0 },
    ]);
    expect([at(86_401), at(-86_401)]).toEqual([refusedAs('stale_timestamp'), refusedAs('stale_timestamp')]);
  });

  it.each(['{', '[]', 'null', ''])('does not make a message of %j', (body) => {
    expect(verified({}, body)).toEqual(refusedAs('malformed_body'));
  });
});

describe('a DOKU notification', () => {
  it.each([
    ['SUCCESS', 'paid', 'paid'],
    ['PENDING', 'pending', 'pending'],
    ['TIMEOUT', 'pending', 'pending'],
    ['REDIRECT', 'pending', 'pending'],
    ['FAILED', 'failed', 'failed'],
    ['EXPIRED', 'expired', 'expired'],
    ['REFUNDED', 'refunded', 'refund:full'],
  ])('%s is %s', (status, kind, effect) => {
    expect(read(dokuBody(status))).toMatchObject({
      ignored: false,
      events: [
        {
          gateway: 'doku',
          kind,
          paymentId: 'DON-1',
          effectKey: `doku:DON-1:${effect}`,
          amountRupiah: 150_000,
          feeRupiah: 0,
          orderReference: 'DON-1',
          occurredAt: '2026-11-20T07:59:23.000Z',
          channel: 'VIRTUAL_ACCOUNT_BCA',
        },
      ],
    });
  });

  it('that failed voids nothing: the payer may try the same invoice again', () => {
    expect(read(dokuBody('FAILED')).events[0]).not.toHaveProperty('voidsPayment');
  });

  it.each(['NEW', 'success', 'toString', 7, null])('with the status %j is not known yet', (status) => {
    expect(read(dokuBody(status))).toMatchObject({ events: [], ignored: true });
  });

  it.each([{}, { transaction: 'SUCCESS' }, { transaction: { status: ['SUCCESS'] } }])('%j tells nothing', (body) => {
    expect(read(body)).toMatchObject({ events: [], ignored: true, donor: null });
  });

  it.each([
    ['no invoice', { order: { invoice_number: undefined } }, 'field_missing', 'order.invoice_number'],
    ['no amount', { order: { amount: null } }, 'amount_missing', 'order.amount'],
    ['nothing', { order: { amount: 0 } }, 'amount_invalid', 'order.amount'],
    ['sen', { order: { amount: 1.5 } }, 'amount_has_sen', 'order.amount'],
    ['other money', { order: { currency: 'USD' } }, 'currency_not_idr', 'order.currency'],
    ['no time', { transaction: { date: undefined } }, 'field_missing', 'transaction.date'],
    ['no such time', { transaction: { date: '2026-11-20' } }, 'field_invalid', 'transaction.date'],
  ])('with %s is kept with its reason', (_, change, reason, field) => {
    expect(() => read(dokuBody('SUCCESS', change))).toThrow(
      expect.objectContaining({ name: 'Permanent', reason, field }),
    );
  });

  it('happened when it says, in UTC, or else when it came', () => {
    const occurredAt = (date: unknown) => {
      const message = dokuMessage(dokuBody('SUCCESS', { transaction: { date } }));
      return doku.interpret({ ...message, receivedAt: NOW }, secrets).events[0]?.occurredAt;
    };
    expect(occurredAt('2026-11-20T07:59:23')).toBe('2026-11-20T07:59:23.000Z');
    expect(occurredAt('2026-11-20T14:59:23+07:00')).toBe('2026-11-20T07:59:23.000Z');
    expect(occurredAt(null)).toBe(NOW);
  });

  it('names its channel, else its service, else nothing', () => {
    const channelOf = (change: Record<string, Record<string, unknown>>) =>
      read(dokuBody('SUCCESS', change)).events[0]?.channel;
    expect(channelOf({ channel: { id: 'EMONEY_OVO' } })).toBe('EMONEY_OVO');
    expect(channelOf({ channel: {} })).toBe('VIRTUAL_ACCOUNT');
    expect(channelOf({ channel: { id: '\n' }, service: {} })).toBe('unknown');
  });

  it('is the same delivery when it comes again under another request', () => {
    const keyOf = (body: unknown, requestId = 'request-1') =>
      doku.deliveryKey(dokuMessage(body, { headers: { 'request-id': requestId } }));
    expect(keyOf(dokuBody('SUCCESS'))).toBe('DON-1:SUCCESS:req-1');
    expect(keyOf(dokuBody('SUCCESS'), 'request-2')).toBe('DON-1:SUCCESS:req-1');
    const withoutOriginal = dokuBody('SUCCESS', { transaction: { original_request_id: undefined } });
    expect(keyOf(withoutOriginal, 'request-2')).toBe('DON-1:SUCCESS:request-2');
    expect(keyOf('{')).toMatch(/^body:/);
  });

  it('tells who gave beside the event and never in it (I9)', () => {
    const { donor, events } = read(dokuBody('SUCCESS'));
    expect(donor).toEqual({ name: 'Budi Santoso', email: 'budi@example.org' });
    expect(JSON.stringify(events)).not.toContain('Budi');
    expect(read(dokuBody('SUCCESS', { customer: { name: ' ', phone: 7 } })).donor).toBeNull();
  });

  it('bytes that are no message are told so', () => {
    expect(() => read('{')).toThrow(expect.objectContaining({ reason: 'malformed_body' }));
  });
});
