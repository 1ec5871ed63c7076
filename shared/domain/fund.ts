/**
 * A fund is money of one class for one purpose: class, package, term, start month and earmark. Gifts of the same
 * purpose pool their remainders; gifts of different purposes never do (zakat only for mustahik, domain rule 3.2.1).
 */
import { type CivilDate, type CivilMonth, monthOf } from './dates.ts';
import { type CoverId, digest, type FundId, type WorkerId } from './ids.ts';
import type { Package, Sector } from './tariff.ts';

/** `self`: what a worker pays for the own cover; it buys nobody else's. */
export type FundClass = 'general' | 'csr' | 'zakat' | 'self';
export type GiftClass = Exclude<FundClass, 'self'>;

/** What becomes of a hard earmark's money once it has expired; `return`: a person sends it back. */
export const FALLBACKS = ['widen', 'return', 'hold'] as const;
export type Fallback = (typeof FALLBACKS)[number];

export interface Earmark {
  /** Region of domicile, `33` a province, `33.72` a regency. */
  readonly region?: string | undefined;
  readonly occupation?: string | undefined;
  readonly disability?: boolean | undefined;
  /** Named workers, and nobody else. */
  readonly workers?: readonly WorkerId[] | undefined;
  /** The workers an earlier gift covered: the order reference of its pledge. */
  readonly renewalOf?: string | undefined;
  /** `soft`: whom it names first, then anybody the class allows. Absent, or `hard`: whom it names and nobody else. */
  readonly mode?: 'hard' | 'soft' | undefined;
  /** From this day on the fallback holds. */
  readonly expiresOn?: CivilDate | undefined;
  /** Absent: `hold`, it goes on waiting for whom it names. */
  readonly fallback?: Fallback | undefined;
}

export interface FundDescriptor {
  readonly fundClass: FundClass;
  readonly package: Package;
  readonly termMonths: number;
  /** Cover starts in this month at the earliest. */
  readonly startMonth: CivilMonth | null;
  readonly earmark: Earmark;
}

/** What a gift is for; it is never what a worker pays alone. */
export interface GiftPurpose extends FundDescriptor {
  readonly fundClass: GiftClass;
}

export const DEFAULT_PACKAGE: Package = 'JKK_JKM';
export const DEFAULT_TERM_MONTHS = 3;

export function unrestrictedFund(fundClass: GiftClass): GiftPurpose {
  return { fundClass, package: DEFAULT_PACKAGE, termMonths: DEFAULT_TERM_MONTHS, startMonth: null, earmark: {} };
}

/** A fund's id begins with its class. */
export function fundClassOf(fundId: FundId): FundClass {
  return fundId.split('-', 1)[0] as FundClass;
}

/** Of workers' own funds there may be one for every worker and term of a nation, so 40 bits would not tell them apart. */
const DIGITS_OF_PURPOSE: Readonly<Record<FundClass, number>> = { general: 10, csr: 10, zakat: 10, self: 20 };

/** The same purpose always gives the same fund: `general`, or `csr-1f2e3d4c5b` where anything is restricted. */
export function fundIdOf(descriptor: FundDescriptor): FundId {
  const { fundClass, earmark, startMonth, termMonths } = descriptor;
  const restricted = [
    descriptor.package,
    termMonths,
    startMonth,
    earmark.region ?? null,
    earmark.occupation ?? null,
    earmark.disability ?? null,
    earmark.workers ? [...earmark.workers].sort() : null,
    ...laterParts(earmark),
  ];
  const unrestricted = [DEFAULT_PACKAGE, DEFAULT_TERM_MONTHS, null, null, null, null, null];
  if (JSON.stringify(restricted) === JSON.stringify(unrestricted)) return fundClass as string as FundId;
  return `${fundClass}-${digest(JSON.stringify(restricted), DIGITS_OF_PURPOSE[fundClass])}` as FundId;
}

/** Parts of an earmark that came later: where there are none, a fund keeps the id it always had. */
function laterParts({ renewalOf, mode = 'hard', expiresOn, fallback = 'hold' }: Earmark): unknown[] {
  const parts = [renewalOf ?? null, mode, expiresOn ?? null, expiresOn ? fallback : 'hold'];
  return JSON.stringify(parts) === JSON.stringify([null, 'hard', null, 'hold']) ? [] : parts;
}

/** How a worker's next cover goes on from the one before. */
export interface Continuation {
  /** The cover that is renewed. */
  readonly coverId: CoverId;
  /** The day it ends, on which the next one starts; null after a lapse: then it starts with acceptance. */
  readonly from: CivilDate | null;
  /** The day of the month the line of covers is counted from, where it goes on without a gap. */
  readonly anchorDay?: number;
}

/** What the choice of a worker looks at; nothing in it says who the person is. */
export interface Candidate {
  readonly workerId: WorkerId;
  readonly region: string;
  readonly occupation: string;
  readonly sector: Sector;
  readonly disability: boolean;
  readonly mustahik: boolean;
  /** The last month in which the worker is young enough to be registered for the first time. */
  readonly registrableUntilMonth: CivilMonth;
  /** Place in the queue; compares as text. Null: stands in none, and is taken for the cover it has or had. */
  readonly waitingSort: string | null;
  /** Null: not covered before, or waiting like anybody. */
  readonly continues: Continuation | null;
  readonly paidMonths: ReadonlySet<string>;
  readonly coverOrdinal: number;
  /** Covers that donors paid for so far. */
  readonly donatedTerms: number;
  readonly version: number;
}

function inRegion(candidate: Candidate, region: string): boolean {
  return candidate.region === region || candidate.region.startsWith(`${region}.`);
}

/** May this fund's money buy cover for this worker? */
export function fundAllows(descriptor: FundDescriptor, candidate: Candidate, firstMonth: CivilMonth): boolean {
  const { region, occupation, disability, workers } = descriptor.earmark;
  if (descriptor.fundClass === 'zakat' && !candidate.mustahik) return false;
  if (region !== undefined && !inRegion(candidate, region)) return false;
  if (occupation !== undefined && candidate.occupation !== occupation) return false;
  if (disability !== undefined && candidate.disability !== disability) return false;
  if (workers && !workers.includes(candidate.workerId)) return false;
  if (candidate.paidMonths.has(firstMonth)) return false;
  const firstRegistration = candidate.coverOrdinal === 0;
  return !firstRegistration || firstMonth <= candidate.registrableUntilMonth;
}

/** The contribution month a purchase made today begins with. */
export function firstMonthOf(descriptor: FundDescriptor, today: CivilDate): CivilMonth {
  const thisMonth = monthOf(today);
  return descriptor.startMonth && descriptor.startMonth > thisMonth ? descriptor.startMonth : thisMonth;
}
