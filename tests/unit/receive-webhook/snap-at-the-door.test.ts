import { expect, it } from 'vitest';
import { receiveWebhook } from '../../../functions/receive-webhook/receive-webhook.ts';
import type { InboundMessage } from '../../../shared/gateways/gateway.ts';
import { type PaymentMessage, paymentMessageSchema } from '../../../shared/messages.ts';
import type { GatewaySecrets } from '../../../shared/settings.ts';
import { NOW } from '../gateways/signing.ts';
import {
  asymmetricCall,
  PATHS,
  SNAP,
  symmetricCall,
  TRANSACTION,
  tokenFor,
  tokenRequest,
  VA_PAYMENT,
} from '../gateways/snap-signing.ts';

function door(secrets: GatewaySecrets[] = [{ snap: SNAP }], send?: () => Promise<void>) {
  const sent: PaymentMessage[] = [];
  const lines: string[] = [];
  const counts: unknown[] = [];
  const write = (message: string, fields?: object) => lines.push(JSON.stringify({ message, ...fields }));
  const receive = async (message: InboundMessage) => {
    const { body, ...answer } = await receiveWebhook(message, {
      secretsFor: async (_section, { fresh = false } = {}) => secrets[fresh ? secrets.length - 1 : 0] ?? {},
      seal: async () => ({ keyId: 'k', iv: 'iv', data: 'sealed' }),
      send: send ?? (async (queued) => void sent.push(queued)),
      now: () => NOW,
      log: { debug: write, info: write, warn: write, error: write },
      meter: { count: (_name, dimensions) => counts.push(dimensions) },
    });
    return { ...answer, body: JSON.parse(body) };
  };
  return { receive, sent, lines, counts };
}

const payment = { path: PATHS.payment, body: JSON.stringify(VA_PAYMENT) };

it('a payment is queued with the path that says what it means, and without its payer', async () => {
  const { receive, sent, lines } = door();
  expect(await receive(symmetricCall(payment))).toMatchObject({ status: 200, body: { responseCode: '2002500' } });
  expect(paymentMessageSchema.parse(sent[0])).toEqual(sent[0]);
  expect(sent).toMatchObject([
    { gateway: 'snap:BANK1', path: PATHS.payment, receivedAt: NOW, events: [{ effectKey: 'snap:BANK1:preq-1:paid' }] },
  ]);
  expect(JSON.stringify([sent, lines])).not.toMatch(/Budi|budi@|62818/);
  const { authorization, 'x-signature': signature } = symmetricCall(payment).headers;
  for (const secret of [authorization, signature]) expect(lines.join()).not.toContain(secret);
});

it('a token is given, and nothing is queued', async () => {
  const { receive, sent, counts, lines } = door();
  const { body } = await receive(tokenRequest());
  expect(body).toMatchObject({ responseCode: '2007300', expiresIn: '900' });
  expect(sent).toEqual([]);
  expect(counts).toEqual([{ gateway: 'snap:BANK1', outcome: 'answered' }]);
  expect(lines.join()).not.toContain(body.accessToken);
});

it('how a body was signed is told to the log', async () => {
  const { receive, lines } = door();
  const body = JSON.stringify(TRANSACTION, null, 1);
  await receive(asymmetricCall({ path: PATHS.debit, body }));
  expect(lines.join()).toContain('body_signed_as_sent');
});

it('a token of a key that was just put in front is known once the secrets are read again', async () => {
  const rotated = { snap: { ...SNAP, tokenKeys: ['a-newer-key-for-tokens', ...(SNAP.tokenKeys ?? [])] } };
  const token = tokenFor('BANK1', 'bank-1-client', NOW, rotated.snap.tokenKeys);
  expect((await door().receive(symmetricCall(payment, { token }))).status).toBe(401);
  expect((await door([{ snap: SNAP }, rotated]).receive(symmetricCall(payment, { token }))).status).toBe(200);
});

it('whatever goes wrong on our side is a 503 in the envelope', async () => {
  const { receive } = door(undefined, () => Promise.reject(new Error('down')));
  expect(await receive(symmetricCall(payment))).toMatchObject({
    status: 503,
    headers: { 'retry-after': '30', 'content-type': 'application/json' },
    body: { responseCode: '5032500' },
  });
  const unkeyed = door([{ snap: { partners: SNAP.partners } }]);
  expect(await unkeyed.receive(tokenRequest())).toMatchObject({ status: 503, body: { responseCode: '5037300' } });
});

it.each([
  ['an unknown caller', symmetricCall(payment, { caller: 'nobody' }), 404, '4042500'],
  ['a body beyond 256 KiB', symmetricCall({ ...payment, body: ' '.repeat(256 * 1024 + 1) }), 413, '4132500'],
])('%s is refused in the envelope', async (_, message, status, responseCode) => {
  const { receive, sent } = door();
  expect(await receive(message)).toMatchObject({ status, body: { responseCode } });
  expect(sent).toEqual([]);
});
