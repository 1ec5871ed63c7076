/**
 * A registrar that answers by rule, with all the manners a real one has: it takes its time, answers in parts, keeps some
 * waiting, rejects with one reason or another, says things twice, in another order, and the opposite of what it said.
 * The same batch gets the same answers whenever it is asked.
 */
import { addSeconds, type CivilDate, civilDateOf, type Instant } from '../domain/dates.ts';
import type { AllocationId } from '../domain/ids.ts';
import type { Rejection } from '../domain/registrar.ts';
import type { Enrolment, Registrar, RegistrarAnswer, SubmittedBatch } from '../ports/registrar.ts';
import { durationSeconds, type Settings } from '../settings.ts';

/** `…Every`: 0 nobody, 1 everybody, 3 the third person it is given, the sixth, … */
export type SimulatorSettings = Extract<Settings['registrar'], { kind: 'simulator' }>;

/** Gives a batch its places in the registrar's count, from 1; the same batch gets the same places again. */
export type ClaimPlaces = (allocationId: AllocationId, count: number) => Promise<number>;

/** All that is said of one person at once, the first word first. */
interface Saying {
  readonly at: Instant;
  readonly answers: readonly RegistrarAnswer[];
}

export function simulatedRegistrar(rules: SimulatorSettings, claimPlaces: ClaimPlaces): Registrar {
  return {
    submit: async (allocationId, enrolments) => `simulated:${await claimPlaces(allocationId, enrolments.length)}`,
    collect: async (batch, now) => {
      const firstPlace = Number(batch.reference.split(':')[1]);
      const inOrder = batch.enrolments.toSorted((a, b) => (a.coverId < b.coverId ? -1 : 1));
      const sayings = inOrder.map((enrolment, index) => sayingOf(enrolment, firstPlace + index, batch, rules));
      const said = sayings.filter(({ at }) => at <= now);
      const [next = null] = sayings.flatMap(({ at }) => (at > now ? [at] : [])).sort();
      return {
        answers: (rules.reversed ? said.toReversed() : said).flatMap(({ answers }) => answers),
        askAgainAt: next,
      };
    },
  };
}

const isNth = (place: number, every: number) => every > 0 && place % every === 0;

function sayingOf(
  enrolment: Enrolment,
  place: number,
  { submittedAt }: SubmittedBatch,
  rules: SimulatorSettings,
): Saying {
  const part = 1 + (place % rules.answerInParts);
  const delaySeconds = isNth(place, rules.delayEvery) ? durationSeconds(rules.delayedBy) : 0;
  const at = addSeconds(submittedAt, part * durationSeconds(rules.acceptAfter) + delaySeconds);
  const accepted = acceptance(enrolment, at);
  const rejected = rejection(enrolment, place, rules);
  const [word, opposite] = isNth(place, rules.rejectEvery) ? [rejected, accepted] : [accepted, rejected];
  return {
    at,
    answers: [word, ...(rules.repeats ? [word] : []), ...(isNth(place, rules.contradictEvery) ? [opposite] : [])],
  };
}

function acceptance(enrolment: Enrolment, acceptedAt: Instant): RegistrarAnswer {
  return { coverId: enrolment.coverId, outcome: 'accepted', acceptedAt, startDate: startOf(enrolment, acceptedAt) };
}

/** From the end of the cover before while its grace lasts, else from acceptance, and never before it was asked for. */
function startOf({ continuesFrom, graceEndsOn, earliestStartDate }: Enrolment, acceptedAt: Instant): CivilDate {
  const acceptedOn = civilDateOf(acceptedAt);
  if (continuesFrom !== null) return graceEndsOn === null || acceptedOn < graceEndsOn ? continuesFrom : acceptedOn;
  return acceptedOn > earliestStartDate ? acceptedOn : earliestStartDate;
}

function rejection({ coverId }: Enrolment, place: number, rules: SimulatorSettings): RegistrarAnswer {
  const turn = rules.rejectEvery > 0 ? place / rules.rejectEvery - 1 : place;
  const reason = rules.rejectReasons[Math.floor(turn) % rules.rejectReasons.length] as Rejection;
  return { coverId, outcome: 'rejected', reason };
}
