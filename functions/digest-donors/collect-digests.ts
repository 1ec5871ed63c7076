/** Whom a month's digests are for and what they say, read from the covers that end in it: memory grows with donors only. */

import type { Cover } from '../../shared/domain/cover.ts';
import { type CivilDate, type CivilMonth, monthOf } from '../../shared/domain/dates.ts';
import { type DigestFacts, DigestTally, endMonthOf } from '../../shared/domain/digest.ts';
import type { Donation } from '../../shared/domain/donation.ts';
import type { DonorId } from '../../shared/domain/donor.ts';
import { fundClassOf } from '../../shared/domain/fund.ts';
import type { CohortId, DonationId } from '../../shared/domain/ids.ts';
import { priceTerm, type Tariff } from '../../shared/domain/tariff.ts';
import type { StoredCohort } from '../../shared/store/cohorts.ts';
import type { Pledge } from '../../shared/store/pledges.ts';

export interface CollectDependencies {
  readonly coversOfShard: (cohortId: CohortId, shard: number, pageSize: number) => AsyncGenerator<Cover[]>;
  /** Of these covers, those whose worker could be renewed now. */
  readonly renewableCovers: (covers: readonly Cover[], today: CivilDate) => Promise<readonly Cover[]>;
  readonly readDonations: (donationIds: readonly DonationId[]) => Promise<ReadonlyMap<DonationId, Donation>>;
  readonly readPledges: (references: readonly string[]) => Promise<ReadonlyMap<string, Pledge>>;
  readonly tariffInForce: (today: CivilDate) => Tariff;
}

const PAGE_SIZE = 100;

export async function collectDigests(
  endMonth: CivilMonth,
  cohorts: readonly StoredCohort[],
  today: CivilDate,
  dependencies: CollectDependencies,
): Promise<Map<DonorId, DigestFacts>> {
  const tallies = new Map<DonorId, DigestTally>();
  for (const { cohortId, shards } of cohorts)
    for (let shard = 0; shard < shards; shard += 1)
      for await (const covers of dependencies.coversOfShard(cohortId, shard, PAGE_SIZE)) {
        const ending = covers.filter((cover) => isOfMonth(cover, endMonth));
        if (ending.length > 0) await takePage(tallies, ending, today, dependencies);
      }
  return new Map(
    [...tallies].flatMap(([donorId, tally]) => {
      const facts = tally.facts();
      return facts ? [[donorId, facts] as const] : [];
    }),
  );
}

function isOfMonth({ state, endDate, renewedBy, fundId }: Cover, endMonth: CivilMonth): boolean {
  return (
    state === 'active' && !renewedBy && !!endDate && endMonthOf(endDate) === endMonth && fundClassOf(fundId) !== 'self'
  );
}

async function takePage(
  tallies: Map<DonorId, DigestTally>,
  ending: readonly Cover[],
  today: CivilDate,
  dependencies: CollectDependencies,
): Promise<void> {
  const covers = await dependencies.renewableCovers(ending, today);
  const gifts = await dependencies.readDonations([...new Set(covers.flatMap(giftsOf))]);
  const references = [...gifts.values()].flatMap(({ pledgeId, orderReference }) =>
    pledgeId !== null && orderReference !== null ? [orderReference] : [],
  );
  const pledges = await dependencies.readPledges([...new Set(references)]);
  const tariff = dependencies.tariffInForce(today);
  for (const cover of covers) {
    const { package: covered, sector, termMonths } = cover;
    const endDate = cover.endDate as CivilDate;
    const months = priceTerm(covered, sector, monthOf(endDate), termMonths, tariff);
    for (const [donorId, orderReferences] of giversOf(cover, gifts, pledges)) {
      const tally = tallies.get(donorId) ?? new DigestTally();
      tallies.set(donorId, tally);
      tally.take({ endDate, months, orderReferences });
    }
  }
}

function giftsOf({ months }: Cover): DonationId[] {
  return months.flatMap(({ shares }) => shares.map(({ donationId }) => donationId as DonationId));
}

/** Each donor of a cover once, with the pledges under which the donor paid for it. */
function giversOf(
  cover: Cover,
  gifts: ReadonlyMap<DonationId, Donation>,
  pledges: ReadonlyMap<string, Pledge>,
): Map<DonorId, string[]> {
  const givers = new Map<DonorId, string[]>();
  for (const donationId of new Set(giftsOf(cover))) {
    const { donorId, orderReference } = gifts.get(donationId) ?? {};
    if (!donorId) continue;
    const pledge = orderReference ? pledges.get(orderReference) : undefined;
    const known = givers.get(donorId) ?? [];
    givers.set(donorId, pledge && !known.includes(pledge.orderReference) ? [...known, pledge.orderReference] : known);
  }
  return givers;
}
