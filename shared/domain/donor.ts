/**
 * Who gives. A donor is known by an e-mail address or a telephone number, and once: gifts with the same contact are of
 * the same donor. Who leaves no contact is nobody in our books, and shown as people are who wish not to be named.
 */
import type { DonorContact } from './canonical-event.ts';
import { readPhone } from './roster.ts';
import type { Language } from './worker.ts';

declare const donorBrand: unique symbol;
/** Opaque: drawn, never derived from a contact, so that who was erased is not found again. */
export type DonorId = string & { readonly [donorBrand]: true };

/** An address as a key: without the marks that copying leaves, in small letters. Null where it cannot be one. */
export function emailKey(email: string | undefined): string | null {
  const key = email
    ?.normalize('NFC')
    .replace(/\p{Cf}/gu, '')
    .trim()
    .toLowerCase();
  return key !== undefined && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(key) ? key : null;
}

/** E.164, or null where it is no Indonesian number. */
export function phoneKey(phone: string | undefined): string | null {
  const reading = readPhone(phone ?? '');
  return 'value' in reading ? reading.value : null;
}

/** What a donor is found by, the one that decides first: the e-mail address. */
export function contactKeys({ email, phone }: DonorContact): string[] {
  const [byEmail, byPhone] = [emailKey(email), phoneKey(phone)];
  return [...(byEmail ? [`email:${byEmail}`] : []), ...(byPhone ? [`phone:${byPhone}`] : [])];
}

/**
 * Whose gift it is, of the donors its contacts are known for, in the order of the contacts: where they differ the
 * e-mail address decides, for a telephone is shared more often. Nobody is merged with anybody.
 */
export function donorAmong(known: readonly (DonorId | undefined)[]): DonorId | undefined {
  return known.find((donorId) => donorId !== undefined);
}

const UNNAMED: Readonly<Record<Language, string>> = { id: 'Hamba Allah', en: 'Anonymous' };

/** What stands where a donor's name would: outside the vault nobody knows the name itself (I9). */
export function donorLabel(
  { donorId, anonymous }: { readonly donorId: DonorId | null; readonly anonymous: boolean },
  language: Language,
): string {
  if (donorId === null || anonymous) return UNNAMED[language];
  return `${language === 'id' ? 'Donatur' : 'Donor'} ${donorId.slice('dnr_'.length, 'dnr_'.length + 8)}`;
}
