/** What must not be booked is not booked, whoever sends it, and the sender is told why. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provenBalances } from './support/books.ts';
import type { Answer } from './support/client.ts';
import type { ProblemDocument } from './support/contract.ts';
import { type MidtransPayment, newPayment, notify, postMidtrans, signed, statusOf } from './support/midtrans.ts';
import { type Gift, giftDocument, newGift, partnerHeaders, postPartner } from './support/partner.ts';
import { type System, startSystem } from './support/system.ts';

const LARGEST_BODY_BYTES = 256 * 1024;

let system: System;
let now = 0;

beforeAll(async () => {
  system = await startSystem();
  now = await system.nowMilliseconds();
});
afterAll(() => system.stop());

type Send = (payment: MidtransPayment, gift: Gift) => Promise<Answer>;

/** Sends, waits, and checks that neither payment left a trace in the books. */
async function expectNothingBooked(send: Send): Promise<Answer> {
  const [payment, gift] = [newPayment(50_400, now), newGift(50_400, now)];
  const before = await provenBalances(system);
  const answer = await send(payment, gift);
  await system.settle();
  expect(await system.donations({ gateway: 'midtrans', paymentId: payment.transactionId })).toEqual([]);
  expect(await system.donations({ gateway: 'partner:kitabisa', paymentId: gift.paymentId })).toEqual([]);
  expect(await provenBalances(system)).toEqual(before);
  return answer;
}

const settlement = (payment: MidtransPayment) => signed(statusOf(payment, 'settlement'));
const bytesOf = (document: unknown) => Buffer.from(JSON.stringify(document));

function sendPartner(body: string | Uint8Array, headers: Record<string, string> = {}, sentMilliseconds = now) {
  return postPartner(system, body, { ...partnerHeaders(body, { sentMilliseconds }), ...headers });
}

const paid = (gift: Gift, data: Record<string, unknown> = {}) => {
  const document = giftDocument(gift, 'paid');
  return { ...document, data: { ...document.data, ...data } };
};
const sendPaid = (gift: Gift, data: Record<string, unknown>) => sendPartner(bytesOf(paid(gift, data)));

