import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { sealing } from '../../../shared/adapters/sealing.ts';
import { secretCache } from '../../../shared/adapters/secrets-cache.ts';

const schema = z.strictObject({ token: z.string() });

function setUp(first: string | undefined | Error) {
  const store: { text: string | undefined | Error; asked: number; milliseconds: number } = {
    text: first,
    asked: 0,
    milliseconds: 1_000,
  };
  const cache = secretCache({
    fetchText: async () => {
      store.asked += 1;
      if (store.text instanceof Error) throw store.text;
      return store.text;
    },
    monotonicMilliseconds: () => store.milliseconds,
  });
  const read = (fresh = false) => cache.read('operators', schema, { fresh });
  return { store, read };
}

describe('the secret cache', () => {
  it('asks once in five minutes, however many ask at once', async () => {
    const { store, read } = setUp('{"token":"a"}');
    await Promise.all([read(), read(), read()]);
    store.milliseconds += 299_999;
    expect(await read()).toEqual({ token: 'a' });
    expect(store.asked).toBe(1);
    store.milliseconds += 1;
    await read();
    expect(store.asked).toBe(2);
  });

  it('asks again on request, at most once in thirty seconds', async () => {
    const { store, read } = setUp('{"token":"a"}');
    await read();
    store.text = '{"token":"b"}';
    expect(await read(true)).toEqual({ token: 'a' });
    store.milliseconds += 30_000;
    expect(await read(true)).toEqual({ token: 'b' });
    expect(await read(true)).toEqual({ token: 'b' });
    expect(store.asked).toBe(2);
  });

  it('gives the same object back while the value is the same', async () => {
    const { store, read } = setUp('{"token":"a"}');
    const first = await read();
    store.milliseconds += 300_000;
    expect(await read()).toBe(first);
    expect(store.asked).toBe(2);
  });

  it('takes a missing secret for undefined', async () => {
    expect(await setUp(undefined).read()).toBeUndefined();
  });

  it('keeps a value that worked while the store is down or the new one is mistyped', async () => {
    const { store, read } = setUp('{"token":"a"}');
    await read();
    for (const trouble of [new Error('down'), 'not json', '{"token":7}']) {
      store.text = trouble;
      store.milliseconds += 300_000;
      expect(await read()).toEqual({ token: 'a' });
    }
    store.text = '{"token":"b"}';
    store.milliseconds += 30_000;
    expect(await read()).toEqual({ token: 'b' });
  });

  it('fails where there never was a value, and names the field, not the value', async () => {
    await expect(setUp(new Error('down')).read()).rejects.toThrow('down');
    await expect(setUp('{"token":7}').read()).rejects.toMatchObject({
      name: 'Transient',
      message: expect.stringMatching(/^secret operators: token/),
    });
  });
});

describe('sealing', () => {
  const key = (keyId: string, byte: number) => ({ keyId, key: Buffer.alloc(32, byte).toString('base64') });
  const bytes = new TextEncoder().encode('Siti Rahayu');

  it('opens what it sealed, under any known key', async () => {
    const old = sealing(async () => ({ keys: [key('a', 1)] }));
    const renewed = sealing(async () => ({ keys: [key('b', 2), key('a', 1)] }));
    const sealed = await old.seal(bytes);
    expect(sealed).toMatchObject({ keyId: 'a' });
    expect(Buffer.from(sealed.data, 'base64').toString()).not.toContain('Siti');
    expect(Buffer.from(await renewed.unseal(sealed))).toEqual(Buffer.from(bytes));
    expect(await renewed.seal(bytes)).toMatchObject({ keyId: 'b' });
    expect((await old.seal(bytes)).data).not.toBe(sealed.data);
  });

  it('never uses a number twice, however many are sealed: two alike would give both away', async () => {
    const { seal } = sealing(async () => ({ keys: [key('a', 1)] }));
    const all = await Promise.all(Array.from({ length: 1_000 }, () => seal(bytes)));
    expect(new Set(all.map(({ iv }) => iv)).size).toBe(all.length);
    expect(all.every(({ iv }) => Buffer.from(iv, 'base64').length === 12)).toBe(true);
  });

  it('looks for a newer key before it gives up, and then tries again later', async () => {
    const newest = sealing(async () => ({ keys: [key('b', 2)] }));
    const late = sealing(async (options) => ({ keys: options?.fresh ? [key('b', 2)] : [key('a', 1)] }));
    const sealed = await newest.seal(bytes);
    expect(Buffer.from(await late.unseal(sealed)).toString()).toBe('Siti Rahayu');
    await expect(sealing(async () => ({ keys: [key('a', 1)] })).unseal(sealed)).rejects.toMatchObject({
      name: 'Transient',
    });
  });

  it('refuses what was changed', async () => {
    const own = sealing(async () => ({ keys: [key('a', 1), key('b', 1)] }));
    const sealed = await own.seal(bytes);
    const flipped = Buffer.from(sealed.data, 'base64');
    flipped[0] = (flipped[0] ?? 0) ^ 1;
    const changed = [{ data: flipped.toString('base64') }, { data: '' }, { iv: '' }, { keyId: 'b' }];
    for (const change of changed) {
      await expect(own.unseal({ ...sealed, ...change })).rejects.toMatchObject({ reason: 'malformed_body' });
    }
  });
});
