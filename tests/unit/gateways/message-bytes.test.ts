import { describe, expect, it } from 'vitest';
import {
  constantTimeEqual,
  isJsonObject,
  jsonText,
  keyPart,
  readJsonObject,
  readText,
} from '../../../shared/gateways/message-bytes.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const NO_TEXT = new Uint8Array([0x7b, 0xff, 0x7d]);

describe('hostile bytes', () => {
  it('are text or nothing', () => {
    expect(readText(bytes('Rp 50.400 – terima kasih'))).toBe('Rp 50.400 – terima kasih');
    expect(readText(NO_TEXT)).toBeUndefined();
  });

  it('are written as JSON again, however deep they are nested, or not at all', () => {
    const nested = (depth: number) => readJsonObject(bytes(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`));
    expect(jsonText(nested(3)!)).toBe('{"a":[[[]]]}');
    expect(jsonText(nested(100_000)!)).toBeUndefined();
  });

  it('are an object or nothing', () => {
    expect(readJsonObject(bytes('{"a":1,"a":2}'))).toEqual({ a: 2 });
    for (const text of ['', '{', 'null', '[]', '7', '"x"', 'undefined'])
      expect(readJsonObject(bytes(text))).toBeUndefined();
    expect(readJsonObject(NO_TEXT)).toBeUndefined();
  });

  it('are read once, whoever asks', () => {
    const body = bytes('{"a":1}');
    expect(readJsonObject(body)).toBe(readJsonObject(body));
  });

  it('are told from those read just before, however alike', () => {
    const [first, second] = [bytes('{"a":1}'), bytes('{"a":2}')];
    expect([first, second, first, NO_TEXT, second].map(readJsonObject)).toEqual([
      { a: 1 },
      { a: 2 },
      { a: 1 },
      undefined,
      { a: 2 },
    ]);
  });

  it('of an object have members: an array has none, nor has null', () => {
    expect([{}, [], null, undefined, 'x', 7].map(isJsonObject)).toEqual([true, false, false, false, false, false]);
  });

  it('are equal only in whole', () => {
    expect(constantTimeEqual(bytes('abc'), bytes('abc'))).toBe(true);
    expect(constantTimeEqual(bytes('abc'), bytes('abd'))).toBe(false);
    expect(constantTimeEqual(bytes('abc'), bytes('ab'))).toBe(false);
  });
});

it('a part of a key can always be told from the key around it (I4)', () => {
  expect(keyPart('a:b%3Ac')).toBe('a%3Ab%253Ac');
  expect(keyPart('plain-1')).toBe('plain-1');
});
