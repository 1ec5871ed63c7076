import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import type { InboundMessage } from '../../../shared/gateways/gateway.ts';
import { stripe } from '../../../shared/gateways/stripe.ts';
import { signStripe } from '../../../shared/gateways/stripe-signature.ts';
import type { StripeSecrets } from '../../../shared/settings.ts';
import { NOW, NOW_SECONDS } from './signing.ts';

const SECRET = 'whsec_unitTestEndpointSecret';
const secrets: StripeSecrets = { endpointSecrets: [SECRET], toleranceSeconds: 300 };
const bytes = (text: string) => new TextEncoder().encode(text);

function message(body: string, header = signStripe(SECRET, NOW_SECONDS, bytes(body))): InboundMessage {
  const headers = { 'content-type': 'application/json', 'stripe-signature': header };
  return { method: 'POST', path: '/webhooks/stripe', headers, body: bytes(body) };
}

const INTENT = {
  id: 'pi_1',
  object: 'payment_intent',
  amount: 5_000_000,
  amount_received: 5_000_000,
  currency: 'idr',
  metadata: { donation_ref: 'DON-1' },
};
const CHARGE = { id: 'ch_1', object: 'charge', amount: 5_000_000, currency: 'idr', payment_intent: 'pi_1' };
const DISPUTE = { ...CHARGE, id: 'dp_1', object: 'dispute', charge: 'ch_1', status: 'needs_response' };
const REFUND = { ...CHARGE, id: 're_1', object: 'refund', charge: 'ch_1', amount: 2_000_000, status: 'failed' };

interface EventParts {
  readonly [field: string]: unknown;
  readonly previous?: Record<string, unknown>;
}

function eventBody(type: string, object: object, { previous, ...parts }: EventParts = {}): string {
  const data = { object, ...(previous ? { previous_attributes: previous } : {}) };
  return JSON.stringify({ id: 'evt_1', object: 'event', created: NOW_SECONDS - 20, data, type, ...parts });
}

const interpret = (type: string, object: object, parts?: EventParts) =>
  stripe.interpret(message(eventBody(type, object, parts)), secrets);
const onlyEvent = (type: string, object: object, parts?: EventParts) => {
  const { events, ignored } = interpret(type, object, parts);
  expect([events.length, ignored]).toEqual([1, false]);
  return events[0]!;
};
const refusal = (type: string, object: object, parts?: EventParts) => {
  try {
    interpret(type, object, parts);
  } catch (error) {
    return error;
  }
  throw new Error('it was taken');
};

const paid = eventBody('payment_intent.succeeded', INTENT);
const verify = (header: string | undefined, using = secrets) => {
  const { headers, ...rest } = message(paid);
  const { 'stripe-signature': _old, ...others } = headers;
  return stripe.verify(
    { ...rest, headers: header === undefined ? others : { ...others, 'stripe-signature': header } },
    using,
    NOW,
  );
};
const signed = (secret: string, seconds = NOW_SECONDS) => signStripe(secret, seconds, bytes(paid));
const v1Of = (header: string) => header.split(',')[1]!;

