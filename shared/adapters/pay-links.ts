/**
 * The link under which a worker pays for going on. It needs no row: the token names the cover and proves with 128 bits
 * that we made it, under keys derived from the intake keys (HKDF), which are rotated as a list. A link is good as long
 * as its key stands in the list, so a key stays there for half a year: reminders go on until sixty days after the end.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { CoverId } from '../domain/ids.ts';
import { publicUrl } from '../settings.ts';
import { type IntakeKeys, intakeKeys } from './sealing.ts';
import type { ReadOptions } from './secrets.ts';

export interface PayLinks {
  /** `<MAC>.<worker>.<ordinal>`: it ends in a digit, because messengers cut a dash off the end of a link. */
  tokenOf(coverId: CoverId): Promise<string>;
  /** Null for what we did not make. */
  coverOf(token: string): Promise<CoverId | null>;
}

const KEY_BYTES = 32;
const MAC_BYTES = 16;
const PURPOSE = 'lingkaran pay links';
const TOKEN = /^([A-Za-z0-9_-]{22})\.([0-9a-f]{1,40})\.(\d{1,6})$/;

export function payLinks(readKeys: (options?: ReadOptions) => Promise<IntakeKeys>): PayLinks {
  const isOurs = async (mac: string, coverId: CoverId, options?: ReadOptions) => {
    const { keys } = await readKeys(options);
    // All keys are tried whichever fits, so that the time says nothing.
    return keys.map((key) => isSame(mac, macOf(key, coverId))).includes(true);
  };
  return {
    async tokenOf(coverId) {
      const { keys } = await readKeys();
      const [, worker, ordinal] = coverId.split('_');
      return `${macOf(keys[0] as IntakeKeys['keys'][number], coverId)}.${worker}.${ordinal}`;
    },
    async coverOf(token) {
      const [, mac, worker, ordinal] = TOKEN.exec(token) ?? [];
      if (mac === undefined) return null;
      const coverId = `cov_${worker}_${ordinal}` as CoverId;
      // Made a moment ago under a key newer than the ones we hold.
      const ours = (await isOurs(mac, coverId)) || (await isOurs(mac, coverId, { fresh: true }));
      return ours ? coverId : null;
    },
  };
}

function macOf({ key }: IntakeKeys['keys'][number], coverId: CoverId): string {
  const derived = hkdfSync('sha256', Buffer.from(key, 'base64'), Buffer.alloc(0), PURPOSE, KEY_BYTES);
  const mac = createHmac('sha256', Buffer.from(derived)).update(coverId).digest();
  return mac.subarray(0, MAC_BYTES).toString('base64url');
}

/** As text, so that one token has one form. Both are of the same length. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}

const links = payLinks(intakeKeys);

/** Where on our own address this cover is paid on. */
export async function payPathOf(coverId: CoverId): Promise<string> {
  return `/pay/${await links.tokenOf(coverId)}`;
}

/** The address of the page where this cover is paid on; null where the deployment does not know its own address. */
export async function payLinkOf(coverId: CoverId): Promise<string | null> {
  const base = publicUrl();
  return base === null ? null : `${base}${await payPathOf(coverId)}`;
}

/** The cover a token of `GET /pay/{token}` is for; null for what we did not make. */
export function readPayLink(token: string): Promise<CoverId | null> {
  return links.coverOf(token);
}
