/** Covers the registrar accepted: they start, and their first month is paid, in one transaction. */
import type { Cover } from '../domain/cover.ts';
import type { Instant } from '../domain/dates.ts';
import type { AllocationId } from '../domain/ids.ts';
import { ACCOUNTS, ledgerTransaction, move } from '../domain/ledger.ts';
import { cohortKeyOf, shardOfCover } from '../domain/lifecycle.ts';
import { addRupiah, ZERO_RUPIAH } from '../domain/money.ts';
import { coverKey } from './covers.ts';
import { ledgerPut } from './donations.ts';
import { type TransactItem, transact } from './table.ts';

export interface Acceptance {
  /** The cover as it is from now on. */
  readonly cover: Cover;
  /** Shards of the cohort it joins. */
  readonly shards: number;
}

function start({ cover, shards }: Acceptance): TransactItem {
  const cohortId = cover.cohortId as NonNullable<Cover['cohortId']>;
  return {
    Update: {
      Key: coverKey(cover.coverId),
      UpdateExpression:
        'SET #state = :active, startDate = :startDate, endDate = :endDate, acceptedAt = :acceptedAt, monthsPaid = :one, ' +
        'cohortId = :cohortId, cohortKey = :cohortKey, cohortSort = :cohortSort',
      ConditionExpression: '#state = :reserved',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':active': 'active',
        ':reserved': 'reserved',
        ':startDate': cover.startDate,
        ':endDate': cover.endDate,
        ':acceptedAt': cover.acceptedAt,
        ':one': 1,
        ':cohortId': cohortId,
        ':cohortKey': cohortKeyOf(cohortId, shardOfCover(cover.coverId, shards)),
        ':cohortSort': cover.coverId,
      },
    },
  };
}

/** The cover before is renewed from now on; its months run on to its end. Written only where a cover renews another. */
function renew({ cover }: Acceptance): TransactItem[] {
  if (!cover.renews) return [];
  return [
    {
      Update: {
        Key: coverKey(cover.renews),
        UpdateExpression: 'SET renewedBy = :coverId',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':coverId': cover.coverId },
      },
    },
  ];
}

/** Starts at most one allocation's covers: 30, as many that they renew, and one posting. @returns false where one of them is no longer reserved */
export async function acceptCovers(
  allocationId: AllocationId,
  acceptances: readonly Acceptance[],
  at: Instant,
): Promise<boolean> {
  const paidRupiah = addRupiah(...acceptances.map(({ cover }) => cover.months[0]?.priceRupiah ?? ZERO_RUPIAH));
  const posting = ledgerTransaction('contribution', at, move(ACCOUNTS.committed, ACCOUNTS.contributions, paidRupiah));
  const coverIds = acceptances.map(({ cover }) => cover.coverId);
  const { ok } = await transact([
    ...acceptances.map(start),
    ...acceptances.flatMap(renew),
    ledgerPut(`ALLOCATION#${allocationId}`, `${at}#month-1#${coverIds[0]}`, posting, { coverIds }),
  ]);
  return ok;
}
