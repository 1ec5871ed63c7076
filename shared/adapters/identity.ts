/** The key under which people are found again by what is known of them. Never rotated: with another nobody is found. */
import * as z from 'zod';
import { Transient } from '../errors.ts';
import { secrets } from './secrets.ts';

const identitySchema = z.strictObject({ hmacKey: z.string().min(1) });

export async function identityKey(): Promise<Uint8Array> {
  const identity = await secrets.read('identity', identitySchema);
  if (!identity) throw new Transient('unexpected_failure', { detail: 'the identity secret has no value' });
  return Buffer.from(identity.hmacKey, 'base64');
}
