/**
 * Who must not be written to any more. Entries are added and never taken away: one that a person lifted says who did,
 * when and why, and a new wish to be left alone is a new entry.
 */
import type { OperatorId } from './cash-receipt.ts';
import { CHANNELS, type Channel } from './channels.ts';
import type { Instant } from './dates.ts';
import type { ReasonCode } from './reasons.ts';

/** `all`: on no channel. */
export type SuppressionScope = Channel | 'all';

export interface Suppression {
  readonly scope: SuppressionScope;
  readonly reason: ReasonCode;
  /** Where we learned of it. */
  readonly via: Channel;
  readonly at: Instant;
  readonly lifted?: { readonly by: OperatorId; readonly at: Instant; readonly note: string };
}

export function suppressedChannels(entries: readonly Suppression[]): ReadonlySet<Channel> {
  const scopes = new Set(entries.filter(({ lifted }) => !lifted).map(({ scope }) => scope));
  return new Set(CHANNELS.filter((channel) => scopes.has('all') || scopes.has(channel)));
}

/** Said twice, it stands once. */
export function withSuppression(entries: readonly Suppression[], entry: Suppression): readonly Suppression[] {
  return entries.some(({ scope, lifted }) => scope === entry.scope && !lifted) ? entries : [...entries, entry];
}

export function withLifted(
  entries: readonly Suppression[],
  scope: SuppressionScope,
  lifted: NonNullable<Suppression['lifted']>,
): readonly Suppression[] {
  return entries.map((entry) => (entry.scope === scope && !entry.lifted ? { ...entry, lifted } : entry));
}

const STOP_WORDS: ReadonlySet<string> = new Set(['STOP', 'BERHENTI', 'UNSUB', 'UNSUBSCRIBE']);

/** A reply that is nothing but the word, however it is spelled: `berhenti.`, `S T O P`. */
export function asksToStop(reply: string): boolean {
  return STOP_WORDS.has(
    reply
      .normalize('NFKC')
      .toUpperCase()
      .replace(/[^\p{L}\p{N}]/gu, ''),
  );
}
