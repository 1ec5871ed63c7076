/**
 * The report of the example: every figure is asked of the running system or summed from what it lists. The sums are
 * made a second time here, from the single donations and covers, and must agree with the books.
 */
import { call, listAll, type Target } from '../../cli/api.ts';

interface DonationAmounts {
  readonly receivedRupiah: number;
  readonly feesRupiah: number;
  readonly refundedRupiah: number;
  readonly allocatedRupiah: number;
  readonly remainingRupiah: number;
}

interface ListedDonation extends DonationAmounts {
  readonly donationId: string;
  readonly state: string;
}

interface ListedCover {
  readonly coverId: string;
  readonly state: string;
  readonly months: readonly {
    readonly priceRupiah: number;
    readonly paid: boolean;
    readonly shares: readonly { readonly donationId: string; readonly amountRupiah: number }[];
  }[];
}

interface TrialBalance {
  readonly accounts: readonly { readonly account: string; readonly balanceRupiah: number }[];
  readonly sumRupiah: number;
}

type Counts = Readonly<Record<string, number>>;

interface Stats {
  readonly workers: Counts;
  readonly covers: Counts;
  readonly donations: Counts;
  readonly totals: Counts;
  readonly contributions: Readonly<Record<string, { readonly covers: number; readonly amountRupiah: number }>>;
  readonly nudges: Readonly<Record<string, Counts>>;
  readonly quarantine: Counts;
}

export interface Check {
  readonly says: string;
  readonly expectedRupiah: number;
  readonly foundRupiah: number;
  readonly holds: boolean;
}

export interface ExampleReport extends Stats {
  readonly now: string;
  readonly trialBalance: TrialBalance;
  readonly proof: { readonly holds: boolean; readonly checked: Counts; readonly violations: readonly unknown[] };
  readonly checks: readonly Check[];
  readonly holds: boolean;
}

const sum = <Item>(items: readonly Item[], amount: (item: Item) => number) =>
  items.reduce((total, item) => total + amount(item), 0);

/** Covers that never came to be gave their money back. */
const UNDONE = new Set(['rejected']);

function checksOf(
  donations: readonly ListedDonation[],
  covers: readonly ListedCover[],
  { accounts, sumRupiah }: TrialBalance,
): Check[] {
  const held = (prefix: string) =>
    sum(
      accounts.filter(({ account }) => account.startsWith(prefix)),
      ({ balanceRupiah }) => balanceRupiah,
    );
  const months = covers.filter(({ state }) => !UNDONE.has(state)).flatMap((cover) => cover.months);
  const price = (wanted: boolean) =>
    sum(
      months.filter(({ paid }) => paid === wanted),
      ({ priceRupiah }) => priceRupiah,
    );
  const total = (part: keyof DonationAmounts) => sum(donations, (donation) => donation[part]);
  const parts = total('feesRupiah') + total('refundedRupiah') + total('allocatedRupiah') + total('remainingRupiah');
  const shares = sum(
    months.flatMap((month) => month.shares),
    ({ amountRupiah }) => amountRupiah,
  );
  const stated: readonly (readonly [says: string, expectedRupiah: number, foundRupiah: number])[] = [
    ['I1 the accounts sum to nothing', 0, sumRupiah],
    ['I2 received = fees + refunded + allocated + remaining', total('receivedRupiah'), parts],
    ['gateways: what came in and did not go back', total('refundedRupiah') - total('receivedRupiah'), held('gateway:')],
    ['funds: what is left of the gifts', total('remainingRupiah'), held('fund:')],
    ['contributions: months handed to the registrar', price(true), held('contributions:')],
    ['committed: months bought and not yet handed over', price(false), held('cover:')],
    ['I6 shares of donors and guarantee = prices', price(true) + price(false), shares],
    [
      'fees and cover, less what the guarantee carries, are the fees and the allocations of donors',
      total('feesRupiah') + total('allocatedRupiah'),
      held('fees:') + held('cover:') + held('contributions:') + held('guarantee'),
    ],
  ];
  return stated.map(([says, expectedRupiah, foundRupiah]) => ({
    says,
    expectedRupiah,
    foundRupiah,
    holds: expectedRupiah === foundRupiah,
  }));
}

/** Each single gift must add up, not only their sum. */
function giftsThatDoNotAddUp(donations: readonly ListedDonation[]): string[] {
  return donations
    .filter(
      ({ receivedRupiah, feesRupiah, refundedRupiah, allocatedRupiah, remainingRupiah }) =>
        receivedRupiah !== feesRupiah + refundedRupiah + allocatedRupiah + remainingRupiah,
    )
    .map(({ donationId }) => donationId);
}

export async function exampleReport(target: Target): Promise<ExampleReport> {
  const proof = await call<ExampleReport['proof']>(target, 'POST', '/api/proofs');
  const trialBalance = await call<TrialBalance>(target, 'GET', '/api/ledger/trial-balance');
  const stats = await call<Stats>(target, 'GET', '/api/stats');
  const { now } = await call<{ now: string }>(target, 'GET', '/local/clock');
  const donations = await listAll<ListedDonation>(target, '/api/donations', { limit: 1_000 });
  const covers = await listAll<ListedCover>(target, '/api/covers', { limit: 1_000 });
  const checks = checksOf(donations, covers, trialBalance);
  const violations = [...proof.violations, ...giftsThatDoNotAddUp(donations)];
  return {
    ...stats,
    now,
    trialBalance,
    proof,
    checks,
    holds: proof.holds && violations.length === 0 && checks.every(({ holds }) => holds),
  };
}
