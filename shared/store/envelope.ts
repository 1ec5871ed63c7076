/** Bytes sealed with AES-256-GCM and bound to a context: elsewhere than in that context nothing opens them. */
import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

type AesKey = KeyObject | Uint8Array;

/** @returns nonce, ciphertext and tag, one after the other */
export function sealBytes(key: AesKey, plaintext: Uint8Array, context: string): Uint8Array {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([iv, body, cipher.getAuthTag()]);
}

/** @throws where the bytes were changed, or sealed under another key or for another context */
export function openBytes(key: AesKey, bytes: Uint8Array, context: string): Buffer {
  const sealed = Buffer.from(bytes);
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
}
