/** Contributions of later months: the covers move on and the ledger pays, in one transaction per page. */
import type { Cover } from '../domain/cover.ts';
import type { Instant } from '../domain/dates.ts';
import type { CohortId } from '../domain/ids.ts';
import { ACCOUNTS, ledgerTransaction, move } from '../domain/ledger.ts';
import { addRupiah, ZERO_RUPIAH } from '../domain/money.ts';
import { coverKey } from './covers.ts';
import { ledgerPut } from './donations.ts';
import { transact } from './table.ts';

export interface CohortShard {
  readonly cohortId: CohortId;
  readonly shard: number;
}

/**
 * Pays month `monthNumber` (from 1) of each cover. A page names its first cover in the ledger, and a cover is paid a
 * month only once, so a page can be written only once. It lists its covers, so that their history can be read from it.
 *
 * @returns false where a cover is no longer active, has paid that month already or has other months than it was read with
 */
export async function payMonth(
  { cohortId, shard }: CohortShard,
  monthNumber: number,
  covers: readonly Cover[],
  at: Instant,
): Promise<boolean> {
  const paidRupiah = addRupiah(...covers.map(({ months }) => months[monthNumber - 1]?.priceRupiah ?? ZERO_RUPIAH));
  const posting = ledgerTransaction('contribution', at, move(ACCOUNTS.committed, ACCOUNTS.contributions, paidRupiah));
  const coverIds = covers.map(({ coverId }) => coverId);
  const { ok } = await transact([
    ...covers.map(({ coverId, months }) => ({
      Update: {
        Key: coverKey(coverId),
        UpdateExpression: 'SET monthsPaid = :paid',
        ConditionExpression: '#state = :active AND monthsPaid = :before AND months = :months',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: {
          ':active': 'active',
          ':paid': monthNumber,
          ':before': monthNumber - 1,
          ':months': months,
        },
      },
    })),
    ledgerPut(`COHORT#${cohortId}`, `month-${monthNumber}#${shard}#${coverIds[0]}`, posting, { monthNumber, coverIds }),
  ]);
  return ok;
}