describe('a notification that is not authentic or not readable is refused', () => {
  it.each<[name: string, status: number, reason: string, send: Send]>([
    [
      'signed with another key',
      401,
      'signature_mismatch',
      (payment) =>
        postMidtrans(system, bytesOf(signed(statusOf(payment, 'settlement'), 'SB-Mid-server-somebody-else'))),
    ],
    [
      'whose amount was changed after signing',
      401,
      'signature_mismatch',
      (payment) => postMidtrans(system, bytesOf({ ...settlement(payment), gross_amount: '5040000.00' })),
    ],
    [
      'whose order was changed after signing',
      401,
      'signature_mismatch',
      (payment) => postMidtrans(system, bytesOf({ ...settlement(payment), order_id: 'another' })),
    ],
    [
      'without a signature',
      401,
      'missing_signature',
      (payment) => postMidtrans(system, bytesOf(statusOf(payment, 'settlement'))),
    ],
    [
      'cut short on the way',
      400,
      'malformed_body',
      (payment) => postMidtrans(system, bytesOf(settlement(payment)).subarray(0, 200)),
    ],
    ['that is empty', 400, 'malformed_body', () => postMidtrans(system, '')],
    ['that is an array', 400, 'malformed_body', (payment) => postMidtrans(system, bytesOf([settlement(payment)]))],
    [
      'that is no UTF-8',
      400,
      'malformed_body',
      (payment) =>
        postMidtrans(
          system,
          Buffer.concat([bytesOf(settlement(payment)).subarray(0, -1), Buffer.from([0xff, 0xfe, 0x7d])]),
        ),
    ],
    [
      'that says it is XML',
      400,
      'unsupported_content_type',
      (payment) => postMidtrans(system, bytesOf(settlement(payment)), 'application/xml'),
    ],
    [
      'that says it is a form',
      400,
      'unsupported_content_type',
      (payment) => postMidtrans(system, bytesOf(settlement(payment)), 'application/x-www-form-urlencoded'),
    ],
    [
      'of a byte more than 256 KiB',
      413,
      'body_too_large',
      (payment) => postMidtrans(system, padded(settlement(payment), LARGEST_BODY_BYTES + 1)),
    ],
    [
      'of five megabytes',
      413,
      'body_too_large',
      (payment) => postMidtrans(system, padded(settlement(payment), 5_000_000)),
    ],
    [
      'of a partner, an hour old',
      401,
      'stale_timestamp',
      (_, gift) => sendPartner(bytesOf(paid(gift)), {}, now - 3_600_000),
    ],
    [
      'of a partner, an hour ahead',
      401,
      'stale_timestamp',
      (_, gift) => sendPartner(bytesOf(paid(gift)), {}, now + 3_600_000),
    ],
    [
      'of a partner, with a fresh time on an old signature',
      401,
      'signature_mismatch',
      (_, gift) =>
        sendPartner(bytesOf(paid(gift)), { 'webhook-timestamp': String(Math.floor(now / 1000)) }, now - 1_000),
    ],
    [
      'of a partner, under another id',
      401,
      'signature_mismatch',
      (_, gift) => sendPartner(bytesOf(paid(gift)), { 'webhook-id': 'msg_other' }),
    ],
    [
      'of a partner, tampered with',
      401,
      'signature_mismatch',
      (_, gift) =>
        postPartner(
          system,
          bytesOf(paid(gift, { amount: 504_000 })),
          partnerHeaders(bytesOf(paid(gift)), { sentMilliseconds: now }),
        ),
    ],
    [
      'of a partner, without a signature',
      401,
      'missing_signature',
      (_, gift) => postPartner(system, bytesOf(paid(gift)), { 'content-type': 'application/json' }),
    ],
    [
      'of a partner, signed but cut short',
      400,
      'malformed_body',
      (_, gift) => sendPartner(bytesOf(paid(gift)).subarray(0, 120)),
    ],
    [
      'of a partner, signed but no UTF-8',
      400,
      'malformed_body',
      () => sendPartner(Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])),
    ],
    [
      'of a gateway that is not configured',
      404,
      'unknown_gateway',
      (payment) =>
        system.request('POST', '/webhooks/xendit', {
          body: bytesOf(settlement(payment)),
          headers: { 'content-type': 'application/json' },
        }),
    ],
    [
      'of a partner nobody knows',
      404,
      'unknown_gateway',
      (_, gift) => {
        const body = bytesOf(paid(gift));
        const headers = partnerHeaders(body, { sentMilliseconds: now });
        return system.request('POST', '/webhooks/partner/nobody', { body, headers });
      },
    ],
    [
      'to a path that is no gateway',
      404,
      'unknown_gateway',
      (payment) =>
        system.request('POST', '/webhooks/midtrans/extra', {
          body: bytesOf(settlement(payment)),
          headers: { 'content-type': 'application/json' },
        }),
    ],
  ])('%s: %i %s', async (_name, status, reason, send) => {
    const kept = (await system.quarantine()).length;
    const answer = (await expectNothingBooked(send)) as Answer<ProblemDocument>;
    expect(answer).toMatchObject({
      status,
      body: { status, reason, title: expect.any(String), type: expect.any(String) },
    });
    expect(answer.contentType).toContain('application/problem+json');
    expect(await system.quarantine()).toHaveLength(kept);
  });
});

/** An unknown field fills the body up to that many bytes. */
function padded(document: object, bytes: number): Buffer {
  const empty = bytesOf({ ...document, padding: '' }).length;
  return bytesOf({ ...document, padding: 'x'.repeat(bytes - empty) });
}

