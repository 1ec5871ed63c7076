/** The groups of every figure sum to its total, and every month of cover has exactly one fate. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cover } from '../../shared/domain/cover.ts';
import { addDays, addMonths, type CivilDate, type Instant, instantOfDate } from '../../shared/domain/dates.ts';
import { DIMENSIONS } from '../../shared/domain/group-names.ts';
import { coverIdOf, digest, type WorkerId } from '../../shared/domain/ids.ts';
import { MetricsCounter, type MetricsWorker, type WorkerLife } from '../../shared/domain/metrics.ts';
import { coverFrom, workerOf } from '../support/lives.ts';

const START = '2026-11-20' as CivilDate;
const day = fc.integer({ min: 0, max: 700 }).map((days) => addDays(START, days));
const GIVERS = ['don_a', 'don_b', 'don_c', 'don_unknown'];
const FATES = ['used', 'toCome', 'lapsed', 'givenBack'] as const;
const ENDINGS = [
  'selfPaidBeforeEnd',
  'selfPaidInGrace',
  'selfPaidAfterLapse',
  'renewedByDonor',
  'inGrace',
  'lapsed',
] as const;

interface Sketch {
  readonly state: Cover['state'];
  readonly fund: string;
  readonly from: CivilDate;
  readonly termMonths: number;
  readonly givers: string[];
  readonly keptMonths: number;
  readonly renewsLast: boolean;
}

const sketch: fc.Arbitrary<Sketch> = fc.record({
  state: fc.constantFrom<Cover['state']>(
    'active',
    'active',
    'active',
    'reserved',
    'rejected',
    'deceased',
    'withdrawn',
    'cancelled',
  ),
  fund: fc.constantFrom('general', 'csr', 'self', 'self-0123456789'),
  from: day,
  termMonths: fc.integer({ min: 1, max: 12 }),
  givers: fc.uniqueArray(fc.constantFrom(...GIVERS), { minLength: 1 }),
  keptMonths: fc.integer({ min: 0, max: 12 }),
  renewsLast: fc.boolean(),
});

function coverOf(workerId: WorkerId, ordinal: number, { state, from, keptMonths, renewsLast, ...rest }: Sketch): Cover {
  const links = renewsLast && ordinal > 1 ? { renews: coverIdOf(workerId, ordinal - 1), continuesFrom: from } : {};
  const whole = coverFrom({ ordinal, from, workerId, state, ...links, ...rest });
  if (state === 'reserved' || state === 'rejected') {
    const { startDate: _startDate, endDate: _endDate, acceptedAt: _acceptedAt, ...unstarted } = whole;
    return unstarted;
  }
  if (state === 'active') return whole;
  const months = whole.months.slice(0, Math.min(keptMonths, rest.termMonths));
  return { ...whole, months, endedOn: addMonths(from, months.length), endDate: addMonths(from, months.length) };
}

const worker: fc.Arbitrary<Partial<MetricsWorker>> = fc.record({
  region: fc.constantFrom('33.72', '33.01', '11.05'),
  occupation: fc.constantFrom('ojek', 'buruh'),
  disability: fc.boolean(),
  state: fc.constantFrom('waiting', 'withdrawn'),
  waitingSince: day.map((since) => instantOfDate(since)) as fc.Arbitrary<Instant>,
});

const lives = fc.array(fc.tuple(worker, fc.array(sketch, { maxLength: 4 })), { maxLength: 20 }).map((people) =>
  people.map(([changes, sketches], index): WorkerLife => {
    const workerId = `wrk_${digest(`${index}`)}` as WorkerId;
    const covers = sketches.map((each, ordinal) => coverOf(workerId, ordinal + 1, each));
    return { worker: workerOf({ ...changes, workerId }), covers };
  }),
);

function reportOf(given: readonly WorkerLife[], today: CivilDate, from: CivilDate | null, to: CivilDate | null) {
  const counter = new MetricsCounter(today, { from, to }, DIMENSIONS, {
    giftOf: (id) =>
      id === 'don_unknown'
        ? undefined
        : { donorId: id === 'don_c' ? null : id, channel: 'qris', paidAt: instantOfDate(START) },
    armOf: (_cover, { workerId }) => (workerId < 'wrk_8' ? 'cmp_1/a' : null),
    channelOf: () => null,
  });
  for (const life of given) counter.take(life);
  return counter.conclude();
}

type Numbers = Readonly<Record<string, unknown>>;

/** Of everything in a cell that can be added up. */
function sumOf(cells: readonly object[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const cell of cells as readonly Numbers[])
    for (const [name, value] of Object.entries(cell))
      if (typeof value === 'number' && !/Share$|Days$/.test(name)) sums[name] = (sums[name] ?? 0) + value;
  return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0));
}

describe('the figures', () => {
  it('of groups sum to the total in every dimension, whatever the period', () => {
    fc.assert(
      fc.property(lives, day, fc.option(day), fc.option(day), (given, today, from, to) => {
        const report = reportOf(given, today, from, to);
        for (const table of [report.conversion, report.months, report.giftToCover])
          for (const dimension of DIMENSIONS) expect(sumOf(table.by[dimension] ?? [])).toEqual(sumOf([table.total]));
        for (const dimension of ['region', 'occupation', 'disability'] as const)
          for (const part of ['covered', 'stillWaiting'] as const) {
            const groups = (report.waiting.by[dimension] ?? []).map((group) => group[part]);
            expect(sumOf(groups)).toEqual(sumOf([report.waiting.total[part]]));
          }
      }),
      { numRuns: 150 },
    );
  });

  it('give every month bought one fate, and every cover that ended one ending', () => {
    fc.assert(
      fc.property(lives, day, (given, today) => {
        const { months, conversion } = reportOf(given, today, null, null);
        const bought = given.flatMap(({ covers }) => covers).reduce((sum, { termMonths }) => sum + termMonths, 0);
        expect(months.total.bought).toBe(bought);
        expect(FATES.reduce((sum, fate) => sum + months.total[fate], 0)).toBe(bought);
        expect(ENDINGS.reduce((sum, ending) => sum + conversion.total[ending], 0)).toBe(conversion.total.ended);
        expect(Number.isInteger(months.total.usedRupiah)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('of two periods that meet sum to those of both', () => {
    fc.assert(
      fc.property(lives, day, day, (given, today, cut) => {
        const [before, after, both] = [
          reportOf(given, today, null, cut),
          reportOf(given, today, cut, null),
          reportOf(given, today, null, null),
        ];
        expect(sumOf([before.conversion.total, after.conversion.total])).toEqual(sumOf([both.conversion.total]));
        for (const part of ['bought', 'usedRupiah', ...FATES] as const)
          expect(before.months.total[part] + after.months.total[part]).toBe(both.months.total[part]);
        expect(before.giftToCover.total.count + after.giftToCover.total.count).toBe(both.giftToCover.total.count);
      }),
      { numRuns: 150 },
    );
  });

  it('do not depend on the order in which the rows come', () => {
    fc.assert(
      fc.property(lives, day, (given, today) => {
        expect(reportOf(given.toReversed(), today, null, null)).toEqual(reportOf(given, today, null, null));
      }),
      { numRuns: 100 },
    );
  });
});
