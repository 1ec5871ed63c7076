/** What is not authentic or not readable is refused: the sender is told why, and nothing of it stays. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signed, statusOf } from './support/midtrans.ts';
import { bytesOf, padded, type Send, type Sender, withoutBooking } from './support/sender.ts';
import { type System, startSystem } from './support/system.ts';

const LARGEST_BODY_BYTES = 256 * 1024;
const NO_UTF8 = [0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d];

const unsigned = (from: Sender) => statusOf(from.payment, 'settlement');
const secondsOf = (from: Sender) => String(Math.floor(from.nowMilliseconds / 1000));

/** By the answer they get. */
const REFUSED: Readonly<Record<string, Readonly<Record<string, Send>>>> = {
  '401 signature_mismatch': {
    'signed with another key': (from) => from.midtrans(bytesOf(signed(unsigned(from), 'SB-Mid-server-of-others'))),
    'whose amount was changed after signing': (from) =>
      from.midtrans(bytesOf(from.settlement({ gross_amount: '5040000.00' }))),
    'whose order was changed after signing': (from) => from.midtrans(bytesOf(from.settlement({ order_id: 'another' }))),
    'whose status code was changed after signing': (from) =>
      from.midtrans(bytesOf(from.settlement({ status_code: '201' }))),
    'whose signature is no signature': (from) => from.midtrans(bytesOf(from.settlement({ signature_key: 'deadbeef' }))),
    'of a partner, tampered with': (from) =>
      from.partner(bytesOf(from.paid({ amount: 504_000 })), { 'webhook-signature': `v1,${'A'.repeat(43)}=` }),
    'of a partner, with a fresh time on an old signature': (from) =>
      from.partner(bytesOf(from.paid()), { 'webhook-timestamp': secondsOf(from) }, -1),
    'of a partner, under another id': (from) => from.partner(bytesOf(from.paid()), { 'webhook-id': 'msg_other' }),
  },
  '401 missing_signature': {
    'without a signature': (from) => from.midtrans(bytesOf(unsigned(from))),
    'of a partner, without a signature': (from) => from.partner(bytesOf(from.paid()), { 'webhook-signature': '' }),
    'of a partner, without an id': (from) => from.partner(bytesOf(from.paid()), { 'webhook-id': '' }),
  },
  '401 missing_timestamp': {
    'of a partner, without a time': (from) => from.partner(bytesOf(from.paid()), { 'webhook-timestamp': '' }),
    'of a partner, with a time in words': (from) => from.partner(bytesOf(from.paid()), { 'webhook-timestamp': 'now' }),
  },
  '401 stale_timestamp': {
    'of a partner, an hour old': (from) => from.partner(bytesOf(from.paid()), {}, -3_600),
    'of a partner, an hour ahead': (from) => from.partner(bytesOf(from.paid()), {}, 3_600),
  },
  '400 malformed_body': {
    'cut short on the way': (from) => from.midtrans(bytesOf(from.settlement()).subarray(0, 200)),
    'that is empty': (from) => from.midtrans(''),
    'that is an array': (from) => from.midtrans(bytesOf([from.settlement()])),
    'that is a number': (from) => from.midtrans('50400'),
    'that is no UTF-8': (from) => from.midtrans(Uint8Array.from(NO_UTF8)),
    'of a partner, signed but cut short': (from) => from.partner(bytesOf(from.paid()).subarray(0, 120)),
    'of a partner, signed but no UTF-8': (from) => from.partner(Uint8Array.from(NO_UTF8)),
  },
  '400 unsupported_content_type': {
    'that says it is XML': (from) => from.midtrans(bytesOf(from.settlement()), 'application/xml'),
    'that says it is a form': (from) => from.midtrans(bytesOf(from.settlement()), 'application/x-www-form-urlencoded'),
    'of a partner, that says it is text': (from) =>
      from.partner(bytesOf(from.paid()), { 'content-type': 'text/plain' }),
  },
  '413 body_too_large': {
    'of a byte more than 256 KiB': (from) => from.midtrans(padded(from.settlement(), LARGEST_BODY_BYTES + 1)),
    'of five megabytes': (from) => from.midtrans(padded(from.settlement(), 5_000_000)),
    'of a partner, of a megabyte': (from) => from.partner(padded(from.paid(), 1_000_000)),
  },
  '404 unknown_gateway': {
    'to a gateway that is not configured': (from) => from.elsewhere('/webhooks/xendit'),
    'to a partner nobody knows': (from) => from.elsewhere('/webhooks/partner/nobody'),
    'to a partner whose name is one of the language': (from) => from.elsewhere('/webhooks/partner/constructor'),
    'to a path that is no gateway': (from) => from.elsewhere('/webhooks/midtrans/extra'),
  },
};

let system: System;
let now = 0;
beforeAll(async () => {
  system = await startSystem();
  now = await system.nowMilliseconds();
});
afterAll(() => system.stop());

describe.each(Object.entries(REFUSED))('%s answers a notification', (outcome, cases) => {
  it.each(Object.entries(cases))('%s', async (_name, send) => {
    const [status, reason] = [Number(outcome.slice(0, 3)), outcome.slice(4)];
    const { answer, kept } = await withoutBooking(system, now, send);
    expect(answer).toMatchObject({ status, body: { status, reason } });
    expect(answer.body).toMatchObject({ type: expect.any(String), title: expect.any(String) });
    expect(answer.contentType).toContain('application/problem+json');
    expect(kept).toEqual([]);
  });
});
