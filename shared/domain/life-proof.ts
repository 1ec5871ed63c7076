/**
 * Proves that each cover is what its events make of it (I8): the row is compared with the replay of what the ledger, the
 * fund's decisions and the operators' reports say. Fed every row once, in any order.
 */
import type { Cover } from './cover.ts';
import { type CoverChange, type CoverEvidence, differences, eventsOf, replay } from './cover-events.ts';
import type { CivilDate, Instant } from './dates.ts';
import type { CoverId } from './ids.ts';
import { groupOf } from './lifecycle.ts';

/** What a ledger row says of covers. */
export interface LifePosting {
  readonly at: Instant;
  readonly kind: string;
  readonly coverId?: CoverId;
  readonly change?: CoverChange;
  /** A page of contributions lists whom it pays for. */
  readonly coverIds?: readonly CoverId[];
  /** Which month it pays, from 1; the first where it does not say. */
  readonly monthNumber?: number;
  /** How many it pays for, where it does not list them: then nobody can say who. */
  readonly covers?: number;
}

/** What an operator's report says of covers. */
export interface LifeReport {
  readonly kind: string;
  readonly on: CivilDate;
  readonly recordedAt: Instant;
  readonly coverIds?: readonly CoverId[];
}

interface Gathered {
  readonly changes: { at: Instant; change: CoverChange }[];
  readonly payments: { at: Instant; monthNumber: number }[];
  readonly claims: CoverEvidence['claims'][number][];
}

export class LifeProver {
  readonly #covers = new Map<CoverId, Cover>();
  readonly #gathered = new Map<CoverId, Gathered>();
  readonly #renewals = new Map<CoverId, CoverEvidence['renewal']>();
  #hasUnlisted = false;

  takeCover(cover: Cover): void {
    this.#covers.set(cover.coverId, cover);
    if (cover.renews && cover.acceptedAt) this.#renewals.set(cover.renews, { at: cover.acceptedAt, by: cover.coverId });
  }

  takePosting({ at, kind, coverId, change, coverIds, monthNumber = 1, covers }: LifePosting): void {
    if (coverId && change) this.#of(coverId).changes.push({ at, change });
    if (kind !== 'contribution') return;
    for (const paid of coverIds ?? []) this.#of(paid).payments.push({ at, monthNumber });
    if (covers !== undefined && !coverIds) this.#hasUnlisted = true;
  }

  takeReport({ kind, on, recordedAt, coverIds = [] }: LifeReport): void {
    if (kind !== 'claim_opened' && kind !== 'claim_closed') return;
    for (const coverId of coverIds) this.#of(coverId).claims.push({ at: recordedAt, event: kind, on });
  }

  /** In words: every cover that is not what its events make of it. */
  conclude(): string[] {
    return [...this.#covers.values()].flatMap((cover) => this.#check(cover));
  }

  #check(cover: Cover): string[] {
    const { coverId, anchorDay, cohortId } = cover;
    const gathered = this.#gathered.get(coverId) ?? NOTHING;
    // Pages from before they listed their covers prove nothing of a single one.
    if (this.#hasUnlisted && gathered.payments.length < cover.monthsPaid) return [];
    const events = eventsOf(cover, { ...gathered, renewal: this.#renewals.get(coverId) ?? null });
    const identity = { coverId, group: cohortId ? groupOf(cohortId) : 0, ...(anchorDay ? { anchorDay } : {}) };
    const said = differences(cover, replay(identity, events));
    return said.length === 0 ? [] : [`cover ${coverId} says ${said.join('; ')}`];
  }

  #of(coverId: CoverId): Gathered {
    const known = this.#gathered.get(coverId);
    if (known) return known;
    const fresh: Gathered = { changes: [], payments: [], claims: [] };
    this.#gathered.set(coverId, fresh);
    return fresh;
  }
}

const NOTHING: Gathered = { changes: [], payments: [], claims: [] };
