/** The registrar and the messenger as they may be: slow, repeating themselves, contradicting themselves. */
import { dependencies as enrolling } from '../../functions/enrol-workers/handler.ts';
import { dependencies as nudging } from '../../functions/send-nudges/handler.ts';
import { addDays, addSeconds, type Instant } from '../../shared/domain/dates.ts';
import { coverIdOf, type WorkerId } from '../../shared/domain/ids.ts';
import { Transient } from '../../shared/errors.ts';
import type { Messaging } from '../../shared/ports/messaging.ts';
import type { Answers, Registrar, RegistrarAnswer, SubmittedBatch } from '../../shared/ports/registrar.ts';
import type { World } from './world.ts';

const LONGEST_SILENCE_SECONDS = 3 * 86_400;

/** Behind the port stands the product's own registrar; what it says is bent on the way. */
function crookedRegistrar(world: World, registrar: Registrar): Registrar {
  const { dice, chance } = world;
  return {
    submit: (allocationId, enrolments, at) => registrar.submit(allocationId, enrolments, at),
    async collect(batch: SubmittedBatch, now: Instant): Promise<Answers> {
      if (dice.happens('registrar late'))
        return { answers: [], askAgainAt: addSeconds(now, 1 + chance.below(LONGEST_SILENCE_SECONDS)) };
      const said = await registrar.collect(batch, now);
      let answers = said.answers;
      let { askAgainAt } = said;
      if (answers.length > 1 && dice.happens('registrar answers in part')) {
        answers = answers.slice(chance.below(answers.length));
        askAgainAt = addSeconds(now, 1 + chance.below(3_600));
      }
      if (answers.length > 0 && dice.happens('registrar repeats itself')) answers = [...answers, ...answers];
      if (answers.length > 0 && dice.happens('registrar contradicts itself'))
        answers = chance.shuffled([...answers, ...answers.map(opposite)]);
      if (dice.happens('registrar speaks of strangers')) answers = [...strangers(world, batch), ...answers];
      return { answers, askAgainAt };
    },
  };
}

/** Accepted after it was rejected, rejected after it was accepted, or accepted for another day. */
function opposite(answer: RegistrarAnswer, index: number): RegistrarAnswer {
  const { coverId } = answer;
  if (answer.outcome === 'accepted')
    return index % 2 === 0
      ? { coverId, outcome: 'rejected', reason: 'registrar_rejected' }
      : { ...answer, startDate: addDays(answer.startDate, 20) };
  return answer;
}

/** Answers about covers that this batch never named, or that nobody ever bought. */
function strangers({ chance, rows }: World, { enrolments }: SubmittedBatch): RegistrarAnswer[] {
  const nobody = coverIdOf('wrk_00000000000000000000' as WorkerId, 1);
  const covers = rows('cover');
  const other = covers[chance.below(Math.max(covers.length, 1))]?.coverId as typeof nobody | undefined;
  const isOurs = enrolments.some(({ coverId }) => coverId === other);
  return [nobody, ...(other && !isOurs ? [other] : [])].map((coverId) => ({
    coverId,
    outcome: 'rejected',
    reason: 'registrar_rejected',
  }));
}

function crookedMessenger({ dice, watch }: World, messenger: Messaging): Messaging {
  return {
    async send(message) {
      if (dice.happens('messenger down')) throw new Transient('throttled', { detail: 'the messenger is busy' });
      // What it took once it has taken, whoever asks again.
      if (dice.happens('messenger refuses') && !(await messenger.find(message.key)))
        return { outcome: 'failed', reason: 'no_contact' };
      const sent = await messenger.send(message);
      if (dice.happens('messenger took it and failed')) throw new Transient('throttled', { detail: 'no answer' });
      return dice.happens('messenger sent to twice') ? messenger.send(message) : sent;
    },
    async find(key) {
      const found = await messenger.find(key);
      if (!found || !dice.happens('messenger forgets')) return found;
      watch.denied.add(key);
      return null;
    },
  };
}

/** @returns how to give their places back */
export function installOffices(world: World): () => void {
  const { registrar } = enrolling;
  const { messaging } = nudging;
  Object.assign(enrolling, { registrar: () => crookedRegistrar(world, registrar()) });
  Object.assign(nudging, { messaging: crookedMessenger(world, messaging) });
  return () => {
    Object.assign(enrolling, { registrar });
    Object.assign(nudging, { messaging });
  };
}
