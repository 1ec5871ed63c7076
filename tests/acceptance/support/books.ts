/** What must be true of the books whatever happened. */
import { expect } from 'vitest';
import type { Client } from './client.ts';
import type { Cover, Donation } from './contract.ts';

/** The trial balance by account, after checking that it sums to zero and that the proof holds. */
export async function provenBalances(client: Client): Promise<Map<string, number>> {
  const [{ accounts, sumRupiah }, proof] = await Promise.all([client.trialBalance(), client.prove()]);
  expect(sumRupiah).toBe(0);
  expect(accounts.reduce((sum, { balanceRupiah }) => sum + balanceRupiah, 0)).toBe(0);
  expect(proof).toMatchObject({ holds: true, violations: [] });
  return new Map(accounts.map(({ account, balanceRupiah }) => [account, balanceRupiah]));
}

/** The balances that are not zero, as a plain record. */
export async function provenAccounts(client: Client): Promise<Record<string, number>> {
  const balances = await provenBalances(client);
  return Object.fromEntries([...balances].filter(([, balance]) => balance !== 0).sort());
}

/** I2, from what the operators' API says. */
export function expectAddsUp(donation: Donation): void {
  const { receivedRupiah, feesRupiah, refundedRupiah, allocatedRupiah, remainingRupiah } = donation;
  expect(feesRupiah + refundedRupiah + allocatedRupiah + remainingRupiah).toBe(receivedRupiah);
}

/** I6: every month's shares sum to its price. */
export function expectSharesSum(cover: Cover): void {
  for (const { month, priceRupiah, shares } of cover.months) {
    const sum = shares.reduce((total, { amountRupiah }) => total + amountRupiah, 0);
    expect({ month, sum }).toEqual({ month, sum: priceRupiah });
  }
}

export function pricesOf(cover: Cover): Record<string, number> {
  return Object.fromEntries(cover.months.map(({ month, priceRupiah }) => [month, priceRupiah]));
}

/** Who paid how much of which month. */
export function sharesOf(cover: Cover, names: ReadonlyMap<string, string>): Record<string, Record<string, number>> {
  return Object.fromEntries(
    cover.months.map(({ month, shares }) => [
      month,
      Object.fromEntries(
        shares.map(({ donationId, amountRupiah }) => [names.get(donationId) ?? donationId, amountRupiah]),
      ),
    ]),
  );
}

export function paidMonths(cover: Cover): string[] {
  return cover.months.filter(({ paid }) => paid).map(({ month }) => month);
}
