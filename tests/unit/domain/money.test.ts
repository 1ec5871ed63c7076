import { describe, expect, it } from 'vitest';
import {
  addRupiah,
  minimumRupiah,
  negateRupiah,
  parseAmount,
  rupiah,
  splitByLargestRemainder,
  subtractRupiah,
} from '../../../shared/domain/money.ts';
import { InvariantBroken, Permanent } from '../../../shared/errors.ts';

describe('rupiah', () => {
  it('are whole numbers, and a movement may be negative', () => {
    expect(rupiah(50_400)).toBe(50_400);
    expect(rupiah(-1)).toBe(-1);
    expect(Object.is(rupiah(-0), 0)).toBe(true);
  });

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('are never %d (I1)', (amount) => {
    expect(() => rupiah(amount)).toThrow(InvariantBroken);
    expect(() => rupiah(amount)).toThrow(`I1: not a whole rupiah amount: ${amount}`);
  });

  it('add, subtract and compare exactly', () => {
    expect(addRupiah()).toBe(0);
    expect(addRupiah(rupiah(10_000), rupiah(6_800))).toBe(16_800);
    expect(subtractRupiah(rupiah(50_400), rupiah(60_000))).toBe(-9_600);
    expect(Object.is(negateRupiah(rupiah(0)), 0)).toBe(true);
    expect(minimumRupiah(rupiah(1), rupiah(2))).toBe(1);
    expect(minimumRupiah(rupiah(2), rupiah(1))).toBe(1);
  });
});

describe('an amount from a gateway', () => {
  it.each([
    ['154600.00', 154_600],
    ['154600', 154_600],
    ['0', 0],
    ['7.0', 7],
    ['123456789012345.0000', 123_456_789_012_345],
    [154_600, 154_600],
  ])('%o is %d', (value, amount) => {
    expect(parseAmount(value, 'amount')).toBe(amount);
  });

  it.each([
    154_600.5,
    '-1',
    '1e6',
    '1,000',
    '',
    ' 1',
    '1 ',
    '-1.0',
    '1.',
    '.5',
    '1.00000',
    'Rp1',
    null,
    undefined,
    {},
    '1234567890123456',
  ])('%o is refused, never rounded', (value) => {
    expect(() => parseAmount(value, 'gross_amount')).toThrow(
      new Permanent('amount_invalid', { field: 'gross_amount' }),
    );
  });

  it('with sen is refused by name', () => {
    for (const text of ['100.50', '100.0001', '0.5'])
      expect(() => parseAmount(text, 'amount')).toThrow(new Permanent('amount_has_sen', { field: 'amount' }));
  });
});

describe('a split by largest remainder', () => {
  it('gives what is left over to the largest remainders, the first of equals', () => {
    expect(splitByLargestRemainder(rupiah(100), [1, 1, 1])).toEqual([34, 33, 33]);
    expect(splitByLargestRemainder(rupiah(10), [1, 2, 3])).toEqual([2, 3, 5]);
    expect(splitByLargestRemainder(rupiah(10), [3, 2, 1])).toEqual([5, 3, 2]);
    expect(splitByLargestRemainder(rupiah(101), [1, 1, 1])).toEqual([34, 34, 33]);
    expect(splitByLargestRemainder(rupiah(11), [1, 4, 1, 4])).toEqual([1, 5, 1, 4]);
    expect(splitByLargestRemainder(rupiah(9), [3, 0])).toEqual([9, 0]);
  });

  it('has no place to put money without weights', () => {
    expect(() => splitByLargestRemainder(rupiah(1), [])).toThrow(InvariantBroken);
    expect(() => splitByLargestRemainder(rupiah(1), [])).toThrow('I6: weights of a split must sum to more than zero');
    expect(() => splitByLargestRemainder(rupiah(1), [0, 0])).toThrow(InvariantBroken);
  });
});
