import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIDTRANS_KINDS } from '../../../infra/cli/notifications/midtrans.ts';
import { PARTNER_KINDS } from '../../../infra/cli/notifications/partner.ts';
import { EXAMPLE_CONFIGURATION_FILE } from '../../../infra/local/options.ts';
import { run } from './run.ts';
import { type Asked, Status, type StubSystem, startStub } from './stub-system.ts';

const { gateways } = JSON.parse(readFileSync(EXAMPLE_CONFIGURATION_FILE, 'utf8'));

async function printed(argv: readonly string[]) {
  const { exitCode, out } = await run(['trigger', ...argv, '--print']);
  expect(exitCode).toBe(0);
  return JSON.parse(out);
}

/** What the door would say to a printed request. */
async function judged(request: Record<string, unknown>, partner = 'kitabisa') {
  const secrets = request.gateway === 'midtrans' ? gateways.midtrans : gateways.partner[partner];
  const { out } = await run(['verify'], { input: JSON.stringify({ ...request, secrets }) });
  return JSON.parse(out);
}

const CANONICAL: Readonly<Record<string, string>> = {
  denied: 'failed',
  'partly-refunded': 'refunded',
  'charged-back': 'charged_back',
};
const CASES = [
  ...MIDTRANS_KINDS.map((kind) => ['midtrans', kind] as const),
  ...PARTNER_KINDS.map((kind) => ['partner', kind] as const),
];

describe('lingkaran trigger --print', () => {
  it.each(CASES)('%s %s is signed so that the door takes it', async (gateway, kind) => {
    const request = await printed([gateway, kind, '--amount', '100000', '--order', 'DON-7']);
    expect(await judged(request)).toMatchObject({
      authentic: true,
      events: [
        {
          kind: CANONICAL[kind] ?? kind,
          amountRupiah: kind === 'partly-refunded' ? 50_000 : 100_000,
          orderReference: 'DON-7',
          channel: 'qris',
        },
      ],
    });
  });

  it.each(['gopay', 'credit_card', 'bank_transfer:bni', 'cstore', 'echannel'])('midtrans over %s', async (channel) => {
    expect(await judged(await printed(['midtrans', 'paid', '--channel', channel]))).toMatchObject({
      authentic: true,
      events: [{ kind: 'paid', amountRupiah: 50_400 }],
    });
  });

  it('the same order is the same payment, and another is another', async () => {
    const paymentOf = async (argv: string[]) => (await judged(await printed(argv))).events[0].paymentId;
    const paid = await paymentOf(['midtrans', 'paid', '--order', 'A']);
    expect(await paymentOf(['midtrans', 'refunded', '--order', 'A'])).toBe(paid);
    expect(await paymentOf(['midtrans', 'paid', '--order', 'B'])).not.toBe(paid);
    expect(await paymentOf(['midtrans', 'paid', '--payment-id', 'mine'])).toBe('mine');
  });

  it('a partner and a kind may be written as events write them', async () => {
    expect(await judged(await printed(['partner:baznas', 'charged_back']), 'baznas')).toMatchObject({
      events: [{ kind: 'charged_back', fundClass: 'zakat' }],
    });
  });

  it('--pledge is paid under its reference and with its amount', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'lingkaran-pledge-')), 'pledge.json');
    writeFileSync(file, JSON.stringify({ orderReference: 'GNL-1', amountRupiah: 84_000 }));
    const event = { orderReference: 'GNL-1', amountRupiah: 84_000 };
    expect(await judged(await printed(['midtrans', 'paid', '--pledge', file]))).toMatchObject({ events: [event] });
    expect(await run(['trigger', 'midtrans', 'paid', '--print', '--pledge', 'package.json'])).toMatchObject({
      exitCode: 2,
    });
  });

  it('a zakat body’s fee, payment and time', async () => {
    const flags = ['--partner', 'baznas', '--fee', '2500', '--at', '2031-02-03T04:05:06+07:00'];
    expect(await judged(await printed(['partner', 'paid', ...flags]), 'baznas')).toMatchObject({
      events: [{ feeRupiah: 2_500, fundClass: 'zakat', occurredAt: '2031-02-02T21:05:06.000Z' }],
    });
  });

  it('--late happened long ago and is signed now', async () => {
    const request = await printed(['partner', 'paid', '--late', 'PT48H']);
    expect(request.now).toBe(Date.parse('2026-11-20T07:05:00Z') / 1000);
    expect(await judged(request)).toMatchObject({
      authentic: true,
      events: [{ occurredAt: '2026-11-18T07:05:00.000Z' }],
    });
  });

  it('--set changes a field before it is signed, and keeps its type', async () => {
    const set = await judged(await printed(['midtrans', 'paid', '--set', 'gross_amount=70000.00']));
    expect(set).toMatchObject({ authentic: true, events: [{ amountRupiah: 70_000 }] });
    const deep = await judged(await printed(['partner', 'paid', '--set', 'data.amount=70000', '--set', 'data.fee=1']));
    expect(deep).toMatchObject({ authentic: true, events: [{ amountRupiah: 70_000, feeRupiah: 1 }] });
    const sen = await judged(await printed(['midtrans', 'paid', '--set', 'gross_amount=70000.50']));
    expect(sen).toMatchObject({ authentic: true, problem: { reason: 'amount_has_sen' } });
  });

  it.each(['midtrans', 'partner'])('--bad-signature and --truncate of %s are refused', async (gateway) => {
    const bad = await judged(await printed([gateway, 'paid', '--bad-signature']));
    expect(bad).toMatchObject({ authentic: false, reason: 'signature_mismatch', response: { status: 401 } });
    const cut = await judged(await printed([gateway, 'paid', '--truncate']));
    expect(cut.authentic).toBe(false);
    expect([400, 401]).toContain(cut.response.status);
  });

  it('never prints a secret', async () => {
    const { out } = await run(['trigger', 'midtrans', 'paid', '--print']);
    expect(out).not.toContain(gateways.midtrans.serverKeys[0]);
  });
});

