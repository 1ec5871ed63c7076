/** One cover settled after the registrar's answer, with every row it touches in one transaction. */
import type { CoverMonth } from '../domain/allocation.ts';
import type { Cover } from '../domain/cover.ts';
import type { Instant } from '../domain/dates.ts';
import type { Donation } from '../domain/donation.ts';
import type { AllocationId, DonationId } from '../domain/ids.ts';
import { ACCOUNTS, type LedgerTransaction, ledgerTransaction, move } from '../domain/ledger.ts';
import { cohortKeyOf, shardOfCover } from '../domain/lifecycle.ts';
import { negateRupiah, type Rupiah } from '../domain/money.ts';
import { waitingKeys } from '../domain/worker.ts';
import { InvariantBroken } from '../errors.ts';
import { coverKey, coverRow, readCovers } from './covers.ts';
import { donationPut, ledgerPut, type StoredDonation } from './donations.ts';
import type { Fund } from './funds.ts';
import { getItem, queryAll, type TransactItem, transact } from './table.ts';
import { readWorker, workerKey } from './workers.ts';

export interface CoverSettlement {
  readonly kind: 'release' | 'reprice';
  readonly fund: Fund;
  readonly at: Instant;
  readonly before: Cover;
  readonly after: Cover;
  /** The months the worker's cover really has now. */
  readonly months: readonly CoverMonth[];
  readonly donors: readonly {
    readonly stored: StoredDonation;
    readonly after: Donation;
    readonly deltaRupiah: Rupiah;
  }[];
  /** What the guarantee fund gets back of shares it carried. */
  readonly guaranteeRupiah: Rupiah;
  /** The first month, handed to the registrar with the acceptance. */
  readonly contributionRupiah: Rupiah;
  /** Shards of the cohort the cover joins. */
  readonly shards: number;
}

/** The shards of the cohort are those it was born with, which the caller read when the cover joined it. */
export function activeCoverRow(cover: Cover, shards: number) {
  const cohortId = cover.cohortId as NonNullable<Cover['cohortId']>;
  return {
    ...coverRow(cover),
    cohortKey: cohortKeyOf(cohortId, shardOfCover(cover.coverId, shards)),
    cohortSort: cover.coverId,
  };
}

function donorItems(
  { stored, after, deltaRupiah }: CoverSettlement['donors'][number],
  settlement: CoverSettlement,
): TransactItem[] {
  const fund = ACCOUNTS.fund(after.fundId);
  const entries =
    deltaRupiah > 0
      ? move(fund, ACCOUNTS.committed, deltaRupiah)
      : move(ACCOUNTS.committed, fund, negateRupiah(deltaRupiah));
  const kind = deltaRupiah > 0 ? 'allocation' : 'release';
  const { coverId, allocationId } = settlement.before;
  const facts = { donationId: after.donationId, allocationId, coverId, amountRupiah: deltaRupiah };
  return [
    donationPut(after, stored.version, stored.dueSince ?? settlement.at),
    ledgerPut(
      `DONATION#${after.donationId}`,
      `${settlement.at}#${coverId}`,
      ledgerTransaction(kind, settlement.at, entries),
      facts,
    ),
  ];
}

function allocationPostings(settlement: CoverSettlement): TransactItem[] {
  const { allocationId, coverId } = settlement.before;
  const pk = `ALLOCATION#${allocationId}`;
  const back = move(ACCOUNTS.committed, ACCOUNTS.guarantee, settlement.guaranteeRupiah);
  const paid = move(ACCOUNTS.committed, ACCOUNTS.contributions, settlement.contributionRupiah);
  const items: TransactItem[] = [];
  if (back.length > 0)
    items.push(
      ledgerPut(pk, `${settlement.at}#release#${coverId}`, ledgerTransaction('release', settlement.at, back), {
        coverId,
      }),
    );
  if (paid.length > 0)
    items.push(
      ledgerPut(pk, `${settlement.at}#month-1#${coverId}`, ledgerTransaction('contribution', settlement.at, paid), {
        coverId,
      }),
    );
  return items;
}

