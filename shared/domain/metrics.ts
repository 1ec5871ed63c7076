/**
 * The figures the programme is judged by, counted from rows alone: who went on by paying alone, months of cover and what
 * became of them, how long it took. Fed one worker's whole life at a time, in any order; memory grows with the number of
 * groups, never with the number of workers. Every cover counts in exactly one group of a dimension, so groups sum to the
 * total.
 */
import type { Cover } from './cover.ts';
import { type Ending, endingOf, monthsSeen } from './cover-fates.ts';
import { type CivilDate, civilDateOf, daysBetween, type Instant } from './dates.ts';
import { Days, type DaysSummary } from './days.ts';
import { fundClassOf } from './fund.ts';
import { type Dimension, NO_GROUP } from './group-names.ts';
import { cohortIdOf } from './lifecycle.ts';
import { Cells, type GroupFinder, isWithin, type MetricsTable, type Period } from './metrics-table.ts';
import type { WorkerRow } from './worker.ts';

export type MetricsWorker = Pick<
  WorkerRow,
  'workerId' | 'region' | 'occupation' | 'sector' | 'disability' | 'state' | 'waitingSince'
>;

export interface WorkerLife {
  readonly worker: MetricsWorker;
  /** First to last. */
  readonly covers: readonly Cover[];
}

export interface Gift {
  /** Null where no contact was left. */
  readonly donorId: string | null;
  readonly channel: string;
  readonly paidAt: Instant;
}

/** What stands in other rows than those of the worker. */
export interface Surroundings {
  readonly giftOf: (donationId: string) => Gift | undefined;
  /** `cmp_…/arm`, null where no campaign had the cover. */
  readonly armOf: (cover: Cover, worker: MetricsWorker) => string | null;
  /** The channel of the last reminder that went out. */
  readonly channelOf: (cover: Cover) => string | null;
}

/** Donated covers by what came of them when they ended: the endings sum to `ended`. */
export type Conversion = Record<'ended' | Ending, number>;

/** The months of covers, by the day begun; the fates sum to what was bought. */
export interface Months {
  covers: number;
  bought: number;
  used: number;
  toCome: number;
  lapsed: number;
  givenBack: number;
  /** The price of the months used: what the givers' money became. */
  usedRupiah: number;
}

class Waiting {
  readonly covered = new Days();
  readonly stillWaiting = new Days();
}

export type ConversionShown = Conversion & {
  readonly selfPaid: number;
  /** Of those ended; null where none did. */
  readonly selfPaidShare: number | null;
};

export interface WaitingShown {
  /** From joining the queue to the acceptance of the cover it led to. */
  readonly covered: DaysSummary;
  /** Of those still waiting, up to today. */
  readonly stillWaiting: DaysSummary;
}

export interface MetricsReport {
  readonly today: CivilDate;
  readonly period: Period;
  readonly conversion: MetricsTable<ConversionShown>;
  /** Donated covers that ended before their time (death, withdrawal): in no conversion. */
  readonly endedEarly: number;
  readonly months: MetricsTable<Months>;
  /** From the oldest gift in a cover to the day the registrar accepted it. */
  readonly giftToCover: MetricsTable<DaysSummary>;
  /** By what is known of a worker: region, occupation, disability. */
  readonly waiting: MetricsTable<WaitingShown>;
}

const newConversion = (): Conversion => ({
  ended: 0,
  selfPaidBeforeEnd: 0,
  selfPaidInGrace: 0,
  selfPaidAfterLapse: 0,
  renewedByDonor: 0,
  inGrace: 0,
  lapsed: 0,
});

const newMonths = (): Months => ({
  covers: 0,
  bought: 0,
  used: 0,
  toCome: 0,
  lapsed: 0,
  givenBack: 0,
  usedRupiah: 0,
});

export class MetricsCounter {
  readonly #today: CivilDate;
  readonly #period: Period;
  readonly #around: Surroundings;
  readonly #conversion: Cells<Conversion>;
  readonly #months: Cells<Months>;
  readonly #giftToCover: Cells<Days>;
  readonly #waiting: Cells<Waiting>;
  #endedEarly = 0;

  /** @param period of the days covers end, months begin and covers are accepted; who still waits is told of today */
  constructor(today: CivilDate, period: Period, dimensions: readonly Dimension[], around: Surroundings) {
    this.#today = today;
    this.#period = period;
    this.#around = around;
    this.#conversion = new Cells(dimensions, newConversion);
    this.#months = new Cells(dimensions, newMonths);
    this.#giftToCover = new Cells(dimensions, () => new Days());
    this.#waiting = new Cells(dimensions, () => new Waiting());
  }