describe('lingkaran trigger', () => {
  let system: StubSystem;
  beforeAll(async () => {
    system = await startStub({
      'GET /local/clock': { now: '2031-01-02T03:04:05.000Z' },
      'POST /webhooks/partner/kitabisa': { status: 'ok' },
    });
  });
  afterAll(() => system.close());

  it('sends every copy through the public door, at the time of the system, and counts equal answers together', async () => {
    const flags = ['--duplicate', '50', '--concurrent', '50', '--json'];
    const { out } = await run(['trigger', 'partner', 'paid', ...flags, '--url', system.url]);
    expect(JSON.parse(out)).toMatchObject({
      gateway: 'partner:kitabisa',
      responses: [{ status: 200, count: 50 }],
    });
    const sent = system.asked.filter(({ method }) => method === 'POST');
    expect(sent).toHaveLength(50);
    expect(new Set(sent.map(({ body }) => body)).size).toBe(1);
    expect(sent[0]?.headers['webhook-timestamp']).toBe(String(Date.parse('2031-01-02T03:04:05Z') / 1000));
    expect(sent[0]?.headers.authorization).toBeUndefined();
  });

  it('signs anew when a fast clock made the signature old', async () => {
    let minutes = 0;
    const fast = await startStub({
      'GET /local/clock': () => {
        minutes += 10;
        return { now: new Date(Date.UTC(2031, 0, 1, 0, minutes)).toISOString(), speed: 20_000 };
      },
      'POST /webhooks/partner/kitabisa': ({ headers }: Asked) =>
        Number(headers['webhook-timestamp']) < Date.UTC(2031, 0, 1, 0, 30) / 1000
          ? new Status(401, { reason: 'stale_timestamp' })
          : { status: 'ok' },
    });
    const ran = await run(['trigger', 'partner', 'paid', '--url', fast.url]);
    await fast.close();
    expect(ran.exitCode).toBe(0);
    expect(new Set(fast.asked.flatMap(({ body }) => (body ? [JSON.parse(body).data.payment_id] : []))).size).toBe(1);
  });

  it('takes the secrets of a configuration it is given, and says what is wrong with one', async () => {
    expect(await run(['trigger', 'midtrans', 'paid', '--print', '--config', 'nowhere.json'])).toMatchObject({
      exitCode: 2,
      said: expect.stringContaining('nowhere.json'),
    });
    expect(await run(['trigger', 'midtrans', 'paid', '--print', '--config', 'package.json'])).toMatchObject({
      exitCode: 2,
      said: expect.stringContaining('name'),
    });
  });
});
