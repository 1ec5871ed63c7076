/** Hostile changes to the bytes of a message, and what the door says of them. */
import fc from 'fast-check';
import { inspectMessage } from '../../shared/gateways/inspect.ts';
import type { Vector } from '../unit/gateways/vectors.ts';

type How = 'flip' | 'drop' | 'insert' | 'space' | 'repeat' | 'cut';

export interface ByteChange {
  readonly how: How;
  readonly at: number;
  readonly byte: number;
}

/** One change of any of these kinds, anywhere. */
export function byteChange(...kinds: readonly How[]): fc.Arbitrary<ByteChange> {
  return fc.record({ how: fc.constantFrom(...kinds), at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) });
}

export function changed(bytes: Buffer, { how, at, byte }: ByteChange): Buffer {
  const index = at % (bytes.length + 1);
  const [before, after] = [bytes.subarray(0, index), bytes.subarray(index)];
  if (how === 'flip') return Buffer.concat([before, Buffer.from([(after[0] ?? 0) ^ (byte || 1)]), after.subarray(1)]);
  if (how === 'drop') return Buffer.concat([before, after.subarray(1 + (byte % 8))]);
  if (how === 'insert') return Buffer.concat([before, Buffer.from([byte]), after]);
  if (how === 'space') return Buffer.concat([before, Buffer.from(' \n\t\r'[byte % 4] as string), after]);
  if (how === 'repeat') return Buffer.concat([before, after.subarray(0, 1 + byte), after]);
  return before;
}

export function mutate(bytes: Buffer, changes: readonly ByteChange[]): Buffer {
  return changes.reduce(changed, bytes);
}

/** What `verify` says of a captured call with another body, whose bytes need be no text. */
export function inspectBytes(vector: Vector, body: Buffer, headers: Record<string, string> = vector.headers) {
  return inspectMessage({ ...vector, headers, body: body.toString('base64'), isBase64Encoded: true });
}
