import { describe, expect, it } from 'vitest';
import { Permanent } from '../../../shared/errors.ts';
import { decide, MAXIMUM_BODY_BYTES, refuse, screen } from '../../../shared/gateways/decide.ts';
import { ACCEPTED, type InboundMessage } from '../../../shared/gateways/gateway.ts';
import { type BoundGateway, bindGateway } from '../../../shared/gateways/registry.ts';
import { midtransBody, midtransMessage, NOW, SERVER_KEY } from './signing.ts';

const midtrans = bindGateway(
  { section: 'midtrans' },
  { midtrans: { serverKeys: ['new', SERVER_KEY], statusApi: null } },
)!;
const message = midtransMessage(midtransBody());
const sized = (length: number): InboundMessage => ({ ...message, body: new Uint8Array(length) });
const typed = (type: string | undefined): InboundMessage => {
  const { 'content-type': _type, ...headers } = message.headers;
  return { ...message, headers: type === undefined ? headers : { ...headers, 'content-type': type } };
};
const failing = (error: unknown): BoundGateway => ({
  ...midtrans,
  interpret: () => {
    throw error;
  },
});

describe('an authentic message', () => {
  it('is taken in with its meaning, the secret that matched and the answer of its gateway', () => {
    expect(decide(midtrans, message, NOW)).toEqual({
      taken: true,
      secretIndex: 1,
      interpretation: midtrans.interpret(message),
      response: ACCEPTED,
    });
    expect(ACCEPTED).toEqual({
      status: 200,
      body: '{"accepted":true}',
      headers: { 'content-type': 'application/json' },
    });
  });

  it('that cannot be booked is taken in with its problem and books nothing', () => {
    expect(decide(midtrans, midtransMessage(midtransBody({ gross_amount: '1.50' })), NOW)).toEqual({
      taken: true,
      secretIndex: 1,
      interpretation: { events: [], ignored: false, deliveryKey: 'tx-1:settlement:200' },
      problem: { reason: 'amount_has_sen', detail: 'amount_has_sen: gross_amount', field: 'gross_amount' },
      response: ACCEPTED,
    });
  });

  it('has a problem without a field where none is at fault', () => {
    const decision = decide(failing(new Permanent('not_confirmable')), message, NOW);
    expect(decision).toMatchObject({ taken: true });
    expect('problem' in decision && decision.problem).toStrictEqual({
      reason: 'not_confirmable',
      detail: 'not_confirmable',
    });
  });

  it('that is no message at all is refused', () => {
    expect(decide(failing(new Permanent('malformed_body')), message, NOW)).toEqual(refuse('malformed_body'));
  });

  it('is not taken in where we failed ourselves: the sender tries again', () => {
    expect(() => decide(failing(new TypeError('ours')), message, NOW)).toThrow(TypeError);
  });
});

describe('a refusal', () => {
  it.each([
    ['body_too_large', 413],
    ['unknown_gateway', 404],
    ['malformed_body', 400],
    ['unsupported_content_type', 400],
    ['invalid_request', 400],
    ['queue_unavailable', 503],
    ['signature_mismatch', 401],
    ['missing_signature', 401],
    ['stale_timestamp', 401],
  ] as const)('for %s is answered %i', (reason, status) => {
    const { taken, response, ...refusal } = refuse(reason, { detail: 'said' });
    expect({ taken, ...refusal, ...response }).toMatchObject({ taken: false, reason, status });
    expect(response.headers).toEqual({ 'content-type': 'application/problem+json' });
    expect(JSON.parse(response.body)).toMatchObject({ status, reason, detail: 'said' });
  });

  it('comes for a body beyond 256 KiB, before anybody is asked, and not for one that fills it', () => {
    expect(MAXIMUM_BODY_BYTES).toBe(262_144);
    expect(screen(sized(MAXIMUM_BODY_BYTES))).toBeUndefined();
    expect(screen(sized(MAXIMUM_BODY_BYTES + 1))).toEqual(refuse('body_too_large'));
    expect(decide(undefined, sized(MAXIMUM_BODY_BYTES + 1), NOW)).toEqual(refuse('body_too_large'));
  });

  it('comes for a gateway nobody configured, and for a signature that does not match', () => {
    expect(decide(undefined, message, NOW)).toEqual(refuse('unknown_gateway'));
    expect(decide(midtrans, midtransMessage(midtransBody({}, 'forged')), NOW)).toEqual(refuse('signature_mismatch'));
  });
});

describe('a content type', () => {
  it.each([undefined, '', ' ', 'application/json', 'Application/JSON ; charset=utf-8', 'application/cloudevents+json'])(
    '%j is JSON',
    (type) => {
      expect(decide(midtrans, typed(type), NOW)).toMatchObject({ taken: true });
    },
  );

  it.each(['text/plain', 'application/x-www-form-urlencoded', '+json/application', 'text/plain; application/json'])(
    '%j is something else',
    (type) => {
      expect(decide(midtrans, typed(type), NOW)).toEqual(refuse('unsupported_content_type'));
    },
  );
});
