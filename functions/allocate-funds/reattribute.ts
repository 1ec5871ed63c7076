/**
 * A gift taken back after it had bought cover: the worker keeps the cover, and the shares the donor paid move to the
 * guarantee fund, newest cover and last month first (domain rule 3.2.9). No money moves with them: the books already
 * carry it in `guarantee` since the refund was booked. Money that came back since repays the guarantee fund first.
 */
import { type Cover, moveSharesFromGuarantee, moveSharesToGuarantee } from '../../shared/domain/cover.ts';
import type { Instant } from '../../shared/domain/dates.ts';
import type { Donation } from '../../shared/domain/donation.ts';
import type { AllocationId, DonationId } from '../../shared/domain/ids.ts';
import type { LedgerTransaction } from '../../shared/domain/ledger.ts';
import { addRupiah, minimumRupiah, type Rupiah, subtractRupiah, ZERO_RUPIAH } from '../../shared/domain/money.ts';
import { keepShares, repayableRupiah, withMovedShares, withRepaidShares } from '../../shared/domain/repayment.ts';
import { InvariantBroken, Transient } from '../../shared/errors.ts';
import type { StoredDonation } from '../../shared/store/donations.ts';

export interface ReattributeDependencies {
  readonly readDonation: (donationId: DonationId) => Promise<StoredDonation | null>;
  /** The allocations a donation paid for, newest first. */
  readonly allocationsOf: (donationId: DonationId) => Promise<AllocationId[]>;
  readonly coversOfAllocation: (allocationId: AllocationId) => Promise<Cover[]>;
  readonly gatheredRupiahOf: (donationId: DonationId) => Promise<Rupiah>;
  readonly takeFromGathered: (
    stored: StoredDonation,
    after: Donation,
    amountRupiah: Rupiah,
    at: Instant,
  ) => Promise<boolean>;
  readonly now: () => Instant;
  /** Writes the covers and the donation at once; false where any of them changed since it was read. */
  readonly saveShares: (
    stored: StoredDonation,
    after: Donation,
    covers: readonly { before: Cover; after: Cover }[],
    posting?: LedgerTransaction,
  ) => Promise<boolean>;
}

const COVERS_PER_WRITE = 40;
const TRIES = 8;

export async function reattribute(donationId: DonationId, dependencies: ReattributeDependencies): Promise<void> {
  let stored = await keepOwnShares(donationId, dependencies);
  if (stored && repayableRupiah(stored.donation) > 0) return repay(stored, dependencies);
  if (!stored || stored.donation.reattributeRupiah === 0) return;
  for (const allocationId of await dependencies.allocationsOf(donationId)) {
    for (let attempt = 0; stored && stored.donation.reattributeRupiah > 0; attempt += 1) {
      if (attempt === TRIES) throw new Transient('contention', { detail: `donation ${donationId}` });
      const covers = await dependencies.coversOfAllocation(allocationId);
      const changes = changesOf(stored.donation.reattributeRupiah, covers.toReversed(), (months, left) =>
        moveSharesToGuarantee(months, donationId, left),
      );
      if (changes.length === 0) break;
      await dependencies.saveShares(stored, withMovedShares(stored.donation, movedBy(changes)), changes);
      stored = await dependencies.readDonation(donationId);
    }
  }
  if (stored && stored.donation.reattributeRupiah > 0) await reattributeGathered(stored, dependencies);
}

/** Whether shares of the gift are to change hands. */
export function needsReattribution(donation: Donation): boolean {
  return donation.reattributeRupiah > 0 || repayableRupiah(donation) > 0;
}

async function keepOwnShares(
  donationId: DonationId,
  { readDonation, saveShares, now }: ReattributeDependencies,
): Promise<StoredDonation | null> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const stored = await readDonation(donationId);
    const kept = stored && keepShares(stored.donation, now());
    if (!stored || !kept) return stored;
    await saveShares(stored, kept[0], [], kept[1]);
  }
  throw new Transient('contention', { detail: `donation ${donationId}` });
}

/** Oldest cover first. What the guarantee fund holds no more, because the cover never came to be, was repaid already. */
async function repay(first: StoredDonation, dependencies: ReattributeDependencies): Promise<void> {
  const { donationId } = first.donation;
  let stored: StoredDonation | null = first;
  for (const allocationId of (await dependencies.allocationsOf(donationId)).toReversed()) {
    for (let attempt = 0; stored && repayableRupiah(stored.donation) > 0; attempt += 1) {
      if (attempt === TRIES) throw new Transient('contention', { detail: `donation ${donationId}` });
      const covers = await dependencies.coversOfAllocation(allocationId);
      const changes = changesOf(repayableRupiah(stored.donation), covers, (months, left) =>
        moveSharesFromGuarantee(months, donationId, left),
      );
      if (changes.length === 0) break;
      const [after, posting] = withRepaidShares(stored.donation, movedBy(changes), dependencies.now());
      await dependencies.saveShares(stored, after, changes, posting);
      stored = await dependencies.readDonation(donationId);
    }
  }
  // The covers that held the rest never came to be: what they gave back repaid the guarantee fund.
  if (stored && repayableRupiah(stored.donation) > 0)
    await dependencies.saveShares(stored, { ...stored.donation, guaranteedRupiah: ZERO_RUPIAH }, []);
}

/** What was gathered with other small gifts stays in that gift; the guarantee fund stands in for the donor there. */
async function reattributeGathered(stored: StoredDonation, dependencies: ReattributeDependencies): Promise<void> {
  const { donationId, reattributeRupiah } = stored.donation;
  if ((await dependencies.gatheredRupiahOf(donationId)) < reattributeRupiah) {
    // Somebody else may have moved the shares since the gift was read: that is no fault of the books.
    const present = await dependencies.readDonation(donationId);
    if (present?.version !== stored.version) throw new Transient('contention', { detail: `donation ${donationId}` });
    throw new InvariantBroken('I2', `donation ${donationId} has more to move than its covers hold`);
  }
  const after = { ...stored.donation, reattributeRupiah: ZERO_RUPIAH };
  if (!(await dependencies.takeFromGathered(stored, after, reattributeRupiah, dependencies.now())))
    throw new Transient('contention', { detail: `donation ${donationId}` });
}

interface Change {
  readonly before: Cover;
  readonly after: Cover;
  readonly movedRupiah: Donation['reattributeRupiah'];
}

type MoveShares = (months: Cover['months'], left: Rupiah) => ReturnType<typeof moveSharesToGuarantee>;

function changesOf(amountRupiah: Rupiah, covers: readonly Cover[], moveShares: MoveShares): Change[] {
  const changes: Change[] = [];
  let left = amountRupiah;
  for (const before of covers) {
    if (left === 0 || changes.length === COVERS_PER_WRITE) break;
    if (before.state === 'rejected') continue;
    const { months, movedRupiah } = moveShares(before.months, left);
    if (movedRupiah === 0) continue;
    left = subtractRupiah(left, minimumRupiah(left, movedRupiah));
    changes.push({ before, after: { ...before, months }, movedRupiah });
  }
  return changes;
}

function movedBy(changes: readonly Change[]): Rupiah {
  return addRupiah(ZERO_RUPIAH, ...changes.map(({ movedRupiah }) => movedRupiah));
}
