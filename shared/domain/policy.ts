/**
 * Whom a fund's money protects next, as data that is published and never edited: what was decided under a policy can be
 * decided again. Classes and earmarks come first (`fund.ts`); a policy orders those who are left (domain rule 3.2.4).
 */
import { Permanent } from '../errors.ts';
import type { CivilDate, Instant } from './dates.ts';

/** Groups a policy may put before all others in the queue of new starts. */
export const PRIORITY_GROUPS = ['disability', 'mustahik'] as const;
export type PriorityGroup = (typeof PRIORITY_GROUPS)[number];
type Groups = { readonly [Group in PriorityGroup]: boolean };

export interface AllocationPolicy {
  readonly version: string;
  /** From this day on it decides. */
  readonly effectiveFrom: CivilDate;
  /** Of a hundred covers of a fund, how many go to workers whose cover ends; they sum to 100. */
  readonly shares: { readonly continuity: number; readonly newStarts: number };
  /** So many days before its end a cover may be renewed from the continuity share; in grace it always may. */
  readonly continuityWindowDays: number;
  /** The first comes first; within a group, and among all others, the one who waits longest. */
  readonly priorityGroups: readonly PriorityGroup[];
  /** A worker who had so many donated covers gets no other; null: there is no cap. */
  readonly donatedTermsCap: number | null;
}

export interface PublishedPolicy extends AllocationPolicy {
  readonly publishedAt: Instant;
}

/** Decides until the first published policy does. */
export const BUILT_IN_POLICY: AllocationPolicy = {
  version: '2026-11-continuity-30',
  effectiveFrom: '2026-11-01' as CivilDate,
  shares: { continuity: 30, newStarts: 70 },
  continuityWindowDays: 30,
  priorityGroups: ['disability'],
  donatedTermsCap: null,
};

/** The policy that decides on a day: the latest of those in effect; of two from the same day the one published last. */
export function policyInForce(published: readonly PublishedPolicy[], today: CivilDate): AllocationPolicy {
  const place = ({ effectiveFrom, publishedAt }: PublishedPolicy) => `${effectiveFrom}#${publishedAt}`;
  const inEffect = published.filter(({ effectiveFrom }) => effectiveFrom <= today);
  return inEffect.sort((a, b) => (place(a) < place(b) ? -1 : 1)).at(-1) ?? BUILT_IN_POLICY;
}

export interface PolicyOn extends AllocationPolicy {
  /** Null: built in. */
  readonly publishedAt: Instant | null;
  readonly state: 'in_force' | 'announced' | 'past';
}

/** All policies there are, the built-in one first, and which of them decides on a day. */
export function policiesOn(published: readonly PublishedPolicy[], today: CivilDate): PolicyOn[] {
  const inForce = policyInForce(published, today).version;
  const all = [{ ...BUILT_IN_POLICY, publishedAt: null }, ...published];
  return all.map((policy) => {
    const { version, effectiveFrom } = policy;
    const state = version === inForce ? 'in_force' : effectiveFrom > today ? 'announced' : 'past';
    return { ...policy, state };
  });
}

/** @throws Permanent `policy_shares` */
export function assertWholeShares({ shares }: AllocationPolicy): void {
  const sum = shares.continuity + shares.newStarts;
  if (sum !== 100)
    throw new Permanent('policy_shares', { field: 'shares', detail: `the shares sum to ${sum}, not 100` });
}

/**
 * What a policy must be beyond its shape before it is published.
 *
 * @throws Permanent `policy_shares`, `policy_past`
 */
export function assertPublishable(policy: AllocationPolicy, today: CivilDate): void {
  assertWholeShares(policy);
  const { effectiveFrom } = policy;
  if (effectiveFrom < today)
    throw new Permanent('policy_past', { field: 'effectiveFrom', detail: `${effectiveFrom} is before ${today}` });
}

/**
 * Whether a fund's next cover is for a worker whose cover ends. One fixed sequence, the same however the money comes
 * (I5): of the first n covers floor(n x share / 100) are. With 30 of 100: the 4th, 7th, 10th, 14th …
 *
 * @param coversBought by this fund so far
 */
export function isContinuityTurn({ shares: { continuity } }: AllocationPolicy, coversBought: number): boolean {
  return Math.floor(((coversBought + 1) * continuity) / 100) > Math.floor((coversBought * continuity) / 100);
}

/** The place of a worker's group among the priority groups, from 0; all who are in none come after the last. */
export function groupRank({ priorityGroups }: AllocationPolicy, worker: Groups): number {
  const rank = priorityGroups.findIndex((group) => worker[group]);
  return rank === -1 ? priorityGroups.length : rank;
}

/** A place in the queue begins with a digit that says of which groups the worker is, so that any policy can order them. */
const GROUPS_OF_CLASS: Readonly<Record<string, Groups>> = {
  '1': { disability: true, mustahik: false },
  '2': { disability: false, mustahik: false },
  '3': { disability: true, mustahik: true },
  '4': { disability: false, mustahik: true },
};

export function waitingClassOf({ disability, mustahik }: Groups): string {
  return `${(mustahik ? 3 : 1) + (disability ? 0 : 1)}`;
}

/**
 * Classes of places side by side in the index that the policy takes one after the other; those it mixes stand apart.
 *
 * @param classes `12` or `34`
 */
export function classesInOrder(policy: AllocationPolicy, [first, second]: readonly [string, string]): string[][] {
  const ranks = [first, second].map((each) => groupRank(policy, GROUPS_OF_CLASS[each] as Groups));
  return (ranks[0] as number) < (ranks[1] as number) ? [[first, second]] : [[first], [second]];
}

/** What a place in the queue is under a policy; compares as text. */
export function placeUnder(policy: AllocationPolicy, waitingSort: string): string {
  const groups = GROUPS_OF_CLASS[waitingSort.charAt(0)] as Groups;
  return `${groupRank(policy, groups)}${waitingSort.slice(1)}`;
}