describe('a Stripe signature', () => {
  it('is the one the vendor makes, and the vendor takes ours', async () => {
    const client = new Stripe('sk_test_FAKE');
    const payload = '{"id":"evt_1"}';
    const theirs = client.webhooks.generateTestHeaderString({
      payload,
      secret: 'whsec_test',
      timestamp: 1_700_000_000,
    });
    expect(signStripe('whsec_test', 1_700_000_000, bytes(payload))).toBe(theirs);
    const taken = client.webhooks.constructEvent(paid, signed(SECRET), SECRET, 300, undefined, NOW_SECONDS * 1000);
    expect(taken.id).toBe('evt_1');
    expect(() => client.webhooks.constructEvent(paid, signed('whsec_other'), SECRET)).toThrow();
  });

  it('is over the time and the exact bytes', () => {
    expect(verify(signed(SECRET))).toEqual({ authentic: true, secretIndex: 0 });
    const changed = { ...message(paid), body: bytes(`${paid} `) };
    expect(stripe.verify(changed, secrets, NOW)).toEqual({ authentic: false, reason: 'signature_mismatch' });
    const moved = signed(SECRET).replace(`t=${NOW_SECONDS}`, `t=${NOW_SECONDS - 1}`);
    expect(verify(moved)).toEqual({ authentic: false, reason: 'signature_mismatch' });
  });

  it('may have spaces between the items of its header', () => {
    const spaced = signStripe(SECRET, NOW_SECONDS, bytes(paid)).replace(',', ', ');
    expect(verify(spaced)).toMatchObject({ authentic: true });
  });

  it('counts with any of our secrets, and as any of several in the header', () => {
    const both = { ...secrets, endpointSecrets: ['whsec_new', SECRET] };
    expect(verify(signed(SECRET), both)).toEqual({ authentic: true, secretIndex: 1 });
    expect(verify(`${signed('whsec_other')},${v1Of(signed(SECRET))}`)).toMatchObject({ authentic: true });
    expect(verify(`${signed('whsec_other')},${v1Of(signed('whsec_third'))}`)).toMatchObject({ authentic: false });
    // The secret is text: what follows `whsec_` is not the key.
    expect(verify(signed(SECRET.slice('whsec_'.length)))).toMatchObject({ reason: 'signature_mismatch' });
  });

  it.each([
    [300, true],
    [301, false],
    [-300, true],
    [-301, false],
  ])('of %s seconds ago: %s', (age, isTaken) => {
    const verification = verify(signed(SECRET, NOW_SECONDS - age));
    expect(verification).toEqual(
      isTaken ? { authentic: true, secretIndex: 0 } : { authentic: false, reason: 'stale_timestamp' },
    );
  });

  it.each([
    ['nothing', undefined, 'missing_signature'],
    ['an empty header', '', 'missing_signature'],
    ['no time', v1Of(signed(SECRET)), 'missing_timestamp'],
    ['a time that is none', `t=now,${v1Of(signed(SECRET))}`, 'missing_timestamp'],
    ['v0 alone', signed(SECRET).replace('v1=', 'v0='), 'missing_signature'],
    [
      'v0 beside a wrong v1',
      `${signed('whsec_other')},${v1Of(signed(SECRET)).replace('v1', 'v0')}`,
      'signature_mismatch',
    ],
    ['an empty v1', `t=${NOW_SECONDS},v1=`, 'signature_mismatch'],
  ])('with %s is refused', (_what, header, reason) => {
    expect(verify(header)).toEqual({ authentic: false, reason });
  });
});

