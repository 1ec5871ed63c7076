/** What a donor gave and promised, by the opaque id: nothing here leads to a person (I9). */
import type { DonorId } from '../domain/donor.ts';
import type { DonationId } from '../domain/ids.ts';
import { queryAll, type TransactItem } from './table.ts';

type Linked = { readonly donation: DonationId } | { readonly pledge: string };

/** Written with the gift or the pledge; nothing where nobody is known. */
export function donorLink(donorId: DonorId | null, linked: Linked): TransactItem[] {
  if (donorId === null) return [];
  const sk = 'donation' in linked ? `DONATION#${linked.donation}` : `PLEDGE#${linked.pledge}`;
  return [{ Put: { Item: { pk: `DONOR#${donorId}`, sk, type: 'donor_link', ...linked } } }];
}

export interface DonorLinks {
  readonly donations: readonly DonationId[];
  /** Order references. */
  readonly pledges: readonly string[];
}

export async function linksOfDonor(donorId: DonorId): Promise<DonorLinks> {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': `DONOR#${donorId}` },
  });
  return {
    donations: rows.flatMap(({ donation }) => (donation ? [donation as DonationId] : [])),
    pledges: rows.flatMap(({ pledge }) => (pledge ? [pledge as string] : [])),
  };
}
