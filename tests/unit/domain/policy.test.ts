import { describe, expect, it } from 'vitest';
import type { CivilDate, Instant } from '../../../shared/domain/dates.ts';
import {
  type AllocationPolicy,
  assertPublishable,
  BUILT_IN_POLICY,
  classesInOrder,
  groupRank,
  isContinuityTurn,
  type PriorityGroup,
  type PublishedPolicy,
  placeUnder,
  policiesOn,
  policyInForce,
  waitingClassOf,
} from '../../../shared/domain/policy.ts';
import { allocationPolicySchema } from '../../../shared/policy-schema.ts';

const day = (text: string) => text as CivilDate;
const published = (version: string, effectiveFrom: string, publishedAt = '2026-11-20'): PublishedPolicy => ({
  ...BUILT_IN_POLICY,
  version,
  effectiveFrom: day(effectiveFrom),
  publishedAt: `${publishedAt}T03:00:00.000Z` as Instant,
});
const withGroups = (...priorityGroups: PriorityGroup[]): AllocationPolicy => ({ ...BUILT_IN_POLICY, priorityGroups });

describe('the policy in force', () => {
  const policies = [
    published('b', '2027-02-01'),
    published('a', '2027-01-01'),
    published('c', '2027-02-01', '2026-11-21'),
  ];

  it.each([
    ['2026-12-31', BUILT_IN_POLICY.version],
    ['2027-01-01', 'a'],
    ['2027-01-31', 'a'],
    ['2027-02-01', 'c'],
  ])('on %s is %s: the latest in effect, of two from one day the one published last', (today, version) => {
    expect(policyInForce(policies, day(today)).version).toBe(version);
  });

  it('stands among all there are, which keep their words for ever', () => {
    const states = policiesOn(policies, day('2027-01-15')).map(({ version, state }) => [version, state]);
    expect(states).toEqual([
      [BUILT_IN_POLICY.version, 'past'],
      ['b', 'announced'],
      ['a', 'in_force'],
      ['c', 'announced'],
    ]);
  });
});

describe('a policy may be published', () => {
  it('from today on', () => {
    expect(() => assertPublishable(BUILT_IN_POLICY, BUILT_IN_POLICY.effectiveFrom)).not.toThrow();
  });

  it('unless it reaches into the past', () => {
    const tomorrow = day('2026-11-02');
    expect(() => assertPublishable(BUILT_IN_POLICY, tomorrow)).toThrow(
      expect.objectContaining({ reason: 'policy_past', field: 'effectiveFrom' }),
    );
  });

  it.each([
    [30, 71],
    [30, 69],
    [0, 0],
  ])('unless its shares are %d and %d, which do not sum to 100', (continuity, newStarts) => {
    const policy = { ...BUILT_IN_POLICY, shares: { continuity, newStarts } };
    expect(() => assertPublishable(policy, BUILT_IN_POLICY.effectiveFrom)).toThrow(
      expect.objectContaining({ reason: 'policy_shares', field: 'shares' }),
    );
  });

  it.each<[string, object]>([
    ['an unknown group', { priorityGroups: ['friends'] }],
    ['a group twice', { priorityGroups: ['disability', 'disability'] }],
    ['a share in parts of a hundredth', { shares: { continuity: 30.5, newStarts: 69.5 } }],
    ['a day that is none', { effectiveFrom: '2027-02-30' }],
    ['a cap of nothing', { donatedTermsCap: 0 }],
    ['a window before now', { continuityWindowDays: -1 }],
    ['a field nobody knows', { favourites: [] }],
    ['a version that is no name', { version: 'a#b' }],
  ])('unless its file has %s', (_name, changes) => {
    expect(allocationPolicySchema.safeParse(BUILT_IN_POLICY).success).toBe(true);
    expect(allocationPolicySchema.safeParse({ ...BUILT_IN_POLICY, ...changes }).success).toBe(false);
  });
});

describe('the turns of a fund', () => {
  const turns = (continuity: number, covers: number) =>
    Array.from({ length: covers }, (_, bought) => bought).filter((bought) =>
      isContinuityTurn({ ...BUILT_IN_POLICY, shares: { continuity, newStarts: 100 - continuity } }, bought),
    );

  it('of continuity with 30 of 100 are the 4th, 7th, 10th, 14th', () => {
    expect(turns(30, 14).map((bought) => bought + 1)).toEqual([4, 7, 10, 14]);
  });

  it.each([0, 1, 30, 33, 50, 99, 100])('of continuity with %d of 100 are exactly so many of every hundred', (share) => {
    expect(turns(share, 100)).toHaveLength(share);
    expect(turns(share, 300)).toHaveLength(3 * share);
  });
});

describe('a place in the queue', () => {
  const worker = (disability: boolean, mustahik: boolean) => ({ disability, mustahik });

  it('says of which groups the worker is', () => {
    const classes = [worker(true, false), worker(false, false), worker(true, true), worker(false, true)];
    expect(classes.map(waitingClassOf)).toEqual(['1', '2', '3', '4']);
  });

  it('is ordered by the groups of the policy, then by how long one waits', () => {
    const places = ['2#2026-01#a', '1#2026-02#b', '4#2025-12#c', '3#2026-03#d'];
    const order = (policy: AllocationPolicy) =>
      places.toSorted((a, b) => (placeUnder(policy, a) < placeUnder(policy, b) ? -1 : 1)).map((place) => place.at(-1));
    expect(order(withGroups('disability')).join('')).toBe('bdca');
    expect(order(withGroups('mustahik', 'disability')).join('')).toBe('cdba');
    expect(order(withGroups()).join('')).toBe('cabd');
  });

  it('shares a reading of the index with the class beside it where the policy takes them in that order', () => {
    expect(classesInOrder(withGroups('disability'), ['1', '2'])).toEqual([['1', '2']]);
    expect(classesInOrder(withGroups('mustahik'), ['1', '2'])).toEqual([['1'], ['2']]);
    expect(classesInOrder(withGroups('disability'), ['3', '4'])).toEqual([['3', '4']]);
    expect(classesInOrder(withGroups('mustahik', 'disability'), ['3', '4'])).toEqual([['3'], ['4']]);
  });

  it('of a worker in no group comes after all groups', () => {
    expect(groupRank(withGroups('mustahik', 'disability'), worker(true, false))).toBe(1);
    expect(groupRank(withGroups('mustahik', 'disability'), worker(false, false))).toBe(2);
  });
});
