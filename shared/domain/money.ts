/** Money is a whole number of rupiah; there is no sen anywhere in the product (I1). */
import { InvariantBroken, Permanent } from '../errors.ts';

declare const rupiahBrand: unique symbol;
export type Rupiah = number & { readonly [rupiahBrand]: true };

export const ZERO_RUPIAH = 0 as Rupiah;

/** Brands a number that must already be a whole rupiah amount; negative amounts are ledger movements. */
export function rupiah(amount: number): Rupiah {
  if (!Number.isSafeInteger(amount)) throw new InvariantBroken('I1', `not a whole rupiah amount: ${amount}`);
  return (amount === 0 ? 0 : amount) as Rupiah;
}

export function addRupiah(...amounts: readonly Rupiah[]): Rupiah {
  return rupiah(amounts.reduce<number>((total, amount) => total + amount, 0));
}

export function subtractRupiah(from: Rupiah, amount: Rupiah): Rupiah {
  return rupiah(from - amount);
}

export function negateRupiah(amount: Rupiah): Rupiah {
  return rupiah(-amount);
}

export function minimumRupiah(left: Rupiah, right: Rupiah): Rupiah {
  return left < right ? left : right;
}

const DECIMAL_AMOUNT = /^(\d{1,15})(?:\.(\d{1,4}))?$/;

/**
 * Reads an amount as gateways write it: `"154600.00"`, `"154600"` or the number 154600.
 * Sen, signs, exponents and floats are refused rather than rounded.
 *
 * @throws Permanent `amount_invalid` or `amount_has_sen`, naming the field
 */
export function parseAmount(value: unknown, field: string): Rupiah {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string') throw new Permanent('amount_invalid', { field });
  const match = DECIMAL_AMOUNT.exec(text);
  if (!match) throw new Permanent('amount_invalid', { field });
  if (match[2] && Number(match[2]) !== 0) throw new Permanent('amount_has_sen', { field });
  return rupiah(Number(match[1]));
}

/**
 * Splits an amount in proportion to weights by largest remainder, so that the parts sum to it exactly.
 * Example: 100 over weights 1, 1, 1 gives 34, 33, 33.
 */
export function splitByLargestRemainder(amount: Rupiah, weights: readonly number[]): Rupiah[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0) throw new InvariantBroken('I6', 'weights of a split must sum to more than zero');
  const parts = weights.map((weight, index) => {
    const scaled = BigInt(amount) * BigInt(weight);
    return { index, whole: Number(scaled / BigInt(total)), remainder: Number(scaled % BigInt(total)) };
  });
  let left = amount - parts.reduce((sum, part) => sum + part.whole, 0);
  const byRemainder = [...parts].sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const part of byRemainder) {
    if (left === 0) break;
    part.whole += 1;
    left -= 1;
  }
  return parts.map((part) => rupiah(part.whole));
}
