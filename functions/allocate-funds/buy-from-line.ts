/** Buys with the pooled remainders, first in first out, until they reach no further. */
import { planAllocation } from '../../shared/domain/allocation.ts';
import type { Instant } from '../../shared/domain/dates.ts';
import type { Donation } from '../../shared/domain/donation.ts';
import { chooseForGathering, type Gathering, gather, needsGathering } from '../../shared/domain/gathering.ts';
import type { DonationId, FundId } from '../../shared/domain/ids.ts';
import type { Rupiah } from '../../shared/domain/money.ts';
import { purseOf } from '../../shared/domain/self-payment.ts';
import { totalOf } from '../../shared/domain/tariff.ts';
import { Transient } from '../../shared/errors.ts';
import { inParallel } from '../../shared/parallel.ts';
import type { StoredDonation } from '../../shared/store/donations.ts';
import type { Fund } from '../../shared/store/funds.ts';
import { type BuyCoversDependencies, buyCovers, CANDIDATES_PER_LOOK } from './buy-covers.ts';
import type { Desk } from './desk.ts';

export interface BuyFromLineDependencies extends BuyCoversDependencies {
  /** The donations in line, first in first out, page by page. */
  readonly lotsInLine: (fundId: FundId) => AsyncIterable<DonationId[]>;
  readonly readDonations: (donationIds: readonly DonationId[]) => Promise<Map<DonationId, StoredDonation>>;
  readonly removeLot: (donation: Donation) => Promise<void>;
  /** False where the fund or a donor changed since it was read. */
  readonly saveGathering: (
    fund: Fund,
    donors: readonly StoredDonation[],
    gathering: Gathering,
    at: Instant,
  ) => Promise<boolean>;
}

const TRIES = 12;
const LOTS_AT_ONCE = 10;
const NOBODY: ReadonlySet<DonationId> = new Set();

/** The head of the line as it was read, less what was spent since. */
interface Line {
  readonly donors: readonly StoredDonation[];
  /** Nothing stands behind them. */
  readonly isWhole: boolean;
  /** Nothing was bought since it was read. */
  readonly isFresh: boolean;
}

/**
 * @returns false where more may be bought, but not in this turn
 * @throws Transient `contention`
 */
export async function buyFromLine(desk: Desk, dependencies: BuyFromLineDependencies): Promise<boolean> {
  let line: Line | undefined;
  for (let attempt = 0; attempt < TRIES; ) {
    line ??= await readLine(desk, dependencies);
    if (reachesNobody(line, desk) || (await desk.peek(1)).length === 0) return !desk.isCutShort;
    if (desk.isSpent) return false;
    const next: Line | Ending = await spendSome(line, desk, dependencies);
    if (next === 'end') return true;
    if (next === 'changed') {
      attempt += 1;
      await desk.readAgain();
    }
    line = typeof next === 'object' ? next : undefined;
  }
  throw new Transient('contention', { detail: `fund ${desk.fund.fundId}` });
}

/** Candidates cost reads, and most days what is left in a fund is less than any term. */
function reachesNobody({ donors, isFresh, isWhole }: Line, desk: Desk): boolean {
  return isFresh && isWhole && moneyOf(donors) < desk.leastPrice();
}

function moneyOf(donors: readonly StoredDonation[]): number {
  return donors.reduce((sum, { donation }) => sum + donation.remainingRupiah, 0);
}

/** `changed`: the fund or a donor had changed. */
type Ending = 'end' | 'look again' | 'changed';

async function spendSome(line: Line, desk: Desk, dependencies: BuyFromLineDependencies): Promise<Line | Ending> {
  const price = desk.priced();
  const candidates = await desk.peek(CANDIDATES_PER_LOOK);
  const { purchases, used } = planAllocation(
    line.donors.map(({ donation }) => donation),
    candidates,
    price,
  );
  if (purchases.length === 0) {
    if (!line.isFresh && !line.isWhole) return 'look again';
    return gatherRemainders(desk, line.donors, totalOf(candidates.slice(0, 1).flatMap(price)), dependencies);
  }
  const plan = { purchases, used, gifts: line.donors, finished: NOBODY };
  const result = await buyCovers(desk, plan, dependencies);
  if (result.outcome !== 'bought') return result.outcome === 'passed' ? line : 'changed';
  return { ...line, donors: await withMoney(result.gifts, dependencies), isFresh: false };
}

/** Spent donations leave the line. A lot left behind by a crash is taken out when it is next seen. */
async function withMoney(
  donors: readonly StoredDonation[],
  { removeLot }: BuyFromLineDependencies,
): Promise<StoredDonation[]> {
  const spent = donors.filter(({ donation }) => donation.remainingRupiah === 0);
  await inParallel(spent, LOTS_AT_ONCE, ({ donation }) => removeLot(donation));
  return donors.filter(({ donation }) => donation.remainingRupiah > 0);
}

async function* lotsFor({ fundId, descriptor }: Fund, { lotsInLine }: BuyFromLineDependencies) {
  for (const each of purseOf(fundId, descriptor)) yield* lotsInLine(each);
}

/** The first donations in line whose money together could fill one allocation; where none is, nobody is looked for. */
async function readLine(desk: Desk, dependencies: BuyFromLineDependencies): Promise<Line> {
  const donors: StoredDonation[] = [];
  let wantedRupiah: Rupiah | undefined;
  for await (const page of lotsFor(desk.fund, dependencies)) {
    const donations = await dependencies.readDonations(page);
    const found = page.flatMap((donationId) => donations.get(donationId) ?? []);
    donors.push(...(await withMoney(found, dependencies)));
    if (moneyOf(donors) < desk.leastPrice()) continue;
    wantedRupiah ??= totalOf((await desk.peek(CANDIDATES_PER_LOOK)).flatMap(desk.priced()));
    if (moneyOf(donors) >= wantedRupiah) return { donors, isWhole: false, isFresh: true };
  }
  return { donors, isWhole: true, isFresh: true };
}

/**
 * Where the money for the next in line is in more hands than a transaction can name, the smallest remainders become
 * one gathered gift. Every gathering leaves fewer hands, so this ends.
 *
 * @param priceRupiah of the next in line
 */
async function gatherRemainders(
  desk: Desk,
  donors: readonly StoredDonation[],
  priceRupiah: Rupiah,
  { now, saveGathering }: BuyFromLineDependencies,
): Promise<Ending> {
  const given = donors.map(({ donation }) => donation);
  if (!needsGathering(given, priceRupiah)) return 'end';
  const { fund } = desk;
  const at = now();
  const chosen = chooseForGathering(donors.map((stored) => ({ ...stored.donation, stored }))).map(
    ({ stored }) => stored,
  );
  const gathering = gather(
    fund.fundId,
    chosen.map(({ donation }) => donation),
    fund.sequence + 1,
    at,
  );
  if (!(await saveGathering(fund, chosen, gathering, at))) return 'changed';
  desk.wrote([]);
  return 'look again';
}
