/**
 * How a worker goes on by paying: from which day, what each period costs month by month, and why not where not. What is
 * paid is a donation into a fund that only this worker has (class `self`), one for each period: it buys that period when
 * it reaches its price. What is missing or over waits, and helps whatever period the worker chooses next: the funds are
 * one purse. A payment counts however late it comes, at the price of the day it is spent.
 */
import { type Cover, coverWindow, EXPIRING_DAYS, graceEndOf } from './cover.ts';
import {
  addDays,
  addSeconds,
  type CivilDate,
  type CivilMonth,
  civilDateOf,
  daysBetween,
  type Instant,
  monthOf,
} from './dates.ts';
import { type FundDescriptor, fundIdOf } from './fund.ts';
import { type CoverId, digest, type FundId, type WorkerId } from './ids.ts';
import { minimumRupiah, type Rupiah, subtractRupiah, ZERO_RUPIAH } from './money.ts';
import type { ReasonCode } from './reasons.ts';
import { type Package, type PricedMonth, priceTerm, type Tariff, totalOf } from './tariff.ts';
import type { WorkerRow } from './worker.ts';

/** Months one payment may buy. The longest is also how far ahead prices are shown. */
export const SELF_PAY_PERIODS = [1, 2, 3, 6, 12] as const;
export type SelfPayPeriod = (typeof SELF_PAY_PERIODS)[number];

/** Begins every order reference of this kind, so that no gift is looked for here. */
export const SELF_PAY_PREFIX = 'GNS-';

export interface SelfPayOrder {
  readonly orderReference: string;
  readonly workerId: WorkerId;
  /** The cover it goes on from. */
  readonly coverId: CoverId;
  readonly package: Package;
  readonly termMonths: SelfPayPeriod;
  /** What was missing for the period on the day of the order. */
  readonly amountRupiah: Rupiah;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
}

/** The fund of one worker for one period. */
export function selfFund(workerId: WorkerId, cover: Package, termMonths: number): FundDescriptor {
  return { fundClass: 'self', package: cover, termMonths, startMonth: null, earmark: { workers: [workerId] } };
}

/** The funds whose waiting money may buy for a fund: its own, or all of the worker whose own money it is. */
export function purseOf(fundId: FundId, descriptor: FundDescriptor): FundId[] {
  if (descriptor.fundClass !== 'self') return [fundId];
  return SELF_PAY_PERIODS.map((termMonths) => fundIdOf({ ...descriptor, termMonths }));
}

export interface PayingWorker extends Pick<WorkerRow, 'workerId' | 'state' | 'sector' | 'paidMonths'> {
  /** Waits for cover like one who never had any: brought back after a lapse, or after what ended the last cover. */
  readonly isInLine: boolean;
}

export type SelfPayStanding =
  /** `from` null: cover had lapsed, so the next starts with acceptance. */
  | { readonly outcome: 'payable'; readonly cover: Cover; readonly from: CivilDate | null }
  | {
      readonly outcome: 'refused';
      readonly reason: ReasonCode;
      /** First day no longer covered, where there is cover ahead. */
      readonly coveredUntil: CivilDate | null;
      /** From this day on the worker may pay again. */
      readonly payableFrom: CivilDate | null;
    };

const LEFT: Partial<Record<Cover['state'] | WorkerRow['state'], ReasonCode>> = {
  deceased: 'worker_deceased',
  withdrawn: 'worker_withdrawn',
};

function refused(reason: ReasonCode, coveredUntil: CivilDate | null = null, payableFrom: CivilDate | null = null) {
  return { outcome: 'refused', reason, coveredUntil, payableFrom } as const;
}

/**
 * Before the end and in grace the next cover goes on from the end, after a lapse it starts anew (domain 2.5).
 *
 * @param covers all of the worker, first to last
 * @param linked the cover whose link was opened
 */
