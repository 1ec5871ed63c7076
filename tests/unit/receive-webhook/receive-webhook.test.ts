import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ReceiveWebhookDependencies, receiveWebhook } from '../../../functions/receive-webhook/receive-webhook.ts';
import type { InboundMessage } from '../../../shared/gateways/gateway.ts';
import { type PaymentMessage, paymentMessageSchema } from '../../../shared/messages.ts';
import type { GatewaySecrets } from '../../../shared/settings.ts';
import {
  midtransBody,
  midtransMessage,
  NOW,
  NOW_SECONDS,
  PARTNER_SECRET,
  partnerBody,
  partnerMessage,
  SERVER_KEY,
} from '../gateways/signing.ts';

const CONFIGURED: GatewaySecrets = {
  midtrans: { serverKeys: [SERVER_KEY], statusApi: null },
  partner: { kitabisa: { secrets: [PARTNER_SECRET], fundClass: 'general', toleranceSeconds: 300 } },
};

function setUp(overrides: Partial<ReceiveWebhookDependencies> = {}) {
  const sent: PaymentMessage[] = [];
  const lines: string[] = [];
  const counts: [string, Readonly<Record<string, string>> | undefined][] = [];
  const asked: boolean[] = [];
  const write = (message: string, fields?: object) => lines.push(JSON.stringify({ message, ...fields }));
  const dependencies: ReceiveWebhookDependencies = {
    secretsFor: async (_section, { fresh = false } = {}) => {
      asked.push(fresh);
      return CONFIGURED;
    },
    seal: async (bytes) => ({ keyId: 'k', iv: 'iv', data: `sealed ${bytes.length}` }),
    send: async (message) => {
      sent.push(message);
    },
    now: () => NOW,
    log: { debug: write, info: write, warn: write, error: write },
    meter: { count: (name, dimensions) => counts.push([name, dimensions]) },
    ...overrides,
  };
  const receive = async (message: InboundMessage) => {
    const response = await receiveWebhook(message, dependencies);
    return { ...response, problem: response.status === 200 ? undefined : JSON.parse(response.body) };
  };
  return { receive, sent, lines, counts, asked };
}

const forged = () => midtransMessage(midtransBody({ signature_key: 'a'.repeat(128) }));

describe('an authentic message', () => {
  it('is acknowledged once it is queued, sealed and without personal data', async () => {
    const { receive, sent, counts } = setUp();
    const response = await receive(partnerMessage(partnerBody('donation.paid')));
    expect(response).toMatchObject({ status: 200, body: '{"accepted":true}' });
    expect(sent).toHaveLength(1);
    expect(paymentMessageSchema.parse(sent[0])).toEqual(sent[0]);
    expect(sent[0]).toMatchObject({
      contractVersion: 1,
      gateway: 'partner:kitabisa',
      deliveryKey: 'msg_1',
      receivedAt: NOW,
      events: [{ effectKey: 'partner:kitabisa:KB-1:paid' }],
      ignored: false,
    });
    expect(JSON.stringify(sent)).not.toContain('Siti');
    expect(counts).toEqual([['WebhookReceived', { gateway: 'partner:kitabisa', outcome: 'queued' }]]);
  });

  it('is queued even where it means nothing to us: it is kept', async () => {
    const { receive, sent } = setUp();
    expect(await receive(midtransMessage(midtransBody({ transaction_status: 'new' })))).toMatchObject({ status: 200 });
    expect(sent).toMatchObject([{ ignored: true, events: [] }]);
    const manifest = partnerMessage(partnerBody('remittance.manifest'), {
      path: '/webhooks/partner/kitabisa/manifest',
    });
    expect(await receive(manifest)).toMatchObject({ status: 200 });
    expect(sent).toHaveLength(2);
  });

  it('is acknowledged and queued with its problem where it cannot be booked', async () => {
    const { receive, sent, counts } = setUp();
    expect(await receive(partnerMessage(partnerBody('donation.paid', { amount: 0 })))).toMatchObject({ status: 200 });
    expect(sent).toMatchObject([
      { events: [], ignored: false, deliveryKey: 'msg_1', problem: { reason: 'amount_invalid', field: 'data.amount' } },
    ]);
    expect(paymentMessageSchema.parse(sent[0])).toEqual(sent[0]);
    expect(counts[0]?.[1]).toMatchObject({ outcome: 'problem' });
  });

  it('leaves no personal data in the logs (I9)', async () => {
    const { receive, lines } = setUp();
    await receive(partnerMessage(partnerBody('donation.paid')));
    await receive(partnerMessage(partnerBody('donation.paid', { amount: 'Siti' })));
    await receive(partnerMessage('{"donor":"Siti"'));
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.join()).not.toMatch(/Siti|siti@/);
  });
});

