/** Whatever fails and whenever a run comes, a donor is told once at most for a month, and always told or noted (I7). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DigestDonorsDependencies, digestDonors } from '../../functions/digest-donors/digest-donors.ts';
import type { Cover } from '../../shared/domain/cover.ts';
import { addDays, type CivilDate, type CivilMonth, type Instant, instantOfDate } from '../../shared/domain/dates.ts';
import { digestIdOf, endMonthOf } from '../../shared/domain/digest.ts';
import type { Donation } from '../../shared/domain/donation.ts';
import type { DonorId } from '../../shared/domain/donor.ts';
import type { CohortId, DonationId, WorkerId } from '../../shared/domain/ids.ts';
import { PUBLISHED_TARIFF } from '../../shared/domain/tariff.ts';
import { Transient } from '../../shared/errors.ts';
import { SILENT_METER } from '../../shared/logger.ts';
import type { StoredCohort } from '../../shared/store/cohorts.ts';
import type { DigestName, ToldMonth } from '../../shared/store/digests.ts';
import { coverFrom } from '../support/lives.ts';

const FIRST = '2026-12-01' as CivilDate;
const LAST = addDays(FIRST, 260);
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Where a process may die: before or after the thing was done. */
type Death = 'lives' | 'before' | 'after';
const death = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Death>('lives') },
  fc.constantFrom<Death>('before', 'after'),
);

/** Covers of a few donors, each of a cohort of its own. */
const ending = fc.array(
  fc.record({ donor: fc.integer({ min: 0, max: 3 }), startsAfter: fc.integer({ min: 0, max: 60 }) }),
  {
    minLength: 1,
    maxLength: 8,
  },
);
const scenario = fc.record({
  covers: ending,
  /** Days between runs: every day, or after an outage. */
  pauses: fc.array(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 70 })), { minLength: 5, maxLength: 40 }),
  deaths: fc.array(death, { minLength: 200, maxLength: 200 }),
});

interface DigestRow {
  state: string;
  claimedAt?: Instant;
}

class World {
  readonly rows = new Map<string, DigestRow>();
  readonly sent: string[] = [];
  readonly told = new Map<CivilMonth, ToldMonth>();
  readonly sentOn = new Map<string, CivilDate>();
  today = FIRST;
  readonly #covers: readonly Cover[];
  readonly #deaths: Death[];

  constructor(covers: readonly Cover[], deaths: readonly Death[]) {
    this.#covers = covers;
    this.#deaths = [...deaths];
  }

  async #mayDie<Answer>(work: () => Answer): Promise<Answer> {
    const fate = this.#deaths.shift() ?? 'lives';
    if (fate === 'before') throw new Transient('throttled');
    const answer = work();
    if (fate === 'after') throw new Transient('throttled');
    return answer;
  }

  dependencies(): DigestDonorsDependencies {
    const name = ({ donorId, endMonth }: DigestName) => `${donorId} ${endMonth}`;
    return {
      now: () => instantOfDate(this.today, 10),
      listCohorts: async () => this.#covers.map(cohortOf),
      coversOfShard: (cohortId) => pageOf(this.#covers, cohortId),
      renewableCovers: async (covers) => covers,
      readDonations: async (ids) => new Map(ids.map((id) => [id, donationOf(id)])),
      readPledges: async () => new Map(),
      tariffInForce: () => PUBLISHED_TARIFF,
      toldMonths: async () => this.told,
      noteTold: (month, told) => this.#mayDie(() => void this.told.set(month, told)),
      claimDigest: (given, _facts, at) =>
        this.#mayDie(() => {
          const row = this.rows.get(name(given));
          if (row)
            return row.claimedAt
              ? { outcome: 'again' as const, claimedAt: row.claimedAt }
              : { outcome: 'settled' as const };
          this.rows.set(name(given), { state: 'claimed', claimedAt: at });
          return { outcome: 'ours' as const };
        }),
      settleDigest: (given, { state }) => this.#mayDie(() => void this.rows.set(name(given), { state })),
      readDonor: async () => ({ email: 'donatur@derma.example' }),
      suppressedOn: async () => new Map(),
      messaging: {
        send: ({ key }) =>
          this.#mayDie(() => {
            this.sent.push(key);
            this.sentOn.set(key, this.today);
            return { outcome: 'sent' as const, providerReference: key };
          }),
        find: async (key) => (this.sent.includes(key) ? { outcome: 'sent', providerReference: key } : null),
      },
      publicUrl: () => null,
      log: SILENT,
      meter: SILENT_METER,
    };
  }
}

const cohortIdOf = (index: number) => `cohort-${index}` as CohortId;
function cohortOf({ startDate, endDate, cohortId }: Cover): StoredCohort {
  return { cohortId, startDate, endDate, termMonths: 3, group: 0, shards: 1, lastJoinedAt: '' } as StoredCohort;
}
async function* pageOf(covers: readonly Cover[], cohortId: CohortId): AsyncGenerator<Cover[]> {
  yield covers.filter((cover) => cover.cohortId === cohortId);
}
const donorOf = (donationId: string) => `dnr_${donationId.slice('don_'.length)}` as DonorId;
function donationOf(donationId: DonationId): Donation {
  return { donationId, donorId: donorOf(donationId), pledgeId: null, orderReference: null } as Donation;
}

describe('digests', () => {
  it('go out once at most, in their time, and none is forgotten', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ covers: given, pauses, deaths }) => {
        const covers = given.map(({ donor, startsAfter }, index) =>
          coverFrom({
            from: addDays(FIRST, startsAfter),
            workerId: `wrk_${index}` as WorkerId,
            givers: [`don_${donor}`],
            cohortId: cohortIdOf(index),
          }),
        );
        const world = new World(covers, deaths);
        for (const pause of pauses) {
          world.today = addDays(world.today, pause);
          await digestDonors(world.dependencies()).catch(() => undefined);
        }
        expect(new Set(world.sent).size).toBe(world.sent.length);
        // In the end everything works again, for as many runs as there were deaths left.
        for (world.today = LAST; world.today < addDays(LAST, 300); world.today = addDays(world.today, 1))
          if (
            await digestDonors(world.dependencies()).then(
              () => true,
              () => false,
            )
          )
            break;
        expect(new Set(world.sent).size).toBe(world.sent.length);
        for (const { endDate, months } of covers) {
          const donorId = donorOf(months[0]!.shares[0]!.donationId);
          const endMonth = endMonthOf(endDate!);
          const on = world.sentOn.get(digestIdOf(donorId, endMonth));
          expect(world.rows.get(`${donorId} ${endMonth}`)).toEqual({ state: on ? 'sent' : 'skipped' });
          if (on) expect(on >= addDays(`${endMonth}-01` as CivilDate, -30) && on.slice(0, 7) <= endMonth).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});
