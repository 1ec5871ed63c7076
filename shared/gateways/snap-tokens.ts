/**
 * The access tokens we give to callers that sign symmetrically. A token holds its own expiry and a MAC under a key of
 * ours, so nothing is stored, any instance knows it again, and a partner cannot make one for itself or for another.
 */
import { createHmac } from 'node:crypto';
import type { Instant } from '../domain/dates.ts';
import { constantTimeEqual } from './message-bytes.ts';

export const TOKEN_LIFETIME_SECONDS = 900;

export interface AccessTokens {
  issue(holder: TokenHolder, now: Instant): string;
  /** Constant-time; true for an unexpired token of ours for this very holder. */
  accepts(token: string, holder: TokenHolder, now: Instant): boolean;
}

/** A new client key ends all tokens that were given to the old one. */
export interface TokenHolder {
  readonly partner: string;
  readonly clientKey: string;
}

const TOKEN = /^(\d{10,12})\.([\w-]{43})$/;

/** @param keys the first signs, any of them is accepted, so that keys can be rotated under running tokens */
export function accessTokens(keys: readonly string[]): AccessTokens {
  return {
    issue(holder, now) {
      const [current] = keys;
      if (current === undefined) throw new Error('there is no key to sign access tokens with');
      const expiry = String(secondsOf(now) + TOKEN_LIFETIME_SECONDS);
      return `${expiry}.${macOf(current, holder, expiry)}`;
    },
    accepts(token, holder, now) {
      const [, expiry = '', mac = ''] = TOKEN.exec(token) ?? [];
      if (mac === '') return false;
      const given = Buffer.from(mac);
      const matches = keys.map((key) => constantTimeEqual(Buffer.from(macOf(key, holder, expiry)), given));
      return matches.includes(true) && secondsOf(now) < Number(expiry);
    },
  };
}

function macOf(key: string, { partner, clientKey }: TokenHolder, expiry: string): string {
  const signed = JSON.stringify(['snap access token', partner, clientKey, expiry]);
  return createHmac('sha256', key).update(signed).digest('base64url');
}

function secondsOf(now: Instant): number {
  return Math.floor(Date.parse(now) / 1000);
}
