/** Covers whose months are priced otherwise than the tariff in force says: looked for once, whenever the tariff changes. */
import type { Cover } from '../../shared/domain/cover.ts';
import { differsFrom } from '../../shared/domain/cover-adjustment.ts';
import { addDays, type CivilDate, civilDateOf, type Instant } from '../../shared/domain/dates.ts';
import type { AllocationId, CohortId } from '../../shared/domain/ids.ts';
import { type Tariff, tariffDigest } from '../../shared/domain/tariff.ts';
import type { FundMessage } from '../../shared/messages.ts';
import type { StoredCohort } from '../../shared/store/cohorts.ts';

export interface SweepTariffDependencies {
  readonly now: () => Instant;
  readonly tariffInForce: (today: CivilDate) => Tariff;
  /** The digest of the tariff for which the covers were looked through last. */
  readonly sweptTariff: () => Promise<string | null>;
  readonly markTariffSwept: (digest: string, at: Instant) => Promise<void>;
  readonly listCohorts: () => Promise<StoredCohort[]>;
  readonly coversOfShard: (cohortId: CohortId, shard: number, pageSize: number) => AsyncIterable<Cover[]>;
  readonly enrolmentsDue: (before: Instant) => Promise<AllocationId[]>;
  readonly coversOfAllocation: (allocationId: AllocationId) => Promise<Cover[]>;
  readonly sendToFund: (message: FundMessage, occasion: string) => Promise<void>;
}

const COVERS_PER_PAGE = 100;
/** A phase that came late may pay a month after the end. */
const LATE_PHASES_DAYS = 31;

/** @returns how many covers were asked to be priced anew */
export async function sweepTariff(dependencies: SweepTariffDependencies): Promise<number> {
  const at = dependencies.now();
  const tariff = dependencies.tariffInForce(civilDateOf(at));
  const digest = tariffDigest(tariff);
  if ((await dependencies.sweptTariff()) === digest) return 0;
  let asked = 0;
  for await (const page of coversWithOpenMonths(at, dependencies))
    for (const { fundId, coverId } of page.filter((cover) => isOpen(cover) && differsFrom(cover, tariff))) {
      await dependencies.sendToFund({ contractVersion: 1, kind: 'adjust', fundId, coverId }, digest);
      asked += 1;
    }
  // What stops half-way is asked again from the beginning: pricing anew twice changes nothing.
  await dependencies.markTariffSwept(digest, at);
  return asked;
}

function isOpen({ state }: Cover): boolean {
  return state === 'active' || state === 'reserved';
}

async function* coversWithOpenMonths(at: Instant, dependencies: SweepTariffDependencies): AsyncGenerator<Cover[]> {
  const { listCohorts, coversOfShard, enrolmentsDue, coversOfAllocation } = dependencies;
  const since = addDays(civilDateOf(at), -LATE_PHASES_DAYS);
  for (const { cohortId, shards } of (await listCohorts()).filter(({ endDate }) => endDate > since))
    for (let shard = 0; shard < shards; shard += 1) yield* coversOfShard(cohortId, shard, COVERS_PER_PAGE);
  for (const allocationId of await enrolmentsDue(at)) yield coversOfAllocation(allocationId);
}