describe('a Stripe payment', () => {
  it('is whole rupiah of minor units, with order, time and donor', () => {
    const charged = { ...INTENT, receipt_email: 'donor@example.org', payment_method_types: ['card'] };
    expect(interpret('payment_intent.succeeded', charged)).toEqual({
      events: [
        {
          gateway: 'stripe',
          kind: 'paid',
          paymentId: 'pi_1',
          effectKey: 'stripe:pi_1:paid',
          amountRupiah: 50_000,
          feeRupiah: 0,
          orderReference: 'DON-1',
          occurredAt: '2026-11-20T07:59:40.000Z',
          channel: 'card',
        },
      ],
      ignored: false,
      deliveryKey: 'evt_1',
      donor: { email: 'donor@example.org' },
    });
  });

  it.each([
    ['payment_intent.processing', 'pending', 'stripe:pi_1:pending'],
    ['payment_intent.payment_failed', 'failed', 'stripe:pi_1:failed'],
    ['payment_intent.canceled', 'failed', 'stripe:pi_1:failed'],
  ])('%s is %s', (type, kind, effectKey) => {
    expect(onlyEvent(type, { ...INTENT, amount_received: 0 })).toMatchObject({ kind, effectKey, amountRupiah: 50_000 });
    expect(onlyEvent(type, INTENT)).not.toHaveProperty('voidsPayment');
  });

  it('whose session expired is known by its session, or by its intent once there is one', () => {
    const session = {
      id: 'cs_1',
      currency: 'idr',
      amount_total: 5_000_000,
      client_reference_id: 'DON-2',
      metadata: {},
    };
    expect(onlyEvent('checkout.session.expired', { ...session, payment_intent: null })).toMatchObject({
      kind: 'expired',
      paymentId: 'cs_1',
      orderReference: 'DON-2',
      amountRupiah: 50_000,
    });
    expect(onlyEvent('checkout.session.expired', { ...session, payment_intent: 'pi_9' })).toMatchObject({
      paymentId: 'pi_9',
    });
  });

  it('counts what was received, not what was asked', () => {
    expect(onlyEvent('payment_intent.succeeded', { ...INTENT, amount_received: 4_000_000 })).toMatchObject({
      amountRupiah: 40_000,
    });
  });

  it('in another currency waits for its rupiah', () => {
    for (const currency of ['usd', 'USD', 'jpy']) {
      expect(onlyEvent('payment_intent.succeeded', { ...INTENT, currency, amount_received: 2_501 })).toMatchObject({
        kind: 'paid',
        amountRupiah: null,
      });
    }
    expect(onlyEvent('payment_intent.succeeded', { ...INTENT, currency: 'IDR' })).toMatchObject({
      amountRupiah: 50_000,
    });
  });

  it.each([
    [5_000_050, 'amount_has_sen'],
    [0, 'amount_invalid'],
    [-100, 'amount_invalid'],
    ['5000000', 'amount_invalid'],
    [1e20, 'amount_invalid'],
    [null, 'amount_missing'],
  ])('of %s minor units is refused: %s', (amount_received, reason) => {
    expect(refusal('payment_intent.succeeded', { ...INTENT, amount_received })).toMatchObject({
      reason,
      field: 'data.object.amount_received',
    });
  });

  it('of which nothing came may name no amount', () => {
    const session = { id: 'cs_1', currency: 'idr', amount_total: null };
    expect(onlyEvent('checkout.session.expired', session)).toMatchObject({ kind: 'expired', amountRupiah: null });
  });

  it('that names no intent, currency or time is refused by the field', () => {
    expect(refusal('payment_intent.succeeded', { ...INTENT, id: undefined })).toMatchObject({
      reason: 'field_missing',
      field: 'data.object.id',
    });
    expect(refusal('payment_intent.succeeded', { ...INTENT, currency: 7 })).toMatchObject({
      reason: 'field_invalid',
      field: 'data.object.currency',
    });
    expect(refusal('payment_intent.succeeded', INTENT, { created: 1e12 })).toMatchObject({
      reason: 'field_invalid',
      field: 'created',
    });
    expect(refusal('payment_intent.succeeded', INTENT, { data: 7 })).toMatchObject({ field: 'data' });
  });

  it('takes an order reference and a way to pay only where they are one', () => {
    const odd = { ...INTENT, metadata: { donation_ref: 7 }, client_reference_id: '', payment_method_types: ['a', 'b'] };
    expect(onlyEvent('payment_intent.succeeded', odd)).toMatchObject({ orderReference: null, channel: 'unknown' });
    const used = { ...INTENT, metadata: null, payment_method_details: { type: 'grabpay' } };
    expect(onlyEvent('payment_intent.succeeded', used)).toMatchObject({ orderReference: null, channel: 'grabpay' });
    const hostile = { ...INTENT, metadata: 'x', payment_method_types: ['<script>'] };
    expect(onlyEvent('payment_intent.succeeded', hostile)).toMatchObject({ orderReference: null, channel: 'unknown' });
  });
});

