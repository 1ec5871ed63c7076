/** Branded ids. An id that must come out the same on every try is derived from what it names, never drawn. */
import { createHash } from 'node:crypto';

declare const idBrand: unique symbol;
type Id<Name extends string> = string & { readonly [idBrand]: Name };

export type DonationId = Id<'donation'>;
export type PledgeId = Id<'pledge'>;
export type WorkerId = Id<'worker'>;
export type CoverId = Id<'cover'>;
export type CohortId = Id<'cohort'>;
export type FundId = Id<'fund'>;
export type AllocationId = Id<'allocation'>;
export type ImportId = Id<'import'>;
export type QuarantineId = Id<'quarantine'>;
export type CampaignId = Id<'campaign'>;
export type FileId = Id<'file'>;

/** Lower-case hex of SHA-256, cut to `length` characters (20 = 80 bits: no clash in a nation of ids). */
export function digest(text: string, length = 20): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

export function donationIdOf(gateway: string, paymentId: string): DonationId {
  return `don_${digest(`${gateway}:${paymentId}`)}` as DonationId;
}

/** The same bytes of the same source are the same file, whatever it is called. */
export function fileIdOf(kind: string, source: string, sha256: string): FileId {
  return `fil_${digest(`${kind}:${source}:${sha256}`)}` as FileId;
}

/** The n-th cover of a worker, counted from 1; the worker can be read back from it. */
export function coverIdOf(workerId: WorkerId, ordinal: number): CoverId {
  return `cov_${workerId.slice('wrk_'.length)}_${ordinal}` as CoverId;
}

/** Which cover of its worker it is, from 1; as text the tenth would come before the second. */
export function ordinalOfCover(coverId: CoverId): number {
  return Number(coverId.split('_')[2]);
}

export function workerIdOfCover(coverId: CoverId): WorkerId {
  return `wrk_${coverId.split('_')[1]}` as WorkerId;
}

export function allocationIdOf(fundId: FundId, sequence: number): AllocationId {
  return `alc_${fundId}_${String(sequence).padStart(8, '0')}` as AllocationId;
}

/** A stable shard of an id, 0 to `shards` - 1. */
export function shardOf(id: string, shards: number): number {
  return Number.parseInt(digest(id, 8), 16) % shards;
}
