/** What collecting cost, by fund, pledge or campaign: what gifts bore of it, and what the guarantee fund carries. */

import type { Donation } from '../../shared/domain/donation.ts';
import { type FundClass, fundClassOf } from '../../shared/domain/fund.ts';
import { GATHERED_GATEWAY } from '../../shared/domain/gathering.ts';
import { Permanent } from '../../shared/errors.ts';
import { donationOf } from '../../shared/store/donations.ts';
import type { ScanRows } from '../prove-ledger/prove-ledger.ts';

/** What a partner calls a campaign is the order reference of its payments. */
const GROUPS = {
  fund: ({ fundId }) => fundId,
  pledge: ({ pledgeId }) => pledgeId,
  campaign: ({ orderReference }) => orderReference,
  gateway: ({ gateway }) => gateway,
} as const satisfies Record<string, (donation: Donation) => string | null>;
export type GroupName = keyof typeof GROUPS;

export interface CampaignFees {
  readonly group: string | null;
  readonly fundClass: FundClass;
  readonly donations: number;
  readonly receivedRupiah: number;
  /** Borne by the gifts: a tenth at most, of zakat nothing. */
  readonly feesRupiah: number;
  /** Carried by the guarantee fund until the gifts have money left again. */
  readonly feeCarriedRupiah: number;
  /** Beyond what gifts may bear: carried by the guarantee fund for good. */
  readonly feeBeyondRupiah: number;
  readonly sharePercent: number;
}

/** Zakat is never put together with other money, so each group has one class. @throws Permanent `invalid_request` */
export async function campaignFees(scanRows: ScanRows, by = 'fund') {
  if (!Object.hasOwn(GROUPS, by))
    throw new Permanent('invalid_request', { field: 'by', detail: `by is one of ${Object.keys(GROUPS).join(', ')}` });
  const groups = new Map<string, CampaignFees>();
  for await (const page of scanRows({ types: ['donation'] }))
    for (const { donation } of page.map(donationOf)) {
      if (donation.status !== 'paid' || donation.gateway === GATHERED_GATEWAY) continue;
      const group = GROUPS[by as GroupName](donation);
      const key = JSON.stringify([group, fundClassOf(donation.fundId)]);
      groups.set(key, withDonation(groups.get(key), group, donation));
    }
  const items = [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
  return { by, items, nextCursor: null };
}

function withDonation(before: CampaignFees | undefined, group: string | null, donation: Donation): CampaignFees {
  const receivedRupiah = (before?.receivedRupiah ?? 0) + donation.receivedRupiah;
  const feesRupiah = (before?.feesRupiah ?? 0) + donation.feeRupiah;
  return {
    group,
    fundClass: fundClassOf(donation.fundId),
    donations: (before?.donations ?? 0) + 1,
    receivedRupiah,
    feesRupiah,
    feeCarriedRupiah: (before?.feeCarriedRupiah ?? 0) + donation.feeCarriedRupiah,
    feeBeyondRupiah: (before?.feeBeyondRupiah ?? 0) + donation.feeBeyondRupiah,
    // In hundredths of a per cent, cut and not rounded: 10.00 is the most there can be.
    sharePercent: Math.floor((feesRupiah * 10_000) / receivedRupiah) / 100,
  };
}