describe('money that goes back through Stripe', () => {
  it('is what the refunded total grew by, and each refund is one effect', () => {
    const second = { ...CHARGE, amount_refunded: 3_000_000 };
    expect(onlyEvent('charge.refunded', second, { previous: { amount_refunded: 1_000_000 } })).toMatchObject({
      kind: 'refunded',
      paymentId: 'pi_1',
      amountRupiah: 20_000,
      effectKey: 'stripe:pi_1:refund:evt_1',
    });
    const first = { ...CHARGE, amount_refunded: 1_000_000 };
    const told = { id: 'evt:0', previous: { amount_refunded: 0 } };
    expect(onlyEvent('charge.refunded', first, told)).toMatchObject({
      amountRupiah: 10_000,
      effectKey: 'stripe:pi_1:refund:evt%3A0',
    });
  });

  it('is known by its own id where the charge lists its refunds, the newest first', () => {
    const keyOf = (refunds: unknown) => {
      const charge = { ...CHARGE, amount_refunded: 3_000_000, refunds };
      return onlyEvent('charge.refunded', charge, { previous: { amount_refunded: 1_000_000 } }).effectKey;
    };
    const second = { id: 're_2', amount: 2_000_000 };
    const first = { id: 're_1', amount: 1_000_000 };
    expect(keyOf({ data: [second, first] })).toBe('stripe:pi_1:refund:re_2');
    for (const data of [[first, second], [{ ...second, id: 7 }], [{ ...second, id: 'a:b' }], [null], [], 'x'])
      expect(keyOf({ data })).toBe('stripe:pi_1:refund:evt_1');
    expect(keyOf('x')).toBe('stripe:pi_1:refund:evt_1');
  });

  it.each([
    [undefined, 'field_missing', 'data.previous_attributes.amount_refunded'],
    [{ amount_refunded: '0' }, 'field_invalid', 'data.previous_attributes.amount_refunded'],
    [{ amount_refunded: 3_000_000 }, 'amount_invalid', 'data.object.amount_refunded'],
    [{ amount_refunded: 4_000_000 }, 'amount_invalid', 'data.object.amount_refunded'],
  ])('is refused where the growth cannot be known: %j', (previous, reason, field) => {
    const charge = { ...CHARGE, amount_refunded: 3_000_000 };
    expect(refusal('charge.refunded', charge, previous ? { previous } : {})).toMatchObject({ reason, field });
  });

  it('without a total, or of another currency', () => {
    const previous = { amount_refunded: 0 };
    expect(refusal('charge.refunded', CHARGE, { previous })).toMatchObject({ reason: 'amount_missing' });
    expect(refusal('charge.refunded', { ...CHARGE, amount_refunded: 'x' }, { previous })).toMatchObject({
      reason: 'amount_invalid',
    });
    expect(
      onlyEvent('charge.refunded', { ...CHARGE, currency: 'usd', amount_refunded: 5 }, { previous }),
    ).toMatchObject({ kind: 'refunded', amountRupiah: null });
  });

  it('and bounces is with us again', () => {
    expect(onlyEvent('refund.failed', REFUND)).toMatchObject({
      kind: 'reinstated',
      paymentId: 'pi_1',
      amountRupiah: 20_000,
      effectKey: 'stripe:pi_1:refund-failed:re_1',
    });
  });

  it('in a dispute is one effect, however often it is told', () => {
    const opened = onlyEvent('charge.dispute.created', DISPUTE);
    expect(opened).toMatchObject({
      kind: 'charged_back',
      paymentId: 'pi_1',
      amountRupiah: 50_000,
      effectKey: 'stripe:pi_1:chargeback:dp_1',
    });
    expect(onlyEvent('charge.dispute.closed', { ...DISPUTE, status: 'lost' })).toEqual(opened);
    expect(onlyEvent('charge.dispute.funds_withdrawn', DISPUTE)).toEqual(opened);
    expect(onlyEvent('charge.dispute.created', { ...DISPUTE, status: undefined })).toEqual(opened);
  });

  it('in a dispute that is won is with us again, as an effect of its own', () => {
    expect(onlyEvent('charge.dispute.closed', { ...DISPUTE, status: 'won' })).toMatchObject({
      kind: 'reinstated',
      amountRupiah: 50_000,
      effectKey: 'stripe:pi_1:dispute-won:dp_1',
    });
  });

  it.each([
    ['charge.dispute.created', 'warning_needs_response'],
    ['charge.dispute.created', 'prevented'],
    ['charge.dispute.closed', 'warning_closed'],
    ['charge.dispute.closed', undefined],
  ])('never did in %s with status %s', (type, status) => {
    expect(interpret(type, { ...DISPUTE, status })).toMatchObject({ events: [], ignored: true });
  });

  it('of a charge without an intent is known by the charge', () => {
    const charge = { ...CHARGE, payment_intent: null, amount_refunded: 1_000_000 };
    expect(onlyEvent('charge.refunded', charge, { previous: { amount_refunded: 0 } })).toMatchObject({
      paymentId: 'ch_1',
    });
    const dispute = { ...DISPUTE, payment_intent: null };
    expect(onlyEvent('charge.dispute.created', dispute)).toMatchObject({ effectKey: 'stripe:ch_1:chargeback:dp_1' });
  });

  it('is known by its intent also where that is told whole', () => {
    const dispute = { ...DISPUTE, payment_intent: INTENT };
    expect(onlyEvent('charge.dispute.created', dispute)).toMatchObject({ paymentId: 'pi_1' });
    expect(refusal('charge.dispute.created', { ...DISPUTE, payment_intent: {} })).toMatchObject({
      field: 'data.object.payment_intent',
    });
  });
});

