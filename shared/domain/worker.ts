/**
 * A worker as everything outside the vault knows one: an opaque id and what the choice of whom a gift covers needs.
 * No name, number, phone or birth date (I9).
 */
import type { WorkerChannel } from './channels.ts';
import type { CivilDate, CivilMonth, Instant } from './dates.ts';
import type { CoverId, WorkerId } from './ids.ts';
import type { Nik, Sex } from './nik.ts';
import { waitingClassOf } from './policy.ts';
import type { Sector } from './tariff.ts';

export const WORKER_STATES = ['waiting', 'covered', 'self_paying', 'lapsed', 'withdrawn', 'deceased'] as const;
export type WorkerState = (typeof WORKER_STATES)[number];
export type Language = 'id' | 'en';

/** What a roster line says of a worker that is not personal. */
export interface WorkerProfile {
  readonly region: string;
  readonly occupation: string;
  readonly sector: Sector;
  readonly disability: boolean;
  /** Verified poor by a zakat body, so that zakat may pay. */
  readonly mustahik: boolean;
  /**
   * The last month in which this person may be registered for the first time. A month, not the birthday: it is all
   * that the choice needs, and renewals need none of it (the age limit is for registration only).
   */
  readonly registrableUntilMonth: CivilMonth;
  readonly consentMessaging: boolean;
  /** Those the worker agreed to, the preferred first; absent: all, in our order. */
  readonly channels?: readonly WorkerChannel[];
  readonly language: Language;
  readonly source: string;
  /** Data of a child: a person looks at it. */
  readonly needsReview: boolean;
}

export interface WorkerRow extends WorkerProfile {
  readonly workerId: WorkerId;
  readonly state: WorkerState;
  readonly waitingSince: Instant;
  /** Months somebody has paid, whoever it was (I3). */
  readonly paidMonths: ReadonlySet<CivilMonth>;
  /** Of these, the ones the government pays. */
  readonly governmentMonths?: ReadonlySet<CivilMonth>;
  /** The last one bought for the worker; absent before the first. */
  readonly currentCoverId?: CoverId;
  /** Of the covers, those that donors paid; absent where all were. */
  readonly donatedTerms?: number;
  /** A claim or a return to work is open since: nobody is reminded. */
  readonly claimOpenSince?: CivilDate;
  /** Covers so far; the next one is this plus one. */
  readonly coverOrdinal: number;
  readonly version: number;
}

/** What only the vault holds. */
export interface Person {
  readonly nik: Nik;
  readonly name: string;
  readonly birthDate: CivilDate;
  readonly sex: Sex;
  /** E.164, `+6281…`. */
  readonly phone: string | null;
  readonly monthlyIncomeRupiah: number | null;
}

export function newWorker(profile: WorkerProfile, workerId: WorkerId, waitingSince: Instant): WorkerRow {
  return { ...profile, workerId, state: 'waiting', waitingSince, paidMonths: new Set(), coverOrdinal: 0, version: 1 };
}

export interface WaitingKeys {
  readonly waitingKey: string;
  readonly waitingSort: string;
}

export function waitingKeyOf(region: string): string {
  return `WAITING#${region}`;
}

/** The place in the queue of a region: by group, as the policy orders them, then oldest first, then by id. */
export function waitingKeys(
  worker: Pick<WorkerRow, 'region' | 'disability' | 'mustahik' | 'waitingSince' | 'workerId'>,
): WaitingKeys {
  return {
    waitingKey: waitingKeyOf(worker.region),
    waitingSort: `${waitingClassOf(worker)}#${worker.waitingSince}#${worker.workerId}`,
  };
}
