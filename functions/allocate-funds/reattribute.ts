/**
 * A gift taken back after it had bought cover: the worker keeps the cover, and the shares the donor paid move to the
 * guarantee fund, newest cover and last month first (domain rule 3.2.9). No money moves here: the books already carry
 * it in `guarantee` since the refund was booked.
 */
import { type Cover, moveSharesToGuarantee } from '../../shared/domain/cover.ts';
import type { Instant } from '../../shared/domain/dates.ts';
import type { Donation } from '../../shared/domain/donation.ts';
import type { AllocationId, DonationId } from '../../shared/domain/ids.ts';
import { minimumRupiah, type Rupiah, subtractRupiah, ZERO_RUPIAH } from '../../shared/domain/money.ts';
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
  ) => Promise<boolean>;
}

const COVERS_PER_WRITE = 40;
const TRIES = 8;

export async function reattribute(donationId: DonationId, dependencies: ReattributeDependencies): Promise<void> {
  let stored = await dependencies.readDonation(donationId);
  if (!stored || stored.donation.reattributeRupiah === 0) return;
  for (const allocationId of await dependencies.allocationsOf(donationId)) {
    for (let attempt = 0; stored && stored.donation.reattributeRupiah > 0; attempt += 1) {
      if (attempt === TRIES) throw new Transient('contention', { detail: `donation ${donationId}` });
      const covers = await dependencies.coversOfAllocation(allocationId);
      const changes = changesOf(stored.donation, covers);
      if (changes.length === 0) break;
      await dependencies.saveShares(stored, afterMoving(stored.donation, changes), changes);
      stored = await dependencies.readDonation(donationId);
    }
  }
  if (stored && stored.donation.reattributeRupiah > 0) await reattributeGathered(stored, dependencies);
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

function changesOf(donation: Donation, covers: readonly Cover[]): Change[] {
  const changes: Change[] = [];
  let left = donation.reattributeRupiah;
  for (const before of covers.toReversed()) {
    if (left === 0 || changes.length === COVERS_PER_WRITE) break;
    if (before.state === 'rejected' || before.state === 'cancelled') continue;
    const { months, movedRupiah } = moveSharesToGuarantee(before.months, donation.donationId, left);
    if (movedRupiah === 0) continue;
    left = subtractRupiah(left, minimumRupiah(left, movedRupiah));
    changes.push({ before, after: { ...before, months }, movedRupiah });
  }
  return changes;
}

function afterMoving(donation: Donation, changes: readonly Change[]): Donation {
  const moved = changes.reduce(
    (left, { movedRupiah }) => subtractRupiah(left, movedRupiah),
    donation.reattributeRupiah,
  );
  return { ...donation, reattributeRupiah: moved };
}