describe('a Stripe event that books nothing', () => {
  it.each(['charge.succeeded', 'checkout.session.completed', 'customer.created', 'constructor', '__proto__'])(
    '%s',
    (type) => {
      expect(interpret(type, INTENT)).toMatchObject({ events: [], ignored: true, deliveryKey: 'evt_1' });
    },
  );

  it('only if it says that it is something else: a whole event need not say what it is', () => {
    const { object: _, ...unnamed } = JSON.parse(paid);
    expect(stripe.interpret(message(JSON.stringify(unnamed)), secrets).events).toMatchObject([{ kind: 'paid' }]);
  });

  it('is thin, or of no type', () => {
    expect(interpret('payment_intent.succeeded', INTENT, { object: 'v2.core.event' })).toMatchObject({ ignored: true });
    expect(interpret(7 as never, INTENT)).toMatchObject({ events: [], ignored: true });
    expect(stripe.interpret(message('{}'), secrets)).toMatchObject({ events: [], ignored: true, donor: null });
  });

  it('is no JSON object', () => {
    for (const body of ['[]', 'x', '"evt_1"']) {
      expect(() => stripe.interpret(message(body), secrets)).toThrow(
        expect.objectContaining({ reason: 'malformed_body' }),
      );
    }
  });
});

it('a delivery is known by the event’s id, else by its bytes', () => {
  expect(stripe.deliveryKey(message(paid))).toBe('evt_1');
  const keys = ['{"id":7}', '{"id":""}', `{"id":"${'x'.repeat(201)}"}`, 'no json'].map((body) =>
    stripe.deliveryKey(message(body)),
  );
  for (const key of keys) expect(key).toMatch(/^body:[0-9a-f]{40}$/);
  expect(new Set(keys).size).toBe(keys.length);
});

it('who gave is read where it is told, and is nobody where it is not', () => {
  const donorOf = (object: object) => interpret('payment_intent.succeeded', { ...INTENT, ...object }).donor;
  const billing_details = { name: ' Siti ', email: 'siti@example.org', phone: '+62811' };
  expect(donorOf({ billing_details, receipt_email: 'other@example.org' })).toEqual({
    name: 'Siti',
    email: 'siti@example.org',
    phone: '+62811',
  });
  expect(donorOf({ billing_details: { name: ' ', email: null }, receipt_email: 7 })).toBeNull();
  expect(donorOf({ billing_details: 'x' })).toBeNull();
});

it('an answer says that it is kept', () => {
  expect(stripe.acknowledge(message(paid), secrets, NOW)).toMatchObject({ status: 200, body: '{"accepted":true}' });
});