  take(life: WorkerLife): void {
    this.#takeWaiting(life);
    for (const cover of life.covers) {
      const groupOf = groupsOf(cover, life.worker, this.#around);
      this.#takeMonths(cover, groupOf);
      if (fundClassOf(cover.fundId) === 'self') continue;
      this.#takeGifts(cover, groupOf);
      this.#takeEnding(cover, life, groupOf);
    }
  }

  conclude(): MetricsReport {
    return {
      today: this.#today,
      period: this.#period,
      conversion: this.#conversion.table(shownConversion),
      endedEarly: this.#endedEarly,
      months: this.#months.table((cell) => ({ ...cell })),
      giftToCover: this.#giftToCover.table((days) => days.summary()),
      waiting: this.#waiting.table(({ covered, stillWaiting }) => ({
        covered: covered.summary(),
        stillWaiting: stillWaiting.summary(),
      })),
    };
  }

  #takeEnding(cover: Cover, { covers }: WorkerLife, groupOf: GroupFinder): void {
    const { endDate, endedOn, state } = cover;
    if (endedOn !== undefined && this.#isDue(endedOn)) this.#endedEarly += 1;
    if (state !== 'active' || endDate === undefined || !this.#isDue(endDate)) return;
    const ending = endingOf(cover, covers, this.#today);
    for (const cell of this.#conversion.of(groupOf)) {
      cell.ended += 1;
      cell[ending] += 1;
    }
  }

  #takeMonths(cover: Cover, groupOf: GroupFinder): void {
    const months = monthsSeen(cover, this.#today).filter(({ begins }) => isWithin(begins, this.#period));
    if (months.length === 0) return;
    for (const cell of this.#months.of(groupOf)) {
      cell.covers += 1;
      for (const { fate, priceRupiah } of months) {
        cell.bought += 1;
        cell[fate] += 1;
        if (fate === 'used') cell.usedRupiah += priceRupiah;
      }
    }
  }

  #takeGifts(cover: Cover, groupOf: GroupFinder): void {
    const { acceptedAt } = cover;
    const [oldest] = giftsOf(cover, this.#around)
      .map(({ gift }) => gift.paidAt)
      .sort();
    if (acceptedAt === undefined || oldest === undefined || !isWithin(civilDateOf(acceptedAt), this.#period)) return;
    const days = daysBetween(civilDateOf(oldest), civilDateOf(acceptedAt));
    for (const cell of this.#giftToCover.of(groupOf)) cell.add(days);
  }

  #takeWaiting({ worker, covers }: WorkerLife): void {
    const since = civilDateOf(worker.waitingSince);
    const cells = () => this.#waiting.of((dimension) => workerGroup(dimension, worker));
    const led = covers.find(({ acceptedAt, reservedAt }) => acceptedAt && reservedAt >= worker.waitingSince);
    if (led?.acceptedAt) {
      const accepted = civilDateOf(led.acceptedAt);
      if (isWithin(accepted, this.#period)) for (const cell of cells()) cell.covered.add(daysBetween(since, accepted));
    } else if (worker.state === 'waiting')
      for (const cell of cells()) cell.stillWaiting.add(daysBetween(since, this.#today));
  }

  /** The day has come, and lies in the period asked for. */
  #isDue(day: CivilDate): boolean {
    return day <= this.#today && isWithin(day, this.#period);
  }
}

interface GiftShare {
  readonly gift: Gift;
  readonly amountRupiah: number;
}

/** The gifts that paid for a cover, in the order of their first share, each with all it gave. */
function giftsOf(cover: Cover, { giftOf }: Surroundings): GiftShare[] {
  const amounts = new Map<string, number>();
  for (const { shares } of cover.months)
    for (const { donationId, amountRupiah } of shares)
      amounts.set(donationId, (amounts.get(donationId) ?? 0) + amountRupiah);
  return [...amounts].flatMap(([donationId, amountRupiah]) => {
    const gift = giftOf(donationId);
    return gift ? [{ gift, amountRupiah }] : [];
  });
}

/** The gift that gave most, of equal ones the first: a cover of many donors counts once. */
function mainGift(cover: Cover, around: Surroundings): Gift | undefined {
  const shares = giftsOf(cover, around);
  const most = Math.max(...shares.map(({ amountRupiah }) => amountRupiah));
  return shares.find(({ amountRupiah }) => amountRupiah === most)?.gift;
}

/** As cohorts are called, without their technical groups. */
function cohortGroup({ startDate, termMonths }: Cover): string | undefined {
  return startDate && cohortIdOf(startDate, termMonths, 0).replace(/-g\d+$/, '');
}

function disabilityGroup({ disability }: MetricsWorker): string {
  return disability ? 'yes' : 'no';
}

function groupsOf(cover: Cover, worker: MetricsWorker, around: Surroundings): GroupFinder {
  const groups: Readonly<Record<Dimension, () => string | null | undefined>> = {
    cohort: () => cohortGroup(cover),
    arm: () => around.armOf(cover, worker),
    region: () => cover.region,
    donor: () => mainGift(cover, around)?.donorId,
    channel: () => around.channelOf(cover),
    giftChannel: () => mainGift(cover, around)?.channel,
    occupation: () => worker.occupation,
    disability: () => disabilityGroup(worker),
  };
  return (dimension) => groups[dimension]() ?? NO_GROUP;
}

/** Whoever waits has no cover yet: only what is known of the worker tells groups apart. */
function workerGroup(dimension: Dimension, worker: MetricsWorker): string | undefined {
  if (dimension === 'region') return worker.region;
  if (dimension === 'occupation') return worker.occupation;
  return dimension === 'disability' ? disabilityGroup(worker) : undefined;
}

function shownConversion(cell: Conversion): ConversionShown {
  const selfPaid = cell.selfPaidBeforeEnd + cell.selfPaidInGrace + cell.selfPaidAfterLapse;
  const share = cell.ended === 0 ? null : Math.round((selfPaid / cell.ended) * 10_000) / 10_000;
  return { ...cell, selfPaid, selfPaidShare: share };
}
