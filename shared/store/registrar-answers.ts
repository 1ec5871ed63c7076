/** What a registrar's office said of covers, by allocation; the first word about a cover stands. */
import type { Instant } from '../domain/dates.ts';
import type { AllocationId, CoverId } from '../domain/ids.ts';
import type { RegistrarAnswer } from '../ports/registrar.ts';
import { batchGet, type Key, queryAll, type Row, type TransactItem } from './table.ts';

export interface AnswerPlace {
  readonly allocationId: AllocationId;
  readonly coverId: CoverId;
}

function answerKey({ allocationId, coverId }: AnswerPlace): Key {
  return { pk: `REGISTRAR#${allocationId}`, sk: `ANSWER#${coverId}` };
}

function answerOf(row: Row): RegistrarAnswer {
  const { coverId, outcome, startDate, acceptedAt, reason } = row;
  return (outcome === 'accepted'
    ? { coverId, outcome, startDate, acceptedAt }
    : { coverId, outcome, reason }) as unknown as RegistrarAnswer;
}

export async function answersOf(allocationId: AllocationId): Promise<RegistrarAnswer[]> {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :answer)',
    ExpressionAttributeValues: { ':pk': `REGISTRAR#${allocationId}`, ':answer': 'ANSWER#' },
  });
  return rows.map(answerOf);
}

/** The answers known of these covers, by cover. */
export async function readAnswers(places: readonly AnswerPlace[]): Promise<Map<CoverId, RegistrarAnswer>> {
  const rows = await batchGet(places.map(answerKey));
  return new Map(rows.map(answerOf).map((answer) => [answer.coverId, answer]));
}

/** The write that takes an answer in, refused where the cover has one. */
export function answerPut(
  allocationId: AllocationId,
  answer: RegistrarAnswer,
  taken: { readonly takenAt: Instant; readonly takenBy: string },
): TransactItem {
  const { coverId } = answer;
  return {
    Put: {
      Item: { ...answerKey({ allocationId, coverId }), type: 'registrar_answer', allocationId, ...answer, ...taken },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
}
