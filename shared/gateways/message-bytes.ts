/** Hostile bytes into values: what cannot be read is `undefined`, never a throw. */
import { timingSafeEqual } from 'node:crypto';

export type JsonObject = Readonly<Record<string, unknown>>;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** A body as strict UTF-8: bytes that are no text are refused, not replaced, or two bodies could read alike. */
export function readText(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Signature, meaning and delivery key of a message are read one after the other from one body, parsed once. */
let last: { readonly bytes: Uint8Array; readonly object: JsonObject | undefined } | undefined;

/** A body that is one JSON object; of a key given twice the last value counts, to signature and meaning alike. */
export function readJsonObject(bytes: Uint8Array): JsonObject | undefined {
  if (last?.bytes !== bytes) last = { bytes, object: parsedObject(bytes) };
  return last.object;
}

function parsedObject(bytes: Uint8Array): JsonObject | undefined {
  const text = readText(bytes);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as JSON; undefined where it is nested too deep to be written, though not too deep to be read. */
export function jsonText(value: JsonObject): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** Takes the same time wherever the first difference is. */
export function constantTimeEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * A part of an effect key. Senders choose these ids, and a colon in one must not make it read like another key:
 * payment `X` with refund `paid` and payment `X:refund` that is paid are two effects (I4).
 */
export function keyPart(id: string): string {
  return id.replace(/[%:]/g, (character) => (character === '%' ? '%25' : '%3A'));
}