/**
 * The worker's paid months follow the cover (I3). Whom the registrar rejected leaves the queue; whose price was not
 * reached stands in it again.
 */
async function workerItem(settlement: CoverSettlement): Promise<TransactItem> {
  const worker = await readWorker(settlement.before.workerId);
  if (!worker) throw new InvariantBroken('I3', `cover ${settlement.before.coverId} has no worker`);
  const months = new Set<string>(worker.paidMonths);
  for (const { month } of settlement.before.months) months.delete(month);
  for (const { month } of settlement.months) months.add(month);
  const { reason } = settlement.after;
  const facts = {
    version: worker.version + 1,
    ...(settlement.kind === 'release'
      ? reason === 'below_price'
        ? waitingKeys(worker)
        : { state: 'withdrawn', reason }
      : {}),
    ...(months.size > 0 ? { paidMonths: months } : {}),
  };
  const names = Object.keys(facts);
  return {
    Update: {
      Key: workerKey(settlement.before.workerId),
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}${months.size > 0 ? '' : ' REMOVE paidMonths'}`,
      ConditionExpression: '#version = :before',
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ':before': worker.version,
        ...Object.fromEntries(Object.entries(facts).map(([name, value]) => [`:${name}`, value])),
      },
    },
  };
}

function coverItem({ before, after, kind, shards }: CoverSettlement): TransactItem {
  return {
    Put: {
      Item: kind === 'release' ? coverRow(after) : activeCoverRow(after, shards),
      // Shares may change hands meanwhile, also those of donors who hold none of it now.
      ConditionExpression: '#state = :reserved AND months = :months',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':reserved': 'reserved', ':months': before.months },
    },
  };
}

/** @returns false where a row changed since it was read: read again and decide again */
export async function settleCover(settlement: CoverSettlement): Promise<boolean> {
  const { ok } = await transact([
    coverItem(settlement),
    await workerItem(settlement),
    ...allocationPostings(settlement),
    ...settlement.donors.flatMap((donor) => donorItems(donor, settlement)),
  ]);
  return ok;
}

/** The allocations a donation paid for, newest first. */
export async function allocationsOf(donationId: DonationId): Promise<AllocationId[]> {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :ledger)',
    ExpressionAttributeValues: { ':pk': `DONATION#${donationId}`, ':ledger': 'LEDGER#' },
    ScanIndexForward: false,
  });
  return [...new Set(rows.flatMap(({ allocationId }) => (allocationId ? [allocationId as AllocationId] : [])))];
}

export async function coversOfAllocation(allocationId: AllocationId): Promise<Cover[]> {
  const row = await getItem({ pk: `ALLOCATION#${allocationId}`, sk: 'ALLOCATION' });
  const covers = await readCovers((row?.coverIds as Cover['coverId'][] | undefined) ?? []);
  return covers.sort((a, b) => (a.coverId < b.coverId ? -1 : 1));
}

/** Moves shares of a donation within its covers; the months as they were read are the condition. */
export async function saveShares(
  stored: StoredDonation,
  after: Donation,
  covers: readonly { before: Cover; after: Cover }[],
  posting?: LedgerTransaction,
): Promise<boolean> {
  const { donationId } = after;
  const name = `${posting?.at}#repayment#${stored.version}`;
  const { ok } = await transact([
    donationPut(after, stored.version, stored.dueSince),
    ...(posting ? [ledgerPut(`DONATION#${donationId}`, name, posting, { donationId })] : []),
    ...covers.map((change) => ({
      Update: {
        Key: coverKey(change.before.coverId),
        UpdateExpression: 'SET months = :after',
        ConditionExpression: 'months = :before',
        ExpressionAttributeValues: { ':before': change.before.months, ':after': change.after.months },
      },
    })),
  ]);
  return ok;
}
