/** Contributions of later months: the covers move on and the ledger pays, in one transaction per page. */
import type { Cover } from '../domain/cover.ts';
import type { Instant } from '../domain/dates.ts';
import type { CohortId } from '../domain/ids.ts';
import { ACCOUNTS, ledgerTransaction, move } from '../domain/ledger.ts';
import { addRupiah, ZERO_RUPIAH } from '../domain/money.ts';
import { coverKey } from './covers.ts';
import { ledgerPut } from './donations.ts';
import { transact } from './table.ts';

/**
 * Pays month `monthNumber` (from 1) of each cover. A page names its first cover in the ledger, and a cover is paid a
 * month only once, so a page can be written only once.
 *
 * @returns false where a cover is no longer active, or has paid that month already
 */
export async function payMonth(
  cohortId: CohortId,
  phase: string,
  monthNumber: number,
  covers: readonly Cover[],
  at: Instant,
): Promise<boolean> {
  const paidRupiah = addRupiah(...covers.map(({ months }) => months[monthNumber - 1]?.priceRupiah ?? ZERO_RUPIAH));
  const posting = ledgerTransaction('contribution', at, move(ACCOUNTS.committed, ACCOUNTS.contributions, paidRupiah));
  const { ok } = await transact([
    ...covers.map(({ coverId }) => ({
      Update: {
        Key: coverKey(coverId),
        UpdateExpression: 'SET monthsPaid = :paid',
        ConditionExpression: '#state = :active AND monthsPaid = :before',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':active': 'active', ':paid': monthNumber, ':before': monthNumber - 1 },
      },
    })),
    ledgerPut(`COHORT#${cohortId}`, `${phase}#${covers[0]?.coverId}`, posting, { covers: covers.length }),
  ]);
  return ok;
}
