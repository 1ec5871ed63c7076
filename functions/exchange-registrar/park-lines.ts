/** What nobody can believe waits, sealed, for a person or for a better line of the same cover. */
import type { Sealing } from '../../shared/adapters/sealing.ts';
import type { Instant } from '../../shared/domain/dates.ts';
import type { Judgement } from '../../shared/domain/registrar.ts';
import { Permanent, Transient } from '../../shared/errors.ts';
import type { Sealed } from '../../shared/messages.ts';
import type { AnswerLine } from '../../shared/registrar/answers-csv.ts';
import { type ParkedLine, park, settleParked } from '../../shared/store/registrar-parked.ts';

interface Work {
  readonly at: Instant;
  readonly by: string;
  readonly dependencies: { readonly sealing: Sealing };
}

/**
 * The same line parked before is that line, and stays as a person left it.
 *
 * @param parked what is parked of this cover, settled or not; the line is added where it is new
 */
export async function parkLine(
  { line, said: { coverId }, cells, titleOf }: AnswerLine,
  { column, reason }: Extract<Judgement, { result: 'parked' }>,
  parked: ParkedLine[],
  { at: parkedAt, by: parkedBy, dependencies: { sealing } }: Work,
): Promise<ParkedLine> {
  const text = JSON.stringify(cells);
  for (const before of parked)
    if (before.reason === reason && (await unsealedLine(before.sealedLine, sealing)) === text) return before;
  const sealedLine = await sealing.seal(Buffer.from(text));
  const facts = { coverId, line, column: titleOf(column), reason, sealedLine, parkedAt, parkedBy };
  const added = await park(facts, parked.length);
  parked.push(added);
  return added;
}

/** Null where the key it was sealed with is no longer held: the office's own file still says it. */
export async function unsealedLine(sealed: Sealed, { unseal }: Sealing): Promise<string | null> {
  try {
    return Buffer.from(await unseal(sealed)).toString();
  } catch (error) {
    if (error instanceof Permanent || error instanceof Transient) return null;
    throw error;
  }
}

/** What was said before and nobody could believe is made good by the answer; what contradicts it is not. */
export async function settleAnswered(parked: readonly ParkedLine[], { at, by }: Work): Promise<void> {
  for (const { parkedId, reason, settledAt } of parked)
    if (settledAt === undefined && reason !== 'registrar_contradiction')
      await settleParked(parkedId, { at, by, note: 'answered by a later line' });
}
