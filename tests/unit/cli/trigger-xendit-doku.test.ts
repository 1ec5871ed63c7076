import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dokuSender } from '../../../infra/cli/notifications/doku.ts';
import { xenditSender } from '../../../infra/cli/notifications/xendit.ts';
import { EXAMPLE_CONFIGURATION_FILE } from '../../../infra/local/options.ts';
import { run } from './run.ts';

const { gateways } = JSON.parse(readFileSync(EXAMPLE_CONFIGURATION_FILE, 'utf8'));

async function judged(argv: readonly string[]) {
  const { exitCode, out } = await run(['trigger', ...argv, '--print']);
  expect(exitCode).toBe(0);
  const request = JSON.parse(out);
  // The secrets are never printed.
  const { out: said } = await run(['verify'], {
    input: JSON.stringify({ ...request, secrets: gateways[request.gateway] }),
  });
  return JSON.parse(said);
}

const CANONICAL: Readonly<Record<string, string>> = { 'partly-refunded': 'refunded', 'charged-back': 'charged_back' };

describe('lingkaran trigger xendit and doku', () => {
  it.each([
    ...xenditSender.kinds.map((kind) => ['xendit', kind] as const),
    ...dokuSender.kinds.map((kind) => ['doku', kind] as const),
  ])('%s %s is signed so that the door takes it', async (gateway, kind) => {
    expect(await judged([gateway, kind, '--amount', '100000', '--order', 'DON-7'])).toMatchObject({
      authentic: true,
      response: { status: 200 },
      events: [{ kind: CANONICAL[kind] ?? kind, amountRupiah: kind === 'partly-refunded' ? 50_000 : 100_000 }],
    });
  });

  it.each([
    ['invoice', 'RETAIL_OUTLET:ALFAMART'],
    ['va:bni', 'VA:BNI'],
    ['ewallet:dana', 'ID_DANA'],
    ['ovo', 'OVO'],
  ])('a payment of xendit over %s is told by that product', async (channel, told) => {
    expect(await judged(['xendit', 'paid', '--channel', channel, '--order', 'DON-7'])).toMatchObject({
      events: [{ kind: 'paid', amountRupiah: 50_400, channel: told, orderReference: 'DON-7' }],
    });
  });

  it('a refund goes back to the payment of the same order', async () => {
    for (const gateway of ['xendit', 'doku']) {
      const [paid, refunded] = await Promise.all(
        ['paid', 'refunded'].map((kind) => judged([gateway, kind, '--order', 'DON-9'])),
      );
      expect(refunded.events[0].paymentId).toBe(paid.events[0].paymentId);
    }
  });

  it.each([
    ['xendit', 'token_mismatch'],
    ['doku', 'signature_mismatch'],
  ])('--bad-signature of %s is a %s', async (gateway, reason) => {
    expect(await judged([gateway, 'paid', '--bad-signature'])).toMatchObject({
      authentic: false,
      reason,
      response: { status: 401 },
    });
  });

  it('--set changes a field before it is signed', async () => {
    expect(await judged(['doku', 'paid', '--set', 'order.amount=70000'])).toMatchObject({
      authentic: true,
      events: [{ amountRupiah: 70_000 }],
    });
  });
});