describe('an authentic notification that cannot be booked is acknowledged and held with its reason and field', () => {
  it.each<[name: string, reason: string, field: string, send: Send]>([
    [
      'with sen',
      'amount_has_sen',
      'gross_amount',
      (_) => notify(system, newPayment(0, now, { grossAmount: '50400.50' }), 'settlement'),
    ],
    [
      'with a negative amount',
      'amount_invalid',
      'gross_amount',
      () => notify(system, newPayment(0, now, { grossAmount: '-50400.00' }), 'settlement'),
    ],
    [
      'with an amount of nothing',
      'amount_invalid',
      'gross_amount',
      () => notify(system, newPayment(0, now), 'settlement'),
    ],
    [
      'with an amount in words',
      'amount_invalid',
      'gross_amount',
      () => notify(system, newPayment(0, now, { grossAmount: 'banyak' }), 'settlement'),
    ],
    [
      'with an amount beyond all money',
      'amount_invalid',
      'gross_amount',
      () => notify(system, newPayment(0, now, { grossAmount: '99999999999999999999.00' }), 'settlement'),
    ],
    [
      'in dollars',
      'currency_not_idr',
      'currency',
      (payment) => postMidtrans(system, bytesOf({ ...settlement(payment), currency: 'USD' })),
    ],
    [
      'without its transaction',
      'field_missing',
      'transaction_id',
      (payment) => postMidtrans(system, bytesOf({ ...settlement(payment), transaction_id: undefined })),
    ],
    [
      'at no time',
      'field_invalid',
      'settlement_time',
      (payment) => postMidtrans(system, bytesOf({ ...settlement(payment), settlement_time: '2026-02-30 08:00:00' })),
    ],
    [
      'of a refund without a key',
      'field_missing',
      'refunds.0.refund_key',
      (payment) =>
        postMidtrans(
          system,
          bytesOf({ ...signed(statusOf(payment, 'refund')), refunds: [{ refund_amount: '1000.00' }] }),
        ),
    ],
    [
      'of a partner, with a fraction',
      'amount_invalid',
      'data.amount',
      (_, gift) => sendPaid(gift, { amount: 50_400.5 }),
    ],
    [
      'of a partner, with text for money',
      'amount_invalid',
      'data.amount',
      (_, gift) => sendPaid(gift, { amount: '50400' }),
    ],
    [
      'of a partner, with a negative amount',
      'amount_invalid',
      'data.amount',
      (_, gift) => sendPaid(gift, { amount: -1 }),
    ],
    ['of a partner, with no amount', 'amount_missing', 'data.amount', (_, gift) => sendPaid(gift, { amount: null })],
    [
      'of a partner, beyond whole numbers',
      'amount_invalid',
      'data.amount',
      (_, gift) => sendPaid(gift, { amount: 2 ** 60 }),
    ],
    ['of a partner, in ringgit', 'currency_not_idr', 'data.currency', (_, gift) => sendPaid(gift, { currency: 'MYR' })],
    [
      'of a partner, without a currency',
      'currency_not_idr',
      'data.currency',
      (_, gift) => sendPaid(gift, { currency: undefined }),
    ],
    [
      'of a partner, whose fee exceeds the gift',
      'fee_exceeds_amount',
      'data.fee',
      (_, gift) => sendPaid(gift, { fee: 50_401 }),
    ],
    [
      'of a partner, without a payment',
      'field_missing',
      'data.payment_id',
      (_, gift) => sendPaid(gift, { payment_id: undefined }),
    ],
  ])('%s: %s at %s', async (_name, reason, field, send) => {
    const known = new Set((await system.quarantine()).map(({ quarantineId }) => quarantineId));
    expect((await expectNothingBooked(send)).status).toBe(200);
    const held = (await system.quarantine()).filter(({ quarantineId }) => !known.has(quarantineId));
    expect(held).toMatchObject([{ source: 'payments', state: 'held', reason, field }]);
  });

  it('is held again, with the same reason, when it is released unchanged', async () => {
    const item = (await system.quarantine()).find(({ reason }) => reason === 'amount_has_sen')!;
    const released = await system.operate('POST', `/api/quarantine/${item.quarantineId}/release`);
    expect(released).toMatchObject({ status: 202, body: { state: 'released' } });
    await system.settle();
    const again = (await system.quarantine()).filter(({ quarantineId }) => quarantineId === item.quarantineId);
    expect(again).toMatchObject([{ state: 'held', reason: 'amount_has_sen', field: 'gross_amount' }]);
  });

  it('says of a second settlement with another amount that the two contradict each other', async () => {
    const payment = newPayment(50_400, now);
    await notify(system, payment, 'settlement');
    await system.settle();
    await notify(system, { ...payment, grossAmount: '60000.00' }, 'settlement');
    await system.settle();
    expect(await system.donationOf('midtrans', payment.transactionId)).toMatchObject({ receivedRupiah: 50_400 });
    expect((await system.quarantine()).map(({ reason }) => reason)).toContain('payment_contradiction');
  });
});

