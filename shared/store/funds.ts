/** Funds, the lots of money waiting in them, and the sequence only their one writer moves. */
import type { Donation } from '../domain/donation.ts';
import { type FundDescriptor, fundIdOf } from '../domain/fund.ts';
import type { DonationId, FundId } from '../domain/ids.ts';
import { donationPut, type StoredDonation } from './donations.ts';
import {
  batchGet,
  deleteItem,
  getItem,
  putIfAbsent,
  queryAll,
  queryPages,
  type Row,
  type TransactItem,
  tableName,
  transact,
} from './table.ts';

export interface Fund {
  readonly fundId: FundId;
  readonly descriptor: FundDescriptor;
  /** Allocations made so far; every allocation moves it by one and is refused where it stands elsewhere. */
  readonly sequence: number;
  /** Covers bought so far: the policy's turns are counted by it. */
  readonly coversBought: number;
}

/** Of a table: a process may be pointed at another one. */
const known = new Set<string>();

function fundKey(fundId: FundId) {
  return { pk: `FUND#${fundId}`, sk: 'FUND' };
}

/**
 * Makes sure the fund of a purpose exists; the same purpose always finds the same fund. What workers pay for themselves
 * is not listed: there are as many such funds as workers, and only their own payments move them.
 */
export async function ensureFund(descriptor: FundDescriptor): Promise<FundId> {
  const fundId = fundIdOf(descriptor);
  const name = `${tableName()} ${fundId}`;
  if (known.has(name)) return fundId;
  await putIfAbsent({ ...fundKey(fundId), type: 'fund', fundId, descriptor, sequence: 0 });
  if (descriptor.fundClass !== 'self') await putIfAbsent({ pk: 'FUNDS', sk: fundId, type: 'fund_name', fundId });
  known.add(name);
  return fundId;
}

export async function readFund(fundId: FundId): Promise<Fund | null> {
  const row = await getItem(fundKey(fundId));
  return row ? fundOf(row) : null;
}

function fundOf(row: Row): Fund {
  const fund = row as unknown as Partial<Fund>;
  return { ...(fund as Fund), coversBought: fund.coversBought ?? 0 };
}

export async function listFundIds(): Promise<FundId[]> {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': 'FUNDS' },
  });
  return rows.map(({ sk }) => sk as FundId);
}

export async function listFunds(): Promise<Fund[]> {
  return (await batchGet((await listFundIds()).map(fundKey))).map(fundOf);
}

/** The guard of the one writer: refused where another allocation came first. */
export function sequenceUpdate(fund: Fund, covers = 0): TransactItem {
  return {
    Update: {
      Key: fundKey(fund.fundId),
      UpdateExpression: 'SET #sequence = :next, coversBought = :bought',
      ConditionExpression: '#sequence = :current',
      ExpressionAttributeNames: { '#sequence': 'sequence' },
      ExpressionAttributeValues: {
        ':current': fund.sequence,
        ':next': fund.sequence + 1,
        ':bought': fund.coversBought + covers,
      },
    },
  };
}

/** First in is first received by us: what a sender says of the time would let it choose its place. */
function lotKey({ fundId, firstSeenAt, donationId }: Pick<Donation, 'fundId' | 'donationId' | 'firstSeenAt'>) {
  return { pk: `FUND#${fundId}`, sk: `LOT#${firstSeenAt}#${donationId}` };
}

/**
 * A lot says only where a donation stands in line; how much is left is on the donation itself. Put by the fund's
 * writer together with the donation.
 */
export function lotPut(donation: Donation): TransactItem {
  return { Put: { Item: { ...lotKey(donation), type: 'lot', donationId: donation.donationId } } };
}

/** Takes a spent donation out of the line; a lot left behind by a crash is taken out when it is next seen. */
export function removeLot(donation: Donation): Promise<void> {
  return deleteItem(lotKey(donation));
}

/** The donations in line, first in first out, page by page. */
export async function* lotsInLine(fundId: FundId): AsyncGenerator<DonationId[]> {
  const pages = queryPages({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :lot)',
    ExpressionAttributeValues: { ':pk': `FUND#${fundId}`, ':lot': 'LOT#' },
    Limit: 200,
  });
  for await (const page of pages) yield page.map(({ donationId }) => donationId as DonationId);
}

/** A gift's work for the fund's writer is done, and it stands in line with what is left of it. */
export function joinItems(donation: Donation, version: number): TransactItem[] {
  return [donationPut(donation, version, null), ...(donation.remainingRupiah > 0 ? [lotPut(donation)] : [])];
}

/** Puts gifts in line, 50 at most. @returns false where one of them changed since it was read */
export async function joinLine(gifts: readonly StoredDonation[]): Promise<boolean> {
  const { ok } = await transact(gifts.flatMap(({ donation, version }) => joinItems(donation, version)));
  return ok;
}
