/**
 * Pages of reminders, one for each message. A page's row is written before its message is queued and says whom it is
 * for, so that a message that was lost can be sent again as it was (I8). A hold keeps a page in one process's hands
 * (I7): a process ends before its hold does.
 */
import { randomBytes } from 'node:crypto';
import { addSeconds, type Instant } from '../domain/dates.ts';
import { digest } from '../domain/ids.ts';
import type { NudgeMessage } from '../messages.ts';
import { inParallel } from '../parallel.ts';
import { batchKey } from './nudges.ts';
import { batchGet, putItem, queryAll, remindersTableName } from './table.ts';

/** One try at a page, as its queue tells it. */
export interface Delivery {
  readonly messageId: string;
  /** 1 the first time. */
  readonly receiveCount: number;
}

/** Twice as long as the function may run, a third of the time after which the queue gives a message to another. */
export const HOLD_SECONDS = 120;
/** All steps of a term, and the months in which its cohort is still swept; then the table drops the row. */
const KEPT_SECONDS = 200 * 86_400;
const ROWS_AT_ONCE = 8;

/** The same page delivered again is the same batch; one of another campaign, or for another channel, never is. */
export function batchIdOf({ cohortId, campaignId, endDate, step, coverIds, notOn = [] }: NudgeMessage): string {
  return digest(
    [cohortId, ...(campaignId === undefined ? [] : [campaignId]), endDate, step, ...coverIds, ...notOn].join('\n'),
  );
}

function expiryOf(at: Instant): number {
  return Math.floor(Date.parse(at) / 1000) + KEPT_SECONDS;
}

/** What a phase of the lifecycle, or a run of a campaign, queued for one shard. */
export type PagesName = Pick<NudgeMessage, 'cohortId' | 'campaignId' | 'step' | 'endDate'> & { readonly shard: number };

function pagesOf({ cohortId, campaignId, step, endDate, shard }: PagesName) {
  if (campaignId === undefined) return { pk: `COHORT#${cohortId}`, prefix: `PAGE#${step}#${shard}#` };
  return { pk: `CAMPAIGN#${campaignId}`, prefix: `PAGE#${endDate}#${step}#${cohortId}#${shard}#` };
}

export async function putNudgePages(shard: number, messages: readonly NudgeMessage[], at: Instant): Promise<void> {
  await inParallel(messages, ROWS_AT_ONCE, (message) => {
    const batchId = batchIdOf(message);
    const { pk, prefix } = pagesOf({ ...message, shard });
    const { endDate, coverIds } = message;
    return putItem({
      TableName: remindersTableName(),
      Item: {
        pk,
        sk: `${prefix}${batchId}`,
        type: 'nudge_page',
        batchId,
        endDate,
        coverIds,
        expiresAtSeconds: expiryOf(at),
      },
    });
  });
}

/** The pages of a step and shard that nobody has finished, as they were queued. */
export async function unfinishedPages(name: PagesName): Promise<NudgeMessage[]> {
  const { cohortId, campaignId, step } = name;
  const { pk, prefix } = pagesOf(name);
  const pages = await queryAll({
    TableName: remindersTableName(),
    ConsistentRead: false,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :pages)',
    ExpressionAttributeValues: { ':pk': pk, ':pages': prefix },
  });
  const keys = pages.map(({ batchId }) => batchKey(batchId as string));
  const batches = await batchGet(keys, { table: remindersTableName(), consistent: false });
  const finished = new Set(batches.filter(({ finishedAt }) => finishedAt).map(({ batchId }) => batchId));
  const common = { contractVersion: 1, cohortId, ...(campaignId === undefined ? {} : { campaignId }), step };
  return pages
    .filter(({ batchId }) => !finished.has(batchId))
    .map(({ endDate, coverIds }) => ({ ...common, endDate, coverIds }) as NudgeMessage);
}

/**
 * `ours`: nobody else has the page in hand. `at once`: another process has it from the same delivery of the same message.
 * `elsewhere`: another message brought it, and comes again should its process fail.
 */
export type Hold = 'ours' | 'at once' | 'elsewhere';

/**
 * Takes a page in hand. Whoever had it before is gone where the hold ran out, or where the queue gives the very message
 * another time: it does so when the one who had it gave it back or ran out of time.
 */
export async function holdNudgePage(batchId: string, delivery: Delivery, at: Instant): Promise<Hold> {
  const holder = randomBytes(8).toString('hex');
  const { ok, item } = await putItem({
    TableName: remindersTableName(),
    Item: {
      ...batchKey(batchId),
      sk: 'HOLD',
      type: 'nudge_hold',
      holder,
      ...delivery,
      heldUntil: addSeconds(at, HOLD_SECONDS),
      expiresAtSeconds: expiryOf(at),
    },
    ConditionExpression:
      'attribute_not_exists(pk) OR heldUntil <= :at OR (messageId = :messageId AND receiveCount <> :receiveCount)',
    ExpressionAttributeValues: {
      ':at': at,
      ':messageId': delivery.messageId,
      ':receiveCount': delivery.receiveCount,
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  // The client tries again where an answer is lost, and then meets its own row.
  if (ok || item?.holder === holder) return 'ours';
  return item?.messageId === delivery.messageId ? 'at once' : 'elsewhere';
}