describe('an authentic notification that means nothing to the books is acknowledged and kept', () => {
  it.each<[name: string, send: Send]>([
    ['a status of Midtrans we do not know', (payment) => notify(system, payment, 'rising')],
    ['a type of a partner we do not know', (_, gift) => sendPartner(bytesOf(giftDocument(gift, 'applauded')))],
    [
      'a type that is a name of the language',
      (_, gift) => sendPartner(bytesOf({ ...paid(gift), type: 'constructor' })),
    ],
  ])('%s', async (_name, send) => {
    const known = new Set((await system.quarantine()).map(({ quarantineId }) => quarantineId));
    expect((await expectNothingBooked(send)).status).toBe(200);
    const kept = (await system.quarantine()).filter(({ quarantineId }) => !known.has(quarantineId));
    expect(kept).toMatchObject([{ source: 'payments', state: 'kept', reason: 'unknown_event_type' }]);
  });
});

describe('what looks odd but is true is booked', () => {
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, index])));

  it.each<[name: string, extra: string]>([
    ['fields we do not know', '"new_field":{"a":[1,2,{"b":null}]},"metadata":"text"'],
    ['fields nested fifty thousand deep', `"new_field":${deep}`],
    ['ten thousand fields', `"new_field":${wide}`],
    ['fields that are names of the language', '"__proto__":{"x":1},"constructor":"x","toString":1'],
    ['names in every script', '"catatan":"terima kasih 🙏 ꦲꦤꦕꦫꦏ \\u0000"'],
  ])('with %s', async (_name, extra) => {
    const payment = newPayment(50_400, now);
    const body = `${JSON.stringify(settlement(payment)).slice(0, -1)},${extra}}`;
    expect((await postMidtrans(system, body)).status).toBe(200);
    await system.settle();
    const donation = await system.donationOf('midtrans', payment.transactionId);
    expect(donation).toMatchObject({ receivedRupiah: 50_400 });
  });

  it('with exactly 256 KiB, without a content type, and with white space around', async () => {
    const payments = [1, 2, 3].map(() => newPayment(50_400, now));
    const [full, untyped, spaced] = payments.map(settlement) as [object, object, object];
    const answers = [
      await postMidtrans(system, padded(full, LARGEST_BODY_BYTES)),
      await system.request('POST', '/webhooks/midtrans', { body: bytesOf(untyped) }),
      await postMidtrans(system, `\r\n\t ${JSON.stringify(spaced, null, 2)} \n`, 'application/json; charset=utf-8'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await system.settle();
    for (const { transactionId } of payments)
      expect(await system.donationOf('midtrans', transactionId)).toMatchObject({ receivedRupiah: 50_400 });
  });

  it('with an order reference nobody knows: the gift goes to the general fund', async () => {
    const payment = newPayment(50_400, now, { orderId: 'GNL-NOBODY-KNOWS-THIS' });
    await notify(system, payment, 'settlement');
    await system.settle();
    expect(await system.donationOf('midtrans', payment.transactionId)).toMatchObject({
      fundId: 'general',
      pledgeId: null,
    });
  });

  it('with the previous server key or the previous partner secret while keys are rotated', async () => {
    // The configuration of these tests holds one key each, so the last one is also the first: still taken.
    const gift = newGift(20_000, now);
    const body = bytesOf(paid(gift));
    const headers = partnerHeaders(body, { sentMilliseconds: now });
    const several = {
      ...headers,
      'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')} ${headers['webhook-signature']}`,
    };
    expect((await postPartner(system, body, several)).status).toBe(200);
    await system.settle();
    expect(await system.donationOf('partner:kitabisa', gift.paymentId)).toMatchObject({ receivedRupiah: 20_000 });
  });
});
