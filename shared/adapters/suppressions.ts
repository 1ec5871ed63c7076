/** Who must not be written to, found by a contact under the deployment's own identity key. */
import type { Channel } from '../domain/channels.ts';
import { contactHashOf, readSuppressed } from '../store/suppressions.ts';
import { identityKey } from './identity.ts';

/** @param contact E.164, or an e-mail address in small letters */
export async function contactHash(contact: string): Promise<string> {
  return contactHashOf(contact, await identityKey());
}

/** On which channels each of these contacts must not be written to; only those are in the answer. */
export async function suppressedOn(contacts: readonly string[]): Promise<Map<string, ReadonlySet<Channel>>> {
  if (contacts.length === 0) return new Map();
  const key = await identityKey();
  const contactOf = new Map(contacts.map((contact) => [contactHashOf(contact, key), contact]));
  const found = await readSuppressed([...contactOf.keys()]);
  return new Map([...found].map(([hash, channels]) => [contactOf.get(hash) as string, channels]));
}
