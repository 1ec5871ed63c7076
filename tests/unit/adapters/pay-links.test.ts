import { afterEach, describe, expect, it } from 'vitest';
import { payLinks } from '../../../shared/adapters/pay-links.ts';
import type { IntakeKeys } from '../../../shared/adapters/sealing.ts';
import type { CoverId } from '../../../shared/domain/ids.ts';
import { publicUrl } from '../../../shared/settings.ts';

const COVER = 'cov_0123456789abcdef0123_1' as CoverId;
const key = (keyId: string) => ({ keyId, key: Buffer.alloc(32, keyId).toString('base64') });

function setUp(...keyIds: string[]) {
  const state: { held: IntakeKeys; stored: IntakeKeys } = {
    held: { keys: keyIds.map(key) },
    stored: { keys: keyIds.map(key) },
  };
  const links = payLinks(async (options) => {
    if (options?.fresh) state.held = state.stored;
    return state.held;
  });
  return { state, links };
}

describe('a pay link', () => {
  it('names its cover, and fits an address and a message', async () => {
    const { links } = setUp('current');
    const token = await links.tokenOf(COVER);
    expect(await links.coverOf(token)).toBe(COVER);
    expect(await links.tokenOf(COVER)).toBe(token);
    expect(encodeURIComponent(token)).toBe(token);
    expect(token).toMatch(/^[A-Za-z0-9_-]{22}\.0123456789abcdef0123\.1$/);
  });

  it('is good for its own cover only, as it was made', async () => {
    const { links } = setUp('current');
    const token = await links.tokenOf(COVER);
    const [mac = '', worker = ''] = token.split('.');
    const other = mac.startsWith('A') ? `B${mac.slice(1)}` : `A${mac.slice(1)}`;
    const wrong = [`${mac}.${worker}.2`, `${mac}.${worker.replace('0', '1')}.1`, `${other}.${worker}.1`];
    const malformed = ['', 'x', `${mac}.${worker}`, `${token} `, `${token}\n`, token.slice(1), `${mac}.${worker}.-1`];
    for (const given of [...wrong, ...malformed]) expect([given, await links.coverOf(given)]).toEqual([given, null]);
  });

  it('has one form: other letters that decode to the same bits are refused', async () => {
    const { links } = setUp('current');
    const token = await links.tokenOf(COVER);
    const [mac = '', ...rest] = token.split('.');
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(mac.at(-1) as string);
    const twin = `${mac.slice(0, -1)}${alphabet[last + 1]}`;
    expect(Buffer.from(twin, 'base64url')).toEqual(Buffer.from(mac, 'base64url'));
    expect(await links.coverOf([twin, ...rest].join('.'))).toBeNull();
  });

  it('outlives a rotation as long as its key stands in the list', async () => {
    const { links, state } = setUp('old');
    const token = await links.tokenOf(COVER);
    state.stored = { keys: [key('new'), key('old')] };
    const renewed = payLinks(async () => state.stored);
    expect(await renewed.coverOf(token)).toBe(COVER);
    expect(await renewed.tokenOf(COVER)).not.toBe(token);
    expect(await payLinks(async () => ({ keys: [key('new')] })).coverOf(token)).toBeNull();
  });

  it('made under a key that is not held yet is known after asking for the keys anew', async () => {
    const { links, state } = setUp('old');
    state.stored = { keys: [key('new'), key('old')] };
    const token = await payLinks(async () => state.stored).tokenOf(COVER);
    expect(await links.coverOf(token)).toBe(COVER);
  });
});

describe('the public address', () => {
  afterEach(() => {
    delete process.env.PUBLIC_URL;
    delete process.env.SETTINGS;
  });

  it('is that of the settings, or else what the deployment is told, without a slash at the end', () => {
    expect(publicUrl()).toBeNull();
    process.env.PUBLIC_URL = 'https://api.example.org/';
    expect(publicUrl()).toBe('https://api.example.org');
    process.env.SETTINGS = JSON.stringify({ publicUrl: 'https://lingkaran.example.org' });
    expect(publicUrl()).toBe('https://lingkaran.example.org');
  });
});
