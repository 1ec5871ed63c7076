import { expect, it } from 'vitest';
import {
  allocationIdOf,
  coverIdOf,
  digest,
  donationIdOf,
  type FundId,
  ordinalOfCover,
  shardOf,
  type WorkerId,
} from '../../../shared/domain/ids.ts';

it('an id that must come out the same on every try is made from what it names', () => {
  expect(donationIdOf('midtrans', 'p1')).toBe(donationIdOf('midtrans', 'p1'));
  expect(donationIdOf('midtrans', 'p1')).toMatch(/^don_[0-9a-f]{20}$/);
  expect(donationIdOf('midtrans', 'p1')).not.toBe(donationIdOf('partner:kitabisa', 'p1'));
  expect(allocationIdOf('general' as FundId, 12)).toBe('alc_general_00000012');
  expect(coverIdOf('wrk_0123' as WorkerId, 2)).toBe('cov_0123_2');
  expect(digest('a', 8)).toHaveLength(8);
});

it('covers of a worker are told apart by number: the tenth comes after the second', () => {
  const ordinals = [10, 2].map((ordinal) => ordinalOfCover(coverIdOf('wrk_0123' as WorkerId, ordinal)));
  expect(ordinals).toEqual([10, 2]);
});

it('a shard is one of so many', () => {
  const shards = Array.from({ length: 100 }, (_, index) => shardOf(`id ${index}`, 4));
  expect(new Set(shards)).toEqual(new Set([0, 1, 2, 3]));
  expect(shardOf('id', 1)).toBe(0);
});