describe('a message that is refused', () => {
  const stale = () => partnerMessage(partnerBody('donation.paid'), { timestampSeconds: NOW_SECONDS - 301 });
  const withType = (type: string) => ({ ...midtransMessage(midtransBody()), headers: { 'content-type': type } });

  it.each([
    ['forged', forged(), 401, 'signature_mismatch'],
    ['stale', stale(), 401, 'stale_timestamp'],
    ['unsigned', midtransMessage('{}'), 401, 'missing_signature'],
    ['cut short', midtransMessage(midtransBody().slice(0, 60)), 400, 'malformed_body'],
    ['authentic but no JSON', partnerMessage('{'), 400, 'malformed_body'],
    ['empty', midtransMessage(''), 400, 'malformed_body'],
    ['of another type', withType('text/xml'), 400, 'unsupported_content_type'],
    ['too large', midtransMessage(' '.repeat(256 * 1024 + 1)), 413, 'body_too_large'],
    ['for nobody', { ...midtransMessage('{}'), path: '/webhooks/nobody' }, 404, 'unknown_gateway'],
    ['for a partner we have not', partnerMessage('{}', { path: '/webhooks/partner/toString' }), 404, 'unknown_gateway'],
    ['for a hostile name', partnerMessage('{}', { path: '/webhooks/partner/__proto__' }), 404, 'unknown_gateway'],
    ['for an inherited name', partnerMessage('{}', { path: '/webhooks/partner/constructor' }), 404, 'unknown_gateway'],
  ])('%s', async (_, message, status, reason) => {
    const { receive, sent, counts } = setUp();
    const response = await receive(message);
    expect(response.status).toBe(status);
    expect(response.headers).toMatchObject({ 'content-type': 'application/problem+json' });
    expect(response.problem).toMatchObject({ status, reason, type: `urn:lingkaran:problem:${reason}` });
    expect(sent).toEqual([]);
    expect(counts).toMatchObject([['WebhookReceived', { outcome: reason }]]);
  });

  it('is too large before anything else is looked at', async () => {
    const { receive, asked } = setUp();
    const message = { ...midtransMessage(' '.repeat(256 * 1024 + 1)), path: '/webhooks/nobody' };
    expect((await receive(message)).status).toBe(413);
    expect(asked).toEqual([]);
  });

  it('may be just as large as the limit', async () => {
    const { receive } = setUp();
    const body = midtransBody();
    expect((await receive(midtransMessage(body + ' '.repeat(256 * 1024 - body.length)))).status).toBe(200);
  });

  it.each(['application/json; charset=utf-8', 'Application/JSON', 'application/cloudevents+json', ''])(
    'is not one of type %j',
    async (type) => {
      expect((await setUp().receive(withType(type))).status).toBe(200);
    },
  );

  it('goes to a gateway this stage has not', async () => {
    const { receive } = setUp({ secretsFor: async () => ({}) });
    expect((await receive(midtransMessage(midtransBody()))).status).toBe(404);
    expect((await receive(partnerMessage(partnerBody('donation.paid')))).status).toBe(404);
  });
});

describe('trouble on our side', () => {
  const failing = async () => {
    throw new Error('Siti Rahayu is in this message');
  };

  it.each([
    ['the queue', { send: failing }],
    ['sealing', { seal: failing }],
    ['the secrets', { secretsFor: failing }],
    [
      'the clock',
      {
        now: () => {
          throw new TypeError('no time');
        },
      },
    ],
  ])('%s fails: an explicit 503, never a throw', async (_, broken) => {
    const { receive, sent, counts, lines } = setUp(broken as Partial<ReceiveWebhookDependencies>);
    const response = await receive(partnerMessage(partnerBody('donation.paid')));
    expect(response).toMatchObject({ status: 503, headers: { 'retry-after': '30' } });
    expect(response.problem).toMatchObject({ reason: 'queue_unavailable' });
    expect(sent).toEqual([]);
    expect(counts[0]?.[1]).toMatchObject({ outcome: 'unavailable' });
    expect(lines.join()).not.toContain('Siti');
  });
});

describe('a queue that hangs', () => {
  afterEach(() => vi.useRealTimers());

  it('is given up on while the caller still listens', async () => {
    vi.useFakeTimers();
    const { receive } = setUp({ send: () => new Promise(() => undefined) });
    const answer = receive(midtransMessage(midtransBody()));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await answer).toMatchObject({ status: 503 });
  });
});

describe('a rotated secret', () => {
  const rotating = (before: string[], after: string[]) => {
    const old = { midtrans: { serverKeys: before, statusApi: null } };
    const renewed = { midtrans: { serverKeys: after, statusApi: null } };
    return setUp({ secretsFor: async (_section, { fresh = false } = {}) => (fresh ? renewed : old) });
  };

  it('heals itself: a mismatch looks the secret up again', async () => {
    const { receive, sent } = rotating(['old'], [SERVER_KEY, 'old']);
    expect((await receive(midtransMessage(midtransBody()))).status).toBe(200);
    expect(sent).toHaveLength(1);
  });

  it('does not make a forged message authentic', async () => {
    const { receive, sent } = rotating(['old'], [SERVER_KEY]);
    expect((await receive(forged())).status).toBe(401);
    expect(sent).toEqual([]);
  });

  it('is not looked up for anything but a mismatch', async () => {
    const { receive, asked } = setUp();
    await receive(midtransMessage(midtransBody()));
    await receive(midtransMessage('{}'));
    expect(asked).toEqual([false, false]);
    await receive(forged());
    expect(asked).toEqual([false, false, false, true]);
  });

  it('is told where somebody still signs with the one before', async () => {
    const { receive, counts, lines } = rotating(['new', SERVER_KEY], []);
    expect((await receive(midtransMessage(midtransBody()))).status).toBe(200);
    expect(counts).toContainEqual(['PreviousSecretUsed', { gateway: 'midtrans' }]);
    expect(lines.join()).toContain('previous secret used');
    expect(lines.join()).not.toContain(SERVER_KEY);
  });
});
