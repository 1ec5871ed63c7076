/** I8 over random lives: whatever happens to workers, gifts and tariffs, every cover is what its events make of it. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ReportedEvent, reportLifeEvent } from '../../functions/serve-operators/report-life-event.ts';
import { sendToFund } from '../../shared/adapters/queues.ts';
import { operatorIdOf } from '../../shared/domain/cash-receipt.ts';
import { differences, replay } from '../../shared/domain/cover-events.ts';
import { addDays, type CivilDate, civilDateOf, instantOfDate } from '../../shared/domain/dates.ts';
import type { CoverId } from '../../shared/domain/ids.ts';
import { groupOf } from '../../shared/domain/lifecycle.ts';
import { Permanent } from '../../shared/errors.ts';
import { reactivate } from '../../shared/reactivation.ts';
import { coverHistory } from '../../shared/store/cover-history.ts';
import { coversOfWorker, readCover } from '../../shared/store/covers.ts';
import { readLifeEvent, recordLifeEvent } from '../../shared/store/life-events.ts';
import { readWorker } from '../../shared/store/workers.ts';
import { addWorkers, give, workerIdOf } from '../support/people-and-gifts.ts';
import { TestSystem } from '../support/test-system.ts';

let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());

const WORKERS = 3;
const OPERATOR = operatorIdOf({ name: 'Bu Ratna' });
const SETTINGS = { lifecycle: { groups: 2, shards: 1 } };

type Step =
  | { readonly does: 'days pass'; readonly days: number }
  | { readonly does: 'gift'; readonly amount: number }
  | { readonly does: 'report'; readonly worker: number; readonly kind: ReportedEvent['kind']; readonly inDays: number }
  | { readonly does: 'reactivate'; readonly worker: number }
  | { readonly does: 'decree'; readonly percent: number };

const worker = fc.nat({ max: WORKERS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ does: fc.constant('days pass' as const), days: fc.integer({ min: 1, max: 45 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('gift' as const), amount: fc.integer({ min: 5_000, max: 160_000 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('report' as const),
      worker,
      kind: fc.constantFrom('deceased', 'withdrawn', 'claim_opened', 'claim_closed', 'wage_earning', 'government_paid'),
      inDays: fc.integer({ min: -40, max: 40 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('reactivate' as const), worker }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('decree' as const), percent: fc.constantFrom(10, 30, 60, 80, 130, 200) }),
  },
);

class Lives {
  readonly #decrees: object[] = [];
  #gifts = 0;

  async take(one: Step): Promise<void> {
    await this.#do(one);
    await system.drain();
  }

  async #do(one: Step): Promise<unknown> {
    const now = system.now();
    switch (one.does) {
      case 'days pass':
        system.setClock(Date.parse(instantOfDate(addDays(civilDateOf(now), one.days), 1)) + 300_000);
        return system.sweep();
      case 'gift':
        this.#gifts += 1;
        return give(system, { paymentId: `p${this.#gifts}`, amount: one.amount });
      case 'reactivate': {
        const by = { at: now, by: `operator:${now}`, recordedBy: OPERATOR, alsoWithdrawn: true };
        return reactivate(workerIdOf(one.worker), by);
      }
      case 'decree':
        return this.#publish(one.percent);
      case 'report':
        return report(one).catch((error: unknown) => {
          // What cannot have happened is refused; everything else must be taken.
          if (!(error instanceof Permanent)) throw error;
        });
    }
  }

  /** From tomorrow on, for all months. */
  #publish(percent: number): void {
    this.#decrees.push({
      programmes: ['JKK', 'JKM'],
      sectors: ['non_transport'],
      fromMonth: '2027-01',
      throughMonth: '2035-12',
      percent,
      publishedOn: addDays(civilDateOf(system.now()), 1),
      source: `decree ${this.#decrees.length + 1}`,
    });
    process.env.SETTINGS = JSON.stringify({ ...SETTINGS, tariff: { adjustments: this.#decrees } });
  }
}

function report({ worker: number, kind, inDays }: Extract<Step, { does: 'report' }>) {
  const on = addDays(civilDateOf(system.now()), inDays) as CivilDate;
  const reported = { kind, on, ...(kind === 'government_paid' ? { months: 2 } : {}) };
  return reportLifeEvent(workerIdOf(number), reported, OPERATOR, {
    now: () => system.now(),
    readWorker,
    coversOfWorker,
    readLifeEvent,
    recordLifeEvent,
    sendToFund,
  });
}

/** As a person is told the history of a cover, one by one. */
async function differencesOf(coverId: CoverId): Promise<string[]> {
  const cover = await readCover(coverId);
  if (!cover) return ['is gone'];
  const { anchorDay, cohortId } = cover;
  const identity = { coverId, group: cohortId ? groupOf(cohortId) : 0, ...(anchorDay ? { anchorDay } : {}) };
  return differences(cover, replay(identity, await coverHistory(cover)));
}

it('every life ends with proved books, and every cover is the replay of its history', {
  timeout: 120_000,
}, async () => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 24 }), async (steps) => {
      system.newWorld({ startsAt: '2027-01-29T18:10:00.000Z', settings: SETTINGS });
      await addWorkers(
        system,
        Array.from({ length: WORKERS }, () => ({})),
      );
      const lives = new Lives();
      await lives.take({ does: 'gift', amount: 110_000 });
      for (const one of [...steps, { does: 'days pass', days: 2 } as const]) await lives.take(one);
      expect(await system.prove()).toMatchObject({ holds: true });
      expect(system.dead()).toEqual([]);
      for (const { coverId, state } of system.rows('cover')) {
        expect(await differencesOf(coverId as CoverId)).toEqual([]);
        seen.set(state as string, (seen.get(state as string) ?? 0) + 1);
      }
    }),
    { numRuns: 60 },
  );
  // The lives were lives: all of these came about.
  for (const state of ['active', 'deceased', 'withdrawn', 'cancelled']) expect(seen.get(state)).toBeGreaterThan(0);
});
