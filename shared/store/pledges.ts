/** Promises of donors: what a later payment with the same order reference is for. */
import type { Instant } from '../domain/dates.ts';
import type { FundDescriptor } from '../domain/fund.ts';
import type { PledgeId } from '../domain/ids.ts';
import type { Rupiah } from '../domain/money.ts';
import { getItem, putIfAbsent } from './table.ts';

export interface Pledge {
  readonly pledgeId: PledgeId;
  readonly orderReference: string;
  readonly donorId: string;
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
  const { ok } = await putIfAbsent({ ...key(pledge.orderReference), type: 'pledge', ...pledge });
  return ok;
}

export async function readPledge(orderReference: string): Promise<Pledge | null> {
  return ((await getItem(key(orderReference))) as unknown as Pledge | undefined) ?? null;
}