export function selfPayStanding(
  worker: PayingWorker,
  covers: readonly Cover[],
  linked: CoverId,
  today: CivilDate,
): SelfPayStanding {
  const latest = covers.at(-1);
  const left = LEFT[worker.state] ?? (latest && LEFT[latest.state]);
  if (left) return refused(left);
  if (!latest) return refused('not_found');
  if (worker.isInLine) return { outcome: 'payable', cover: latest, from: null };
  if (latest.state === 'reserved') return refused('cover_renewed', plannedEnd(latest));
  const { startDate, endDate } = latest;
  // A person must look at it first: money for it would go round for ever.
  if (latest.state !== 'active' || !startDate || !endDate) return refused(latest.reason ?? 'cover_ended_early');
  const payableFrom = addDays(endDate, -payableDays(startDate, endDate));
  // Who opens the link of an older cover paid already; that one pays again when the new cover nears its end.
  if (latest.coverId !== linked && today < payableFrom) return refused('cover_renewed', endDate, payableFrom);
  const inGrace = today < graceEndOf(startDate, latest.months.length, latest.anchorDay);
  return { outcome: 'payable', cover: latest, from: inGrace || latest.claimOpenSince ? endDate : null };
}

/** The last thirty days, of a shorter cover its second half. */
function payableDays(startDate: CivilDate, endDate: CivilDate): number {
  return Math.min(EXPIRING_DAYS, Math.floor(daysBetween(startDate, endDate) / 2));
}

function plannedEnd({ continuesFrom, months, anchorDay }: Cover): CivilDate | null {
  return continuesFrom ? coverWindow(continuesFrom, months.length, anchorDay).endDate : null;
}

export interface SelfPayOffer {
  readonly termMonths: SelfPayPeriod;
  readonly months: readonly PricedMonth[];
  readonly priceRupiah: Rupiah;
  /** Paid already and not spent, for whatever period. */
  readonly creditRupiah: Rupiah;
  /** What is to be paid now; nothing where the credit reaches the price. */
  readonly dueRupiah: Rupiah;
  /** Null: it can be bought. */
  readonly refusal: ReasonCode | null;
}

export function selfPayOffers(
  worker: PayingWorker,
  { cover, from }: Extract<SelfPayStanding, { outcome: 'payable' }>,
  creditRupiah: Rupiah,
  today: CivilDate,
  tariff: Tariff,
): SelfPayOffer[] {
  const firstMonth: CivilMonth = monthOf(from ?? today);
  return SELF_PAY_PERIODS.map((termMonths) => {
    const months = priceTerm(cover.package, worker.sector, firstMonth, termMonths, tariff);
    const priceRupiah = totalOf(months);
    const dueRupiah = subtractRupiah(priceRupiah, minimumRupiah(priceRupiah, creditRupiah));
    const refusal = months.some(({ month }) => worker.paidMonths.has(month)) ? 'already_covered' : null;
    return { termMonths, months, priceRupiah, creditRupiah, dueRupiah, refusal };
  });
}

/**
 * Whether a payment is on its way to the months it was made for, so that another would buy more than was wanted.
 *
 * @param waiting what waits in the worker's funds, by the period it was paid for
 */
export function isOnItsWay(offers: readonly SelfPayOffer[], waiting: ReadonlyMap<number, Rupiah>): boolean {
  return offers.some(
    ({ termMonths, priceRupiah, refusal }) => !refusal && (waiting.get(termMonths) ?? ZERO_RUPIAH) >= priceRupiah,
  );
}

/** Long enough for a person who is paid by the week; a virtual account of a bank may live so long. */
const VALID_SECONDS = 7 * 86_400;

/**
 * The order that follows another of the same worker and period (null: it is the first). Its reference is made from
 * both, so two requests at once make the same order and not two.
 */
export function orderAfter(
  previous: Pick<SelfPayOrder, 'orderReference'> | null,
  wanted: Pick<SelfPayOrder, 'workerId' | 'coverId' | 'package' | 'termMonths' | 'amountRupiah'>,
  createdAt: Instant,
): SelfPayOrder {
  const name = `${wanted.workerId}:${wanted.termMonths}:${previous?.orderReference ?? ''}`;
  const orderReference = `${SELF_PAY_PREFIX}${civilDateOf(createdAt).replaceAll('-', '')}-${digest(name, 10).toUpperCase()}`;
  const expiresAt = addSeconds(createdAt, VALID_SECONDS);
  return { ...wanted, orderReference, createdAt, expiresAt };
}

/** It asks for what is missing still, and may be paid. */
export function isOpenOrder(order: SelfPayOrder, dueRupiah: Rupiah, at: Instant): boolean {
  return at < order.expiresAt && order.amountRupiah === dueRupiah;
}
