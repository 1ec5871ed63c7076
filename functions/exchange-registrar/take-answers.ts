/**
 * Takes in what an office says of covers, line by line: each is taken whole, was known, waits for a person, or is refused
 * because nobody can tell what it says. Handed in again, in another order or in parts, the same lines come to the same.
 */
import type { Sealing } from '../../shared/adapters/sealing.ts';
import type { Cover } from '../../shared/domain/cover.ts';
import type { Instant } from '../../shared/domain/dates.ts';
import type { AllocationId, CoverId } from '../../shared/domain/ids.ts';
import type { ReasonCode } from '../../shared/domain/reasons.ts';
import { type Asked, type Judgement, judgeSaid } from '../../shared/domain/registrar.ts';
import { Permanent, Transient } from '../../shared/errors.ts';
import type { EnrolmentMessage } from '../../shared/messages.ts';
import { inParallel } from '../../shared/parallel.ts';
import { type AnswerLine, readAnswerLines } from '../../shared/registrar/answers-csv.ts';
import { readCovers } from '../../shared/store/covers.ts';
import { answerPut, readAnswers } from '../../shared/store/registrar-answers.ts';
import { readAllocations } from '../../shared/store/registrar-batches.ts';
import { type CardVault, readCards } from '../../shared/store/registrar-cards.ts';
import { listParked, type ParkedLine } from '../../shared/store/registrar-parked.ts';
import { transact } from '../../shared/store/table.ts';
import { parkLine, settleAnswered } from './park-lines.ts';

export interface TakeAnswersDependencies {
  readonly now: () => Instant;
  readonly cards: Pick<CardVault, 'puts' | 'numbersOf'>;
  readonly sealing: Sealing;
  readonly sendEnrolment: (message: EnrolmentMessage) => Promise<void>;
}

export interface LineResult {
  readonly line: number;
  readonly coverId: CoverId | null;
  readonly result: 'taken' | 'known' | 'parked' | 'refused';
  /** As the file writes it. */
  readonly column: string | null;
  readonly reason: ReasonCode | null;
  readonly parkedId?: string;
}

interface Import {
  readonly at: Instant;
  readonly by: string;
  readonly parked: ReadonlyMap<CoverId, ParkedLine[]>;
  /** Allocations that have something to collect. */
  readonly answered: Set<AllocationId>;
  readonly dependencies: TakeAnswersDependencies;
}

interface Known extends Asked {
  readonly hasCard: boolean;
}

const AT_ONCE = 16;
const TRIES = 5;
/** What can be done while a caller waits. */
const MOST_LINES = 5_000;

/** @throws Permanent `columns_unknown`, `line_too_long`, `invalid_request`: the file as a whole cannot be taken */
export async function takeAnswers(
  bytes: Uint8Array,
  by: string,
  dependencies: TakeAnswersDependencies,
): Promise<LineResult[]> {
  const at = dependencies.now();
  const { answers, refused } = await readLines(bytes, at);
  const known = await knownOf(answers.map(({ said }) => said.coverId));
  const parked = Map.groupBy(await listParked(), ({ coverId }) => coverId);
  const work: Import = { at, by, parked, answered: new Set(), dependencies };
  const groups = [...Map.groupBy(answers, ({ said }) => said.coverId)];
  const results = await inParallel(groups, AT_ONCE, ([coverId, lines]) => takeCover(lines, known.get(coverId), work));
  await inParallel([...work.answered], AT_ONCE, (allocationId) =>
    dependencies.sendEnrolment({ contractVersion: 1, kind: 'collect', allocationId }),
  );
  return [...refused, ...results.flat()].sort((a, b) => a.line - b.line);
}

async function readLines(bytes: Uint8Array, at: Instant) {
  const answers: AnswerLine[] = [];
  const refused: LineResult[] = [];
  for await (const read of readAnswerLines([bytes], at)) {
    if (read.ok) answers.push(read.answer);
    else refused.push({ ...read.fault, coverId: null, result: 'refused' });
    if (answers.length + refused.length > MOST_LINES)
      throw new Permanent('invalid_request', {
        field: '(body)',
        detail: `more than ${MOST_LINES} lines: bring it in parts`,
      });
  }
  return { answers, refused };
}

async function knownOf(coverIds: readonly CoverId[]): Promise<Map<CoverId, Known>> {
  const covers = await readCovers([...new Set(coverIds)]);
  const allocations = await readAllocations([...new Set(covers.map(({ allocationId }) => allocationId))]);
  const [earlier, cards] = [await readAnswers(covers), await readCards(covers)];
  const knownOf = (cover: Cover): Known => ({
    cover,
    isSubmitted: (allocations.get(cover.allocationId)?.state ?? 'reserved') !== 'reserved',
    earlier: earlier.get(cover.coverId),
    hasCard: cards.has(cover.coverId),
  });
  return new Map(covers.map((cover) => [cover.coverId, knownOf(cover)]));
}

/** All lines about one cover, one after the other: the first word stands. */
async function takeCover(lines: readonly AnswerLine[], first: Known | undefined, work: Import): Promise<LineResult[]> {
  const results: LineResult[] = [];
  const parked = [...(work.parked.get(lines[0]?.said.coverId as CoverId) ?? [])];
  let known = first;
  for (const line of lines) {
    const judged = await takeLine(line, known, work);
    if (judged.result === 'parked') {
      const { parkedId, column, reason } = await parkLine(line, judged, parked, work);
      results.push({ ...placeOf(line), result: 'parked', column, reason, parkedId });
    } else results.push({ ...placeOf(line), result: judged.result, column: null, reason: null });
    if (judged.result !== 'taken') continue;
    [known] = (await knownOf([line.said.coverId])).values();
    await settleAnswered(parked, work);
  }
  return results;
}

const placeOf = ({ line, said: { coverId } }: AnswerLine) => ({ line, coverId });

async function takeLine(line: AnswerLine, first: Known | undefined, work: Import): Promise<Judgement> {
  let known = first;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const judged = judgeSaid(line.said, known);
    if (judged.result === 'parked' || !known) return judged;
    const written = await write(line, judged, known, work);
    if (written) {
      if (written.result !== 'parked' && known.cover.state === 'reserved') work.answered.add(known.cover.allocationId);
      return written;
    }
    [known] = (await knownOf([line.said.coverId])).values();
  }
  throw new Transient('contention', { detail: `answer of ${line.said.coverId}` });
}

type Believed = Exclude<Judgement, { result: 'parked' }>;

/** Answer and card in one transaction. @returns undefined where somebody else wrote one of them meanwhile */
async function write(
  line: AnswerLine,
  judged: Believed,
  { cover, hasCard }: Known,
  { at, by, dependencies: { cards } }: Import,
): Promise<Judgement | undefined> {
  const { coverId, allocationId } = cover;
  const number = judged.answer.outcome === 'accepted' ? line.cardNumber : null;
  if (number !== null && hasCard && (await cards.numbersOf([coverId])).get(coverId) !== number)
    return { result: 'parked', column: 'cardNumber', reason: 'registrar_contradiction' };
  const items = [
    ...(judged.result === 'taken' ? [answerPut(allocationId, judged.answer, { takenAt: at, takenBy: by })] : []),
    ...(number !== null && !hasCard ? await cards.puts(cover, number, at) : []),
  ];
  if (items.length === 0) return judged;
  const { ok } = await transact(items);
  return ok ? { result: 'taken', answer: judged.answer } : undefined;
}
