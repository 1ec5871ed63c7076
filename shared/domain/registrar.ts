/** What we ask the registrar for, what it says, and what may become of each thing it says. */
import { type Cover, graceEndOf } from './cover.ts';
import { addDays, type CivilDate, civilDateOf, firstDayOf, type Instant, monthOf } from './dates.ts';
import type { CoverId, WorkerId } from './ids.ts';
import type { ReasonCode } from './reasons.ts';
import type { Package } from './tariff.ts';

/** Why a registrar refuses a person; whatever else it writes, a person must read. */
export const REJECTIONS = [
  'registrar_rejected',
  'registrar_nik_unknown',
  'registrar_data_differs',
  'registrar_member_elsewhere',
  'registrar_age',
  'worker_deceased',
] as const satisfies readonly ReasonCode[];
export type Rejection = (typeof REJECTIONS)[number];

export interface Enrolment {
  readonly coverId: CoverId;
  readonly workerId: WorkerId;
  readonly package: Package;
  readonly termMonths: number;
  /** Not before this day. */
  readonly earliestStartDate: CivilDate;
  /** A renewal: it starts on this day, the end of the cover before, where it is accepted in time. */
  readonly continuesFrom: CivilDate | null;
  /** The grace of the cover before is over on this day: what is accepted from then on starts with its acceptance. */
  readonly graceEndsOn: CivilDate | null;
}

export type RegistrarAnswer =
  | {
      readonly coverId: CoverId;
      readonly outcome: 'accepted';
      readonly startDate: CivilDate;
      readonly acceptedAt: Instant;
    }
  | { readonly coverId: CoverId; readonly outcome: 'rejected'; readonly reason: ReasonCode };

/** @param before the cover it renews, where it goes on from its end */
export function enrolmentOf(cover: Cover, before: Cover | undefined): Enrolment {
  const { coverId, workerId, termMonths, continuesFrom = null } = cover;
  return {
    coverId,
    workerId,
    termMonths,
    package: cover.package,
    earliestStartDate: earliestStartOf(cover),
    continuesFrom,
    graceEndsOn: before?.startDate ? graceEndOf(before.startDate, before.months.length, before.anchorDay) : null,
  };
}

/** A renewal begins where the cover before ends; any other on the day it was bought, or with its first month. */
function earliestStartOf({ continuesFrom, reservedAt, months }: Cover): CivilDate {
  if (continuesFrom) return continuesFrom;
  const reservedOn = civilDateOf(reservedAt);
  const firstMonth = months[0]?.month ?? monthOf(reservedOn);
  return firstMonth > monthOf(reservedOn) ? firstDayOf(firstMonth) : reservedOn;
}

/** What an office wrote of a cover, read but not believed yet. */
export type Said =
  | {
      readonly coverId: CoverId;
      readonly outcome: 'accepted';
      readonly startDate: CivilDate;
      readonly acceptedAt: Instant;
    }
  | { readonly coverId: CoverId; readonly outcome: 'rejected'; readonly reason: string };

/** What we know of the cover it is said of. */
export interface Asked {
  readonly cover: Cover;
  /** The registrar was given it. */
  readonly isSubmitted: boolean;
  /** What was said of it before. */
  readonly earlier: RegistrarAnswer | undefined;
}

export type SaidColumn = 'coverId' | 'outcome' | 'startDate' | 'reason' | 'cardNumber';

export type Judgement =
  | { readonly result: 'taken'; readonly answer: RegistrarAnswer }
  /** Said before. */
  | { readonly result: 'known'; readonly answer: RegistrarAnswer }
  | { readonly result: 'parked'; readonly column: SaidColumn; readonly reason: ReasonCode };

/** A year wrongly typed would be priced by a tariff nobody has published. */
const LATEST_START_DAYS = 62;

const parked = (column: SaidColumn, reason: ReasonCode): Judgement => ({ result: 'parked', column, reason });

/** The first word about a cover stands; what cannot be believed waits for a person. */
export function judgeSaid(said: Said, asked: Asked | undefined): Judgement {
  if (!asked?.isSubmitted) return parked('coverId', 'registrar_never_submitted');
  const answer = asAnswer(said);
  if (!answer) return parked('reason', 'registrar_reason_unknown');
  const earlier = asked.earlier ?? answerIn(asked.cover);
  if (earlier) return compared(answer, earlier);
  if (asked.cover.state !== 'reserved') return parked('coverId', 'registrar_contradiction');
  if (answer.outcome === 'accepted' && !isPossibleStart(answer, asked.cover))
    return parked('startDate', 'registrar_start_impossible');
  return { result: 'taken', answer };
}

function asAnswer(said: Said): RegistrarAnswer | null {
  if (said.outcome === 'accepted') return said;
  const reason = REJECTIONS.find((known) => known === said.reason);
  return reason ? { ...said, reason } : null;
}

/** What was said of a cover that other ways of asking have settled. */
function answerIn({ coverId, state, startDate, acceptedAt, reason }: Cover): RegistrarAnswer | undefined {
  if (startDate && acceptedAt) return { coverId, outcome: 'accepted', startDate, acceptedAt };
  return state === 'rejected' && reason ? { coverId, outcome: 'rejected', reason } : undefined;
}

/** At which minute it was accepted makes no difference to anybody. */
function compared(answer: RegistrarAnswer, earlier: RegistrarAnswer): Judgement {
  if (answer.outcome === 'accepted' && earlier.outcome === 'accepted')
    return answer.startDate === earlier.startDate
      ? { result: 'known', answer: earlier }
      : parked('startDate', 'registrar_contradiction');
  if (answer.outcome === 'rejected' && earlier.outcome === 'rejected')
    return answer.reason === earlier.reason
      ? { result: 'known', answer: earlier }
      : parked('reason', 'registrar_contradiction');
  return parked('outcome', 'registrar_contradiction');
}

function isPossibleStart({ startDate, acceptedAt }: { startDate: CivilDate; acceptedAt: Instant }, cover: Cover) {
  const [earliest, acceptedOn] = [earliestStartOf(cover), civilDateOf(acceptedAt)];
  const latest = addDays(acceptedOn > earliest ? acceptedOn : earliest, LATEST_START_DAYS);
  return earliest <= startDate && startDate <= latest;
}
