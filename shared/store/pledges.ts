/** Promises of donors: what a later payment with the same order reference is for. */
import type { Instant } from '../domain/dates.ts';
import type { DonorId } from '../domain/donor.ts';
import type { GiftPurpose } from '../domain/fund.ts';
import type { DonationId, PledgeId } from '../domain/ids.ts';
import type { Rupiah } from '../domain/money.ts';
import type { Overpayment, Recurrence } from '../domain/pledge.ts';
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
  /** Of one worker, on the day of the quote. */
  readonly unitPriceRupiah?: Rupiah | null;
  /** `fund` unless the donor said otherwise. */
  readonly overpayment?: Overpayment;
  readonly recurrence?: Recurrence | null;
  readonly descriptor: GiftPurpose;
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

/** The donations a pledge was paid with, under any of its references. */
export async function donationsOfPledge(orderReference: string): Promise<DonationId[]> {
  const own = await queryAll({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': `PLEDGE#${orderReference}` },
  });
  const others = own.flatMap(({ reference }) => (reference ? [reference as string] : []));
  const found = own.flatMap(({ sk, donationId }) => (sk === 'PLEDGE' || !donationId ? [] : [donationId as DonationId]));
  for (const reference of others) found.push(...(await donationsOfPledge(reference)));
  return found;
}

/** By its own reference, or that of its subscription at a gateway. */
export async function readPledge(reference: string): Promise<Pledge | null> {
  return (await readPledges([reference])).get(reference) ?? null;
}

/** Those that exist, by the reference asked for. */
export async function readPledges(references: readonly string[]): Promise<Map<string, Pledge>> {
  const rows = await batchGet(references.map(key));
  const pledges = new Map(rows.map((row) => [(row.pk as string).slice('PLEDGE#'.length), row]));
  const aliases = [...pledges].filter(([, row]) => row.aliasOf);
  const meant = aliases.length > 0 ? await readPledges(aliases.map(([, row]) => row.aliasOf as string)) : new Map();
  for (const [reference, row] of aliases) pledges.set(reference, meant.get(row.aliasOf as string));
  return pledges as unknown as Map<string, Pledge>;
}

/**
 * Another reference under which a pledge is paid: a gateway's subscription has one of its own. Given once, for ever.
 *
 * @returns false where it means another pledge
 */
export async function putSubscription(orderReference: string, reference: string): Promise<boolean> {
  const { ok } = await transact([
    {
      Put: {
        Item: { ...key(reference), type: 'pledge_alias', aliasOf: orderReference },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    { Put: { Item: { pk: `PLEDGE#${orderReference}`, sk: `ALIAS#${reference}`, type: 'pledge_alias', reference } } },
  ]);
  return ok || (await getItem(key(reference)))?.aliasOf === orderReference;
}
