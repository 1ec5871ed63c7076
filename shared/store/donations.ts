/** Donations, the markers of the events they were folded from, and their ledger transactions. */

import type { CanonicalEvent } from '../domain/canonical-event.ts';
import type { Instant } from '../domain/dates.ts';
import type { Donation } from '../domain/donation.ts';
import { type DonationId, digest, donationIdOf, type FundId, shardOf } from '../domain/ids.ts';
import type { LedgerTransaction } from '../domain/ledger.ts';
import { donorLink } from './donor-gifts.ts';
import { dueBefore } from './due.ts';
import { selfPaymentLink } from './self-payments.ts';
import { awaitedItem, awaitsSettlement, settledItem } from './settlement-awaited.ts';
import { batchGet, getItem, queryAll, type Row, type TransactItem, type TransactResult, transact } from './table.ts';

/** A donation as it is stored: `version` guards every write. */
export interface StoredDonation {
  readonly donation: Donation;
  readonly version: number;
  /** Since when the fund's writer has work with it; null where it has none. */
  readonly dueSince: Instant | null;
}

/** So many partitions share the rows that wait for a fund's writer: none of them grows hot. */
export const DUE_SHARDS = 4;

export function donationKey(donationId: DonationId) {
  return { pk: `DONATION#${donationId}`, sk: 'DONATION' };
}

/** Written while the fund's writer still has to look at this donation; the sweeper finds it here (I8). */
export function fundDueKeys(donation: Donation, at: Instant) {
  const shard = shardOf(donation.donationId, DUE_SHARDS);
  return { dueKey: `DUE#fund#${shard}`, dueSort: `${at}#${donation.fundId}#${donation.donationId}` };
}

export function donationRow(donation: Donation, version: number): Row {
  return { ...donationKey(donation.donationId), type: 'donation', version, ...donation };
}

export function donationOf(row: Row): StoredDonation {
  const { pk: _pk, sk: _sk, type: _type, dueKey: _dueKey, dueSort, version, ...donation } = row;
  const dueSince = typeof dueSort === 'string' ? (dueSort.split('#')[0] as Instant) : null;
  return { donation: donation as unknown as Donation, version: version as number, dueSince };
}

export async function readDonation(donationId: DonationId): Promise<StoredDonation | null> {
  const row = await getItem(donationKey(donationId));
  return row ? donationOf(row) : null;
}

export async function readDonations(donationIds: readonly DonationId[]): Promise<Map<DonationId, StoredDonation>> {
  const rows = await batchGet(donationIds.map(donationKey));
  return new Map(rows.map(donationOf).map((stored) => [stored.donation.donationId, stored]));
}

export function readDonationOfPayment(gateway: string, paymentId: string): Promise<StoredDonation | null> {
  return readDonation(donationIdOf(gateway, paymentId));
}

/** The ledger transactions of a donation, oldest first. */
export async function donationLedger(donationId: DonationId): Promise<Row[]> {
  return queryAll({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :ledger)',
    ExpressionAttributeValues: { ':pk': `DONATION#${donationId}`, ':ledger': 'LEDGER#' },
  });
}

export function ledgerPut(pk: string, name: string, transaction: LedgerTransaction, facts: Row = {}): TransactItem {
  return {
    Put: {
      Item: { pk, sk: `LEDGER#${name}`, type: 'ledger', ...transaction, ...facts },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
}

/** The write that replaces a donation, refused where somebody else wrote it since. */
export function donationPut(donation: Donation, version: number, due: Instant | null): TransactItem {
  const item = { ...donationRow(donation, version + 1), ...(due ? fundDueKeys(donation, due) : {}) };
  return {
    Put: {
      Item: item,
      ...(version === 0
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : { ConditionExpression: 'version = :version', ExpressionAttributeValues: { ':version': version } }),
    },
  };
}

export function eventKey(effectKey: string) {
  return { pk: `EVENT#${effectKey}`, sk: 'EVENT' };
}

/** A paid pledge names its donations, so that a donor's receipt finds them. */
function pledgeLink(
  { donationId, pledgeId, orderReference }: Donation,
  { kind, amountRupiah }: CanonicalEvent,
): TransactItem[] {
  if (kind !== 'paid' || amountRupiah === null || pledgeId === null) return [];
  const Item = { pk: `PLEDGE#${orderReference}`, sk: `DONATION#${donationId}`, type: 'pledge_donation', donationId };
  return [{ Put: { Item } }];
}

export type BookingResult = 'booked' | 'duplicate' | 'stale';

/**
 * Books one event: its marker, the donation and the ledger in one transaction (I4; pitfall 1). `stale`: somebody else
 * wrote the donation in the meantime; read again and fold again.
 */
export async function bookEvent(
  event: CanonicalEvent,
  before: StoredDonation | null,
  after: Donation,
  postings: readonly LedgerTransaction[],
  at: Instant,
): Promise<BookingResult> {
  const { donationId } = after;
  const marker = { ...eventKey(event.effectKey), type: 'event', donationId, kind: event.kind, bookedAt: at };
  const dueSince = before?.dueSince ?? (postings.length > 0 ? at : null);
  const items = [
    { Put: { Item: marker, ConditionExpression: 'attribute_not_exists(pk)' } },
    donationPut(after, before?.version ?? 0, dueSince),
    ...pledgeLink(after, event),
    ...selfPaymentLink(after),
    ...(event.kind === 'paid' ? donorLink(after.donorId ?? null, { donation: donationId }) : []),
    ...postings.map((posting) =>
      ledgerPut(`DONATION#${donationId}`, `${at}#${digest(event.effectKey + posting.kind, 12)}`, posting, {
        donationId,
      }),
    ),
  ];
  const isFirstPaid = before?.donation.status !== 'paid' && awaitsSettlement(after);
  const result = await transact(isFirstPaid ? [...items, awaitedItem(after)] : items);
  if (result.ok) return 'booked';
  const failed = result.failed.map(({ index }) => index);
  // Settled before it was booked: its own statement brought it.
  if (failed.every((index) => index === items.length)) return asResult(await transact([...items, settledItem(after)]));
  return asResult(result);
}

function asResult(result: TransactResult): BookingResult {
  if (result.ok) return 'booked';
  return result.failed.some(({ index }) => index === 0) ? 'duplicate' : 'stale';
}

export async function isBooked(effectKey: string): Promise<boolean> {
  return (await getItem(eventKey(effectKey))) !== undefined;
}

/** Those of the given events that took effect. */
export async function areBooked(effectKeys: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await batchGet(effectKeys.map(eventKey));
  return new Set(rows.map(({ pk }) => (pk as string).slice('EVENT#'.length)));
}

/** Donations whose fund has work to do since before an instant: forgotten by the queue, found by the sweeper (I8). */
export async function donationsDue(before: Instant): Promise<{ donationId: DonationId; fundId: FundId }[]> {
  const found: { donationId: DonationId; fundId: FundId }[] = [];
  for (let shard = 0; shard < DUE_SHARDS; shard += 1) {
    for (const [, fundId, donationId] of await dueBefore(`DUE#fund#${shard}`, before))
      found.push({ donationId: donationId as DonationId, fundId: fundId as FundId });
  }
  return found;
}
