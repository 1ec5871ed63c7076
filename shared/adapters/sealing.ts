/**
 * Seals what holds personal data on its way through queues and quarantine (I9): AES-256-GCM under the `intake` keys.
 * The first key seals, any of them opens, so a rotation adds a key in front and drops the last once nothing waits.
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomFillSync } from 'node:crypto';
import * as z from 'zod';
import { Permanent, Transient } from '../errors.ts';
import type { Sealed } from '../messages.ts';
import { type ReadOptions, secrets } from './secrets.ts';

const KEY_BYTES = 32;
/** 96 random bits: one key may seal four thousand million bodies before two are likely to share one. */
const IV_BYTES = 12;
const IVS_DRAWN_AT_ONCE = 256;
const TAG_BYTES = 16;

export const intakeKeysSchema = z.lazy(() =>
  z.strictObject({
    keys: z
      .array(
        z.strictObject({
          keyId: z.string().min(1),
          key: z.string().refine((text) => Buffer.from(text, 'base64').length === KEY_BYTES, '32 bytes in base64'),
        }),
      )
      .min(1),
  }),
);
export type IntakeKeys = z.infer<typeof intakeKeysSchema>;

export interface Sealing {
  seal(bytes: Uint8Array): Promise<Sealed>;
  /** @throws Permanent `malformed_body` where it was tampered with, Transient where the key is not known */
  unseal(sealed: Sealed): Promise<Uint8Array>;
}

export function sealing(readKeys: (options?: ReadOptions) => Promise<IntakeKeys>): Sealing {
  return {
    async seal(bytes) {
      const { keys } = await readKeys();
      return sealWith(keys[0] as IntakeKeys['keys'][number], bytes);
    },

    async unseal(sealed) {
      const find = async (options?: ReadOptions) =>
        (await readKeys(options)).keys.find(({ keyId }) => keyId === sealed.keyId);
      // Sealed a moment ago under a key newer than the ones we hold.
      const found = (await find()) ?? (await find({ fresh: true }));
      if (!found) throw new Transient('unexpected_failure', { detail: `no intake key ${sealed.keyId}` });
      return unsealWith(found, sealed);
    },
  };
}

interface PreparedKey {
  readonly key: KeyObject;
  /** The key's name is bound to what is sealed with it. */
  readonly authenticated: Uint8Array;
}

/** Taking a key in costs more than sealing a notification with it, so it is done once for each key read. */
const prepared = new WeakMap<IntakeKeys['keys'][number], PreparedKey>();

function preparedKey(intakeKey: IntakeKeys['keys'][number]): PreparedKey {
  const known = prepared.get(intakeKey);
  if (known) return known;
  const made = { key: createSecretKey(intakeKey.key, 'base64'), authenticated: Buffer.from(intakeKey.keyId) };
  prepared.set(intakeKey, made);
  return made;
}

/** Asking the system for twelve random bytes costs as much as for thousands; each twelve are given out once. */
const ivs = Buffer.alloc(IV_BYTES * IVS_DRAWN_AT_ONCE);
let ivsUsed = IVS_DRAWN_AT_ONCE;

function nextIv(): Buffer {
  if (ivsUsed === IVS_DRAWN_AT_ONCE) {
    randomFillSync(ivs);
    ivsUsed = 0;
  }
  const start = ivsUsed * IV_BYTES;
  ivsUsed += 1;
  return ivs.subarray(start, start + IV_BYTES);
}

function sealWith(intakeKey: IntakeKeys['keys'][number], bytes: Uint8Array): Sealed {
  const { keyId } = intakeKey;
  const { key, authenticated } = preparedKey(intakeKey);
  const iv = nextIv();
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(authenticated);
  const data = Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  return { keyId, iv: iv.toString('base64'), data: data.toString('base64') };
}

function unsealWith(intakeKey: IntakeKeys['keys'][number], { iv, data }: Sealed): Uint8Array {
  const bytes = Buffer.from(data, 'base64');
  const { key, authenticated } = preparedKey(intakeKey);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64'), { authTagLength: TAG_BYTES });
    decipher.setAAD(authenticated);
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    throw new Permanent('malformed_body', { detail: 'the sealed body was changed' });
  }
}

export async function intakeKeys(options?: ReadOptions): Promise<IntakeKeys> {
  const keys = await secrets.read('intake', intakeKeysSchema, options);
  if (!keys) throw new Transient('unexpected_failure', { detail: 'the intake secret has no value' });
  return keys;
}

/** Sealing under the deployment's own keys. */
export const intakeSealing: Sealing = sealing(intakeKeys);
