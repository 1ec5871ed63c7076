/**
 * A fund is money of one class for one purpose: class, package, term, start month and earmark. Gifts of the same
 * purpose pool their remainders; gifts of different purposes never do (zakat only for mustahik, domain rule 3.2.1).
 */
import { type CivilDate, type CivilMonth, monthOf } from './dates.ts';
import { digest, type FundId, type WorkerId } from './ids.ts';
import type { Package, Sector } from './tariff.ts';

/** `self`: what a worker pays for the own cover; it buys nobody else's. */
export type FundClass = 'general' | 'csr' | 'zakat' | 'self';
export type GiftClass = Exclude<FundClass, 'self'>;

export interface Earmark {
  /** Region of domicile, `33` a province, `33.72` a regency. */
  readonly region?: string | undefined;
  readonly occupation?: string | undefined;
  readonly disability?: boolean | undefined;
  /** Named workers, and nobody else. */
  readonly workers?: readonly WorkerId[] | undefined;
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
  ];
  const unrestricted = [DEFAULT_PACKAGE, DEFAULT_TERM_MONTHS, null, null, null, null, null];
  if (JSON.stringify(restricted) === JSON.stringify(unrestricted)) return fundClass as string as FundId;
  return `${fundClass}-${digest(JSON.stringify(restricted), 10)}` as FundId;
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
  /** Place in the queue; compares as text. */
  readonly waitingSort: string;
  readonly paidMonths: ReadonlySet<string>;
  readonly coverOrdinal: number;
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
