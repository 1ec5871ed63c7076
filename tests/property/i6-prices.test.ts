import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Lot, planAllocation } from '../../shared/domain/allocation.ts';
import { moveSharesToGuarantee } from '../../shared/domain/cover.ts';
import { addCalendarMonths, type CivilMonth } from '../../shared/domain/dates.ts';
import type { DonationId, WorkerId } from '../../shared/domain/ids.ts';
import { rupiah, splitByLargestRemainder } from '../../shared/domain/money.ts';
import { type Package, priceOfMonth, priceTerm, type Sector } from '../../shared/domain/tariff.ts';

const sectors = fc.constantFrom<Sector>('transport', 'non_transport');
const packages = fc.constantFrom<Package>('JKK_JKM', 'JKK_JKM_JHT');
const months = fc.integer({ min: 0, max: 240 }).map((index) => addCalendarMonths('2015-07' as CivilMonth, index));
const lots = fc
  .array(fc.integer({ min: 0, max: 200_000 }), { minLength: 1, maxLength: 30 })
  .map((amounts) =>
    amounts.map((amount, index): Lot => ({ donationId: `d${index}` as DonationId, remainingRupiah: rupiah(amount) })),
  );

describe('I6: the price of a cover month', () => {
  it('is the tariff of its programme, sector and month, whatever term it is bought in', () => {
    fc.assert(
      fc.property(packages, sectors, months, fc.integer({ min: 1, max: 12 }), (cover, sector, first, term) => {
        const priced = priceTerm(cover, sector, first, term);
        expect(priced.map(({ month }) => month)).toEqual([...new Set(priced.map(({ month }) => month))].sort());
        for (const { month, priceRupiah } of priced) expect(priceRupiah).toBe(priceOfMonth(cover, sector, month));
        expect(priced).toHaveLength(term);
      }),
    );
  });

  it('never rises with a discount and is whole rupiah', () => {
    fc.assert(
      fc.property(packages, sectors, months, (cover, sector, month) => {
        const price = priceOfMonth(cover, sector, month);
        expect(Number.isInteger(price)).toBe(true);
        expect(price).toBeLessThanOrEqual(cover === 'JKK_JKM' ? 16_800 : 36_800);
        expect(price).toBeGreaterThan(0);
      }),
    );
  });
});

const worlds = fc.record({
  lots,
  queue: fc.array(sectors, { minLength: 1, maxLength: 40 }),
  first: months,
  term: fc.integer({ min: 1, max: 12 }),
  cover: packages,
});

describe('I6: the shares of the donors', () => {
  it('sum to the price in every month, and nobody gives more than is left', () => {
    fc.assert(
      fc.property(worlds, ({ lots: open, queue, first, term, cover }) => {
        const candidates = queue.map((sector, index) => ({ workerId: `w${index}` as WorkerId, sector }));
        const plan = planAllocation(open, candidates, ({ sector }) => priceTerm(cover, sector, first, term));
        const given = new Map<string, number>();
        for (const month of plan.purchases.flatMap((purchase) => purchase.months)) {
          expect(month.shares.reduce((sum, { amountRupiah }) => sum + amountRupiah, 0)).toBe(month.priceRupiah);
          for (const { donationId, amountRupiah } of month.shares) {
            expect(amountRupiah).toBeGreaterThan(0);
            given.set(donationId, (given.get(donationId) ?? 0) + amountRupiah);
          }
        }
        expect(given).toEqual(new Map(plan.used));
        for (const { donationId, remainingRupiah } of open)
          expect(given.get(donationId) ?? 0).toBeLessThanOrEqual(remainingRupiah);
      }),
    );
  });

  it('go on summing to it when gifts are taken back, in any order and amount', () => {
    const returns = fc.array(fc.tuple(fc.nat(29), fc.integer({ min: 1, max: 200_000 })), { maxLength: 10 });
    fc.assert(
      fc.property(worlds, returns, ({ lots: open, queue, first, term, cover }, gone) => {
        const candidates = queue.map((sector, index) => ({ workerId: `w${index}` as WorkerId, sector }));
        const plan = planAllocation(open, candidates, ({ sector }) => priceTerm(cover, sector, first, term));
        for (const purchase of plan.purchases.slice(0, 3)) {
          let bought = purchase.months;
          for (const [donor, amount] of gone)
            bought = moveSharesToGuarantee(bought, `d${donor}` as DonationId, rupiah(amount)).months;
          expect(bought.map(({ shares }) => shares.reduce((sum, { amountRupiah }) => sum + amountRupiah, 0))).toEqual(
            purchase.months.map(({ priceRupiah }) => priceRupiah),
          );
        }
      }),
    );
  });

  it('of a split by largest remainder sum to the whole and are never a rupiah off their part', () => {
    const weights = fc
      .array(fc.nat(1_000), { minLength: 1, maxLength: 20 })
      .filter((all) => all.some((one) => one > 0));
    fc.assert(
      fc.property(fc.nat(10 ** 12), weights, (amount, all) => {
        const parts = splitByLargestRemainder(rupiah(amount), all);
        const total = all.reduce((sum, one) => sum + one, 0);
        expect(parts.reduce<number>((sum, part) => sum + part, 0)).toBe(amount);
        for (const [index, part] of parts.entries()) {
          const exact = (amount * (all[index] as number)) / total;
          expect(part).toBeGreaterThan(exact - 1);
          expect(part).toBeLessThan(exact + 1);
        }
      }),
    );
  });
});
