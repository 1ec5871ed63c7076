/** Takes in a list of cards as it came back from a handover: each line notes one day, once. */
import type { Instant } from '../../shared/domain/dates.ts';
import type { ReasonCode } from '../../shared/domain/reasons.ts';
import { inParallel } from '../../shared/parallel.ts';
import { type Handover, readHandovers } from '../../shared/registrar/handover-csv.ts';
import { readCovers } from '../../shared/store/covers.ts';
import { noteHandedOver, readCards } from '../../shared/store/registrar-cards.ts';
import type { LineResult } from './take-answers.ts';

const AT_ONCE = 16;

/** @throws Permanent `columns_unknown`, `line_too_long`: the file as a whole cannot be taken */
export async function takeHandovers(bytes: Uint8Array, by: string, now: Instant): Promise<LineResult[]> {
  const handovers: Handover[] = [];
  const refused: LineResult[] = [];
  for await (const read of readHandovers([bytes], now)) {
    if (!read.ok) refused.push({ ...read.fault, coverId: null, result: 'refused' });
    else if (read.handover) handovers.push(read.handover);
  }
  const covers = await readCovers([...new Set(handovers.map(({ coverId }) => coverId))]);
  const cards = await readCards(covers);
  const results = await inParallel(handovers, AT_ONCE, async (handover): Promise<LineResult> => {
    const { line, coverId, handedOverOn, titleOf } = handover;
    const refuse = (column: 'coverId' | 'handedOverOn', reason: ReasonCode): LineResult => ({
      line,
      coverId,
      result: 'refused',
      column: titleOf(column),
      reason,
    });
    const card = cards.get(coverId);
    if (!card) return refuse('coverId', 'card_unknown');
    if (card.handedOverOn === handedOverOn) return { line, coverId, result: 'known', column: null, reason: null };
    const isNoted = await noteHandedOver(card, handedOverOn, by);
    return isNoted
      ? { line, coverId, result: 'taken', column: null, reason: null }
      : refuse('handedOverOn', 'registrar_contradiction');
  });
  return [...refused, ...results].sort((a, b) => a.line - b.line);
}
