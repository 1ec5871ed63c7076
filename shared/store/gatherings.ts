/** Small remainders made into one gathered gift, and what of them is taken back later. */
import type { Instant } from '../domain/dates.ts';
import type { Donation } from '../domain/donation.ts';
import type { Gathering } from '../domain/gathering.ts';
import type { DonationId } from '../domain/ids.ts';
import { ACCOUNTS, ledgerTransaction, move } from '../domain/ledger.ts';
import { negateRupiah, type Rupiah, rupiah } from '../domain/money.ts';
import { donationLedger, donationPut, ledgerPut, type StoredDonation } from './donations.ts';
import { type Fund, lotPut, sequenceUpdate } from './funds.ts';
import { type TransactItem, transact } from './table.ts';

function donorItems(stored: StoredDonation, after: Donation, gathered: Donation, at: Instant): TransactItem[] {
  const { donationId, remainingRupiah } = stored.donation;
  const posting = ledgerTransaction(
    'gathering',
    at,
    move(ACCOUNTS.fund(after.fundId), ACCOUNTS.gathered, remainingRupiah),
  );
  const facts = { donationId, gatheredInto: gathered.donationId, amountRupiah: remainingRupiah };
  return [
    donationPut(after, stored.version, stored.dueSince),
    ledgerPut(`DONATION#${donationId}`, `${at}#${gathered.donationId}`, posting, facts),
  ];
}

/** @returns false where the fund or a donor changed since it was read */
export async function saveGathering(
  fund: Fund,
  stored: readonly StoredDonation[],
  { gathered, donors }: Gathering,
  at: Instant,
): Promise<boolean> {
  const { donationId, fundId, receivedRupiah } = gathered;
  const posting = ledgerTransaction('payment', at, move(ACCOUNTS.gathered, ACCOUNTS.fund(fundId), receivedRupiah));
  const { ok } = await transact([
    sequenceUpdate(fund),
    donationPut(gathered, 0, null),
    ledgerPut(`DONATION#${donationId}`, `${at}#gathered`, posting, { donationId }),
    lotPut(gathered),
    ...stored.flatMap((donor, index) => donorItems(donor, donors[index] as Donation, gathered, at)),
  ]);
  return ok;
}

/** What a donor has in gathered gifts: given into them, less what was taken back. */
export async function gatheredRupiahOf(donationId: DonationId): Promise<Rupiah> {
  const rows = (await donationLedger(donationId)).filter(({ kind }) => kind === 'gathering');
  return rupiah(rows.reduce((sum, { amountRupiah }) => sum + (amountRupiah as number), 0));
}

/**
 * A donor took back what had been gathered: the guarantee fund stands in for that part of the gathered gift. The books
 * carry it in `guarantee` since the refund was booked, so this transaction moves nothing.
 */
export async function takeFromGathered(
  stored: StoredDonation,
  after: Donation,
  amountRupiah: Rupiah,
  at: Instant,
): Promise<boolean> {
  const { donationId } = after;
  const { ok } = await transact([
    donationPut(after, stored.version, stored.dueSince),
    ledgerPut(`DONATION#${donationId}`, `${at}#guarantee#${stored.version}`, ledgerTransaction('gathering', at, []), {
      donationId,
      amountRupiah: negateRupiah(amountRupiah),
    }),
  ]);
  return ok;
}
