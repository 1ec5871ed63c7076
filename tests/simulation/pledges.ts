/** Promises made before a world begins, so that some gifts are bound to a region or to a longer term. */
import type { Instant } from '../../shared/domain/dates.ts';
import { type GiftPurpose, unrestrictedFund } from '../../shared/domain/fund.ts';
import type { PledgeId } from '../../shared/domain/ids.ts';
import { type Rupiah, rupiah } from '../../shared/domain/money.ts';
import { type Pledge, putPledge } from '../../shared/store/pledges.ts';
import { PLEDGES } from './payments.ts';

const DESCRIPTORS: Readonly<Record<(typeof PLEDGES)[number], GiftPurpose>> = {
  'GNL-REGION': { ...unrestrictedFund('csr'), earmark: { region: '33.72' } },
  'GNL-LONG': { ...unrestrictedFund('csr'), termMonths: 5 },
  'GNL-AGAIN': { ...unrestrictedFund('csr'), earmark: { renewalOf: 'GNL-REGION' } },
};

export async function putPledges(nowMilliseconds: number): Promise<void> {
  for (const orderReference of PLEDGES) {
    const pledge: Pledge = {
      pledgeId: `plg_${orderReference}` as PledgeId,
      orderReference,
      donorId: null,
      donorKind: 'corporate',
      anonymous: true,
      language: 'id',
      channel: 'simulation',
      amountRupiah: rupiah(1_000_000) as Rupiah,
      workers: null,
      descriptor: DESCRIPTORS[orderReference],
      renewalOf: null,
      receiptToken: `token-${orderReference}`,
      createdAt: new Date(nowMilliseconds).toISOString() as Instant,
      expiresAt: new Date(nowMilliseconds + 9e9).toISOString() as Instant,
    };
    await putPledge(pledge);
  }
}
