/** One cover settled, with every row it touches in one transaction: after the registrar's answer, an early end, a new tariff. */
import type { Cover } from '../domain/cover.ts';
import type { CoverChange } from '../domain/cover-events.ts';
import type { CivilDate, Instant } from '../domain/dates.ts';
import type { Donation } from '../domain/donation.ts';
import { fundClassOf } from '../domain/fund.ts';
import type { AllocationId, DonationId } from '../domain/ids.ts';
import { ACCOUNTS, type LedgerTransaction, ledgerTransaction, move } from '../domain/ledger.ts';
import { negateRupiah, type Rupiah } from '../domain/money.ts';
import { type WorkerRow, waitingKeys } from '../domain/worker.ts';
import { cohortPlace, coverKey, readCovers } from './covers.ts';
import { donationPut, ledgerPut, type StoredDonation } from './donations.ts';
import { getItem, queryAll, type Row, type TransactItem, transact } from './table.ts';
import { workerKey } from './workers.ts';

export interface CoverSettlement {
  readonly kind: CoverChange['kind'];
  readonly at: Instant;
  readonly before: Cover;
  readonly after: Cover;
  /** As it was read. */
  readonly worker: WorkerRow;
  readonly donors: readonly {
    readonly stored: StoredDonation;
    readonly after: Donation;
    readonly deltaRupiah: Rupiah;
  }[];
  /** What the guarantee fund gets back of shares it carried. */
  readonly guaranteeRupiah: Rupiah;
  /** Months handed to the registrar with it. */
  readonly contributionRupiah: Rupiah;
  /** Of the cohort the cover joins: as many as it was born with, which the caller read; null where it joins none. */
  readonly shards: number | null;
  /** Of an early end. */
  readonly endsOn?: CivilDate;
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
      `${settlement.at}#${settlement.kind}#${coverId}`,
      ledgerTransaction(kind, settlement.at, entries),
      facts,
    ),
  ];
}

/** What the guarantee fund gets back and the registrar gets, and what the cover became: its history is read from these. */
function recordItem(settlement: CoverSettlement): TransactItem {
  const { kind, at, before, guaranteeRupiah, contributionRupiah } = settlement;
  const { allocationId, coverId } = before;
  const posting = ledgerTransaction(contributionRupiah > 0 ? 'contribution' : 'release', at, [
    ...move(ACCOUNTS.committed, ACCOUNTS.guarantee, guaranteeRupiah),
    ...move(ACCOUNTS.committed, ACCOUNTS.contributions, contributionRupiah),
  ]);
  return ledgerPut(`ALLOCATION#${allocationId}`, `${at}#${kind}#${coverId}`, posting, {
    coverId,
    change: changeOf(settlement),
  });
}

function changeOf({ kind, before, after, endsOn }: CoverSettlement): CoverChange {
  const priced = ({ months }: Cover) => months.map(({ month, priceRupiah }) => ({ month, priceRupiah }));
  const { startDate, reason } = after;
  return {
    kind,
    monthsBefore: priced(before),
    months: priced(after),
    ...(startDate ? { startDate } : {}),
    ...(endsOn ? { endsOn } : {}),
    ...(reason ? { reason } : {}),
  };
}

/** The worker's paid months follow the cover (I3). */
function workerItem({ kind, before, after, worker }: CoverSettlement): TransactItem {
  const months = new Set<string>(worker.paidMonths);
  for (const { month } of before.months) months.delete(month);
  if (after.state !== 'rejected') for (const { month } of after.months) months.add(month);
  for (const month of worker.governmentMonths ?? []) months.add(month);
  const undone = kind === 'release' || (kind === 'end' && before.state === 'reserved');
  const facts: Row = {
    version: worker.version + 1,
    ...(undone ? { ...placeAfter(before, after, worker), ...termsAfter(before, worker) } : {}),
    ...(months.size > 0 ? { paidMonths: months } : {}),
  };
  const names = Object.keys(facts);
  return {
    Update: {
      Key: workerKey(before.workerId),
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

/**
 * Where a worker stands whose cover never came to be: the cover before it holds again, if there is one. Whom the registrar
 * rejected leaves the queue; whose price was not reached, or who is paid for elsewhere for a time, stands in it again.
 */
function placeAfter(before: Cover, { reason }: Cover, worker: WorkerRow): Row {
  const current = before.renews && worker.currentCoverId === before.coverId ? { currentCoverId: before.renews } : {};
  if (worker.state !== 'waiting' || before.continuesFrom) return current;
  if (reason === 'below_price' || reason === 'government_paid') return { ...current, ...waitingKeys(worker) };
  return before.renews ? current : { state: 'withdrawn', reason };
}

/** A donated term that never came to be does not count towards the cap of a policy. */
function termsAfter({ fundId }: Cover, { donatedTerms }: WorkerRow): Row {
  return fundClassOf(fundId) === 'self' || !donatedTerms ? {} : { donatedTerms: donatedTerms - 1 };
}

/** Only what changes: a claim or a renewal may be noted on the cover in the same moment. */
function coverItem({ before, after, shards }: CoverSettlement): TransactItem {
  const place = shards === null ? {} : cohortPlace(after, shards);
  const changed = Object.entries({ ...after, ...place }).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify((before as unknown as Row)[name]),
  );
  return {
    Update: {
      Key: coverKey(before.coverId),
      UpdateExpression: `SET ${changed.map(([name]) => `#${name} = :${name}`).join(', ')}`,
      // Shares may change hands meanwhile, also those of donors who hold none of it now.
      ConditionExpression: '#state = :wasState AND #months = :wasMonths AND #monthsPaid = :wasPaid',
      ExpressionAttributeNames: {
        '#state': 'state',
        '#months': 'months',
        '#monthsPaid': 'monthsPaid',
        ...Object.fromEntries(changed.map(([name]) => [`#${name}`, name])),
      },
      ExpressionAttributeValues: {
        ':wasState': before.state,
        ':wasMonths': before.months,
        ':wasPaid': before.monthsPaid,
        ...Object.fromEntries(changed.map(([name, value]) => [`:${name}`, value])),
      },
    },
  };
}

/** A cover that starts renews the one before it. */
function renewalItems({ kind, before }: CoverSettlement): TransactItem[] {
  if (kind !== 'reprice' || !before.renews) return [];
  return [
    {
      Update: {
        Key: coverKey(before.renews),
        UpdateExpression: 'SET renewedBy = :coverId',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':coverId': before.coverId },
      },
    },
  ];
}

/**
 * With 48 donors 100 items: two of each, the cover, the worker, the record and the cover it renews.
 *
 * @returns false where a row changed since it was read: read again and decide again
 */
export async function settleCover(settlement: CoverSettlement): Promise<boolean> {
  const { ok } = await transact([
    coverItem(settlement),
    workerItem(settlement),
    recordItem(settlement),
    ...renewalItems(settlement),
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
