/** Promises of donors: what a later payment with the same order reference is for. */
import type { Instant } from '../domain/dates.ts';
import type { DonorId } from '../domain/donor.ts';
import type { FundDescriptor } from '../domain/fund.ts';
import type { DonationId, PledgeId } from '../domain/ids.ts';
import type { Rupiah } from '../domain/money.ts';
import { donorLink } from './donor-gifts.ts';
import { batchGet, getItem, queryAll, transact } from './table.ts';

export interface Pledge {
  readonly pledgeId: PledgeId;
  readonly orderReference: string;
  /** Null where no contact was left. */
  readonly donorId: DonorId | null;
  readonly donorKind: 'corporate' | 'soe' | 'individual' | 'zakat_body' | 'government';
  readonly anonymous: boolean;
  readonly language: 'id' | 'en';
  readonly channel: string;
  readonly amountRupiah: Rupiah;
  readonly workers: number | null;
  readonly descriptor: FundDescriptor;
  readonly renewalOf: string | null;
  readonly receiptToken: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
}

function key(orderReference: string) {
  return { pk: `PLEDGE#${orderReference}`, sk: 'PLEDGE' };
}

export async function putPledge(pledge: Pledge): Promise<boolean> {
  const { orderReference, receiptToken, donorId } = pledge;
  const { ok } = await transact([
    {
      Put: {
        Item: { ...key(orderReference), type: 'pledge', ...pledge },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    { Put: { Item: { pk: `RECEIPT#${receiptToken}`, sk: 'RECEIPT', type: 'receipt', orderReference } } },
    ...donorLink(donorId, { pledge: orderReference }),
  ]);
  return ok;
}

export async function readPledgeOfReceipt(receiptToken: string): Promise<Pledge | null> {
  const row = await getItem({ pk: `RECEIPT#${receiptToken}`, sk: 'RECEIPT' });
  return row ? readPledge(row.orderReference as string) : null;
}

/** The donations a pledge was paid with. */
export async function donationsOfPledge(orderReference: string): Promise<DonationId[]> {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :donation)',
    ExpressionAttributeValues: { ':pk': `PLEDGE#${orderReference}`, ':donation': 'DONATION#' },
  });
  return rows.map(({ donationId }) => donationId as DonationId);
}

export async function readPledge(orderReference: string): Promise<Pledge | null> {
  return ((await getItem(key(orderReference))) as unknown as Pledge | undefined) ?? null;
}

/** Those that exist, by order reference. */
export async function readPledges(orderReferences: readonly string[]): Promise<Map<string, Pledge>> {
  const pledges = (await batchGet(orderReferences.map(key))) as unknown as Pledge[];
  return new Map(pledges.map((pledge) => [pledge.orderReference, pledge]));
}
