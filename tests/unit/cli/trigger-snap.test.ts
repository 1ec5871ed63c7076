import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXAMPLE_CONFIGURATION_FILE } from '../../../infra/local/options.ts';
import { run } from './run.ts';

async function judged(argv: readonly string[], config = EXAMPLE_CONFIGURATION_FILE) {
  const { exitCode, out } = await run(['trigger', 'snap', ...argv, '--config', config, '--print']);
  expect(exitCode).toBe(0);
  return JSON.parse((await run(['verify', '--config', config], { input: out })).out);
}

describe('lingkaran trigger snap', () => {
  it.each([
    ['paid', [], 'paid', 'VA:BCA'],
    ['paid', ['--channel', 'va:bri'], 'paid', 'VA:BRI'],
    ['expired', [], 'expired', 'VA:BCA'],
    ['pending', ['--channel', 'gopay'], 'pending', 'gopay'],
    ['cancelled', ['--channel', 'gopay'], 'failed', 'gopay'],
    ['failed', ['--channel', 'dana'], 'failed', 'dana'],
    ['paid', ['--channel', 'qris'], 'paid', 'qris'],
    ['refunded', ['--channel', 'qris'], 'refunded', 'qris'],
  ])('%s %j is signed so that the door takes it', async (kind, flags, canonical, channel) => {
    expect(await judged([kind, '--amount', '100000', '--order', 'DON-7', ...flags])).toMatchObject({
      authentic: true,
      events: [{ kind: canonical, channel, orderReference: 'DON-7' }],
    });
  });

  it('gives back what it is told, of the payment that was paid', async () => {
    const about = ['--channel', 'gopay', '--order', 'DON-7', '--amount', '100000'];
    const [paid] = (await judged(['paid', ...about])).events;
    const [half] = (await judged(['partly-refunded', ...about])).events;
    expect(half).toMatchObject({ kind: 'refunded', amountRupiah: 50_000, paymentId: paid.paymentId });
    expect((await judged(['refunded', ...about, '--returned', '30000'])).events[0].amountRupiah).toBe(30_000);
  });

  it('may be spoiled, and is refused then', async () => {
    expect(await judged(['paid', '--bad-signature'])).toMatchObject({ authentic: false, reason: 'signature_mismatch' });
  });

  it('is signed with the key of the bank where that is given', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const folder = mkdtempSync(join(tmpdir(), 'lingkaran-bank-'));
    const key = join(folder, 'bank.pem');
    writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' });
    const config = join(folder, 'config.json');
    const bank = { clientKey: 'bank-1', publicKeyPem, pathPrefix: '/snap' };
    writeFileSync(config, JSON.stringify({ gateways: { snap: { partners: { BANK1: bank } } } }));
    expect(await judged(['paid', '--private-key', key], config)).toMatchObject({ authentic: true });
    const keyless = await run(['trigger', 'snap', 'paid', '--config', config, '--print']);
    expect(keyless).toMatchObject({ exitCode: 2, out: '' });
    expect(keyless.said).toContain('--private-key');
  });

  it.each([
    [['refunded'], 2, 'virtual accounts are not refunded'],
    [['paid', '--partner', 'bnak-contoh'], 2, 'did you mean bank-contoh?'],
    [['charged-back'], 2, 'unknown kind of snap'],
    [['paid', '--private-key', 'nowhere.pem'], 4, 'there is no file nowhere.pem'],
  ])('%j is wrong use that says so', async (argv, exitCode, sentence) => {
    const ended = await run(['trigger', 'snap', ...argv, '--print']);
    expect(ended).toMatchObject({ exitCode, out: '' });
    expect(ended.said).toContain(sentence);
  });
});
