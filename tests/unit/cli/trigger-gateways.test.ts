import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lazadaSender, shopeeSender, tiktokShopSender } from '../../../infra/cli/notifications/order-pushes.ts';
import { stripeSender } from '../../../infra/cli/notifications/stripe.ts';
import { EXAMPLE_CONFIGURATION_FILE } from '../../../infra/local/options.ts';
import { run } from './run.ts';

async function printed(argv: readonly string[]) {
  const { exitCode, out } = await run(['trigger', ...argv, '--print']);
  expect(exitCode).toBe(0);
  return out;
}

async function judged(argv: readonly string[]) {
  const { out } = await run(['verify', '--config', EXAMPLE_CONFIGURATION_FILE], { input: await printed(argv) });
  return JSON.parse(out);
}

/** As `verify` shows them. */
const SHOWN: Readonly<Record<string, string>> = {
  'partly-refunded': 'refunded',
  'charged-back': 'charged_back',
  reinstated: 'paid',
};
const PUSHES = { shopee: shopeeSender, 'tiktok-shop': tiktokShopSender, lazada: lazadaSender };
const NAMES = ['stripe', ...Object.keys(PUSHES)];

describe('lingkaran trigger --print', () => {
  it.each(stripeSender.kinds)('stripe %s is signed so that the door takes it', async (kind) => {
    const verdict = await judged(['stripe', kind, '--amount', '100000', '--order', 'DON-7', '--channel', 'card']);
    expect(verdict).toMatchObject({
      authentic: true,
      ignored: false,
      events: [{ kind: SHOWN[kind] ?? kind, paymentId: expect.stringMatching(/^pi_[0-9a-f]{24}$/) }],
    });
    expect(verdict.events[0].amountRupiah).toBe(kind === 'partly-refunded' ? 50_000 : 100_000);
  });

  it('stripe names the order and the channel of a payment, and knows it again when it goes back', async () => {
    const paid = await judged(['stripe', 'paid', '--order', 'DON-7', '--channel', 'card']);
    expect(paid.events).toMatchObject([{ orderReference: 'DON-7', channel: 'card', amountRupiah: 50_400 }]);
    const { paymentId } = paid.events[0];
    for (const kind of ['refunded', 'charged-back', 'reinstated', 'expired'])
      expect((await judged(['stripe', kind, '--order', 'DON-7'])).events[0].paymentId).toBe(paymentId);
    expect((await judged(['stripe', 'paid', '--order', 'DON-8'])).events[0].paymentId).not.toBe(paymentId);
  });

  it('stripe in another currency waits for its rupiah', async () => {
    const verdict = await judged(['stripe', 'paid', '--set', 'data.object.currency=usd']);
    expect(verdict).toMatchObject({ authentic: true, events: [{ kind: 'paid', amountRupiah: null }] });
  });

  it.each(Object.entries(PUSHES).flatMap(([name, { kinds }]) => kinds.map((kind) => [name, kind] as const)))(
    '%s %s is the state of one order, without an amount',
    async (name, kind) => {
      const [first, again] = [await judged([name, kind, '--order', 'A']), await judged([name, kind, '--order', 'A'])];
      expect(first).toMatchObject({ authentic: true, ignored: false, events: [{ kind, amountRupiah: null }] });
      const { paymentId, orderReference } = first.events[0];
      expect(orderReference).toBe(paymentId);
      expect(again.events[0].paymentId).toBe(paymentId);
      expect((await judged([name, kind, '--order', 'B'])).events[0].paymentId).not.toBe(paymentId);
    },
  );

  it.each(NAMES)('--bad-signature and --truncate of %s are refused', async (name) => {
    const refused = { authentic: false, reason: 'signature_mismatch', response: { status: 401 } };
    expect(await judged([name, 'paid', '--bad-signature'])).toMatchObject(refused);
    expect(await judged([name, 'paid', '--truncate'])).toMatchObject(refused);
  });

  it.each(NAMES)('%s is not there where it is not configured, and never prints a secret', async (name) => {
    const file = join(tmpdir(), `lingkaran-no-gateways-${process.pid}.json`);
    writeFileSync(file, '{"gateways":{}}');
    expect(await run(['trigger', name, 'paid', '--print', '--config', file])).toMatchObject({ exitCode: 4 });
    const secrets = readFileSync(EXAMPLE_CONFIGURATION_FILE, 'utf8').match(/[\w-]*FAKE-development-only[\w-]*/g) ?? [];
    expect(secrets.length).toBeGreaterThan(3);
    const out = await printed([name, 'paid']);
    for (const secret of secrets) expect(out).not.toContain(secret);
  });
});
